from django.apps import AppConfig


class ProduceConfig(AppConfig):
    name = "crosscut.apps.produce"
    label = "produce"

    def ready(self) -> None:
        from crosscut.apps.accounts.finding import register  # both need the models, which are there only now
        from crosscut.apps.produce.finding import PIECES

        register(PIECES)

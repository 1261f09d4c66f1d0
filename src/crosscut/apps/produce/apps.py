from django.apps import AppConfig


class ProduceConfig(AppConfig):
    name = "crosscut.apps.produce"
    label = "produce"

    def ready(self) -> None:
        from crosscut.apps.accounts.finding import register  # both need the models, which are there only now
        from crosscut.apps.library import pointing
        from crosscut.apps.produce.finding import PIECES
        from crosscut.apps.produce.services.pointing import PIECES as POINTER

        register(PIECES)
        pointing.register(POINTER)

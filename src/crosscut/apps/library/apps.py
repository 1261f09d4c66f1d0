from django.apps import AppConfig


class LibraryConfig(AppConfig):
    name = "crosscut.apps.library"
    label = "library"

    def ready(self) -> None:
        from crosscut.apps.accounts.finding import register  # both need the models, which are there only now
        from crosscut.apps.library.finding import ASSETS

        register(ASSETS)

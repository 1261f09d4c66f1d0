from django.apps import AppConfig


class LibraryConfig(AppConfig):
    name = "crosscut.apps.library"
    label = "library"

from django.apps import AppConfig


class ReadersConfig(AppConfig):
    name = "crosscut.apps.readers"
    label = "readers"

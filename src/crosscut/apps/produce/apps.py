from django.apps import AppConfig


class ProduceConfig(AppConfig):
    name = "crosscut.apps.produce"
    label = "produce"

from django.apps import AppConfig


class MeasureConfig(AppConfig):
    name = "crosscut.apps.measure"
    label = "measure"

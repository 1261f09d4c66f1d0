from django.apps import AppConfig


class WorkConfig(AppConfig):
    name = "crosscut.apps.work"
    label = "work"

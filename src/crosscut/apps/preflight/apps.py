from django.apps import AppConfig


class PreflightConfig(AppConfig):
    name = "crosscut.apps.preflight"
    label = "preflight"

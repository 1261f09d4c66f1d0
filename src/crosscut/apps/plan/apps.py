from django.apps import AppConfig


class PlanConfig(AppConfig):
    name = "crosscut.apps.plan"
    label = "plan"

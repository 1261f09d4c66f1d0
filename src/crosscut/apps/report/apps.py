from django.apps import AppConfig


class ReportConfig(AppConfig):
    name = "crosscut.apps.report"
    label = "report"

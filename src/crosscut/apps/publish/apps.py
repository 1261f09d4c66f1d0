from django.apps import AppConfig


class PublishConfig(AppConfig):
    name = "crosscut.apps.publish"
    label = "publish"

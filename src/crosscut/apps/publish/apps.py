from django.apps import AppConfig


class PublishConfig(AppConfig):
    name = "crosscut.apps.publish"
    label = "publish"

    def ready(self) -> None:
        from crosscut.apps.accounts.finding import register  # both need the models, which are there only now
        from crosscut.apps.publish.finding import POSTS

        register(POSTS)

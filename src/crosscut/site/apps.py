"""The site as a Django app: templates, tags and the test languages."""

from django.apps import AppConfig

from crosscut.site import pseudo


class SiteConfig(AppConfig):
    """What all pages share."""

    name = "crosscut.site"

    def ready(self) -> None:
        pseudo.install()

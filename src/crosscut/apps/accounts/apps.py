from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class AccountsConfig(AppConfig):
    name = "crosscut.apps.accounts"
    label = "accounts"

    def ready(self) -> None:
        from crosscut.apps.accounts import finding  # needs the models, which are there only now

        finding.register(
            finding.Finder(kind="people", label=_("People"), icon="users", order=50, find=finding.find_people)
        )

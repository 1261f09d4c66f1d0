from django.apps import AppConfig


class AccountsConfig(AppConfig):
    name = "crosscut.apps.accounts"
    label = "accounts"

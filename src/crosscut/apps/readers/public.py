"""The addresses on the public origin where readers come and go."""

from django.conf import settings
from django.urls import reverse

from crosscut.apps.accounts.models import Account
from crosscut.apps.readers.models import Reader

ROOT = "/letters"


def leave_url(reader: Reader) -> str:
    """Where this reader leaves with one click."""
    return _public("letters-leave", reader.code)


def confirm_url(reader: Reader) -> str:
    """Where this reader says yes."""
    return _public("letters-confirm", reader.confirm_code)


def join_url(account: Account) -> str:
    """Where people sign up for the newsletter."""
    return _public("letters-join", account.pk)


def _public(name: str, part: object) -> str:
    return settings.PUBLIC_URL + reverse(name, args=[part], urlconf=settings.PUBLIC_URLCONF)

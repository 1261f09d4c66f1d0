"""Signing in, slowed down for whoever guesses."""

import ipaddress
from datetime import datetime, timedelta

from django.contrib.auth import authenticate
from django.db import connection, transaction
from django.utils import timezone

from crosscut.apps.accounts.models import SignInFailure, User
from crosscut.kernel.errors import Invalid, Unavailable
from crosscut.kernel.phrases import phrase

# After the free tries of an hour each further one waits, twice as long every time: ten thousand guesses take months
# (NIST SP 800-63B 5.2.2 asks for at most 100 in a row), a forgetful person half a minute.
FREE_TRIES_PER_EMAIL = 5
FREE_TRIES_PER_ADDRESS = 20  # an office shares one
_FIRST_WAIT_S = 30
_LONGEST_WAIT_S = 900
_COUNTED = timedelta(hours=1)
_KEPT = timedelta(days=1)


def sign_in(email: str, password: str, *, address: str) -> User:
    """The person with that address and password.

    Raises Invalid with the same words whether the address is unknown or the password wrong, and Unavailable, before
    looking at the password, while whoever asks must wait. `address` is where the request came from.
    """
    email, place = email.strip().lower(), plain_address(address)
    with transaction.atomic():
        one_at_a_time(email)
        demand_patience(email, place)
        user = authenticate(username=email, password=password)
        if isinstance(user, User):
            SignInFailure.objects.filter(email=email, address=place).delete()
            return user
        SignInFailure.objects.create(email=email[:254], address=place)
        SignInFailure.objects.filter(at__lt=timezone.now() - _KEPT).delete()
    raise Invalid.at(
        "password",
        phrase("This e-mail address and password do not go together. Check both and try again."),
        code="sign_in.refused",
    )


def demand_patience(email: str, place: str | None, *, free_tries: int = FREE_TRIES_PER_EMAIL) -> None:
    """Raises Unavailable while whoever guesses at this, or from there, must wait."""
    recent = SignInFailure.objects.filter(at__gte=timezone.now() - _COUNTED)
    waits_s = [_wait_s(list(recent.filter(email=email).values_list("at", flat=True)), free_tries)]
    if place:
        waits_s.append(_wait_s(list(recent.filter(address=place).values_list("at", flat=True)), FREE_TRIES_PER_ADDRESS))
    wait_s = max(waits_s)
    if wait_s > 0:
        minutes = int(wait_s // 60) + 1
        raise Unavailable(
            phrase("Too many tries. Wait {minutes} min, then try again.", minutes=minutes), after_s=wait_s
        )


def _wait_s(failed_at: list[datetime], free_tries: int) -> float:
    """Seconds until the next try may be made; nothing or less: now."""
    if len(failed_at) < free_tries:
        return 0
    pause_s = min(_FIRST_WAIT_S << min(len(failed_at) - free_tries, 10), _LONGEST_WAIT_S)
    return pause_s - (timezone.now() - max(failed_at)).total_seconds()


def one_at_a_time(email: str) -> None:
    """Holds back other tries for the address until this one is counted: a hundred at once are a hundred."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [f"sign-in {email}"])


def plain_address(address: str) -> str | None:
    """The network address without its zone, or None when it is none."""
    try:
        return str(ipaddress.ip_address(address.partition("%")[0]))
    except ValueError:
        return None

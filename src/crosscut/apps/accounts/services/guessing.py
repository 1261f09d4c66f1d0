"""What somebody without an account may guess at, slowed down like signing in."""

from collections.abc import Callable

from django.db import transaction

from crosscut.apps.accounts.models import SignInFailure
from crosscut.apps.accounts.services.signing_in import (
    FREE_TRIES_PER_EMAIL,
    demand_patience,
    one_at_a_time,
    plain_address,
)


def guessed(
    subject: str, *, address: str, is_right: Callable[[], bool], free_tries: int = FREE_TRIES_PER_EMAIL
) -> bool:
    """Whether the guess was right; a wrong one is counted.

    `subject` names what is guessed at: "guest link 12". Raises Unavailable, before looking, while whoever asks must
    wait; the waits grow as for signing in.
    """
    place = plain_address(address)
    with transaction.atomic():
        one_at_a_time(subject)
        demand_patience(subject, place, free_tries=free_tries)
        if is_right():
            SignInFailure.objects.filter(email=subject).delete()
            return True
        SignInFailure.objects.create(email=subject[:254], address=place)
    return False

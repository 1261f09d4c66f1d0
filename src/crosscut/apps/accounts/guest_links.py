"""Links that let somebody without an account look at one thing: found by their secret, opened by their password.

Every kind of link is a row of its own app; what all of them promise stands here. A secret cannot be guessed (256 random
bits, only its hash is kept, tries are slowed down), a password neither, and a link ends on a day.
"""

from collections.abc import Callable, Iterable
from datetime import datetime, timedelta
from typing import TypeVar

from django.contrib.auth.hashers import check_password
from django.utils import timezone

from crosscut.apps.accounts.services.guessing import guessed
from crosscut.apps.accounts.services.signing_in import FREE_TRIES_PER_ADDRESS, plain_address
from crosscut.kernel.errors import Invalid, NotFound, Problem
from crosscut.kernel.phrases import phrase

Link = TypeVar("Link")
Check = tuple[str, bool, str]  # the field, whether it is right, what is said where it is not

LONGEST = timedelta(days=180)
USUAL_DAYS = 14
SHORTEST_PASSWORD = 8
OVER = phrase("This link no longer works: its time is over or it was withdrawn. Ask whoever sent it for a new one.")


def problems_of(*, name: str, ends_at: datetime, password: str, also: Iterable[Check] = ()) -> list[Problem]:
    """What does not fit of a wish for a link: a guest without a name, an end too late, a password too short.

    `also` are checks of what only that kind of link has.
    """
    now, length = timezone.now(), len(password)
    checks = (
        ("name", 0 < len(name) <= 80, phrase("Say who the guest is, in at most 80 letters.")),
        (
            "ends_at",
            now < ends_at <= now + LONGEST,
            phrase("Choose an end within the next {days} days.", days=LONGEST.days),
        ),
        (
            "password",
            not length or SHORTEST_PASSWORD <= length <= 200,
            phrase("A password has at least {count} characters.", count=SHORTEST_PASSWORD),
        ),
        *also,
    )
    return [
        Problem(code=f"guest.{where}", where=where, message=words) for where, is_right, words in checks if not is_right
    ]


def found_link(look: Callable[[], Link | None], *, address: str) -> Link:
    """What `look` finds by a secret. Raises NotFound for a wrong one, Unavailable for who tries many."""
    found: list[Link] = []

    def is_right() -> bool:
        found.extend(_some(look()))
        return bool(found)

    # Counted per address, so that nobody who guesses can shut others out; an office of many guests may share one.
    place = f"guest link from {plain_address(address)}"
    if not guessed(place, address="", is_right=is_right, free_tries=FREE_TRIES_PER_ADDRESS):
        raise NotFound(phrase("There is nothing at this address. Check that the whole link was copied."))
    return found[0]


def demand_password(subject: str, password: str, *, kept_hash: str, address: str) -> None:
    """Raises Invalid for a wrong password, and Unavailable, before looking, for who tries many.

    `subject` names the link: "guest password 12".
    """
    if not guessed(subject, address=address, is_right=lambda: check_password(password, kept_hash)):
        raise Invalid.at(
            "password", phrase("This is not the password. Ask whoever sent you the link."), code="guest.password"
        )


def _some(link: Link | None) -> Iterable[Link]:
    return () if link is None else (link,)

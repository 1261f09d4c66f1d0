"""What the public's caches may keep of our own channels' files: no longer than the rights in them last."""

import re
from datetime import datetime

from django.utils import timezone
from django.utils.http import http_date

from crosscut.apps.accounts.models import Account
from crosscut.apps.library.lifetimes import public_answer, seconds_to
from crosscut.channels.registry import channel
from crosscut.specs.rights import Answer

_MEDIA = re.compile(r"/media/([0-9a-f]{32})[^/]*")
_MAX_AGE = re.compile(r"max-age=(\d+)")


def rights_now(account: Account, address: str) -> Answer | None:
    """What the rights say now to showing the file at that address of the account; None for all that is no media file.

    Asked at every request and never only when it was published: somebody may have shortened a licence since.
    """
    named = _MEDIA.fullmatch(address)
    return public_answer(account.workspace, named[1], channel(account.channel).platform) if named else None


def kept_until(headers: list[tuple[str, str]], end: datetime | None) -> list[tuple[str, str]]:
    """The headers, by which no cache keeps the file after that moment (RFC 9111, sections 5.2.2 and 5.3)."""
    if end is None:
        return headers
    left_s = seconds_to(end, timezone.now())
    capped = [(name, _capped(value, left_s) if name == "Cache-Control" else value) for name, value in headers]
    return [*capped, ("Expires", http_date(end.timestamp()))]


def _capped(value: str, left_s: int) -> str:
    """
    >>> _capped("public, max-age=3600", 60), _capped("public, max-age=60", 3600)
    ('public, max-age=60, must-revalidate', 'public, max-age=60, must-revalidate')
    """
    shorter = _MAX_AGE.sub(lambda found: f"max-age={min(int(found[1]), left_s)}", value)
    return f"{shorter}, must-revalidate"

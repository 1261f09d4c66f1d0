"""Counting downloads of episodes that we serve ourselves, without keeping anything about anybody.

A listener is told from another by a hash of network address and app with a salt of the day. The salt is random, and it
and the hashes are deleted when the next day's first download comes, so that nobody can ever be found by them.
"""

import hashlib
import secrets
from dataclasses import dataclass
from datetime import date

from django.db import connection, transaction
from django.utils import timezone

from crosscut.apps.accounts.models import Account
from crosscut.apps.measure.models import DaySalt, Listener
from crosscut.apps.measure.services import count_visit
from crosscut.apps.publish.models import Target
from crosscut.kernel.errors import NotFound
from crosscut.kernel.phrases import phrase

METRIC = "podcast.downloads"
ENOUGH_S = 60  # IAB Tech Lab, Podcast Measurement Technical Guidelines 2.2: one minute of the content


@dataclass(frozen=True, kw_only=True)
class Caller:
    """Who asks for a file, for the length of one request."""

    address: str  # of the network
    user_agent: str


@transaction.atomic
def count_download(account: Account, remote_id: str, caller: Caller) -> bool:
    """Whether this adds one to the episode's downloads of today: the first time that the caller had a minute of it.

    Raises NotFound for an episode that is not live.
    """
    target = Target.objects.filter(account=account, remote_id=remote_id, state__in=Target.LIVE_STATES).first()
    if target is None:
        raise NotFound(phrase("There is no such episode."))
    today = timezone.now().date()
    _forget_before(today)
    if not _is_new(today, _mark(today, target, caller)):
        return False
    count_visit(account.workspace, target.url, METRIC)
    return True


def _mark(day: date, target: Target, caller: Caller) -> bytes:
    parts = (_salt(day), caller.address.encode(), caller.user_agent.encode(), target.key.encode())
    return hashlib.sha256(b"\0".join(parts)).digest()


def _salt(day: date) -> bytes:
    """The day's salt, the same in every process."""
    with connection.cursor() as cursor:
        cursor.execute(
            "insert into measure_daysalt (day, salt) values (%s, %s) on conflict (day) do nothing",
            [day, secrets.token_bytes(32)],
        )
    return bytes(DaySalt.objects.get(day=day).salt)


def _is_new(day: date, mark: bytes) -> bool:
    with connection.cursor() as cursor:
        cursor.execute(
            "insert into measure_listener (day, mark) values (%s, %s) on conflict (mark) do nothing", [day, mark]
        )
        return int(cursor.rowcount) == 1


def _forget_before(day: date) -> None:
    Listener.objects.filter(day__lt=day).delete()
    DaySalt.objects.filter(day__lt=day).delete()

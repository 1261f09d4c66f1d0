"""The canary: a test post to nowhere every half minute, through the same ticker, queue and workers as the real ones."""

from datetime import timedelta

from django.utils import timezone

from crosscut.apps.publish.models import Canary
from crosscut.apps.publish.queries import last_canary

EVERY = timedelta(seconds=30)
ALIVE_WITHIN = timedelta(seconds=60)
_KEEP = timedelta(days=2)


def hatch() -> Canary | None:
    """A canary to send, when the last one is old enough."""
    now = timezone.now()
    if Canary.objects.filter(due_at__gt=now - EVERY).exists():
        return None
    Canary.objects.filter(due_at__lt=now - _KEEP).delete()
    return Canary.objects.create(due_at=now)


def sing(canary_id: int) -> None:
    """Sends the canary: it goes nowhere, and that it went is the news."""
    Canary.objects.filter(pk=canary_id, sent_at=None).update(sent_at=timezone.now())


def is_alive() -> bool:
    """Whether a canary that became due in the last minute and a half went out within a minute."""
    last = last_canary()
    if last is None or last.sent_at is None:
        return False
    return timezone.now() - last.due_at < EVERY + ALIVE_WITHIN and last.sent_at - last.due_at < ALIVE_WITHIN

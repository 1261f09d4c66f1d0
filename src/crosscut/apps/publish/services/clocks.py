"""Planned posts stay at what clocks show, also when the rules of their zone change under them."""

from datetime import datetime, timedelta

from django.db import transaction
from django.utils import timezone

from crosscut.apps.accounts.services.audit import record
from crosscut.apps.publish.models import Target
from crosscut.apps.publish.services import stage
from crosscut.kernel import zones
from crosscut.kernel.errors import Invalid

State = Target.State
# Nothing of these is being sent, and nobody has been told that they are due.
_PLANNED = (State.SCHEDULED, State.STAGING, State.BLOCKED)
_SAME = timedelta(seconds=1)  # a wall time is kept to the second


def resolve_anew() -> int:
    """Gives the moment anew to every planned post whose zone has other rules by now. Returns how many it moved.

    Of a wall time that is skipped by now, the moment stays: the forecast tells.
    """
    zones.read_anew()
    rows = Target.objects.filter(state__in=_PLANNED, due_at__gt=timezone.now()).order_by("pk")
    off = [
        pk
        for pk, wall_time, zone, due_at in rows.values_list("pk", "wall_time", "zone", "due_at").iterator()
        if _anew(wall_time, zone, due_at)
    ]
    return sum(_move(pk) for pk in off)


def is_skipped(target: Target) -> bool:
    """Whether clocks in its zone never show its wall time."""
    return _moments(target.wall_time, target.zone) == ()


@transaction.atomic
def _move(target_id: int) -> bool:
    """Whether it was moved; not what is being sent, or was moved meanwhile."""
    rows = Target.objects.select_for_update(of=("self",)).select_related("account", "workspace", "piece")
    row = rows.filter(pk=target_id, state__in=_PLANNED, due_at__gt=timezone.now()).first()
    due_at = _anew(row.wall_time, row.zone, row.due_at) if row else None
    if row is None or due_at is None:
        return False
    before, row.due_at = row.due_at, due_at
    if row.state == State.SCHEDULED:
        row.next_at = due_at if row.staged_at else stage.begins_at(row.account, due_at)
    row.save(update_fields=["due_at", "next_at"])
    told = {"before": before.isoformat(), "after": due_at.isoformat(), "zone": row.zone}
    record("post.resolved_anew", row, by=row.workspace, **told)
    return True


def _anew(wall_time: str, zone: str, due_at: datetime) -> datetime | None:
    """The other moment at which clocks show that by now; None where they show it then."""
    moments = _moments(wall_time, zone)
    if not moments or any(abs(one - due_at) < _SAME for one in moments):
        return None
    return moments[0]


def _moments(wall_time: str, zone: str) -> tuple[datetime, ...] | None:
    """When clocks show it; None for a zone that nobody knows any more."""
    try:
        return zones.moments_of(datetime.fromisoformat(wall_time), zone)
    except Invalid:
        return None

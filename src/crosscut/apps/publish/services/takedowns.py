"""What a person must take down by a deadline: posts that could not be recalled, and places outside Crosscut."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from django.db import transaction
from django.utils import timezone

from crosscut.apps.accounts.models import Member
from crosscut.apps.accounts.permissions import demand
from crosscut.apps.accounts.services.audit import record
from crosscut.apps.library.models import Placement
from crosscut.apps.library.rights import rights_of
from crosscut.apps.library.services.holdings import holdings_of
from crosscut.apps.publish.models import Takedown, Target
from crosscut.apps.publish.queries import placements_at_risk, takedown_for
from crosscut.channels.registry import is_by_hand
from crosscut.kernel.errors import Conflict
from crosscut.kernel.phrases import phrase
from crosscut.specs.house import house
from crosscut.specs.rights import Standing, Verdict, standing

State = Target.State


def open_for_post(target: Target, reason: str) -> Takedown:
    """The task to take down a post that could not be recalled; the one that is open, where there is one."""
    due_at = timezone.now() + timedelta(hours=house("rights")["take_down_hours"])
    fields = {"workspace": target.workspace, "reason": reason[:1000], "due_at": due_at}
    row, is_new = Takedown.objects.get_or_create(target=target, closed_at=None, defaults=fields)
    if is_new:
        record("takedown.opened", target, by=target.workspace, due_at=str(due_at))
    return row


def close_for_post(target: Target) -> None:
    """Closes the task of a post that is gone after all."""
    Takedown.objects.filter(target=target, closed_at=None).update(closed_at=timezone.now())


def watch_placements() -> int:
    """Opens a task for each place outside whose rights ended or end soon; closes those that hold again. How many open.

    A known end is the deadline; what ends without notice has a day.
    """
    return sum(_watch(placement) for placement in placements_at_risk())


@transaction.atomic
def _watch(placement: Placement) -> bool:
    asset = placement.asset
    now = timezone.now().astimezone(ZoneInfo(asset.workspace.time_zone))
    stand = standing(holdings_of(asset), now, name=asset.title)
    due_at = _due_at(stand, now)
    open_task = Takedown.objects.filter(placement=placement, closed_at=None)
    if due_at is None:
        open_task.update(closed_at=now, note="The rights hold again.")
        return False
    if open_task.exists():
        return False
    reason = rights_of(asset, now.date()).sentence
    Takedown.objects.create(workspace=asset.workspace, placement=placement, reason=reason[:1000], due_at=due_at)
    record("takedown.opened", asset, by=asset.workspace, place=placement.place, due_at=str(due_at))
    return True


def _due_at(stand: Standing, now: datetime) -> datetime | None:
    """By when it must be gone; None while the rights hold, and their end is not near."""
    if stand.verdict is not Verdict.YES:
        return now + timedelta(hours=house("rights")["take_down_hours"])
    near = now + timedelta(days=sorted(house("rights")["remind_days"])[1] + 1)  # the end is after the last day
    return stand.until if stand.until and stand.until <= near else None


@transaction.atomic
def close_takedown(by: Member, takedown_id: int, *, note: str = "") -> Takedown:
    """The task, done: a person says that it is gone. Raises NotFound, and Conflict when it was closed already."""
    demand(by, "schedule")
    row = Takedown.objects.select_for_update(of=("self",)).get(pk=takedown_for(by, takedown_id).pk)
    if row.closed_at:
        raise Conflict(phrase("This was taken down and closed already."))
    row.closed_at, row.closed_by, row.note = timezone.now(), by, note.strip()[:1000]
    row.save(update_fields=["closed_at", "closed_by", "note"])
    if row.placement:
        Placement.objects.filter(pk=row.placement.pk, gone_at=None).update(gone_at=row.closed_at)
        record("takedown.closed", row.placement.asset, by=by, place=row.placement.place, note=row.note)
    elif row.target:
        _gone_by_hand(row.target)
        record("takedown.closed", row.target, by=by, note=row.note)
    return row


def is_told_gone(target: Target) -> bool:
    """Whether a person said that the post is gone."""
    return Takedown.objects.filter(target=target, closed_at__isnull=False, closed_by__isnull=False).exists()


def _gone_by_hand(target: Target) -> None:
    """The post is down by a person's word. Where a person had posted it, it is looked at once more before."""
    rows = Target.objects.filter(pk=target.pk, state=State.RECALLING)
    if is_by_hand(target.account.channel):
        rows.update(needs_person=False, next_at=timezone.now())
        return
    rows.update(state=State.RECALLED, needs_person=False, problem="")

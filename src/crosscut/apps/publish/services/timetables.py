"""Saying when accounts publish: weekly slots in a time zone, for one account or for all without their own."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import time

from django.db import transaction

from crosscut.apps.accounts.models import Account, Member, Workspace
from crosscut.apps.accounts.permissions import demand
from crosscut.apps.accounts.services.audit import record
from crosscut.apps.publish.models import Slot, Timetable
from crosscut.kernel.errors import Invalid, NotFound
from crosscut.kernel.phrases import phrase
from crosscut.kernel.zones import check_zone

MOST_SLOTS = 168  # a week's hours: more is no timetable


@dataclass(frozen=True, kw_only=True, order=True)
class Weekly:
    """One place of a week."""

    weekday: int  # 0 is Monday
    at: time  # as clocks in the timetable's zone show it, whole minutes


@transaction.atomic
def set_timetable(by: Member, account: Account | None, *, zone: str, slots: Sequence[Weekly]) -> Timetable:
    """The account's timetable, or with None that of all accounts without their own. Posts that stand stay as they are.

    No slots at all mean that the account has none, not even the shared ones. Raises Invalid.
    """
    demand(by, "timetable")
    check_zone(zone)
    wanted = sorted(set(slots))
    if len(wanted) > MOST_SLOTS:
        raise Invalid.at("slots", phrase("A week has at most {most} slots.", most=MOST_SLOTS), code="slots.too_many")
    if any(slot.weekday not in range(7) or slot.at.second or slot.at.microsecond or slot.at.tzinfo for slot in wanted):
        raise Invalid.at("slots", phrase("Give weekdays from 0, Monday, to 6 and times in whole minutes."))
    _lock(by.workspace)
    table, _is_new = Timetable.objects.update_or_create(
        workspace=by.workspace, account=account, defaults={"zone": zone}
    )
    table.slots.all().delete()
    Slot.objects.bulk_create(Slot(timetable=table, weekday=slot.weekday, at=slot.at) for slot in wanted)
    record("timetable.set", account or by.workspace, by=by, zone=zone, slots=len(wanted))
    return table


@transaction.atomic
def drop_timetable(by: Member, account: Account | None) -> None:
    """Forgets it: an account has the shared slots again. Raises NotFound when there is none."""
    demand(by, "timetable")
    rows = Timetable.objects.filter(workspace=by.workspace, account=account)
    if not rows.exists():
        raise NotFound(phrase("There is no timetable of its own."))
    rows.delete()
    record("timetable.dropped", account or by.workspace, by=by)


def _lock(workspace: Workspace) -> None:
    """One change of the workspace's timetables at a time."""
    Workspace.objects.select_for_update().get(pk=workspace.pk)

"""Saying when nothing is meant to go out: blackout dates and quiet hours of the workspace."""

from dataclasses import dataclass, fields
from datetime import date, time

from django.db import transaction

from crosscut.apps.accounts.models import Member
from crosscut.apps.accounts.permissions import demand
from crosscut.apps.accounts.services.audit import record
from crosscut.apps.preflight.models import ClosedTime
from crosscut.kernel.errors import Invalid, NotFound, Problem
from crosscut.kernel.phrases import phrase

MOST = 200  # of a workspace


@dataclass(frozen=True, kw_only=True)
class Closing:
    """What somebody wants to close."""

    name: str
    kind: str  # of ClosedTime.Kind
    starts_on: date | None = None  # days: the first
    ends_on: date | None = None  # days: the last; None: the first day alone
    weekdays: tuple[int, ...] = ()  # hours: 0 is Monday; empty: every day
    from_time: time | None = None  # hours
    until_time: time | None = None  # hours; before `from_time`: on the next day
    is_strict: bool = False  # nothing can be scheduled there; else one is warned


@transaction.atomic
def close_time(by: Member, wanted: Closing) -> ClosedTime:
    """A blackout or quiet hours from now on. Posts that stand there already stay and are warned of. Raises Invalid."""
    demand(by, "timetable")
    if problems := _problems(by, wanted):
        raise Invalid(problems=problems)
    is_days = wanted.kind == ClosedTime.Kind.DAYS
    wishes = {one.name: getattr(wanted, one.name) for one in fields(wanted)}
    wishes |= {"name": wanted.name.strip(), "weekdays": [] if is_days else sorted(set(wanted.weekdays))}
    if is_days:
        wishes |= {"from_time": None, "until_time": None, "ends_on": wanted.ends_on or wanted.starts_on}
    else:
        wishes |= {"starts_on": None, "ends_on": None}
    row = ClosedTime.objects.create(workspace=by.workspace, created_by=by, **wishes)
    record("closed_time.set", row, by=by, kind=row.kind, is_strict=row.is_strict)
    return row


@transaction.atomic
def open_time(by: Member, closed_id: int) -> None:
    """Things may go out then again. Raises NotFound."""
    demand(by, "timetable")
    row = ClosedTime.objects.filter(workspace=by.workspace, pk=closed_id).first()
    if row is None:
        raise NotFound(phrase("There is no such closed time in this workspace."))
    record("closed_time.removed", row, by=by, kind=row.kind)
    row.delete()


def _problems(by: Member, wanted: Closing) -> list[Problem]:
    is_days, is_hours = wanted.kind == ClosedTime.Kind.DAYS, wanted.kind == ClosedTime.Kind.HOURS
    first, last = wanted.starts_on, wanted.ends_on or wanted.starts_on
    checks = (
        ("kind", is_days or is_hours, phrase("Say whether it is whole days or hours of days.")),
        ("name", 0 < len(wanted.name.strip()) <= 80, phrase("Give it a name of at most 80 letters.")),
        ("starts_on", not is_days or first is not None, phrase("Give the first day.")),
        ("ends_on", not (is_days and first and last and last < first), phrase("The last day is before the first.")),
        ("from_time", not is_hours or wanted.from_time is not None, phrase("Say when they begin.")),
        ("until_time", not is_hours or wanted.until_time is not None, phrase("Say when they end.")),
        ("weekdays", set(wanted.weekdays) <= set(range(7)), phrase("Give weekdays from 0, Monday, to 6.")),
        (
            "name",
            ClosedTime.objects.filter(workspace=by.workspace).count() < MOST,
            phrase("There are {most} of them already. Remove some first.", most=MOST),
        ),
    )
    return [
        Problem(code=f"closed_time.{where}", where=where, message=words)
        for where, is_right, words in checks
        if not is_right
    ]

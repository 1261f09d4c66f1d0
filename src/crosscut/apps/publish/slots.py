"""The weekly slots of accounts as moments, and which of them no post has taken."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from django.db.models import F, QuerySet
from django.utils import timezone

from crosscut.apps.accounts.models import Account, Member, Role, Workspace
from crosscut.apps.accounts.queries import accounts_for
from crosscut.apps.preflight.closing import closing_of
from crosscut.apps.publish.models import Target, Timetable
from crosscut.kernel.errors import Conflict, Invalid
from crosscut.kernel.phrases import phrase
from crosscut.kernel.zones import resolve

FARTHEST = timedelta(days=366)  # how far ahead a free slot is looked for
_MINUTE = timedelta(minutes=1)


@dataclass(frozen=True, kw_only=True)
class Place:
    """One slot on one day."""

    at: datetime  # the moment, in UTC
    wall_time: datetime  # naive: what clocks in `zone` show then
    zone: str  # IANA, the timetable's


@dataclass(frozen=True, kw_only=True)
class FreePlace:
    """A moment at which accounts have a slot that no post has taken."""

    at: datetime
    accounts: tuple[Account, ...]


def timetables_of(workspace_id: int) -> dict[int | None, Timetable]:
    """The workspace's timetables with their slots, by the account's id; None for the one that all others share."""
    rows = Timetable.objects.filter(workspace=workspace_id).prefetch_related("slots")
    return {row.account_id: row for row in rows}


def timetables_for(member: Member) -> QuerySet[Timetable]:
    """The same as rows, the shared one first; none for guests."""
    rows = Timetable.objects.filter(workspace=member.workspace_id).prefetch_related("slots")
    rows = rows.order_by(F("account__name").asc(nulls_first=True), "id")
    return rows.none() if member.role == Role.GUEST else rows


def timetable_of(account: Account) -> Timetable | None:
    """The account's own timetable, else the one that all accounts share, else None."""
    known = timetables_of(account.workspace_id)
    return known.get(account.pk) or known.get(None)


def places_of(table: Timetable, start: datetime, end: datetime) -> Iterator[Place]:
    """The timetable's slots in [start, end), in time order. A time that clocks skip on a day is no place on that day;
    one that they show twice is one place, the first."""
    zone = ZoneInfo(table.zone)
    slots = [(slot.weekday, slot.at) for slot in table.slots.all()]
    day, last = start.astimezone(zone).date(), end.astimezone(zone).date()
    while day <= last:
        found = [_place(datetime.combine(day, at), table.zone) for weekday, at in slots if weekday == day.weekday()]
        yield from sorted((one for one in found if one and start <= one.at < end), key=lambda one: one.at)
        day += timedelta(days=1)


def next_free(account: Account, *, after: datetime | None = None) -> Place:
    """The account's first slot that no post has, from `after` or now on.

    Raises Invalid where the account has no slots, Conflict where all of a year are taken.
    """
    for place in free_places_of(account, after=after):
        return place
    raise Conflict(
        phrase("Every slot of {account} within a year is taken. Give a time, or add slots.", account=account.name)
    )


def free_places_of(account: Account, *, after: datetime | None = None) -> Iterator[Place]:
    """The account's free slots of a year, the next first. Raises Invalid where the account has no slots."""
    table = timetable_of(account)
    if table is None or not table.slots.all():
        message = phrase(
            "{account} has no slots. Say on which days and at what times it publishes, or give a time.",
            account=account.name,
        )
        raise Invalid.at("when", message, code="slots.none")
    start = max(after or timezone.now(), timezone.now()) + _MINUTE
    start = start.replace(second=0, microsecond=0)
    end = start + FARTHEST
    taken, is_closed = _taken([account], start, end), closing_of(account.workspace, start, end)
    for place in places_of(table, start, end):
        if (account.pk, place.at) not in taken and not is_closed(place.at):
            yield place


def free_places(
    member: Member, start: datetime, end: datetime, *, channel: str = "", account: int | None = None
) -> list[FreePlace]:
    """The free slots from now on in [start, end), each moment once with the accounts that have it, in time order."""
    accounts = [
        row
        for row in accounts_for(member)
        if row.state == Account.State.CONNECTED and channel in ("", row.channel) and account in (None, row.pk)
    ]
    start = max(start, timezone.now())
    known, taken = timetables_of(member.workspace_id), _taken(accounts, start, end)
    is_closed = closing_of(member.workspace, start, end)
    by_moment: dict[datetime, list[Account]] = {}
    for row in accounts:
        table = known.get(row.pk) or known.get(None)
        for place in places_of(table, start, end) if table else ():
            if (row.pk, place.at) not in taken and not is_closed(place.at):
                by_moment.setdefault(place.at, []).append(row)
    return [FreePlace(at=at, accounts=tuple(by_moment[at])) for at in sorted(by_moment)]


def zone_of(workspace: Workspace, table: Timetable | None) -> str:
    """Where the clock of its slots hangs: the timetable's zone, the workspace's where there is none yet."""
    return table.zone if table else workspace.time_zone


def _place(wall_time: datetime, zone: str) -> Place | None:
    try:
        return Place(at=resolve(wall_time, zone).astimezone(UTC), wall_time=wall_time, zone=zone)
    except Invalid:  # clocks skip it on that day
        return None


def _taken(accounts: Iterable[Account], start: datetime, end: datetime) -> set[tuple[int, datetime]]:
    """Which minutes have a post, by account: also one that a person put there by hand."""
    rows = Target.objects.filter(account__in=list(accounts), due_at__gte=start - _MINUTE, due_at__lt=end)
    rows = rows.exclude(state__in=Target.CLOSED_STATES)
    return {(pk, at.replace(second=0, microsecond=0)) for pk, at in rows.values_list("account_id", "due_at")}

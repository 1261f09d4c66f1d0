"""Blackout dates and quiet hours: what they cover, and what they say about a planned moment."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from crosscut.apps.accounts.models import Member, Role, Workspace
from crosscut.apps.preflight.foreign_calendars import busy_findings, closing_events
from crosscut.apps.preflight.holiday_calendars import closed_days, holiday_findings
from crosscut.apps.preflight.models import ClosedTime
from crosscut.kernel.findings import Finding, Level
from crosscut.kernel.phrases import phrase

CODE = "time.closed"
Kind = ClosedTime.Kind
_DAY = timedelta(days=1)


@dataclass(frozen=True, kw_only=True)
class Span:
    """One stretch of time in which nothing is meant to go out."""

    start: datetime  # in the workspace's zone
    end: datetime  # the first moment after it
    closed: ClosedTime


def closed_times_for(member: Member) -> list[ClosedTime]:
    """The workspace's blackout dates and quiet hours; none for guests."""
    return [] if member.role == Role.GUEST else list(closed_times_of(member.workspace))


def closed_times_of(workspace: Workspace) -> Iterable[ClosedTime]:
    """The same for whoever plans in its name."""
    return ClosedTime.objects.filter(workspace=workspace)


def closing_findings(workspace: Workspace, at: datetime, language: str = "") -> tuple[Finding, ...]:
    """What closed times, holidays and calendars kept elsewhere say about that moment, for a post in that language."""
    wall = at.astimezone(ZoneInfo(workspace.time_zone)).replace(tzinfo=None)
    closed = (_finding(row) for row in closed_times_of(workspace) if covers(row, wall))
    return (*closed, *holiday_findings(workspace, at, language), *busy_findings(workspace, at))


def is_closed(workspace: Workspace, at: datetime, language: str = "") -> bool:
    """Whether nothing can be scheduled for that moment."""
    return any(finding.level is Level.BLOCK for finding in closing_findings(workspace, at, language))


def closing_of(workspace: Workspace, start: datetime, end: datetime) -> Callable[[datetime], bool]:
    """Tells of moments in [start, end) whether nothing is meant to go out then, whatever the language; reads once."""
    rows, zone = list(closed_times_of(workspace)), ZoneInfo(workspace.time_zone)
    busy = [(one.start_at, one.end_at) for one in closing_events(workspace, start, end)]
    shut = closed_days(workspace, start.astimezone(zone).date(), end.astimezone(zone).date())

    def is_shut(at: datetime) -> bool:
        wall = at.astimezone(zone).replace(tzinfo=None)
        is_busy = any(begins <= at < ends for begins, ends in busy)
        return is_busy or wall.date() in shut or any(covers(row, wall) for row in rows)

    return is_shut


def covers(closed: ClosedTime, wall: datetime) -> bool:
    """Whether clocks of the workspace show `wall` (naive) within it. The last minute before the end is; the end is not.

    >>> nights = ClosedTime(kind="hours", from_time=time(22), until_time=time(7), weekdays=[4])  # Friday's night
    >>> [covers(nights, datetime(2026, 11, day, hour)) for day, hour in ((27, 23), (28, 6), (28, 7), (27, 6))]
    [True, True, False, False]
    """
    if closed.kind == Kind.DAYS:
        return bool(closed.starts_on and closed.ends_on and closed.starts_on <= wall.date() <= closed.ends_on)
    begins, ends = closed.from_time or time.min, closed.until_time or time.min
    days = [wall.date()] if begins < ends else [wall.date(), wall.date() - _DAY]
    return any(_is_on(closed, day) and start <= wall < end for day in days for start, end in [_hours(closed, day)])


def spans(workspace: Workspace, start: datetime, end: datetime) -> list[Span]:
    """Every stretch of closed time that touches [start, end), for a calendar to shade."""
    zone = ZoneInfo(workspace.time_zone)
    first, last = start.astimezone(zone).date() - _DAY, end.astimezone(zone).date()
    days = [first + timedelta(days=number) for number in range((last - first).days + 1)]
    found = [
        Span(start=begins.replace(tzinfo=zone), end=ends.replace(tzinfo=zone), closed=row)
        for row in closed_times_of(workspace)
        for begins, ends in _stretches(row, days)
    ]
    return [span for span in found if span.start < end and span.end > start]


def _stretches(closed: ClosedTime, days: list[date]) -> Iterator[tuple[datetime, datetime]]:
    if closed.kind == Kind.HOURS:
        yield from (_hours(closed, day) for day in days if _is_on(closed, day))
    elif closed.starts_on and closed.ends_on:
        yield datetime.combine(closed.starts_on, time.min), datetime.combine(closed.ends_on + _DAY, time.min)


def _hours(closed: ClosedTime, day: date) -> tuple[datetime, datetime]:
    """From when until when the hours that begin on that day last."""
    begins, ends = closed.from_time or time.min, closed.until_time or time.min
    return datetime.combine(day, begins), datetime.combine(day if begins < ends else day + _DAY, ends)


def _is_on(closed: ClosedTime, day: date) -> bool:
    return not closed.weekdays or day.weekday() in closed.weekdays


def _finding(closed: ClosedTime) -> Finding:
    if closed.kind == Kind.DAYS:
        message = phrase(
            "{name}: nothing is meant to go out from {starts_on} to {ends_on}.",
            name=closed.name,
            starts_on=str(closed.starts_on),
            ends_on=str(closed.ends_on),
        )
    else:
        message = phrase(
            "{name}: nothing is meant to go out from {begins} until {ends}.",
            name=closed.name,
            begins=f"{closed.from_time:%H:%M}",
            ends=f"{closed.until_time:%H:%M}",
        )
    return Finding(
        code=CODE,
        level=Level.BLOCK if closed.is_strict else Level.ADVICE,
        message=message,
        where="at",
        repair=phrase("Choose another time."),
        values={"closed_time": closed.pk},
    )

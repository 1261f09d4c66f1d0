"""Series as people see them: which there are, their dates to come, and what a rule would give before it is set."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from itertools import islice
from typing import Any
from zoneinfo import ZoneInfo

from django.db.models import F, Q, QuerySet
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from crosscut.apps.accounts.models import Member, Role, Workspace
from crosscut.apps.preflight.closing import closing_findings, is_closed
from crosscut.apps.publish.models import Series, SeriesDate, Target
from crosscut.apps.publish.queries import Wanted
from crosscut.apps.publish.services.series import Plan, understood
from crosscut.channels.icons import name_of
from crosscut.kernel.calendar_rules import RuleDate, dates_of
from crosscut.kernel.errors import NotFound
from crosscut.kernel.phrases import phrase

SHOWN = 24  # dates of a series on its page
PREVIEWED = 12
_COUNTED = 1000  # dates of a rule with an end are counted up to here
Why = SeriesDate.Why


@dataclass(frozen=True, kw_only=True)
class Day:
    """One date of a series, as its page shows it."""

    key: str  # the date as the rule says it: "2026-11-30T09:00:00"
    wall_time: datetime  # the same, naive
    at: datetime | None  # the moment; of a post, when it goes out now; None: clocks skip it
    post: Target | None
    why_none: str  # in words; empty where there is a post, or will be one
    is_ahead: bool  # not written down yet: its post is made when it comes within reach
    is_moved: bool  # its post stands at another time


@dataclass(frozen=True, kw_only=True)
class Preview:
    """What a plan would give."""

    rule: str  # canonical
    ends_on: date | None
    days: tuple[Day, ...]  # the first ones
    warnings: tuple[str, ...]  # one for each of these days, empty where nothing is to be said
    count: int | None  # of all dates; None without an end
    wall_time: datetime
    zone: str


def series_for(member: Member) -> QuerySet[Series]:
    """The workspace's series, those that go on first; none for guests."""
    rows = Series.objects.filter(workspace=member.workspace_id)
    rows = rows.select_related("piece__workspace", "account", "edition__piece", "created_by__user", "follows")
    rows = rows.order_by(F("next_at").asc(nulls_last=True), "-id")
    return rows.none() if member.role == Role.GUEST else rows


def running_for(member: Member) -> QuerySet[Series]:
    """Those that have dates to come."""
    now = timezone.now()
    going_on = Q(next_at__isnull=False) | Q(dates__target__due_at__gt=now, dates__target__state__in=_WAITING)
    return series_for(member).filter(going_on, ended_at=None).distinct()


def one_series_for(member: Member, series_id: int) -> Series:
    """One of them. Raises NotFound."""
    row = series_for(member).filter(pk=series_id).first()
    if row is None:
        raise NotFound(phrase("There is no such series in this workspace."))
    return row


def days_of(series: Series) -> list[Day]:
    """Its dates from now on, also those that have no post yet, and the last one before."""
    zone = ZoneInfo(series.zone)
    today = timezone.now().astimezone(zone).date().isoformat()
    rows = list(series.dates.select_related("target__account", "target__piece").filter(wall_time__gte=today)[:SHOWN])
    written = [_written(row, series.zone) for row in rows]
    ahead = _ahead(series) if series.ended_at is None else ()
    known = {day.key for day in written}
    more = [_by_rule(one) for one in islice(ahead, SHOWN) if one.wall_time.isoformat() not in known]
    return sorted([*written, *more], key=lambda day: day.key)[:SHOWN]


def preview(workspace: Workspace, plan: Plan) -> Preview:
    """The first dates of the plan, with what closes them. Raises Invalid as starting it would."""
    wanted = understood(plan)
    start = plan.wall_time
    first = list(islice(dates_of(wanted.rule, start, plan.zone, ends_on=wanted.ends_on), PREVIEWED))
    count = None
    if wanted.ends_on:
        real = (one for one in dates_of(wanted.rule, start, plan.zone, ends_on=wanted.ends_on) if one.at)
        count = sum(1 for _one in islice(real, _COUNTED))
    closed = [bool(one.at and is_closed(workspace, one.at)) for one in first]
    days = [_by_rule(one, is_closed=shut) for one, shut in zip(first, closed, strict=True)]
    return Preview(
        rule=wanted.rule,
        ends_on=wanted.ends_on,
        days=tuple(days),
        warnings=tuple(_warning(workspace, day) for day in days),
        count=count,
        wall_time=start,
        zone=plan.zone,
    )


def dates_between(member: Member, start: datetime, end: datetime, wanted: Wanted) -> list[dict[str, Any]]:
    """Dates in [start, end) whose posts are not made yet, as the calendar's script reads them."""
    if wanted.state not in ("", Target.State.SCHEDULED):
        return []
    rows = series_for(member).filter(ended_at=None, next_at__isnull=False)
    exact = {"account__channel": wanted.channel, "account": wanted.account, "piece__campaign": wanted.campaign}
    rows = rows.filter(**{field: value for field, value in exact.items() if value})
    if wanted.person:
        rows = rows.filter(Q(created_by=wanted.person) | Q(piece__owner=wanted.person))
    if wanted.text:
        rows = rows.filter(Q(piece__title__icontains=wanted.text) | Q(piece__text__icontains=wanted.text))
    found = [(row, one, at) for row in rows for one, at in _between(row, start, end)]
    known = set(_known_ahead([row for row, _one, _at in found])) if found else set()
    zone = member.workspace.time_zone
    return [_as_event(row, one, at, zone) for row, one, at in found if (row.pk, one.wall_time.isoformat()) not in known]


_WAITING = Target.WAITING_STATES


def _known_ahead(rows: Iterable[Series]) -> Iterator[tuple[int, str]]:
    """Dates that were written down before their turn: left out, or put back."""
    dates = SeriesDate.objects.filter(series__in=rows, wall_time__gt=F("series__made_through"))
    yield from dates.order_by().values_list("series_id", "wall_time")


def _between(series: Series, start: datetime, end: datetime) -> Iterator[tuple[RuleDate, datetime]]:
    if series.made_through >= end.astimezone(ZoneInfo(series.zone)).replace(tzinfo=None).isoformat():
        return
    for one in _ahead(series):
        if one.at and one.at >= end:
            return
        if one.at and one.at >= start:
            yield one, one.at


def _ahead(series: Series) -> Iterable[RuleDate]:
    """Its dates that were not written down yet."""
    start = datetime.fromisoformat(series.wall_time)
    found = dates_of(series.rule, start, series.zone, ends_on=series.ends_on)
    return (one for one in found if one.wall_time.isoformat() > series.made_through)


def _written(row: SeriesDate, zone: str) -> Day:
    post = row.target
    wall_time = datetime.fromisoformat(row.wall_time)
    why = str(SeriesDate.Why(row.why_none).label) if row.why_none else ""
    if post and post.state == Target.State.CANCELLED:
        why = str(Why.LEFT_OUT.label)
    return Day(
        key=row.wall_time,
        wall_time=wall_time,
        at=post.due_at if post else None if row.why_none == Why.CLOCKS else wall_time.replace(tzinfo=ZoneInfo(zone)),
        post=post,
        why_none=why,
        is_ahead=False,
        is_moved=bool(post and (post.wall_time, post.zone) != (row.wall_time, zone)),
    )


def _by_rule(one: RuleDate, *, is_closed: bool = False) -> Day:
    why = Why.CLOCKS if one.at is None else Why.CLOSED if is_closed else None
    return Day(
        key=one.wall_time.isoformat(),
        wall_time=one.wall_time,
        at=one.at,
        post=None,
        why_none=str(why.label) if why else "",
        is_ahead=True,
        is_moved=False,
    )


def _warning(workspace: Workspace, day: Day) -> str:
    """What is to be said of a date that gets its post all the same."""
    if day.at is None or day.why_none:
        return ""
    return " ".join(str(finding.message) for finding in closing_findings(workspace, day.at))


def _as_event(series: Series, one: RuleDate, at: datetime, zone: str) -> dict[str, Any]:
    place = f"{series.account.name} ({name_of(series.account.channel)})"
    return {
        "id": f"series-{series.pk}-{one.wall_time.isoformat()}",
        "title": series.piece.title,
        "start": at.astimezone(ZoneInfo(zone)).isoformat(),
        "state": "ahead",
        "state_word": _("By its rule"),
        "url": reverse("series", args=[series.pk]),
        "thumb": "",
        "channels": [{"name": place, "icon": series.account.channel}],
        "problem": "",
        "is_at_risk": False,
        "warning": "",
        "elsewhere": "" if series.zone == zone else f"{one.wall_time:%H:%M} {series.zone}",
        "can_move": False,
        "is_of_series": True,
    }

"""The calendar: one window of time, as cards that can be moved."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from itertools import groupby
from typing import Any
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from django.http import HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.dateparse import parse_date, parse_datetime
from django.utils.safestring import mark_safe
from django.views.decorators.http import require_POST, require_safe

from crosscut.apps.accounts.access import MemberRequest, members_only
from crosscut.apps.accounts.models import Member, Role, Workspace
from crosscut.apps.accounts.permissions import can
from crosscut.apps.preflight.closing import spans
from crosscut.apps.preflight.foreign_calendars import events_between
from crosscut.apps.preflight.holiday_calendars import holidays_on_calendar
from crosscut.apps.preflight.models import ClosedTime, ForeignCalendar, ForeignEvent
from crosscut.apps.produce.chips import number_in
from crosscut.apps.produce.queries import pieces_for
from crosscut.apps.publish import queries
from crosscut.apps.publish.cards import Card, as_free, cards_of
from crosscut.apps.publish.crowds import MOST_FEW, Crowd, Span, all_between, few_between, listed_between
from crosscut.apps.publish.drafts import tray_of
from crosscut.apps.publish.filters import groups_for, wanted_from
from crosscut.apps.publish.forms import MoveForm, in_own_zone
from crosscut.apps.publish.kept_views import filters_in, first_view_of, place_of, shown_above
from crosscut.apps.publish.services import schedule
from crosscut.apps.publish.slots import free_places
from crosscut.channels.icons import drawing_of
from crosscut.channels.registry import channels
from crosscut.kernel.errors import Invalid
from crosscut.kernel.phrases import phrase

VIEWS = ("dayGridMonth", "timeGridWeek", "timeGridDay", "listWeek", "listDay")
LISTED = 100  # posts of the list that stands there without scripts
FEW = 4  # of each day or hour, where nobody said how many
LONGEST = timedelta(days=100)  # more than any view shows, so that one question cannot ask for everything
MOST_EVENTS = 1000  # of calendars kept elsewhere, in one window
_WEEK = timedelta(days=7)
_DOES = {  # what its script asks for, and the page that does it
    "copy_url": "calendar-copy",
    "uncopy_url": "calendar-uncopy",
    "wish_url": "calendar-wish",
    "copy_draft_url": "calendar-copy-draft",
}


@dataclass(frozen=True, kw_only=True)
class Day:
    """One day of the list."""

    on: date
    is_today: bool
    cards: list[Card]


@members_only
@require_safe
def calendar(request: MemberRequest) -> HttpResponse:
    """The page. Its list stands in it as written by the server, so that it is there without scripts too."""
    if not request.GET and (first := first_view_of(request.member)):
        return redirect(place_of(first))
    view = request.GET.get("view", "")
    workspace, today = request.member.workspace, _today(request.member.workspace)
    narrowed = request.GET.copy()
    narrowed.pop("skip", None)  # of the list without scripts alone
    chosen = _date(request.GET.get("date", "")) or today
    context: dict[str, Any] = {
        "view": view if view in VIEWS else "",
        "layout": (layout := _layout(view)),
        "kept": shown_above(request.member, layout, request.GET),
        "filters": narrowed.urlencode(),
        "date": chosen.isoformat() if chosen != today else "",
        "zone": workspace.time_zone,
        "groups": groups_for(request.member, request.GET),
        "free_url": f"{reverse('calendar-free')}?{narrowed.urlencode()}",
        "events_url": f"{reverse('calendar-posts')}?{narrowed.urlencode()}",
        "move_url": reverse("calendar-move", args=[0]).replace("/0/", "/{id}/"),
        "panel_url": reverse("post-panel", args=[0]).replace("/0/", "/{id}/"),
        "together_url": reverse("calendar-move-together"),
        **{name: reverse(page, args=[0]).replace("/0/", "/{id}/") for name, page in _DOES.items()},
        "tray_inside": "publish/tray.html" if can(request.member, "draft") else "",
        "tray_url": reverse("calendar-tray"),
        "tray": (tray := tray_of(request.member)),
        "is_empty": not tray and not has_something(request.member),
        "icons": [(slug, mark_safe(drawing_of(slug))) for slug in channels()],  # noqa: S308 - our plug-ins' own files
        "can_hold": can(request.member, "hold"),
    }
    if view in ("listWeek", "listDay"):
        context |= _list(request, chosen if view == "listDay" else chosen - timedelta(days=chosen.weekday()))
    return render(request, "publish/calendar.html", context)


@members_only
@require_safe
def tray(request: MemberRequest) -> HttpResponse:
    """The pieces without a day, as they stand beside the calendar now."""
    return render(request, "publish/tray.html", {"tray": tray_of(request.member)})


@members_only
@require_safe
def events(request: MemberRequest) -> JsonResponse:
    """What stands between `start` and `end`, as the calendar's script reads it.

    With `few` and `per` ("day", "hour") so many of each and how many more; with `first` so many of the list, after
    `skip`; with neither, all.
    """
    start, end = _window(request)
    wanted = wanted_from(request.GET)
    span = Span(start=start, end=end, wanted=wanted, filters=urlencode(filters_in(request.GET)))
    if (per := request.GET.get("per", "")) in ("day", "hour"):
        few = max(1, min(number_in(request.GET, "few") or FEW, MOST_FEW))
        found = few_between(request.member, span, Crowd(per=per, few=few))
    elif first := number_in(request.GET, "first"):
        found = listed_between(request.member, span, skip=number_in(request.GET, "skip") or 0, first=first)
    else:
        found = all_between(request.member, span)
    return JsonResponse(found, safe=False)


@members_only
@require_safe
def free(request: MemberRequest) -> JsonResponse:
    """The free slots between `start` and `end`, and the time in which nothing is meant to go out."""
    workspace, wanted = request.member.workspace, wanted_from(request.GET)
    start, end = _window(request)
    places = free_places(request.member, start, end, channel=wanted.channel, account=wanted.account)
    zone = ZoneInfo(workspace.time_zone)
    last = (end - timedelta(microseconds=1)).astimezone(zone).date()
    holidays = [
        {"on": one.on.isoformat(), "name": one.name, "place": one.place, "effect": one.calendar.effect}
        for one in (
            []
            if request.member.role == Role.GUEST
            else holidays_on_calendar(workspace, start.astimezone(zone).date(), last)
        )
    ]
    elsewhere = [] if request.member.role == Role.GUEST else list(events_between(workspace, start, end)[:MOST_EVENTS])
    shaded = [] if request.member.role == Role.GUEST else spans(workspace, start, end)
    told = {
        "free": [as_free(place, workspace.time_zone) for place in places],
        "holidays": holidays,
        "events": [_as_told(event, workspace.time_zone) for event in elsewhere],
        "closed": [
            {
                "start": span.start.isoformat(),
                "end": span.end.isoformat(),
                "name": span.closed.name,
                "is_strict": span.closed.is_strict,
                "is_days": span.closed.kind == ClosedTime.Kind.DAYS,
            }
            for span in shaded
        ],
    }
    return JsonResponse(told)


def _as_told(event: ForeignEvent, zone: str) -> dict[str, Any]:
    """An event of a calendar kept elsewhere, as the calendar's script reads it."""
    place = ZoneInfo(zone)
    return {
        "id": event.pk,
        "title": event.title,
        "calendar": event.calendar.name,
        "start": event.start_at.astimezone(place).isoformat(),
        "end": event.end_at.astimezone(place).isoformat(),
        "is_all_day": event.is_all_day,
        "closes": event.is_busy and event.calendar.effect != ForeignCalendar.Effect.SHOW,
    }


@members_only
@require_POST
def move(request: MemberRequest, post_id: int) -> JsonResponse:
    """Moves a post to `at`, wall-clock time in the workspace's zone. Refusals say why in plain words."""
    target = queries.target_for(request.member, post_id)
    form = MoveForm(request.POST)
    if not form.is_valid():
        raise Invalid.at("at", phrase("Say when, as 2026-11-24T09:00."))
    wall_time, zone = in_own_zone(target, form.cleaned_data["at"], request.member.workspace.time_zone)
    moved = schedule.reschedule(request.member, target, wall_time=wall_time, zone=zone)
    return JsonResponse({"id": str(moved.pk), "due_at": moved.due_at.isoformat()})


def has_something(member: Member) -> bool:
    """Whether anything stands on the workspace's calendar at any time."""
    return queries.targets_for(member).exists() or pieces_for(member).exclude(wished_at=None).exists()


def _layout(view: str) -> str:
    """What is kept of a view under a name: a day's list is a list."""
    return "listWeek" if view == "listDay" else view if view in VIEWS else VIEWS[0]


def _list(request: MemberRequest, first: date) -> dict[str, Any]:
    """The posts of a week or a day by day, so many at once, and the ways to what is before and after."""
    zone = ZoneInfo(request.member.workspace.time_zone)
    length = timedelta(days=1) if request.GET.get("view") == "listDay" else _WEEK
    start, end = (datetime.combine(day, time.min, zone) for day in (first, first + length))
    rows = queries.targets_between(request.member, start, end, wanted_from(request.GET))
    skip, today = number_in(request.GET, "skip") or 0, _today(request.member.workspace)
    cards = cards_of(request.member, rows[skip : skip + LISTED + 1])
    by_day = groupby(cards[:LISTED], key=lambda card: card.due_at.astimezone(zone).date())
    return {
        "has_list": True,
        "days": [Day(on=day, is_today=day == today, cards=list(some)) for day, some in by_day],
        "begins_on": first,
        "ends_on": first + length - timedelta(days=1),
        "earlier_url": _beginning(request, first - length),
        "later_url": _beginning(request, first + length),
        "rest_url": _beginning(request, first, skip=skip + LISTED) if len(cards) > LISTED else "",
    }


def _window(request: MemberRequest) -> tuple[datetime, datetime]:
    """The asked window. Raises Invalid where it is none, or too long for one question."""
    zone = request.member.workspace.time_zone
    start, end = (_moment(request.GET.get(name, ""), zone) for name in ("start", "end"))
    if start is None or end is None or not start < end:
        raise Invalid.at("start", phrase("Say from when to when, as ISO 8601."))
    if end - start > LONGEST:
        raise Invalid.at("end", phrase("Ask for at most {days} days at a time.", days=LONGEST.days))
    return start, end


def _beginning(request: MemberRequest, day: date, *, skip: int = 0) -> str:
    query = request.GET.copy()
    query["date"] = day.isoformat()
    query.pop("skip", None)
    if skip:
        query["skip"] = str(skip)
    return f"?{query.urlencode()}"


def _today(workspace: Workspace) -> date:
    return timezone.now().astimezone(ZoneInfo(workspace.time_zone)).date()


def _date(text: str) -> date | None:
    """The day, when it is one within what a calendar can show."""
    try:
        day = parse_date(text)
    except ValueError:
        return None
    return day if day and 1970 <= day.year <= 2200 else None


def _moment(text: str, zone: str) -> datetime | None:
    """The moment; without an offset, as clocks in the zone show it."""
    try:
        moment = parse_datetime(text) or (parse_datetime(f"{text}T00:00") if text else None)
    except ValueError:
        return None
    if moment is None or not 1970 <= moment.year <= 2200:
        return None
    return moment if moment.tzinfo else moment.replace(tzinfo=ZoneInfo(zone))

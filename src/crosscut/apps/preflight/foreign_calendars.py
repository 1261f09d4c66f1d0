"""Calendars kept elsewhere: subscribing to one, having it read again and again, and what its events say to posts."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

import httpx
import structlog
from django.conf import settings
from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from crosscut.apps.accounts.models import Member, Role, Workspace
from crosscut.apps.accounts.permissions import demand
from crosscut.apps.accounts.secrets import seal, unseal
from crosscut.apps.accounts.services.audit import record
from crosscut.apps.preflight.models import ForeignCalendar, ForeignEvent
from crosscut.channels import caldav, http
from crosscut.kernel.errors import CrosscutError, Invalid, NotFound
from crosscut.kernel.findings import Finding, Level
from crosscut.kernel.phrases import phrase
from crosscut.media.calendars import CalendarEvent, read_events

CODE = "time.busy"
MOST = 20  # of a workspace
BEHIND, AHEAD = timedelta(days=60), timedelta(days=400)  # which of its events are kept
_EVERY = timedelta(minutes=30)
_LONGEST_WAIT = timedelta(hours=6)  # after failures in a row
_TOTAL_S = 20
Effect = ForeignCalendar.Effect
_log = structlog.get_logger(__name__)


@dataclass(frozen=True, kw_only=True)
class Subscription:
    """What somebody wants to see beside the posts."""

    name: str
    kind: str  # of ForeignCalendar.Kind
    address: str
    user: str = ""
    password: str = ""
    effect: str = Effect.SHOW


def foreign_calendars_for(member: Member) -> QuerySet[ForeignCalendar]:
    """The workspace's, by name; none for guests."""
    rows = ForeignCalendar.objects.filter(workspace=member.workspace_id)
    return rows.none() if member.role == Role.GUEST else rows


def foreign_calendar_for(member: Member, calendar_id: int) -> ForeignCalendar:
    """One of them. Raises NotFound."""
    row = foreign_calendars_for(member).filter(pk=calendar_id).first()
    if row is None:
        raise NotFound(phrase("There is no such calendar in this workspace."))
    return row


def events_between(workspace: Workspace, start: datetime, end: datetime) -> QuerySet[ForeignEvent]:
    """What stands in them in [start, end), in time order."""
    rows = ForeignEvent.objects.filter(calendar__workspace=workspace, start_at__lt=end, end_at__gt=start)
    return rows.select_related("calendar")


def closing_events(workspace: Workspace, start: datetime, end: datetime) -> QuerySet[ForeignEvent]:
    """Those in which nothing is meant to go out."""
    return events_between(workspace, start, end).filter(is_busy=True).exclude(calendar__effect=Effect.SHOW)


def busy_findings(workspace: Workspace, at: datetime) -> Iterator[Finding]:
    """What those events say about a moment."""
    for event in closing_events(workspace, at, at + timedelta(microseconds=1)):
        yield Finding(
            code=CODE,
            level=Level.BLOCK if event.calendar.effect == Effect.CLOSE else Level.ADVICE,
            where="at",
            message=phrase(
                "“{title}” stands in the calendar {name} then.", title=event.title, name=event.calendar.name
            ),
            repair=phrase("Choose another time."),
            values={"calendar": event.calendar_id},
        )


def subscribe(by: Member, wanted: Subscription) -> ForeignCalendar:
    """The calendar, read once: what cannot be read is not subscribed to. Raises Invalid, or Unavailable."""
    demand(by, "timetable")
    row = _checked(by, wanted)
    place = caldav.Place(address=caldav.checked_address(wanted.address), user=wanted.user, password=wanted.password)
    url = httpx.URL(place.address)
    is_ours = {url.host, url.netloc.decode()} & set(settings.ALLOWED_PRIVATE_HOSTS)
    if place.login and url.scheme == "http" and not is_ours:
        raise Invalid.at("address", phrase("A password goes to an address that begins with https:// only."))
    row.host = url.host
    row.sealed = seal({"address": place.address, "user": place.user, "password": place.password})
    events = _read(row, place)
    with transaction.atomic():
        row.save()
        _keep(row, events)
        record("foreign_calendar.subscribed", row, by=by, kind=row.kind, host=row.host)
    return row


@transaction.atomic
def set_effect(by: Member, calendar_id: int, effect: str) -> ForeignCalendar:
    """What its events mean for posts. Raises Invalid."""
    demand(by, "timetable")
    row = foreign_calendar_for(by, calendar_id)
    if effect not in Effect.values:
        raise Invalid.at("effect", phrase("Say what they mean: show, warn or close."))
    row.effect, row.changed_at = effect, timezone.now()
    row.save(update_fields=["effect", "changed_at"])
    record("foreign_calendar.effect_set", row, by=by, effect=effect)
    return row


@transaction.atomic
def unsubscribe(by: Member, calendar_id: int) -> None:
    """Its events are here no more. Raises NotFound."""
    demand(by, "timetable")
    row = foreign_calendar_for(by, calendar_id)
    record("foreign_calendar.unsubscribed", row, by=by, host=row.host)
    row.delete()


def due_calendars() -> list[int]:
    """Ids of those that are to be read again, the longest waiting first."""
    rows = ForeignCalendar.objects.filter(next_at__lte=timezone.now()).order_by("next_at", "id")
    return list(rows.values_list("pk", flat=True)[:50])


def read_again(calendar_id: int) -> None:
    """Reads it now; what is wrong is said of it, and its events stay as they were."""
    row = ForeignCalendar.objects.select_related("workspace").filter(pk=calendar_id).first()
    if row is None:
        return
    try:
        events = _read(row, caldav.Place(**unseal(row.sealed)))
    except CrosscutError as error:
        _failed(row, "; ".join(str(problem.message) for problem in error.problems))
        return
    with transaction.atomic():
        held = ForeignCalendar.objects.select_for_update().filter(pk=row.pk).first()
        if held is None:
            return
        _keep(held, events)
        held.read_at, held.problem, held.failures = timezone.now(), "", 0
        held.next_at = timezone.now() + _EVERY
        held.save(update_fields=["read_at", "problem", "failures", "next_at", "changed_at"])


def _read(row: ForeignCalendar, place: caldav.Place) -> tuple[CalendarEvent, ...]:
    """Its events of the time that is kept here."""
    now = timezone.now()
    start, end = now - BEHIND, now + AHEAD
    hosts = settings.ALLOWED_PRIVATE_HOSTS
    with http.client(allowed_hosts=hosts, total_s=_TOTAL_S, max_bytes=caldav.MAX_BYTES) as web:
        is_collection = row.kind == ForeignCalendar.Kind.CALDAV
        text = caldav.read_collection(web, place, start, end) if is_collection else caldav.read_file(web, place)
    if not text.strip():
        return ()  # a collection without events
    with TemporaryDirectory() as folder:
        path = Path(folder) / "calendar.ics"
        path.write_bytes(text)
        return read_events(path, start, end, row.workspace.time_zone)


def _keep(row: ForeignCalendar, events: Sequence[CalendarEvent]) -> None:
    """The events in place of those that were read before."""
    wanted = [(one.title, one.start, one.end, one.is_all_day, one.is_busy) for one in events]
    fields = ("title", "start_at", "end_at", "is_all_day", "is_busy")
    if wanted == list(row.events.order_by("pk").values_list(*fields)):
        return
    row.events.all().delete()
    ForeignEvent.objects.bulk_create(
        ForeignEvent(calendar=row, **dict(zip(fields, values, strict=True))) for values in wanted
    )
    row.changed_at = timezone.now()


def _failed(row: ForeignCalendar, problem: str) -> None:
    wait = min(_EVERY * 2 ** min(row.failures, 8), _LONGEST_WAIT)
    ForeignCalendar.objects.filter(pk=row.pk).update(
        problem=problem[:1000], failures=row.failures + 1, next_at=timezone.now() + wait
    )


def _checked(by: Member, wanted: Subscription) -> ForeignCalendar:
    checks = (
        ("name", 0 < len(wanted.name.strip()) <= 80, phrase("Give it a name of at most 80 letters.")),
        ("kind", wanted.kind in ForeignCalendar.Kind.values, phrase("Say what it is: a file, or on a CalDAV server.")),
        ("effect", wanted.effect in Effect.values, phrase("Say what they mean: show, warn or close.")),
        ("password", len(wanted.user) + len(wanted.password) <= 2000, phrase("This is too long.")),
        (
            "name",
            ForeignCalendar.objects.filter(workspace=by.workspace).count() < MOST,
            phrase("There are {most} of them already. Remove some first.", most=MOST),
        ),
    )
    for where, is_right, words in checks:
        if not is_right:
            raise Invalid.at(where, words)
    now = timezone.now()
    told = {"name": wanted.name.strip(), "kind": wanted.kind, "effect": wanted.effect, "read_at": now}
    return ForeignCalendar(workspace=by.workspace, created_by=by, next_at=now + _EVERY, **told)

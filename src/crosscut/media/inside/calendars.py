"""Reading somebody else's calendar file. Runs in a capped child only."""

from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from icalendar import Calendar
from recurring_ical_events import of

from crosscut.kernel.errors import Damaged
from crosscut.kernel.phrases import phrase
from crosscut.media.calendars import MOST_EVENTS, CalendarEvent

_TITLE = 300  # letters


def events_in(path: Path, start: datetime, end: datetime, zone: str) -> tuple[CalendarEvent, ...]:
    """As `media.calendars.read_events` says."""
    try:
        calendars = Calendar.from_ical(path.read_bytes(), multiple=True)
        found = [one for calendar in calendars for one in of(calendar, skip_bad_series=True).between(start, end)]
    except (ValueError, KeyError, IndexError, TypeError, OverflowError) as fault:
        raise Damaged(path, phrase("This is no calendar that can be read.")) from fault
    if not calendars:
        raise Damaged(path, phrase("This is no calendar that can be read."))
    place = ZoneInfo(zone)
    events = [_event(one, place) for one in found if str(one.get("STATUS", "")).upper() != "CANCELLED"]
    return tuple(sorted(events, key=lambda one: (one.start, one.title)))[:MOST_EVENTS]


def _event(one: Any, place: ZoneInfo) -> CalendarEvent:
    begins, ends = one.start, one.end
    is_all_day = not isinstance(begins, datetime)
    start, end = _moment(begins, place), _moment(ends, place)
    return CalendarEvent(
        title=" ".join(str(one.get("SUMMARY", "")).split())[:_TITLE],
        start=start,
        end=end if end > start else start + (timedelta(days=1) if is_all_day else timedelta(minutes=1)),
        is_all_day=is_all_day,
        is_busy=str(one.get("TRANSP", "OPAQUE")).upper() != "TRANSPARENT",
    )


def _moment(value: date, place: ZoneInfo) -> datetime:
    if not isinstance(value, datetime):
        value = datetime.combine(value, time.min)
    return (value if value.tzinfo else value.replace(tzinfo=place)).astimezone(UTC)

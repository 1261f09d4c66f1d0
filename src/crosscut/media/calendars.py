"""Calendar files of others (RFC 5545): read where they can do no harm, with every repeat laid out."""

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from crosscut.media.capped import call
from crosscut.media.caps import MEBI, Caps

MOST_EVENTS = 5000
CAPS = Caps(wall_s=30, cpu_s=15, memory_bytes=1024 * MEBI, file_bytes=MEBI)  # a rule may repeat each second, for ever


@dataclass(frozen=True, kw_only=True)
class CalendarEvent:
    """One time that stands in a calendar."""

    title: str
    start: datetime  # in UTC
    end: datetime  # the first moment after it
    is_all_day: bool  # whole days, by the reader's clocks
    is_busy: bool  # it takes somebody's time (TRANSP)


def read_events(path: Path, start: datetime, end: datetime, zone: str) -> tuple[CalendarEvent, ...]:
    """The events of [start, end) in time order, at most `MOST_EVENTS`, the cancelled left out.

    Whole days and times without a zone are by clocks in `zone`. Several calendars may stand one after the other. Raises
    Damaged for what is no calendar, or takes more than `CAPS`.
    """
    return call("calendars:events_in", tuple[CalendarEvent, ...], caps=CAPS, path=path, start=start, end=end, zone=zone)

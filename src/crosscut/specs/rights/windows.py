"""Stretches of time: what several permissions allow together."""

from collections.abc import Iterable, Sequence
from datetime import UTC, date, datetime, time, timedelta, tzinfo

EVER_BEFORE = datetime.min.replace(tzinfo=UTC)
EVER_AFTER = datetime.max.replace(tzinfo=UTC)
Window = tuple[datetime, datetime]  # from, and up to but not including; both UTC
ALWAYS: tuple[Window, ...] = ((EVER_BEFORE, EVER_AFTER),)


def window_of_days(first_on: date | None, last_on: date | None, zone: tzinfo) -> Window:
    """From the first moment of the first day to the last of the last day, as the clocks of the zone have it.

    >>> window_of_days(None, date(2027, 5, 3), UTC)[1].isoformat()
    '2027-05-04T00:00:00+00:00'
    """
    start = datetime.combine(first_on, time(), zone).astimezone(UTC) if first_on else EVER_BEFORE
    if last_on is None or last_on == date.max:
        return start, EVER_AFTER
    return start, datetime.combine(last_on + timedelta(days=1), time(), zone).astimezone(UTC)


def united(windows: Iterable[Window]) -> tuple[Window, ...]:
    """The time that any of the windows covers, in order; windows that touch become one."""
    merged: list[Window] = []
    for start, end in sorted(window for window in windows if window[0] < window[1]):
        if merged and start <= merged[-1][1]:
            merged[-1] = merged[-1][0], max(end, merged[-1][1])
        else:
            merged.append((start, end))
    return tuple(merged)


def shared(first: Sequence[Window], second: Sequence[Window]) -> tuple[Window, ...]:
    """The time that both cover."""
    return united(
        (max(one[0], other[0]), min(one[1], other[1]))
        for one in first
        for other in second
        if one[0] < other[1] and other[0] < one[1]
    )


def window_at(windows: Iterable[Window], moment: datetime) -> Window | None:
    """The window that the moment lies in."""
    return next((window for window in windows if window[0] <= moment < window[1]), None)


def next_start(windows: Iterable[Window], moment: datetime) -> datetime | None:
    """When the next window opens after the moment; None when none does."""
    return min((start for start, _end in windows if start > moment), default=None)

"""A campaign's time as a picture: months, how much of it has passed, and where today is."""

from dataclasses import dataclass
from datetime import date, timedelta

from crosscut.apps.plan.models import Campaign


@dataclass(frozen=True, kw_only=True)
class Mark:
    """A month's beginning on the time line."""

    x: float  # 0 to 100 from the first day to the last
    day: date


@dataclass(frozen=True, kw_only=True)
class Timeline:
    """What the picture is drawn from."""

    starts_on: date
    ends_on: date
    passed: float  # 0 to 100
    today_x: float | None  # 0 to 100; None before the first day and after the last
    days_left: int  # none when it is over
    days_until: int  # none when it has begun
    marks: tuple[Mark, ...]


def timeline_of(campaign: Campaign, today: date) -> Timeline | None:
    """The campaign's time line, or None while it has no first and last day."""
    first, last = campaign.starts_on, campaign.ends_on
    if first is None or last is None:
        return None
    length_d = (last - first).days + 1
    passed_d = min(max((today - first).days, 0), length_d)
    is_inside = first <= today <= last
    return Timeline(
        starts_on=first,
        ends_on=last,
        passed=round(100 * passed_d / length_d, 2),
        today_x=round(100 * (passed_d + 0.5) / length_d, 2) if is_inside else None,
        days_left=max((last - max(today, first)).days + 1, 0) if today <= last else 0,
        days_until=max((first - today).days, 0),
        marks=tuple(Mark(x=round(100 * (day - first).days / length_d, 2), day=day) for day in _months(first, last)),
    )


def _months(first: date, last: date) -> list[date]:
    """The first days of the months between, thinned out to at most twelve.

    >>> _months(date(2026, 11, 5), date(2027, 1, 20))
    [datetime.date(2026, 12, 1), datetime.date(2027, 1, 1)]
    """
    found: list[date] = []
    day = first
    while (day := (day.replace(day=1) + timedelta(days=32)).replace(day=1)) <= last and len(found) < 1200:
        found.append(day)
    return found[:: len(found) // 12 + 1]

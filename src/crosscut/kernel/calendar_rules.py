"""Repeats as calendars write them: the recurrence rules of RFC 5545, at one time of the day.

Days are counted by dateutil on wall-clock time, so that nine o'clock stays nine o'clock when clocks change. A time that
clocks skip on a day is no date on that day and is not counted; of one that they show twice, the first is meant (RFC
5545, 3.3.10 and 3.3.5).
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from itertools import islice
from zoneinfo import ZoneInfo

from dateutil.rrule import rrulestr

from crosscut.kernel.errors import Invalid
from crosscut.kernel.phrases import phrase
from crosscut.kernel.zones import resolve

Parts = Mapping[str, tuple[str, ...]]  # of a rule, by name
WEEKDAYS = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")
FREQUENCIES = ("DAILY", "WEEKLY", "MONTHLY", "YEARLY")
MOST_DATES = 1000  # of a rule that counts
_LAST_YEAR = 2200
_ORDER = ("FREQ", "INTERVAL", "BYMONTH", "BYMONTHDAY", "BYDAY", "BYSETPOS", "WKST")
_SHAPES = {
    "FREQ": re.compile("|".join(FREQUENCIES)),
    "INTERVAL": re.compile(r"[1-9]\d?"),
    "BYMONTH": re.compile(r"[1-9]|1[0-2]"),
    "BYMONTHDAY": re.compile(r"[+-]?([1-9]|[12]\d|3[01])"),
    "BYDAY": re.compile(rf"([+-]?[1-5])?({'|'.join(WEEKDAYS)})"),
    "BYSETPOS": re.compile(r"[+-]?([1-9]|[12]\d|3[01])"),
    "WKST": re.compile("|".join(WEEKDAYS)),
    "COUNT": re.compile(r"[1-9]\d{0,3}"),
    "UNTIL": re.compile(r"(?:19|2[01])\d{6}(T\d{6}Z?)?"),
}
_MANY = ("BYMONTH", "BYMONTHDAY", "BYDAY", "BYSETPOS")  # parts that are lists
_MOST_PARTS = 31  # of a list
_DAYS_OF = (31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)


@dataclass(frozen=True, kw_only=True)
class CalendarRule:
    """On which days something repeats."""

    text: str  # canonical, without an end: "FREQ=WEEKLY;BYDAY=MO,TH"
    parts: Parts  # the same, taken apart
    until: str  # as it was given: "20261224", "20261224T080000Z"; empty: no such end
    count: int | None  # how many dates there are; None: not counted


@dataclass(frozen=True, kw_only=True)
class RuleDate:
    """One date of a rule."""

    wall_time: datetime  # naive, as clocks show it
    at: datetime | None  # the moment, in UTC; None: clocks skip it on that day


def parse_rule(text: str) -> CalendarRule:
    """The rule. Raises Invalid for what is no rule of days, naming the part that is wrong.

    >>> parse_rule("rrule:byday=MO,TH;freq=weekly;until=20261224").text
    'FREQ=WEEKLY;BYDAY=MO,TH'
    """
    parts: dict[str, tuple[str, ...]] = {}
    for part in text.strip().upper().removeprefix("RRULE:").rstrip(";").split(";"):
        name, _equals, value = part.partition("=")
        values = tuple(value.split(",")) if name in _MANY else (value,)
        if name in parts or len(values) > _MOST_PARTS or not _is_shaped(name, values):
            raise _wrong(part)
        parts[name] = values
    if problem := _contradiction(parts):
        raise Invalid.at("rule", problem, code="rule.contradiction")
    if parts.get("INTERVAL") == ("1",):
        del parts["INTERVAL"]
    count = parts.pop("COUNT", None)
    until = parts.pop("UNTIL", ("",))[0]
    canonical = ";".join(f"{name}={','.join(parts[name])}" for name in _ORDER if name in parts)
    return CalendarRule(text=canonical, parts=parts, until=until, count=int(count[0]) if count else None)


def dates_of(rule: str, start: datetime, zone: str, *, ends_on: date | None = None) -> Iterator[RuleDate]:
    """The rule's dates from `start` (naive, by clocks in `zone`) on, in order, until the day `ends_on` or 2200.

    `rule` is canonical. The first one is the first that fits the rule, which `start` itself need not do.
    """
    last = ends_on or date(_LAST_YEAR, 12, 31)
    for wall in rrulestr(rule, dtstart=start):
        if wall.date() > last:
            return
        yield RuleDate(wall_time=wall, at=_moment(wall, zone))


def last_day(rule: CalendarRule, start: datetime, zone: str) -> date | None:
    """The day on which a rule with an end of its own has its last date; None where it has no end.

    Raises Invalid where it has none at all, or more than anybody lives to see.
    """
    if rule.count is not None:
        real = (one for one in dates_of(rule.text, start, zone) if one.at is not None)
        days = [one.wall_time.date() for one in islice(real, min(rule.count, MOST_DATES))]
        if rule.count > MOST_DATES or len(days) < rule.count:
            raise Invalid.at("rule", phrase("Count at most {most} dates, or give a last day.", most=MOST_DATES))
        return days[-1]
    return _until_day(rule.until, start, zone) if rule.until else None


def _moment(wall: datetime, zone: str) -> datetime | None:
    try:
        return resolve(wall, zone)
    except Invalid:  # clocks skip it
        return None


def _until_day(until: str, start: datetime, zone: str) -> date:
    """The last day a date may be on: an end within a day counts for that day only when the time of day is past."""
    try:
        if len(until) == 8:
            return datetime.strptime(until, "%Y%m%d").date()  # noqa: DTZ007 - a day has no zone
        end = datetime.strptime(until.rstrip("Z"), "%Y%m%dT%H%M%S")  # noqa: DTZ007 - as clocks in the zone show it
        if until.endswith("Z"):
            end = end.replace(tzinfo=UTC).astimezone(ZoneInfo(zone)).replace(tzinfo=None)
    except ValueError:
        raise _wrong(f"UNTIL={until}") from None
    return end.date() if end.time() >= start.time() else date.fromordinal(end.date().toordinal() - 1)


def _is_shaped(name: str, values: tuple[str, ...]) -> bool:
    shape = _SHAPES.get(name)
    return shape is not None and all(shape.fullmatch(value) for value in values)


def _contradiction(parts: Parts) -> str:
    """What in the rule cannot be together, or never comes; empty where all is well."""
    frequency = parts.get("FREQ", ("",))[0]
    has_ordinals = any(len(day) > 2 for day in parts.get("BYDAY", ()))
    checks = (
        (not frequency, phrase("Say how often: FREQ=DAILY, WEEKLY, MONTHLY or YEARLY.")),
        ("COUNT" in parts and "UNTIL" in parts, phrase("Give COUNT or UNTIL, not both.")),
        (
            has_ordinals and frequency not in ("MONTHLY", "YEARLY"),
            phrase("The second Monday is one of a month or a year: use FREQ=MONTHLY or YEARLY."),
        ),
        (
            "BYMONTHDAY" in parts and frequency in ("DAILY", "WEEKLY"),
            phrase("A day of the month needs FREQ=MONTHLY or YEARLY."),
        ),
        (
            frequency == "DAILY" and parts.get("INTERVAL", ("1",)) != ("1",) and len(parts) > _alone(parts),
            phrase("Every second or third day goes without BYDAY, BYMONTH and BYSETPOS."),
        ),
        (
            "BYSETPOS" in parts and (len(parts) < 3 or frequency not in ("MONTHLY", "YEARLY")),
            phrase("BYSETPOS chooses among the days of a month or a year: give it beside BYDAY or BYMONTHDAY."),
        ),
        (_never_comes(parts), phrase("No month has such a day.")),
    )
    return next((words for is_wrong, words in checks if is_wrong), "")


def _alone(parts: Parts) -> int:
    """How many parts there are beside those that choose days."""
    return len([name for name in parts if not name.startswith("BY")])


def _never_comes(parts: Parts) -> bool:
    if "BYMONTHDAY" not in parts or "BYMONTH" not in parts:
        return False
    longest = max(_DAYS_OF[int(month) - 1] for month in parts["BYMONTH"])
    return min(abs(int(day)) for day in parts["BYMONTHDAY"]) > longest


def _wrong(part: str) -> Invalid:
    return Invalid.at(
        "rule",
        phrase(
            "“{part}” is no part of a rule of days. Write FREQ=WEEKLY;BYDAY=MO,TH, and the time of day beside it.",
            part=part[:60],
        ),
        code="rule.part",
    )

"""Calendar rules: which days they name, on clocks that change, and what is no rule."""

from datetime import date, datetime
from itertools import islice

import pytest

from crosscut.kernel.calendar_rules import dates_of, last_day, parse_rule
from crosscut.kernel.errors import Invalid

BERLIN = "Europe/Berlin"


def _first(rule: str, start: str, count: int, zone: str = BERLIN) -> list[str]:
    begin, parsed = datetime.fromisoformat(start), parse_rule(rule)
    found = dates_of(parsed.text, begin, zone, ends_on=last_day(parsed, begin, zone))
    return [f"{one.wall_time:%m-%d %H:%M} {one.at:%H:%MZ}" for one in islice(found, count) if one.at]


@pytest.mark.parametrize(
    ("rule", "start", "dates"),
    [
        # every Monday and Thursday at nine in Berlin: nine on the clock, whatever UTC is (clocks change on 2026-10-25)
        (
            "FREQ=WEEKLY;BYDAY=MO,TH",
            "2026-10-19T09:00",
            ["10-19 09:00 07:00Z", "10-22 09:00 07:00Z", "10-26 09:00 08:00Z"],
        ),
        # half past two is skipped on 29 March 2026: no date, and none counted
        ("FREQ=DAILY;COUNT=2", "2026-03-28T02:30", ["03-28 02:30 01:30Z", "03-30 02:30 00:30Z"]),
        # half past two comes twice on 25 October: the first is meant, once
        ("FREQ=DAILY;COUNT=3", "2026-10-24T02:30", ["10-24 02:30 00:30Z", "10-25 02:30 00:30Z", "10-26 02:30 01:30Z"]),
        # a start that does not fit the rule is not a date of it
        ("FREQ=WEEKLY;BYDAY=MO;COUNT=2", "2026-12-01T09:00", ["12-07 09:00 08:00Z", "12-14 09:00 08:00Z"]),
        # months without a 31st have none
        ("FREQ=MONTHLY;BYMONTHDAY=31;COUNT=2", "2027-01-31T09:00", ["01-31 09:00 08:00Z", "03-31 09:00 07:00Z"]),
        ("FREQ=MONTHLY;BYDAY=-1FR;COUNT=2", "2026-12-01T09:00", ["12-25 09:00 08:00Z", "01-29 09:00 08:00Z"]),
        # an end in UTC, in the middle of the day: on the 24th nine in Berlin is eight in UTC, which is past it
        (
            "FREQ=WEEKLY;BYDAY=TH;UNTIL=20261224T073000Z",
            "2026-12-10T09:00",
            ["12-10 09:00 08:00Z", "12-17 09:00 08:00Z"],
        ),
        (
            "FREQ=WEEKLY;BYDAY=TH;UNTIL=20261224T080000Z",
            "2026-12-17T09:00",
            ["12-17 09:00 08:00Z", "12-24 09:00 08:00Z"],
        ),
    ],
)
def test_nine_oclock_stays_nine_oclock(rule: str, start: str, dates: list[str]):
    assert _first(rule, start, len(dates) + (1 if "COUNT" in rule or "UNTIL" in rule else 0)) == dates


@pytest.mark.parametrize(
    ("rule", "says"),
    [
        ("every monday", "is no part of a rule"),
        ("BYDAY=MO", "Say how often"),
        ("FREQ=HOURLY", "is no part of a rule"),
        ("FREQ=DAILY;BYHOUR=9", "is no part of a rule"),  # the time of day stands beside the rule
        ("FREQ=WEEKLY;BYDAY=2MO", "second Monday is one of a month"),
        ("FREQ=WEEKLY;BYMONTHDAY=3", "day of the month needs"),
        ("FREQ=DAILY;INTERVAL=7;BYDAY=TU", "goes without BYDAY"),  # from a Monday on it would never come
        ("FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30", "No month has such a day"),
        ("FREQ=WEEKLY;FREQ=DAILY", "is no part of a rule"),
        ("FREQ=WEEKLY;COUNT=2;UNTIL=20270101", "not both"),
        ("FREQ=MONTHLY;BYSETPOS=2", "BYSETPOS chooses among"),
    ],
)
def test_what_is_no_rule_of_days_says_why(rule: str, says: str):
    with pytest.raises(Invalid, match=says):
        parse_rule(rule)


def test_a_count_becomes_a_last_day_and_too_long_a_one_is_refused():
    start = datetime(2026, 11, 30, 9)
    assert last_day(parse_rule("FREQ=WEEKLY;COUNT=4"), start, BERLIN) == date(2026, 12, 21)
    assert last_day(parse_rule("FREQ=WEEKLY"), start, BERLIN) is None
    for rule in ("FREQ=WEEKLY;COUNT=1001", "FREQ=YEARLY;COUNT=500"):
        with pytest.raises(Invalid, match="Count at most 1000"):
            last_day(parse_rule(rule), start, BERLIN)

"""Holidays: which days they are, by whose clocks, and what they mean for a planned post."""

from datetime import UTC, date, datetime

import pytest
from tests.cast import Cast

from crosscut.apps.accounts.models import Member
from crosscut.apps.accounts.tests.asking import program, signed_in
from crosscut.apps.preflight.closing import closing_findings, is_closed
from crosscut.apps.preflight.holiday_calendars import holidays_on_calendar, keep_holidays
from crosscut.apps.preflight.models import HolidayCalendar
from crosscut.apps.produce.models import Market
from crosscut.kernel.errors import Invalid
from crosscut.specs.holidays import countries, holidays_between

JSON = "application/json"
EPIPHANY = date(2036, 1, 6)  # a holiday in Bavaria, and none in Berlin


def _at(day: date, hour: int = 12) -> datetime:
    return datetime(day.year, day.month, day.day, hour, tzinfo=UTC)


def test_a_part_of_a_country_has_its_own(cast: Cast):
    assert len(countries()) > 100
    assert [one.name for one in holidays_between("DE", "BY", EPIPHANY, EPIPHANY, language="en")] == ["Epiphany"]
    assert [one.name for one in holidays_between("DE", "BY", EPIPHANY, EPIPHANY, language="de")] == [
        "Heilige Drei Könige"
    ]
    assert holidays_between("DE", "", EPIPHANY, EPIPHANY) == ()


def test_they_are_shown_or_warn_or_close_and_the_source_is_told(cast: Cast):
    keep_holidays(cast.senior, "de", "BY", "show")
    assert [one.place for one in holidays_on_calendar(cast.workspace, EPIPHANY, EPIPHANY)] == ["Germany, BY"]
    assert closing_findings(cast.workspace, _at(EPIPHANY)) == ()
    keep_holidays(cast.senior, "DE", "BY", "warn")
    [finding] = closing_findings(cast.workspace, _at(EPIPHANY))
    assert (finding.code, finding.level) == ("time.holiday", "advice") and finding.source.startswith("holidays 0.")
    keep_holidays(cast.senior, "DE", "BY", "close")
    assert HolidayCalendar.objects.count() == 1 and is_closed(cast.workspace, _at(EPIPHANY))
    assert not is_closed(cast.workspace, _at(EPIPHANY, 23))  # in Berlin the next day has begun


def test_those_of_a_market_hold_for_its_language_by_its_clocks(cast: Cast):
    market = Market.objects.create(workspace=cast.workspace, language="ja", time_zone="Asia/Tokyo")
    keep_holidays(cast.senior, "JP", "", "close", market_id=market.pk)
    new_year_there = datetime(2035, 12, 31, 16, tzinfo=UTC)  # one in the morning of the first of January
    assert is_closed(cast.workspace, new_year_there, "ja")
    assert not is_closed(cast.workspace, new_year_there, "de") and not is_closed(
        cast.workspace, _at(date(2036, 1, 2)), "ja"
    )


@pytest.mark.parametrize(
    ("country", "part", "why"), [("XX", "", "are not known"), ("DE", "XX", "has no part “XX”. There are: BB, BE")]
)
def test_an_unknown_place_is_told_with_those_there_are(cast: Cast, country: str, part: str, why: str):
    with pytest.raises(Invalid, match=why):
        keep_holidays(cast.senior, country, part, "show")


def test_by_page_and_by_program(cast: Cast):
    page, api = signed_in(cast.senior), program(cast.senior)
    sent = {"holidays-country": "DE", "holidays-part": "BY", "holidays-effect": "show"}
    assert page.post("/calendar/times/holidays/", sent).status_code == 302
    wrong = page.post("/calendar/times/holidays/", {**sent, "holidays-part": "QQ"})
    assert wrong.status_code == 422 and "has no part" in wrong.content.decode()
    assert "Germany, BY" in page.get("/calendar/times/").content.decode()
    window = {"start": "2036-01-01", "end": "2036-01-08"}
    told = signed_in(cast.junior).get("/calendar/free/", window).json()["holidays"]
    assert [one["on"] for one in told] == ["2036-01-01", "2036-01-06"]
    made = api.post("/api/holidays", {"country": "AT", "effect": "warn"}, content_type=JSON).json()
    days = api.get("/api/holidays/days", {"start": "2036-01-01", "end": "2036-01-08"}).json()
    assert [(one["on"], one["place"]) for one in days["days"]][:2] == [
        ("2036-01-01", "Austria"),
        ("2036-01-01", "Germany, BY"),
    ]
    assert days["source"].startswith("holidays 0.")
    assert api.delete(f"/api/holidays/{made['id']}").status_code == 204
    row = HolidayCalendar.objects.get()
    assert page.post(f"/calendar/times/holidays/{row.pk}/drop/").status_code == 302
    assert not HolidayCalendar.objects.exists()


def _asked(member: Member, row: HolidayCalendar) -> list[int]:
    page, api = signed_in(member), program(member)
    answers = [page.post(f"/calendar/times/holidays/{row.pk}/drop/"), api.delete(f"/api/holidays/{row.pk}")]
    return [answer.status_code for answer in answers]


def test_it_knows_no_strangers_and_juniors_only_look(cast: Cast):
    row = keep_holidays(cast.senior, "DE", "", "show")
    assert _asked(cast.stranger, row) == [404] * 2 and set(_asked(cast.junior, row)) == {403}
    assert set(_asked(cast.guest, row)) <= {302, 403, 404}
    assert [program(who).get("/api/holidays").json()["count"] for who in (cast.stranger, cast.junior)] == [0, 1]
    assert program(cast.junior).post("/api/holidays", {"country": "AT"}, content_type=JSON).status_code == 403
    theirs = Market.objects.create(workspace=cast.stranger.workspace, language="ja")
    told = {"country": "JP", "market": theirs.pk}
    assert program(cast.senior).post("/api/holidays", told, content_type=JSON).status_code == 404
    assert HolidayCalendar.objects.count() == 1

"""The solver: may it go there, from when, until when?"""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crosscut.kernel.errors import Invalid
from crosscut.specs import Consent, Edits, Holdings, Use, Verdict, check_rights, may
from crosscut.specs.rights import allowed_windows
from crosscut.specs.rights.windows import shared, united, window_at
from crosscut.specs.tests.made import AT, codes, day, held, licence, only

USE = Use(channel="bluesky", at=AT, name="“turtle.jpg”", place="Bluesky")
AMINA = Consent(subject="Amina")


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def test_yes_says_until_when():
    answer = may(held(licence(ends_on=day("2027-05-03"))), USE)
    assert (answer.verdict, answer.reasons) == (Verdict.YES, ())
    assert (answer.allowed_from, answer.allowed_until) == (AT, at("2027-05-04"))
    assert may(held(licence()), USE).allowed_until is None


def test_a_licence_that_takes_over_from_another_keeps_it_up():
    relay = held(licence(ends_on=day("2026-12-31")), licence(starts_on=day("2027-01-01"), ends_on=day("2027-02-01")))
    assert may(relay, USE).allowed_until == at("2027-02-02")
    assert check_rights(relay, USE) == ()


def test_no_gap_between_two_licences_is_overlooked():
    gap = held(licence(ends_on=day("2026-12-30")), licence(starts_on=day("2027-01-01")))
    assert may(gap, USE).allowed_until == at("2026-12-31")
    assert may(gap, replace(USE, until=at("2027-03-01"))).verdict is Verdict.NO


def test_later_says_from_when():
    answer = may(held(licence(starts_on=day("2027-01-10"), ends_on=day("2027-01-20"))), USE)
    assert answer.verdict is Verdict.LATER
    assert (answer.allowed_from, answer.allowed_until) == (at("2027-01-10"), at("2027-01-21"))
    assert codes(answer.reasons) == ["rights.not_begun"]


def test_what_ended_never_comes_back():
    answer = may(held(licence(ends_on=day("2026-11-01"))), USE)
    assert (answer.verdict, answer.allowed_from, codes(answer.reasons)) == (Verdict.NO, None, ["rights.expired"])


def test_the_day_begins_where_the_workspace_is():
    kenya = ZoneInfo("Africa/Nairobi")  # three hours ahead of UTC
    answer = may(held(licence(ends_on=day("2026-12-24"))), replace(USE, at=AT.astimezone(kenya)))
    assert answer.allowed_until == at("2026-12-24T21:00")


def test_a_use_with_an_end_must_be_covered_to_it():
    ends = held(licence(ends_on=day("2026-12-24")))
    assert may(ends, replace(USE, until=at("2026-12-25"))).verdict is Verdict.YES
    answer = may(ends, replace(USE, until=at("2027-01-31")))
    assert (answer.verdict, codes(answer.reasons)) == (Verdict.NO, ["rights.ends_early"])
    assert only(answer.reasons).message == (
        "“turtle.jpg” may be shown until 24 December 2026; it is planned to stay until 31 January 2027."
    )


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ((), ["rights.consent_missing"]),
        ((AMINA,), []),
        ((Consent(subject="Ben"),), ["rights.consent_missing"]),  # another's word is not hers
        ((replace(AMINA, withdrawn_at=AT - timedelta(days=1)),), ["rights.consent_withdrawn"]),
        ((replace(AMINA, ends_on=day("2026-11-30")),), ["rights.consent_ended"]),
        ((replace(AMINA, channels=("site",)),), ["rights.consent_scope"]),
        ((replace(AMINA, uses=("press",)),), ["rights.consent_scope"]),
        ((replace(AMINA, territories=("KE",)),), ["rights.consent_scope"]),
        ((replace(AMINA, channels=("site",)), replace(AMINA, channels=("bluesky",))), []),
        ((replace(AMINA, ends_on=day("2026-12-11")),), ["rights.consent_ends_soon"]),
    ],
)
def test_who_is_shown_must_have_agreed(given, expected):
    holdings = held(licence(), subjects=("Amina",), consents=given)
    assert codes(check_rights(holdings, USE)) == expected


def test_everybody_shown_is_asked():
    holdings = held(licence(), subjects=("Amina", "Ben"), consents=(AMINA,))
    refusal = only(may(holdings, USE).reasons)
    assert refusal.message == "Ben can be recognised in “turtle.jpg” and has not agreed to it."


def test_an_embargo_holds_to_the_minute():
    holdings = held(licence(), embargo_until=AT + timedelta(minutes=1))
    answer = may(holdings, USE)
    assert (answer.verdict, answer.allowed_from) == (Verdict.LATER, AT + timedelta(minutes=1))
    assert may(holdings, replace(USE, at=AT + timedelta(minutes=1))).verdict is Verdict.YES
    assert "before 1 December 2026, 09:01" in only(answer.reasons).message


def test_music_needs_both_of_its_rights():
    song = held(licence(right="sync"), rights=("sync", "master"))
    assert only(may(song, USE).reasons).message == "“turtle.jpg” has no licence for the recording."
    both = held(licence(right="sync"), licence(right="master"), rights=("sync", "master"))
    assert may(both, USE).verdict is Verdict.YES
    assert may(held(licence(), rights=("sync", "master")), USE).verdict is Verdict.YES  # one for the whole song


@pytest.mark.parametrize(
    ("allowed", "wanted", "is_allowed"),
    [
        (Edits.NONE, Edits.NONE, True),
        (Edits.NONE, Edits.CROP, False),
        (Edits.CROP, Edits.CROP, True),
        (Edits.CROP, Edits.ANY, False),
        (Edits.ANY, Edits.ANY, True),
    ],
)
def test_a_work_is_changed_as_far_as_was_agreed(allowed, wanted, is_allowed):
    answer = may(held(licence(edits=allowed)), replace(USE, edits=wanted))
    assert (answer.verdict is Verdict.YES) == is_allowed
    assert codes(answer.reasons) == ([] if is_allowed else ["rights.edits"])


def test_permissions_that_never_meet():
    holdings = held(
        licence(starts_on=day("2027-03-01")), subjects=("Amina",), consents=(replace(AMINA, ends_on=day("2027-02-01")),)
    )
    answer = may(holdings, USE)
    assert (answer.verdict, answer.allowed_from) == (Verdict.NO, None)


def test_a_time_without_a_zone_is_refused():
    with pytest.raises(Invalid, match="time zone"):
        may(held(licence()), replace(USE, until=datetime(2027, 1, 1)))


# Against plain counting of days, which knows nothing of windows

DAYS = st.integers(0, 40)
FIRST = date(2026, 11, 20)
SPANS = st.lists(st.tuples(DAYS, DAYS), max_size=4)


def _days(span: tuple[int, int]) -> dict[str, Any]:
    return {"starts_on": FIRST + timedelta(days=span[0]), "ends_on": FIRST + timedelta(days=sum(span))}


def _is_allowed_on(on: date, holdings: Holdings) -> bool:
    def holds(scope) -> bool:
        return bool(scope.starts_on <= on <= scope.ends_on)

    has_agreed = all(any(c.subject == who and holds(c) for c in holdings.consents) for who in holdings.subjects)
    is_free = holdings.embargo_until is None or on >= holdings.embargo_until.date()
    return any(map(holds, holdings.licences)) and has_agreed and is_free


@settings(deadline=None)
@given(licences=SPANS, hers=SPANS, his=SPANS, embargo=st.none() | DAYS, planned=DAYS)
def test_the_answer_is_what_counting_day_by_day_finds(licences, hers, his, embargo, planned):
    holdings = held(
        *(licence(**_days(span)) for span in licences),
        subjects=("Amina", "Ben"),
        consents=(
            *(Consent(subject="Amina", **_days(span)) for span in hers),
            *(Consent(subject="Ben", **_days(span)) for span in his),
        ),
        embargo_until=None if embargo is None else at(str(FIRST + timedelta(days=embargo))),
    )
    start = FIRST + timedelta(days=planned)
    calendar = [start + timedelta(days=number) for number in range(100)]
    allowed = [_is_allowed_on(on, holdings) for on in calendar]
    planned_at = datetime.combine(start, AT.timetz())
    answer = may(holdings, replace(USE, at=planned_at))
    inside = window_at(allowed_windows(holdings, USE), planned_at)  # the same, asked for every time at once
    assert (inside is not None) == (answer.verdict is Verdict.YES)
    first = next((index for index, is_so in enumerate(allowed) if is_so), None)
    if first is None:
        assert (answer.verdict, answer.allowed_from) == (Verdict.NO, None)
        assert answer.reasons
        return
    last = next(index for index in range(first, 100) if not allowed[index]) - 1
    assert answer.verdict is (Verdict.YES if first == 0 else Verdict.LATER)
    assert answer.allowed_from is not None
    assert answer.allowed_from.date() == calendar[first]
    assert answer.allowed_until == datetime.combine(calendar[last + 1], datetime.min.time(), UTC)


MOMENTS = st.integers(0, 50).map(lambda minute: AT + timedelta(minutes=minute))
WINDOWS = st.lists(st.tuples(MOMENTS, MOMENTS), max_size=5)


@given(WINDOWS, WINDOWS)
def test_windows_are_sets_of_moments(one, other):
    moments = [AT + timedelta(seconds=30 * step) for step in range(102)]

    def inside(windows) -> set[datetime]:
        return {moment for moment in moments if any(start <= moment < end for start, end in windows)}

    assert inside(united(one)) == inside(one)
    assert inside(shared(united(one), united(other))) == inside(one) & inside(other)
    assert all(first[1] < second[0] for first, second in pairwise(united(one)))

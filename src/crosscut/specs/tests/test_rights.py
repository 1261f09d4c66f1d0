"""Licences against plans."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crosscut.kernel.errors import Invalid
from crosscut.kernel.findings import Level
from crosscut.specs import Use, check_rights
from crosscut.specs.tests.made import AT, codes, day, held, licence, only

USE = Use(channel="bluesky", at=AT, name="“turtle.jpg”", place="Bluesky")


def test_nobody_said_it_may_be_used():
    finding = only(check_rights(held(), USE, where="media[0]", post_type="bluesky/images"))
    assert finding.message == "“turtle.jpg” has no licence: nobody has said that it may be used."
    assert (finding.level, finding.where, finding.post_type) == (Level.BLOCK, "media[0]", "bluesky/images")


@pytest.mark.parametrize(
    ("about", "use", "expected"),
    [
        ({}, {}, []),
        ({"ends_on": day("2026-11-30")}, {}, ["rights.expired"]),
        ({"ends_on": day("2026-12-01")}, {}, ["rights.ends_soon"]),  # its last day counts
        ({"ends_on": day("2026-12-31")}, {}, ["rights.ends_soon"]),  # thirty days
        ({"ends_on": day("2027-01-01")}, {}, []),
        ({"starts_on": day("2026-12-02")}, {}, ["rights.not_begun"]),
        ({"starts_on": day("2026-12-01")}, {}, []),
        ({"channels": ("site", "podcast")}, {}, ["rights.channel"]),
        ({"channels": ("site", "bluesky")}, {}, []),
        ({"territories": ("DE",)}, {}, ["rights.territory"]),  # the world is more than Germany
        ({"territories": ("DE",)}, {"territory": "DE"}, []),
        ({"territories": ("EU",)}, {"territory": "DE"}, []),
        ({"territories": ("EU",)}, {"territory": "GB"}, ["rights.territory"]),
        ({"uses": ("organic",)}, {"purpose": "paid"}, ["rights.use"]),
        ({"credit_line": "Photo: Ana"}, {}, ["rights.credit_missing"]),
        ({"credit_line": "Photo: Ana"}, {"words": "Turtle.\nphoto:  ANA"}, []),
        ({"credit_line": "Photo: Ana"}, {"credit": "Photo: Ana"}, ["rights.credit_not_shown"]),
        ({"credit_line": "Photo: Ana"}, {"credit": "Photo: Ana", "prints_credit": True}, []),
        ({"credit_line": "Photo: Ana", "is_credit_required": False}, {}, []),
    ],
)
def test_what_a_licence_allows(about, use, expected):
    assert codes(check_rights(held(licence(**about)), replace(USE, **use))) == expected


def test_only_endings_to_come_and_credits_at_hand_are_advice():
    soon = only(check_rights(held(licence(ends_on=day("2026-12-11"))), USE))
    assert soon.level is Level.ADVICE
    assert "ends on 11 December 2026, 10 days after publishing" in soon.message
    carried = licence(credit_line="Photo: Ana")
    assert only(check_rights(held(carried), replace(USE, credit="Photo: Ana"))).level is Level.ADVICE
    assert only(check_rights(held(carried), USE)).level is Level.BLOCK


def test_an_expired_licence_says_both_dates():
    finding = only(check_rights(held(licence(ends_on=day("2026-10-31"))), USE))
    assert (
        finding.message == "The licence of Ana Reyes ended on 31 October 2026; the post is planned for 1 December 2026."
    )
    assert finding.action == "extend_licence"
    assert finding.source == "CC BY 4.0, Ana Reyes"


def test_one_licence_that_allows_all_of_it_is_enough():
    expired, fine = licence(ends_on=day("2020-01-01")), licence(holder="Ben Okoro")
    assert check_rights(held(expired, fine), USE) == ()


def test_two_licences_that_each_allow_half_are_not():
    halves = (licence(channels=("site",)), licence(ends_on=day("2020-01-01"), territories=("DE",)))
    assert codes(check_rights(held(*halves), USE)) == ["rights.channel"]  # the one that lacks least


def test_the_day_is_that_of_the_place_of_publishing():
    ends = licence(ends_on=day("2026-11-30"))
    evening_in_lima = datetime(2026, 11, 30, 22, 0, tzinfo=timezone(timedelta(hours=-5)))  # 1 December in UTC
    assert codes(check_rights(held(ends), replace(USE, at=evening_in_lima))) == ["rights.ends_soon"]
    assert codes(check_rights(held(ends), replace(USE, at=evening_in_lima.astimezone(UTC)))) == ["rights.expired"]


def test_a_time_without_a_zone_is_refused():
    with pytest.raises(Invalid, match="time zone"):
        check_rights(held(licence()), replace(USE, at=datetime(2026, 12, 1)))


@settings(deadline=None)  # the machine may be busy
@given(st.dates(day("2026-01-01"), day("2027-12-31")), st.integers(-400, 400), st.integers(0, 400))
def test_outside_its_days_a_licence_always_blocks(starts_on, shift, length):
    ends_on = starts_on + timedelta(days=length)
    at = datetime.combine(starts_on + timedelta(days=shift), AT.timetz())
    found = check_rights(held(licence(starts_on=starts_on, ends_on=ends_on)), replace(USE, at=at))
    assert any(finding.level is Level.BLOCK for finding in found) == (not 0 <= shift <= length)

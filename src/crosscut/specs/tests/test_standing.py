"""What may be done with a file at all, whatever is planned: the widest that everybody who must agree shares."""

from datetime import UTC, date, datetime

import pytest

from crosscut.kernel.errors import Invalid
from crosscut.specs.rights import Consent, Edits, Holdings, Licence, Use, Verdict, may, standing

AT = datetime(2026, 12, 1, 9, tzinfo=UTC)


def licence(**about) -> Licence:
    return Licence(holder="Rosa", terms="Contract", **about)


def test_without_a_licence_nothing_may_be_done():
    found = standing(Holdings(), AT)
    assert (found.verdict, found.grants) == (Verdict.NO, ())
    assert [reason.code for reason in found.reasons] == ["rights.none"]


def test_what_lies_within_another_permission_is_not_said_twice():
    found = standing(Holdings(licences=(licence(), licence(channels=("site",)), licence(territories=("DE",)))), AT)
    assert [grant.scope.channels for grant in found.grants] == [()]


def test_each_right_of_music_and_each_person_narrows_it():
    holdings = Holdings(
        rights=("sync", "master"),
        licences=(licence(right="sync", channels=("site", "podcast")), licence(right="master", territories=("EU",))),
        subjects=("Amina",),
        consents=(Consent(subject="Amina", channels=("podcast",), territories=("KE", "DE")),),
    )
    (grant,) = standing(holdings, AT).grants
    assert (grant.scope.channels, grant.scope.territories) == (("podcast",), ("DE",))


def test_permissions_that_share_nothing_never_meet():
    holdings = Holdings(
        licences=(licence(channels=("site",)),),
        subjects=("Amina",),
        consents=(Consent(subject="Amina", channels=("podcast",)),),
    )
    found = standing(holdings, AT)
    assert (found.verdict, found.grants) == (Verdict.NO, ())
    assert found.reasons


def test_an_end_is_the_first_moment_that_nothing_covers():
    """The end that another licence continues is none; of several places it is the earliest."""
    whole = licence(ends_on=date(2026, 12, 31))
    more = licence(starts_on=date(2027, 1, 1), ends_on=date(2027, 6, 30), channels=("site",))
    found = standing(Holdings(licences=(whole, more)), AT)
    ends = {grant.scope.channels: grant.until for grant in found.grants}
    assert ends == {(): datetime(2027, 1, 1, tzinfo=UTC)}
    on_site = may(Holdings(licences=(whole, more)), Use(channel="site", at=AT))
    assert on_site.allowed_until == datetime(2027, 7, 1, tzinfo=UTC)


def test_it_tells_when_something_opens_and_when_the_last_thing_ended():
    later = standing(Holdings(licences=(licence(starts_on=date(2027, 1, 1)),)), AT)
    assert (later.verdict, later.opens_at) == (Verdict.LATER, datetime(2027, 1, 1, tzinfo=UTC))
    over = standing(Holdings(licences=(licence(ends_on=date(2026, 1, 1)), licence(ends_on=date(2026, 6, 30)))), AT)
    assert (over.verdict, over.ended_at) == (Verdict.NO, datetime(2026, 7, 1, tzinfo=UTC))


def test_fewer_edits_and_credit_are_told_of_what_asks_for_them():
    (grant,) = standing(Holdings(licences=(licence(edits=Edits.CROP, credit_line="Rosa"),)), AT).grants
    assert (grant.edits, grant.is_credit_required) == (Edits.CROP, True)


def test_a_time_needs_a_zone():
    with pytest.raises(Invalid, match="zone"):
        standing(Holdings(licences=(licence(),)), datetime(2026, 12, 1))

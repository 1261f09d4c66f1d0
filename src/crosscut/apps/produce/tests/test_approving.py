"""An approval is worth what its approver is worth today, and never more than when it was given."""

from collections.abc import Callable

import pytest
from tests.cast import Cast

from crosscut.apps.accounts.models import Member
from crosscut.apps.accounts.services.people import change_role, remove_member
from crosscut.apps.accounts.tests.asking import program, signed_in
from crosscut.apps.produce.models import Approval, Piece
from crosscut.apps.produce.queries import standing_of
from crosscut.apps.produce.services.approve import (
    approve,
    demand_publishable,
    is_approved,
    may_schedule,
    withdraw_approval,
)
from crosscut.apps.produce.services.freeze import freeze
from crosscut.apps.produce.tests import made
from crosscut.kernel.errors import NotAllowed


def _deactivate(cast: Cast) -> None:
    cast.senior.user.is_active = False
    cast.senior.user.save()


# What may happen to an approver, after which nothing new goes out on their word.
FALLS: dict[str, Callable[[Cast], object]] = {
    "demoted": lambda cast: change_role(cast.lead, cast.senior.pk, "specialist"),
    "made a guest": lambda cast: change_role(cast.lead, cast.senior.pk, "guest"),
    "removed": lambda cast: remove_member(cast.lead, cast.senior.pk),
    "shut out": _deactivate,
}


@pytest.fixture
def approved(cast: Cast) -> Piece:
    """A piece with a senior's yes."""
    piece = made.piece(cast.junior)
    approve(cast.senior, freeze(piece))
    return piece


@pytest.mark.parametrize("fall", FALLS)
def test_nothing_new_goes_out_on_the_word_of_who_may_no_longer_approve(cast: Cast, approved: Piece, fall: str):
    assert is_approved(freeze(approved)) and standing_of(approved).stage == "approved"
    FALLS[fall](cast)
    assert not is_approved(freeze(approved)) and not may_schedule(cast.junior, approved)
    assert standing_of(approved).stage == "draft"
    with pytest.raises(NotAllowed, match="senior's approval"):
        demand_publishable(cast.junior, freeze(approved))


def test_a_yes_holds_again_when_the_approver_is_reinstated(cast: Cast, approved: Piece):
    change_role(cast.lead, cast.senior.pk, "specialist")
    change_role(cast.lead, cast.senior.pk, "lead")
    assert is_approved(freeze(approved))


def test_a_later_promotion_makes_no_approval_of_an_earlier_word(cast: Cast):
    edition = freeze(made.piece(cast.junior))
    Approval.objects.create(edition=edition, member=cast.junior, role=cast.junior.role, decision="approved")
    change_role(cast.lead, cast.junior.pk, "senior")
    assert not is_approved(edition)


def test_another_senior_can_approve_or_take_back_what_a_demoted_one_approved(cast: Cast, approved: Piece):
    change_role(cast.lead, cast.senior.pk, "junior")
    withdraw_approval(cast.lead, freeze(approved))
    approve(cast.lead, freeze(approved))
    assert is_approved(freeze(approved))


def test_the_page_says_why_the_approval_does_not_count_and_offers_to_ask_again(cast: Cast, approved: Piece):
    change_role(cast.lead, cast.senior.pk, "specialist")
    page = signed_in(cast.junior).get(f"/pieces/{approved.pk}/approval/").content.decode()
    assert "may no longer approve here" in page and "Ask for approval" in page
    assert "Its approver may no longer approve" in signed_in(cast.junior).get("/pieces/").content.decode()
    senior = signed_in(cast.lead).get(f"/pieces/{approved.pk}/approval/").content.decode()
    assert 'value="approved"' in senior


@pytest.mark.parametrize(("role", "holds"), [("senior", True), ("junior", False)])
def test_programs_are_told_whether_an_approval_holds(cast: Cast, approved: Piece, role: str, holds: bool):
    Member.objects.filter(pk=cast.senior.pk).update(role=role)
    said = program(cast.junior).get(f"/api/pieces/{approved.pk}/decisions").json()["items"][0]
    assert (said["role"], said["holds"]) == ("senior", holds)
    stage = program(cast.junior).get(f"/api/pieces/{approved.pk}").json()["stage"]
    assert stage == ("approved" if holds else "draft")
    account = made.account(cast.lead)
    wish = {"piece": approved.pk, "account": account.pk, "at": "2031-05-04T09:30:00", "zone": "Europe/Berlin"}
    answer = program(cast.junior).post("/api/posts", wish, "application/json")
    assert answer.status_code == (201 if holds else 403)

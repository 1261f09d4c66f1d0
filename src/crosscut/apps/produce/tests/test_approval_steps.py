"""A campaign can ask for several yeses in turn, and nothing of it goes out before the last."""

import random

import pytest
from django.urls import reverse
from tests.cast import Cast

from crosscut.apps.accounts.models import Member
from crosscut.apps.accounts.services.people import change_role, remove_member
from crosscut.apps.accounts.tests.asking import program, signed_in
from crosscut.apps.plan.models import Campaign
from crosscut.apps.plan.services.campaigns import Plan, create_campaign
from crosscut.apps.produce.models import Approval, ApprovalStep, Piece
from crosscut.apps.produce.queries import standing_of, waiting_approvals_for
from crosscut.apps.produce.services.approval_steps import Step, set_steps
from crosscut.apps.produce.services.approve import (
    approve,
    ask_for_approval,
    demand_publishable,
    is_approved,
    may_schedule,
    want_changes,
    withdraw_approval,
)
from crosscut.apps.produce.services.freeze import freeze
from crosscut.apps.produce.services.write import change_piece, create_piece
from crosscut.kernel.errors import Conflict, Invalid, NotAllowed

JSON = "application/json"


@pytest.fixture
def campaign(cast: Cast) -> Campaign:
    """Two steps: any senior who did not write it, then the specialist, who is the lawyer here."""
    row = create_campaign(cast.lead, Plan(name="Reef week"))
    set_steps(cast.senior, row.pk, [Step(name="Editors"), Step(name="Legal", people=(cast.specialist.pk,))])
    return row


@pytest.fixture
def piece(cast: Cast, campaign: Campaign) -> Piece:
    return create_piece(cast.junior, title="Six things", text="Half the reef is gone.", campaign=campaign)


def test_it_goes_out_after_the_last_step_and_not_before(cast: Cast, piece: Piece) -> None:
    edition = freeze(piece)
    ask_for_approval(cast.junior, piece)
    assert _waiting(cast) == {"lead", "senior"}
    with pytest.raises(NotAllowed, match="Editors"):
        approve(cast.specialist, edition)  # not yet theirs
    approve(cast.senior, edition)
    assert (
        not is_approved(edition) and standing_of(piece).stage == "needs-approval" and _waiting(cast) == {"specialist"}
    )
    for who in (cast.lead, cast.specialist, cast.junior):  # with steps nobody goes past them
        assert not may_schedule(who, piece)
    with pytest.raises(NotAllowed, match="Legal"):
        demand_publishable(cast.lead, edition)
    approve(cast.specialist, edition)
    assert is_approved(edition) and standing_of(piece).stage == "approved" and _waiting(cast) == set()
    demand_publishable(cast.lead, edition)
    with pytest.raises(Conflict):
        approve(cast.lead, edition)


def test_a_change_begins_at_the_first_step_again(cast: Cast, piece: Piece) -> None:
    for who in (cast.senior, cast.specialist):
        approve(who, freeze(piece))
    piece = change_piece(cast.junior, piece, text="All of it.")
    assert not is_approved(freeze(piece)) and not may_schedule(cast.lead, piece)


def test_all_of_a_step_are_needed_where_it_says_so(cast: Cast, campaign: Campaign, piece: Piece) -> None:
    both = (cast.specialist.pk, cast.senior.pk)
    set_steps(cast.lead, campaign.pk, [Step(name="Both", people=both, needs_all=True)])
    edition = freeze(piece)
    approve(cast.senior, edition)
    assert not is_approved(edition)
    with pytest.raises(NotAllowed, match="nothing is asked of you"):
        approve(cast.senior, edition)
    approve(cast.specialist, edition)
    assert is_approved(edition)
    remove_member(cast.lead, cast.specialist.pk)  # who is gone is not asked any more
    assert is_approved(edition) and standing_of(piece).stage == "approved"


def test_a_wish_for_changes_stands_against_the_yes_of_others(cast: Cast, campaign: Campaign, piece: Piece) -> None:
    set_steps(cast.lead, campaign.pk, [Step(name="Editors")])
    edition = freeze(piece)
    want_changes(cast.senior, edition, note="Which half?")
    approve(cast.lead, edition)
    assert not is_approved(edition) and standing_of(piece).stage == "needs-approval"
    approve(cast.senior, edition)  # only who asked for them can take that back
    assert is_approved(edition)


def test_who_wrote_it_cannot_say_yes_where_four_eyes_are_asked(cast: Cast, campaign: Campaign, piece: Piece) -> None:
    piece = change_piece(cast.senior, piece, text="Half the reef is white.")
    with pytest.raises(NotAllowed, match="wrote"):
        approve(cast.senior, freeze(piece))
    (editors, _legal) = ApprovalStep.objects.filter(campaign=campaign)
    set_steps(cast.lead, campaign.pk, [Step(pk=editors.pk, name="Editors", four_eyes=False)])
    approve(cast.senior, freeze(piece))
    assert is_approved(freeze(piece))


def test_taking_it_back_takes_every_step_back(cast: Cast, piece: Piece) -> None:
    edition = freeze(piece)
    approve(cast.senior, edition)
    approve(cast.specialist, edition)
    with pytest.raises(NotAllowed):
        withdraw_approval(cast.junior, edition)
    withdraw_approval(cast.lead, edition)
    assert not is_approved(edition)
    approve(cast.senior, edition)
    assert not is_approved(edition)


def test_steps_that_come_later_hold_for_what_was_approved_before(cast: Cast) -> None:
    campaign = create_campaign(cast.lead, Plan(name="Whale week"))
    piece = create_piece(cast.junior, title="Whales", text="They sing.", campaign=campaign)
    approve(cast.senior, freeze(piece))
    assert standing_of(piece).stage == "approved"
    set_steps(cast.lead, campaign.pk, [Step(name="Legal", people=(cast.specialist.pk,))])
    assert not is_approved(freeze(piece)) and standing_of(piece).stage == "needs-approval"
    set_steps(cast.lead, campaign.pk, [])
    assert is_approved(freeze(piece)) and standing_of(piece).stage == "approved"


@pytest.mark.parametrize("seed", range(6))
def test_lists_say_what_the_gate_says_whatever_was_said_by_whom(cast: Cast, campaign: Campaign, seed: int) -> None:
    chance = random.Random(seed)
    team, kinds = [cast.lead, cast.senior, cast.specialist, cast.junior], ["approved", "changes", "withdrawn"]
    for _ in range(12):
        people = tuple(who.pk for who in team if chance.random() < 0.4)
        steps = [Step(name=str(n), people=people, needs_all=bool(people) and chance.random() < 0.5) for n in range(2)]
        rows = set_steps(cast.lead, campaign.pk, steps)
        piece = create_piece(cast.junior, title="Reef", text="Gone.", campaign=campaign)
        edition = freeze(piece)
        for _word in range(chance.randint(1, 8)):
            who, kind = chance.choice(team), chance.choices(kinds, weights=[8, 2, 1])[0]
            Approval.objects.create(
                edition=edition, member=who, role=who.role, step=chance.choice(rows), decision=kind, note="Because."
            )
        Approval.objects.create(
            edition=edition, member=cast.lead, role="lead", step=chance.choice(rows), decision="approved"
        )
        assert (standing_of(piece).stage == "approved") == is_approved(edition)
    change_role(cast.lead, cast.senior.pk, "specialist")
    for piece in Piece.objects.all():
        assert (standing_of(piece).stage == "approved") == is_approved(freeze(piece))


def test_wrong_steps_are_refused_with_the_place_and_nothing_changes(cast: Cast, campaign: Campaign) -> None:
    before = list(ApprovalStep.objects.values_list("pk", "name"))
    wrong = [
        Step(name=" "),
        Step(name="All", needs_all=True),
        Step(name="Elsewhere", people=(cast.stranger.pk,)),
        Step(name="A guest", people=(cast.guest.pk,)),
        Step(name="Unknown", pk=2**40),
    ]
    with pytest.raises(Invalid) as refused:
        set_steps(cast.senior, campaign.pk, wrong)
    places = [problem.where for problem in refused.value.problems]
    assert places == ["steps.0.name", "steps.1.people", "steps.2.people", "steps.3.people", "steps.4.id"]
    with pytest.raises(Invalid, match="6 steps"):
        set_steps(cast.senior, campaign.pk, [Step(name=str(n)) for n in range(7)])
    with pytest.raises(NotAllowed):
        set_steps(cast.specialist, campaign.pk, [])
    assert list(ApprovalStep.objects.values_list("pk", "name")) == before


def test_programs_say_and_read_the_steps_and_others_learn_nothing(cast: Cast, campaign: Campaign, piece: Piece) -> None:
    at, there = f"/api/campaigns/{campaign.pk}/approval-steps", f"/api/pieces/{piece.pk}/approval-steps"
    asking = program(cast.senior)
    (editors, legal) = asking.get(at).json()
    assert (editors["people"], legal["people"]) == ([], [cast.specialist.pk])
    digest = freeze(piece).digest
    asking.post(f"/api/pieces/{piece.pk}/decisions", {"decision": "approved", "digest": digest}, content_type=JSON)
    first, second = program(cast.junior).get(there).json()
    assert (first["is_done"], first["yeses"]) == (True, [cast.senior.pk])
    assert (second["is_done"], second["awaited"]) == (False, [cast.specialist.pk])
    turned = [{**legal, "name": "Lawyers"}, editors]
    assert [one["name"] for one in asking.put(at, {"steps": turned}, content_type=JSON).json()] == [
        "Lawyers",
        "Editors",
    ]
    assert [one["is_done"] for one in program(cast.junior).get(there).json()] == [False, True]
    assert program(cast.specialist).put(at, {"steps": []}, content_type=JSON).status_code == 403
    for who in (cast.stranger, cast.guest):
        assert program(who).get(at).status_code in (403, 404)
        assert program(who).get(there).status_code in (403, 404)
        assert program(who).put(at, {"steps": []}, content_type=JSON).status_code in (403, 404)
    assert ApprovalStep.objects.count() == 2


def test_the_page_names_the_turn_and_who_is_named_says_yes_there(cast: Cast, campaign: Campaign, piece: Piece) -> None:
    shown = reverse("piece-approval", args=[piece.pk])
    assert "Approve: Editors" in signed_in(cast.senior).get(shown).content.decode()
    assert "Approve: " not in signed_in(cast.specialist).get(shown).content.decode()
    approve(cast.senior, freeze(piece))
    lawyer = signed_in(cast.specialist)
    assert "Approve: Legal" in lawyer.get(shown).content.decode()
    said = {"decision": "approved", "digest": freeze(piece).digest}
    answer = lawyer.post(reverse("piece-decide", args=[piece.pk]), said, headers={"HX-Request": "true"})
    assert "Everybody who is asked" in answer.content.decode() and is_approved(freeze(piece))
    assert "Reef week" in lawyer.get(reverse("campaign", args=[campaign.pk])).content.decode()
    assert "Legal" in lawyer.get(reverse("campaign-approval", args=[campaign.pk])).content.decode()


def test_seniors_change_the_steps_on_a_page_of_their_own(cast: Cast, campaign: Campaign) -> None:
    page = reverse("approval-steps", args=[campaign.pk])
    browser = signed_in(cast.senior)
    assert "Legal" in browser.get(page).content.decode()
    editors, legal = ApprovalStep.objects.filter(campaign=campaign)
    typed = {
        "step-TOTAL_FORMS": "3",
        "step-INITIAL_FORMS": "2",
        "step-0-pk": editors.pk,
        "step-0-name": "Editors",
        "step-0-ORDER": "2",
        "step-0-needs_all": "one",
        "step-0-four_eyes": "on",
        "step-1-pk": legal.pk,
        "step-1-name": "Legal",
        "step-1-ORDER": "1",
        "step-1-needs_all": "one",
        "step-1-DELETE": "on",
        "step-2-name": "Client",
        "step-2-people": cast.lead.pk,
        "step-2-needs_all": "all",
        "step-2-ORDER": "1",
    }
    assert browser.post(page, typed).status_code == 302
    kept = list(ApprovalStep.objects.filter(campaign=campaign).values_list("name", "needs_all", "four_eyes"))
    assert kept == [("Client", True, False), ("Editors", False, True)]
    wrong = browser.post(page, {**typed, "step-1-DELETE": "", "step-1-pk": "", "step-1-name": ""})
    assert wrong.status_code == 422
    nobody = browser.post(page, {name: value for name, value in typed.items() if name != "step-2-people"})
    assert nobody.status_code == 422 and "Choose the people" in nobody.content.decode()
    for who in (cast.specialist, cast.guest, cast.stranger):
        hx = {"HX-Request": "true"}
        for answer in (signed_in(who).get(page, headers=hx), signed_in(who).post(page, typed, headers=hx)):
            assert answer.status_code in (403, 404)
    assert ApprovalStep.objects.filter(campaign=campaign).count() == 2


def _waiting(cast: Cast) -> set[str]:
    """The roles whose yes is waited for."""
    team: tuple[Member, ...] = cast.team
    return {str(who.role) for who in team if waiting_approvals_for(who)}

"""Cards that are put into another column: what that does, what it refuses, what it asks, and the way back."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone
from tests.cast import Cast

from crosscut.apps.accounts.tests.asking import program, signed_in
from crosscut.apps.produce.models import Piece
from crosscut.apps.produce.services import approve
from crosscut.apps.produce.services.approval_steps import Step, set_steps
from crosscut.apps.produce.services.freeze import freeze
from crosscut.apps.produce.tests import made as pieces
from crosscut.apps.publish.board import board_for
from crosscut.apps.publish.models import Target
from crosscut.apps.publish.queries import Wanted
from crosscut.apps.publish.services.schedule import schedule
from crosscut.apps.publish.tests import made

State = Target.State


def _put(client: Client, by: str, card: str, to: str, **more: Any) -> Any:
    return client.post(
        "/calendar/board/put/", {"by": by, "card": card, "to": to, **more}, headers={"Accept": "application/json"}
    )


def _undo(client: Client, by: str, answer: Any) -> Any:
    return client.post(
        "/calendar/board/put/", {"by": by, **answer.json()["undo"]}, headers={"Accept": "application/json"}
    )


def _planned(cast: Cast, **fields: Any) -> Target:
    piece, account = pieces.piece(cast.senior, **fields), pieces.account(cast.lead)
    later = (timezone.now() + timedelta(days=3)).replace(tzinfo=None, microsecond=0)
    return schedule(cast.senior, piece, account, wall_time=later, zone="UTC")


def test_a_piece_changes_its_campaign_and_comes_back(cast: Cast):
    piece, campaign = pieces.piece(cast.junior), made.a_campaign(cast.senior)
    client = signed_in(cast.junior)
    answer = _put(client, "campaign", f"piece-{piece.pk}", str(campaign.pk))
    piece.refresh_from_db()
    assert (answer.status_code, piece.campaign) == (200, campaign)
    assert _undo(client, "campaign", answer).status_code == 200
    piece.refresh_from_db()
    assert piece.campaign is None


def test_what_costs_an_approval_is_said_before_and_done_when_that_is_known(cast: Cast):
    post, campaign = _planned(cast), made.a_campaign(cast.senior)
    approve.approve(cast.lead, post.edition)
    set_steps(cast.lead, campaign.pk, [Step(name="Law", people=(cast.lead.pk,))])
    client = signed_in(cast.senior)
    asked = _put(client, "campaign", f"piece-{post.piece_id}", str(campaign.pk))
    assert asked.status_code == 409
    assert {one["code"] for one in asked.json()["problems"]} == {"board.sure"}
    assert "must be approved anew" in asked.content.decode() and "planned post" in asked.content.decode()
    assert Piece.objects.get(pk=post.piece_id).campaign is None
    assert _put(client, "campaign", f"piece-{post.piece_id}", str(campaign.pk), sure="yes").status_code == 200
    assert Piece.objects.get(pk=post.piece_id).campaign == campaign


def test_a_piece_is_given_to_somebody_of_the_team_and_to_nobody_else(cast: Cast):
    piece, client = pieces.piece(cast.junior), signed_in(cast.specialist)
    answer = _put(client, "member", f"piece-{piece.pk}", str(cast.senior.pk))
    assert Piece.objects.get().owner == cast.senior
    _undo(client, "member", answer)
    assert Piece.objects.get().owner == cast.junior
    for other in (cast.stranger, cast.guest):
        assert _put(client, "member", f"piece-{piece.pk}", str(other.pk)).status_code == 422


def test_a_planned_post_goes_to_another_account_with_the_same_words_and_comes_back(cast: Cast):
    post, other = _planned(cast), pieces.account(cast.lead, name="Other")
    client = signed_in(cast.senior)
    answer = _put(client, "channel", f"post-{post.pk}", str(other.pk))
    now = Target.objects.get(state=State.SCHEDULED)
    assert (now.account, now.edition, now.due_at) == (other, post.edition, post.due_at)
    assert _undo(client, "channel", answer).status_code == 200
    assert Target.objects.get(state=State.SCHEDULED).account == post.account


def test_a_post_is_not_planned_where_its_piece_has_nothing_for(cast: Cast):
    post, site = _planned(cast), pieces.account(cast.lead, "site")
    answer = _put(signed_in(cast.senior), "channel", f"post-{post.pk}", str(site.pk))
    assert answer.status_code == 422 and "has nothing for" in answer.json()["problems"][0]["message"]
    assert Target.objects.get().state == State.SCHEDULED  # nothing half-done


def test_a_post_taken_off_the_calendar_comes_back_as_it_was_approved(cast: Cast):
    post, client = _planned(cast), signed_in(cast.senior)
    answer = _put(client, "state", f"post-{post.pk}", "draft")
    assert Target.objects.get().state == State.CANCELLED
    Piece.objects.update(text="Changed since.")
    assert _undo(client, "state", answer).status_code == 200
    back = Target.objects.get(state=State.SCHEDULED)
    assert (back.edition, back.due_at, back.account) == (post.edition, post.due_at, post.account)


def test_a_piece_put_under_scheduled_is_asked_when_and_where_and_its_undo_takes_it_off(cast: Cast):
    piece, account = pieces.piece(cast.senior), pieces.account(cast.lead)
    client = signed_in(cast.senior)
    asked = _put(client, "state", f"piece-{piece.pk}", "scheduled")
    [problem] = asked.json()["problems"]
    assert (asked.status_code, problem["code"]) == (409, "board.time")
    assert problem["values"]["accounts"] == [{"id": account.pk, "name": "Practice (Practice network)"}]
    more = {"at": problem["values"]["at"], "account": str(account.pk)}
    answer = _put(client, "state", f"piece-{piece.pk}", "scheduled", **more)
    assert Target.objects.get().state == State.SCHEDULED
    _undo(client, "state", answer)
    assert Target.objects.get().state == State.CANCELLED


@pytest.mark.parametrize(
    ("state", "to", "why"),
    [
        (State.SCHEDULED, "proven", "Only what the public was seen to have"),
        (State.SCHEDULED, "unknown", "gets there by itself"),
        (State.SCHEDULED, "needs-approval", "Take it off the calendar first"),
        (State.PROVEN, "draft", "Take it down on its page"),
        (State.SENDING, "draft", "can no longer be moved"),
        (State.UNKNOWN, "scheduled", "can no longer be moved"),
    ],
)
def test_what_nobody_may_decide_is_refused_and_says_why(cast: Cast, state: str, to: str, why: str):
    post = made.a_post(cast.senior, state=state)
    answer = _put(signed_in(cast.senior), "state", f"post-{post.pk}", to)
    assert answer.status_code == 409 and why in answer.json()["problems"][0]["message"]
    post.refresh_from_db()
    assert post.state == state


def test_a_piece_is_not_approved_by_dragging(cast: Cast):
    piece = pieces.piece(cast.junior)
    answer = _put(signed_in(cast.senior), "state", f"piece-{piece.pk}", "approved")
    assert answer.status_code == 409 and not approve.is_approved(freeze(piece))


@pytest.mark.parametrize(("by", "to"), [("state", "draft"), ("channel", "1"), ("campaign", "none"), ("member", "1")])
def test_strangers_reach_no_card_and_guests_no_board(cast: Cast, by: str, to: str):
    post = _planned(cast)
    card = f"piece-{post.piece_id}" if by in ("campaign", "member") else f"post-{post.pk}"
    assert _put(signed_in(cast.stranger), by, card, to).status_code == 404
    assert _put(signed_in(cast.guest), by, card, to).status_code in (302, 403)
    assert Client().post("/calendar/board/put/", {"by": by, "card": card, "to": to}).status_code == 302
    post.refresh_from_db()
    assert post.state == State.SCHEDULED


def _asked(who: Client, verb: str, path: str, **sent: int) -> int:
    return int(getattr(who, verb)(f"/api{path}", sent, content_type="application/json").status_code)


def test_programs_do_the_same_and_nobody_else_s_program_does(cast: Cast):
    post, other = _planned(cast), pieces.account(cast.lead, name="Other")
    acts: tuple[tuple[str, str, dict[str, int]], ...] = (
        ("post", f"/posts/{post.pk}/readdress", {"account": other.pk}),
        ("post", f"/posts/{post.pk}/plan-again", {}),
        ("put", f"/pieces/{post.piece_id}/owner", {"owner": cast.junior.pk}),
    )
    for verb, path, sent in acts:
        assert _asked(Client(), verb, path, **sent) == 401
        assert _asked(program(cast.stranger), verb, path, **sent) in (404, 422)
    assert Target.objects.get().state == State.SCHEDULED
    (_, readdress, sent), (_, again, _), (_, owner, to) = acts
    assert _asked(program(cast.senior), "post", readdress, **sent) == 201
    assert _asked(program(cast.senior), "post", again) == 201  # its first account is free again
    assert _asked(program(cast.senior), "put", owner, **to) == 200
    assert Piece.objects.get().owner == cast.junior


def test_each_division_counts_what_it_shows(cast: Cast):
    post, loose = _planned(cast), pieces.piece(cast.junior, text="Loose")
    made.a_post(cast.senior, text="Seen", state=State.PROVEN)  # out: on no board but the first
    campaign = made.a_campaign(cast.senior)
    Piece.objects.filter(pk=post.piece_id).update(campaign=campaign)
    by_campaign = {one.key: one for one in board_for(cast.junior, Wanted(), "campaign")}
    assert [row.pk for row in by_campaign[str(campaign.pk)].pieces] == [post.piece_id]
    assert [row.pk for row in by_campaign["none"].pieces] == [loose.pk]
    by_member = {one.key: one.count for one in board_for(cast.junior, Wanted(), "member")}
    assert (by_member[str(cast.senior.pk)], by_member[str(cast.junior.pk)]) == (1, 1)
    assert str(cast.guest.pk) not in by_member
    by_channel = {one.key: [card.pk for card in one.posts] for one in board_for(cast.junior, Wanted(), "channel")}
    assert by_channel[str(post.account_id)] == [post.pk]
    assert all(not one.count for one in board_for(cast.stranger, Wanted(), "campaign"))

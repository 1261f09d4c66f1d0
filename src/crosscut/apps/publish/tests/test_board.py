"""The board: each piece and post in the column of how far it is."""

import re

from tests.cast import Cast

from crosscut.apps.accounts.tests.asking import signed_in
from crosscut.apps.produce.services import approve
from crosscut.apps.produce.services.freeze import freeze
from crosscut.apps.produce.tests import made as pieces
from crosscut.apps.publish.board import board_for
from crosscut.apps.publish.models import Target
from crosscut.apps.publish.queries import Wanted
from crosscut.apps.publish.tests.made import a_campaign, a_post


def _columns(cast: Cast, wanted: Wanted | None = None) -> dict[str, list[str]]:
    found = board_for(cast.junior, wanted or Wanted())
    return {one.key: [*(row.title for row in one.pieces), *(card.words for card in one.posts)] for one in found}


def test_each_stands_where_it_is(cast: Cast):
    draft, asked = pieces.piece(cast.junior), pieces.piece(cast.junior, text="Asked")
    approve.ask_for_approval(cast.junior, asked)
    a_post(cast.senior, text="Planned")
    a_post(cast.senior, text="Doubted", state=Target.State.UNKNOWN)
    a_post(cast.senior, text="Seen", state=Target.State.PROVEN)
    assert _columns(cast) == {
        "draft": [draft.title],
        "needs-approval": [asked.title],
        "approved": [],
        "scheduled": ["Planned"],
        "unknown": ["Doubted"],
        "proven": ["Seen"],
    }


def test_an_approved_piece_waits_for_its_post_and_filters_narrow_all_columns(cast: Cast):
    piece = pieces.piece(cast.junior)
    approve.approve(cast.senior, freeze(piece))
    assert _columns(cast)["approved"] == [piece.title]
    campaign = a_campaign(cast.senior, "Winter appeal")
    a_post(cast.senior, text="Winter", campaign=campaign)
    a_post(cast.senior, text="Summer")
    narrowed = _columns(cast, Wanted(campaign=campaign.pk))
    assert narrowed["scheduled"] == ["Winter"] and narrowed["approved"] == []


def test_people_see_their_own_board_alone(cast: Cast):
    a_post(cast.senior, text="Planned")
    page = signed_in(cast.junior).get("/calendar/board/").content.decode()
    assert "Planned" in page and re.search(r"Scheduled\s*<span[^>]*>1<", page)
    assert "Planned" not in signed_in(cast.stranger).get("/calendar/board/").content.decode()
    assert signed_in(cast.guest).get("/calendar/board/").status_code == 302

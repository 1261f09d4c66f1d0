"""A text that is too long for one channel is made to fit there by one click."""

import pytest
from tests.cast import Cast

from crosscut.apps.accounts.tests.asking import program, signed_in
from crosscut.apps.preflight.services import check_piece
from crosscut.apps.produce.linking import below_words
from crosscut.apps.produce.models import Edition, Piece
from crosscut.apps.produce.services.shorten import shorten_text
from crosscut.apps.produce.services.write import change_piece, set_outlet
from crosscut.apps.produce.tests import made
from crosscut.kernel.errors import Conflict
from crosscut.specs.text import count

SENTENCE = "Half of the reef is gone, and the other half has a plan that begins in your street. "
PAGE = "https://reef.example/half"


@pytest.fixture
def piece(cast: Cast) -> Piece:
    """Too long for Bluesky, not for a website; its link stands at the end."""
    row = made.piece(cast.junior, text=SENTENCE * 5 + PAGE, channel="site")
    set_outlet(cast.junior, row, channel_slug="bluesky", post_type="text")
    return change_piece(cast.junior, row, summary="A plan.")


def _text(piece: Piece, channel: str) -> str | None:
    text: str | None = piece.outlets.get(channel=channel).text
    return text


def test_it_keeps_whole_sentences_and_the_link_and_leaves_other_channels_alone(cast: Cast, piece: Piece):
    shorten_text(cast.junior, piece, "bluesky")
    text = _text(piece, "bluesky")
    assert text == f"{(SENTENCE * 3).strip()} {PAGE}" and not count(text, "bluesky", "text").is_over
    assert _text(piece, "site") is None
    with pytest.raises(Conflict, match="fits already"):
        shorten_text(cast.junior, piece, "bluesky")


def test_the_panel_offers_it_and_the_longer_words_stay_in_the_history(cast: Cast, piece: Piece):
    assert "text.too_long" in {finding.code for finding in check_piece(piece)["bluesky"]}
    client = signed_in(cast.senior)
    assert "shorten:bluesky" in client.get(f"/pieces/{piece.pk}/findings/").content.decode()
    client.post(f"/pieces/{piece.pk}/change/", {"action": "shorten:bluesky"})
    assert "text.too_long" not in {finding.code for finding in check_piece(piece)["bluesky"]}
    assert Edition.objects.get(piece=piece).content["outlets"]["bluesky"]["text"] == piece.text


def test_programs_shorten_and_strangers_do_not(cast: Cast, piece: Piece):
    path = f"/api/pieces/{piece.pk}/channels/bluesky/shorten"
    assert program(cast.stranger).post(path).status_code == 404
    assert program(cast.guest).post(path).status_code in (403, 404)
    assert program(cast.junior).post(path).status_code == 200
    assert program(cast.junior).post(path).status_code == 409
    assert program(cast.junior).post(f"/api/pieces/{piece.pk}/channels/x/shorten").status_code == 404


def test_a_link_that_goes_below_the_words_counts_with_them(cast: Cast):
    fits = SENTENCE * 5
    row = made.piece(cast.junior, text=fits + "x" * (500 - len(fits) - 23), channel="site")
    set_outlet(cast.junior, row, channel_slug="mastodon", post_type="text")
    assert "text.too_long_with_link" not in _codes(row, "mastodon"), "500 with an address of 23, were it sent so"
    row = change_piece(cast.junior, row, link=PAGE)
    [found] = [one for one in check_piece(row)["mastodon"] if one.code == "text.too_long_with_link"]
    assert (
        found.message == "The text and the link below it are 502 characters as Mastodon counts them; the limit is 500."
    )
    shorten_text(cast.junior, row, "mastodon")
    assert "text.too_long_with_link" not in _codes(row, "mastodon")
    assert below_words(f"{PAGE} {SENTENCE}", PAGE, "mastodon", "text") == "", "it is among the words already"


def _codes(piece: Piece, channel: str) -> set[str]:
    return {found.code for found in check_piece(piece)[channel]}

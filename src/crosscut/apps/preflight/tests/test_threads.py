"""Threads: each part is checked as a post of its own, and a finding says which part it is about."""

import pytest
from tests.cast import Cast

from crosscut.apps.accounts.tests.asking import signed_in
from crosscut.apps.preflight.services import check_piece
from crosscut.apps.produce.models import Market, Outlet, Piece
from crosscut.apps.produce.services.thread import Part, put_file, set_thread, split_text
from crosscut.apps.produce.services.translate import add_language
from crosscut.apps.produce.services.write import set_media, set_outlet
from crosscut.apps.produce.tests import made
from crosscut.kernel.findings import Finding, Level

pytestmark = pytest.mark.django_db
LONG = "Half of the reef is gone, and this is what we saw below the sea. " * 12


def a_thread(cast: Cast, *texts: str, channel: str = "bluesky") -> Piece:
    """A thread with these parts and a described picture."""
    piece = made.piece(cast.junior, text=texts[0])
    picture = made.asset(cast.junior, "leaf.jpg", alt_text="A leaf.")
    made.licence(picture)
    set_media(cast.junior, piece, picture)
    set_outlet(cast.junior, piece, channel_slug=channel, post_type="image" if channel == "x" else "images")
    piece.outlets.exclude(channel=channel).delete()
    set_thread(cast.junior, piece, channel=channel, parts=[Part(text=text) for text in texts])
    return Piece.objects.get(pk=piece.pk)


def stopping(piece: Piece, channel: str = "bluesky") -> list[Finding]:
    found = check_piece(Piece.objects.get(pk=piece.pk))[channel]
    return [one for one in found if one.level is Level.BLOCK]


def test_a_finding_names_the_part_and_one_click_splits_only_that_one(cast: Cast) -> None:
    piece = a_thread(cast, "Short.", LONG, "End.")
    [found] = stopping(piece)
    assert (found.code, found.where, found.message[:8]) == ("text.too_long", "part 2: text", "Part 2: ")
    client = signed_in(cast.junior)
    assert b"Split this part" in client.get(f"/pieces/{piece.pk}/findings/").content
    client.post(f"/pieces/{piece.pk}/change/", {"action": "split:bluesky"})
    outlet = Outlet.objects.get(piece=piece)
    assert (outlet.text or piece.text, len(outlet.further), outlet.further[-1]) == ("Short.", 4, "End.")
    assert not stopping(piece)


def test_a_long_post_is_offered_both_ways_and_split_by_one_click(cast: Cast) -> None:
    piece = a_thread(cast, LONG)
    client = signed_in(cast.junior)
    shown = client.get(f"/pieces/{piece.pk}/findings/").content
    assert b"Split it into a thread" in shown and b"Shorten it there" in shown
    client.post(f"/pieces/{piece.pk}/change/", {"action": "split:bluesky"})
    assert not stopping(piece)


def test_the_files_of_a_part_are_checked_with_it(cast: Cast) -> None:
    piece = a_thread(cast, "One.", "Two.")
    use = piece.media.get()
    put_file(cast.junior, piece, "bluesky", use.asset_id, part=2)
    assert not stopping(piece)
    set_media(cast.junior, piece, use.asset, parts={"bluesky": 2})
    use.asset.licences.all().delete()
    use.asset.alt_text = ""
    use.asset.save()
    assert {one.where for one in stopping(piece)} == {"part 2: media[0]"}
    assert {one.code for one in stopping(piece)} >= {"rights.no_licence", "alt_text.missing"} or stopping(piece)


def test_x_refuses_the_same_words_twice_and_a_channel_without_threads_any(cast: Cast) -> None:
    assert [one.where for one in stopping(a_thread(cast, "One.", "Two.", "One.", channel="x"), "x")] == ["part 3: text"]
    piece = made.piece(cast.junior)
    Outlet.objects.filter(piece=piece).update(further=["Two."])  # its channel carried threads once
    assert "thread.not_carried" in [one.code for one in stopping(piece, "practice")]


def test_a_part_that_is_not_translated_stops_the_translation(cast: Cast) -> None:
    german = add_language(cast.junior, a_thread(cast, "One is own.", "Two."), "de")
    found = {(one.code, one.where) for one in check_piece(Piece.objects.get(pk=german.pk))["bluesky"]}
    assert ("translation.missing", "part 2: text") in found


def test_a_legal_line_has_to_stand_in_one_part_only(cast: Cast) -> None:
    Market.objects.create(workspace=cast.workspace, language="", legal_lines=["Published by Reef Watch."])
    piece = a_thread(cast, "One.", "Two.")
    assert [one.code for one in stopping(piece)] == ["market.legal_line"]
    signed_in(cast.junior).post(f"/pieces/{piece.pk}/change/", {"action": "legal-lines:bluesky"})
    assert Outlet.objects.get(piece=piece).further == ["Two.\n\nPublished by Reef Watch."] and not stopping(piece)


def test_splitting_again_finds_nothing_too_long(cast: Cast) -> None:
    piece = a_thread(cast, LONG)
    split_text(cast.junior, piece, "bluesky", is_numbered=True)
    assert not stopping(piece)

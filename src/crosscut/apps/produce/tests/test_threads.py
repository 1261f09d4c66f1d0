"""Threads: splitting, writing, moving and joining parts; what is approved is all of them."""

import json
from typing import Any

import pytest
from tests.cast import Cast

from crosscut.apps.accounts.models import Member
from crosscut.apps.accounts.tests.asking import program, signed_in
from crosscut.apps.produce.compare import differences
from crosscut.apps.produce.languages import language_for
from crosscut.apps.produce.models import Piece
from crosscut.apps.produce.preview import preview_of
from crosscut.apps.produce.queries import tray_of
from crosscut.apps.produce.services.approve import approve, is_approved
from crosscut.apps.produce.services.freeze import content_of, freeze
from crosscut.apps.produce.services.from_file import apply_piece_text
from crosscut.apps.produce.services.restore import bring_back
from crosscut.apps.produce.services.thread import (
    Part,
    add_part,
    join_thread,
    move_part,
    parts_of,
    put_file,
    remove_part,
    set_thread,
    split_text,
)
from crosscut.apps.produce.services.translate import add_language, follow_source, keep_words
from crosscut.apps.produce.services.write import copy_piece, create_piece, remove_media, set_media, set_outlet
from crosscut.apps.produce.tests import made
from crosscut.apps.produce.threads import part_view
from crosscut.kernel.errors import Conflict, Invalid, NotFound
from crosscut.specs.text import count

pytestmark = pytest.mark.django_db
LONG = "\n\n".join(
    f"{n}. Half of the reef is gone, and this is what we saw at {n} metres below the sea. " * 3 for n in range(1, 6)
)


def long_piece(by: Member, text: str = LONG) -> Piece:
    """A text of some 1,200 characters with two pictures, for Bluesky."""
    row = create_piece(by, title="Reef", text=text, link="https://reef.example/plan", tags=["reef"])
    for name in ("one.jpg", "two.jpg"):
        picture = made.asset(by, name, alt_text=f"A pale reef, {name}.")
        made.licence(picture)
        set_media(by, row, picture)
    set_outlet(by, row, channel_slug="bluesky", post_type="images")
    return fresh(row)


def fresh(piece: Piece) -> Piece:
    return Piece.objects.get(pk=piece.pk)


def last_file(piece: Piece) -> int:
    return [use.asset_id for use in piece.media.all()][-1]


def texts(piece: Piece) -> list[str]:
    return [part.text for part in parts_of(fresh(piece), piece.outlets.get())]


def files(piece: Piece) -> list[list[str]]:
    names = {use.asset_id: use.asset.title for use in piece.media.select_related("asset")}
    return [[names[pk] for pk in part.media] for part in parts_of(fresh(piece), piece.outlets.get())]


def test_a_long_text_is_split_into_parts_that_fit_and_files_stay_with_the_first(cast: Cast) -> None:
    piece = long_piece(cast.junior)
    split_text(cast.junior, piece, "bluesky", is_numbered=True)
    parts = texts(piece)
    assert len(parts) == 5 and "\n\n".join(parts) == "\n\n".join(part.strip() for part in LONG.split("\n\n"))
    assert files(piece) == [["one.jpg", "two.jpg"], [], [], [], []]
    content = content_of(fresh(piece))
    shown = [part_view(content, "bluesky", number)["outlets"]["bluesky"] for number in range(1, 6)]
    assert [one["text"].rpartition(" ")[2] for one in shown] == ["1/5", "2/5", "3/5", "4/5", "5/5"]
    assert [one["post_type"] for one in shown] == ["images", "text", "text", "text", "text"]
    assert not any(count(one["text"], "bluesky", "text").is_over for one in shown)
    with pytest.raises(Conflict, match="fits already"):
        split_text(cast.junior, piece, "bluesky")


def test_each_part_has_its_own_files_which_move_with_it(cast: Cast) -> None:
    piece = long_piece(cast.junior)
    split_text(cast.junior, piece, "bluesky")
    two = piece.media.get(asset__title="two.jpg").asset_id
    put_file(cast.junior, piece, "bluesky", two, part=3)
    assert files(piece) == [["one.jpg"], [], ["two.jpg"], [], []]
    third = texts(piece)[2]
    move_part(cast.junior, piece, "bluesky", 3, to=2)
    assert texts(piece)[1] == third and files(piece)[1] == ["two.jpg"]
    kinds = [part_view(content_of(fresh(piece)), "bluesky", n)["outlets"]["bluesky"]["post_type"] for n in (1, 2, 3)]
    assert kinds == ["images", "images", "text"]
    move_part(cast.junior, piece, "bluesky", 2, to=1)
    assert piece.outlets.get().text == third and files(piece)[:2] == [["two.jpg"], ["one.jpg"]]
    remove_part(cast.junior, piece, "bluesky", 2)
    assert files(piece) == [["two.jpg", "one.jpg"], [], [], []] or files(piece)[0] == ["one.jpg", "two.jpg"]
    add_part(cast.junior, piece, "bluesky", 4)
    assert texts(piece)[-1] == ""
    remove_media(cast.junior, piece, two)
    join_thread(cast.junior, piece, "bluesky")
    assert piece.outlets.get().further == [] and files(piece) == [["one.jpg"]]


@pytest.mark.parametrize("part", [1, 2, 3])
def test_an_approval_is_about_every_part(cast: Cast, part: int) -> None:
    piece = long_piece(cast.junior, "One.")
    parts = [Part(text="One."), Part(text="Two."), Part(text="Three.")]
    set_thread(cast.junior, piece, channel="bluesky", parts=parts)
    before = freeze(fresh(piece))
    approve(cast.senior, before)
    changed = [Part(text=f"{one.text}!") if n == part else one for n, one in enumerate(parts, start=1)]
    set_thread(cast.junior, piece, channel="bluesky", parts=changed)
    after = freeze(fresh(piece))
    assert not is_approved(after)
    assert any("!" in stretch.text for one in differences(before.content, after.content) for stretch in one.stretches)
    bring_back(cast.junior, fresh(piece), before)
    assert is_approved(freeze(fresh(piece)))


def test_a_file_in_another_part_is_another_edition_and_a_copy_has_all(cast: Cast) -> None:
    piece = long_piece(cast.junior)
    split_text(cast.junior, piece, "bluesky")
    before = freeze(fresh(piece)).digest
    put_file(cast.junior, piece, "bluesky", last_file(piece), part=2)
    assert freeze(fresh(piece)).digest != before
    assert content_of(copy_piece(cast.junior, fresh(piece))) == content_of(fresh(piece))


def test_what_is_no_thread_keeps_the_name_of_its_edition(cast: Cast) -> None:
    content = content_of(made.photo_piece(cast))
    assert "further" not in content["outlets"]["practice"] and "parts" not in content["media"][0]


WRONG: dict[str, list[Part]] = {
    "no part": [],
    "too many": [Part(text=str(n)) for n in range(26)],
    "a file that is not the piece's": [Part(text="One."), Part(text="Two.", media=(10**9,))],
}


@pytest.mark.parametrize("name", WRONG)
def test_what_cannot_be_a_thread_is_refused(cast: Cast, name: str) -> None:
    piece = long_piece(cast.junior)
    with pytest.raises(Invalid):
        set_thread(cast.junior, piece, channel="bluesky", parts=WRONG[name])
    assert fresh(piece).revision == piece.revision


def test_a_channel_without_threads_takes_none(cast: Cast) -> None:
    piece = made.piece(cast.junior, text=LONG)
    with pytest.raises(Invalid, match="carries no threads"):
        add_part(cast.junior, piece, "practice", 1)
    with pytest.raises(Invalid, match="carries no threads"):
        set_outlet(cast.junior, piece, channel_slug="practice", post_type="text", further=["Two."])
    with pytest.raises(NotFound):
        split_text(cast.junior, piece, "bluesky")


FILE = """
crosscut: 1
title: A reef in parts
media:
  - file: media/one.jpg
  - file: media/two.jpg
channels:
  bluesky:
    type: images
    is_numbered: true
    thread:
      - text: Half the reef is gone.
      - text: The other half has a plan.
        media: [media/two.jpg]
"""


def test_a_piece_file_carries_parts_and_their_files(cast: Cast) -> None:
    for name in ("one.jpg", "two.jpg"):
        made.asset(cast.junior, name)
    piece = apply_piece_text(cast.junior, FILE, name="reef.yaml")
    assert texts(piece) == ["Half the reef is gone.", "The other half has a plan."]
    assert files(piece) == [["one.jpg"], ["two.jpg"]] and piece.outlets.get().is_numbered
    assert apply_piece_text(cast.junior, FILE, name="reef.yaml").revision == piece.revision
    with pytest.raises(Invalid) as caught:
        apply_piece_text(cast.junior, FILE.replace("[media/two.jpg]", "[media/three.jpg]"), name="reef.yaml")
    assert caught.value.problems[0].where == "channels.bluesky.thread.1.media"


def test_a_translation_gets_the_parts_and_each_has_to_be_translated(cast: Cast) -> None:
    piece = long_piece(cast.junior, "One.")
    set_thread(cast.junior, piece, channel="bluesky", parts=[Part(text="One is own."), Part(text="Two.")])
    german = add_language(cast.junior, fresh(piece), "de")
    keys = [passage.key for passage in language_for(cast.junior, german.pk).passages]
    assert "bluesky.part.2" in keys
    keep_words(cast.junior, german, {"bluesky.text": "Eins.", "bluesky.part.2": "Zwei."})
    assert texts(german) == ["Eins.", "Zwei."]
    add_part(cast.junior, piece, "bluesky", 2)
    assert follow_source(cast.junior, fresh(german)) == ["channel bluesky"] and len(texts(german)) == 3


def test_the_editor_shows_parts_saves_them_and_its_buttons_move_them(cast: Cast) -> None:
    piece, client = long_piece(cast.junior, "One."), signed_in(cast.junior)
    client.post(f"/pieces/{piece.pk}/change/", {"action": "add-part:bluesky:1", "version": "1"})
    answer = client.get(f"/pieces/{piece.pk}/?channel=bluesky").content.decode()
    assert "Part 2 of 2" in answer and 'name="bluesky.part.2"' in answer
    typed = {"version": str(fresh(piece).revision), "bluesky.part.2": "Two.", "bluesky.is_numbered": "on"}
    assert client.post(f"/pieces/{piece.pk}/save/", typed).status_code == 200
    client.post(f"/pieces/{piece.pk}/change/", {"action": "part-earlier:bluesky:2"})
    assert texts(piece) == ["Two.", "One."]
    two = last_file(piece)
    client.post(
        f"/pieces/{piece.pk}/change/", {"action": f"part-of-file:bluesky:{two}", f"media.{two}.part.bluesky": "1"}
    )
    row = fresh(piece)
    drawn = preview_of(row, row.outlets.get(), tray_of(row))
    assert drawn is not None and [len(one.media) for one in (drawn, *drawn.further)] == [1, 1]
    assert "".join(part.text for part in drawn.further[0].parts) == "One. 2/2"


def _ask(who: Member, method: str, path: str, payload: Any) -> Any:
    return getattr(program(who), method)(f"/api{path}", data=json.dumps(payload), content_type="application/json")


def test_programs_split_and_write_threads_and_a_stranger_does_not(cast: Cast) -> None:
    piece = long_piece(cast.junior)
    path = f"/pieces/{piece.pk}/channels/bluesky"
    outlet = _ask(cast.junior, "post", f"{path}/split", {}).json()["outlets"][0]
    assert len(outlet["further"]) == 4
    wanted = {
        "parts": [{"text": "One."}, {"text": "Two.", "media": [last_file(piece)]}],
        "is_numbered": True,
    }
    told = _ask(cast.junior, "put", f"{path}/thread", wanted).json()
    assert (told["outlets"][0]["further"], told["media"][1]["parts"]) == (["Two."], {"bluesky": 2})
    for method, end, payload in (("post", "split", {}), ("put", "thread", wanted)):
        assert _ask(cast.stranger, method, f"{path}/{end}", payload).status_code == 404
        assert _ask(cast.guest, method, f"{path}/{end}", payload).status_code in (403, 404)
    assert _ask(cast.junior, "put", f"{path}/thread", {**wanted, "revision": 1}).status_code == 409

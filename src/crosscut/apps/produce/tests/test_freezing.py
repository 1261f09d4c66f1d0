"""A frozen state is named by all it publishes, and an approval is about exactly that."""

from collections.abc import Callable
from pathlib import Path

import pytest
from tests.cast import Cast

from crosscut.apps.accounts.models import AuditEvent
from crosscut.apps.library.models import Track, Version
from crosscut.apps.library.services import about
from crosscut.apps.plan.models import Campaign
from crosscut.apps.produce.models import Edition, EditionMedia, Piece
from crosscut.apps.produce.services.approve import approve, is_approved, may_schedule
from crosscut.apps.produce.services.freeze import freeze
from crosscut.apps.produce.services.from_file import apply_piece_file, read_piece_file
from crosscut.apps.produce.services.write import change_piece, order_media, set_media, set_outlet
from crosscut.apps.produce.tests import made
from crosscut.kernel.errors import Conflict, Invalid, NotAllowed, NotFound
from crosscut.kernel.piece_file import CampaignFile, parse

Change = Callable[[Cast, Piece], object]


def _newer_file(cast: Cast, piece: Piece) -> None:
    asset = piece.media.get().asset
    assert asset.current
    fields = {"sha256": "f" * 64, "size_bytes": 1, "media_type": "image/jpeg", "facts": asset.current.facts}
    asset.current = Version.objects.create(asset=asset, number=2, filename="leaf.jpg", **fields)
    asset.save()


CHANGES: dict[str, Change] = {
    "text": lambda cast, piece: change_piece(cast.junior, piece, text="Other words"),
    "topics": lambda cast, piece: change_piece(cast.junior, piece, tags=["reef"]),
    "one channel's text": lambda cast, piece: set_outlet(
        cast.junior, piece, channel_slug="practice", post_type="images", text="Other"
    ),
    "a channel": lambda cast, piece: set_outlet(cast.junior, piece, channel_slug="bluesky", post_type="text"),
    "alt text": lambda cast, piece: set_media(cast.junior, piece, piece.media.get().asset, alt_text="Other"),
    "crop": lambda cast, piece: set_media(cast.junior, piece, piece.media.get().asset, focus_x=0.1, focus_y=0.2),
    "a medium": lambda cast, piece: set_media(cast.junior, piece, made.asset(cast.junior, "more.jpg")),
    "what the file says": lambda cast, piece: about.change(
        cast.junior, {piece.media.get().asset_id: {"copyright": "Other"}}
    ),
    "the bytes": _newer_file,
    "captions": lambda cast, piece: Track.objects.create(
        asset=piece.media.get().asset, kind="captions", text="WEBVTT\n"
    ),
}


@pytest.mark.parametrize("name", CHANGES)
def test_a_change_of_anything_that_goes_out_ends_the_approval(cast: Cast, name: str):
    piece = made.photo_piece(cast)
    approve(cast.senior, freeze(piece))
    assert may_schedule(cast.junior, piece)
    CHANGES[name](cast, piece)
    fresh = Piece.objects.get(pk=piece.pk)
    assert not is_approved(freeze(fresh))
    assert not may_schedule(cast.junior, fresh)


def test_the_same_content_has_the_same_name_and_its_approval_holds_again(cast: Cast):
    piece = made.photo_piece(cast)
    edition = freeze(piece)
    approve(cast.senior, edition)
    assert freeze(piece) == edition
    change_piece(cast.junior, piece, text="Other words")
    back = change_piece(cast.junior, Piece.objects.get(pk=piece.pk), text=piece.text)
    assert freeze(back) == edition and is_approved(freeze(back))
    assert [media.version for media in EditionMedia.objects.filter(edition=edition)] == [
        piece.media.get().asset.current
    ]


def test_what_is_not_published_does_not_end_the_approval(cast: Cast):
    piece = made.photo_piece(cast)
    edition = freeze(piece)
    change_piece(cast.junior, piece, campaign=made.campaign(cast.specialist))
    assert freeze(Piece.objects.get(pk=piece.pk)) == edition


def test_it_refuses_to_approve_what_changed_even_when_the_caller_holds_an_old_copy(cast: Cast):
    piece = made.photo_piece(cast)
    edition = freeze(piece)  # its piece is the old copy
    change_piece(cast.junior, Piece.objects.get(pk=piece.pk), text="Changed by another process")
    with pytest.raises(Conflict):
        approve(cast.senior, edition)


def test_order_is_part_of_what_goes_out(cast: Cast):
    piece = made.photo_piece(cast)
    second = made.asset(cast.junior, "second.jpg")
    set_media(cast.junior, piece, second)
    before = freeze(piece)
    order_media(cast.junior, piece, [second.pk, piece.media.exclude(asset=second).get().asset_id])
    assert freeze(piece) != before


def test_a_save_that_changes_nothing_leaves_no_trace(cast: Cast):
    piece = made.photo_piece(cast)
    events = AuditEvent.objects.count()
    change_piece(cast.junior, piece, text=piece.text, tags=piece.tags)
    set_outlet(cast.junior, piece, channel_slug="site", post_type="article")
    set_media(cast.junior, piece, piece.media.get().asset)
    assert AuditEvent.objects.count() == events
    assert Piece.objects.get(pk=piece.pk).revision == piece.revision


def test_the_state_before_somebody_else_writes_is_kept(cast: Cast):
    from crosscut.apps.produce.services.write import Edits, save_edits

    piece = made.piece(cast.junior, text="His words")
    save_edits(cast.senior, piece, Edits(words={"text": "Her words"}), revision=piece.revision)
    kept = Edition.objects.get(piece=piece)
    assert (kept.content["text"], kept.created_by) == ("His words", cast.junior)


# --- piece files beside their media

FILE = """
crosscut: 1
title: Leaf
campaign: look-again
media:
  - file: leaf.jpg
channels:
  site: {type: article}
"""


def _folder(tmp_path: Path, text: str = FILE) -> Path:
    (tmp_path / "leaf.jpg").write_bytes(b"not read here")
    path = tmp_path / "leaf.yaml"
    path.write_text(text)
    return path


def test_it_names_every_file_that_is_missing(cast: Cast, tmp_path: Path):
    text = FILE.replace("leaf.jpg", "gone.jpg\n    captions: gone.vtt")
    with pytest.raises(Invalid) as told:
        read_piece_file(_folder(tmp_path, text))
    assert [problem.where for problem in told.value.problems] == [
        "leaf.yaml: media.0.file",
        "leaf.yaml: media.0.captions",
    ]


def test_it_says_what_to_do_when_the_campaign_or_the_media_are_not_there(cast: Cast, tmp_path: Path):
    path = _folder(tmp_path)
    with pytest.raises(NotFound, match=r"campaign\.yaml"):
        apply_piece_file(cast.junior, read_piece_file(path), path)
    made.campaign(cast.specialist)
    with pytest.raises(Invalid, match="crosscut ingest"):
        apply_piece_file(cast.junior, read_piece_file(path), path)
    assert not Piece.objects.exists()


def test_it_brings_a_piece_to_what_its_file_says_now(cast: Cast, tmp_path: Path):
    import hashlib

    made.campaign(cast.specialist)
    path = _folder(tmp_path)
    asset = made.asset(cast.junior, "leaf.jpg")
    Version.objects.filter(asset=asset).update(sha256=hashlib.sha256(b"not read here").hexdigest())
    piece = apply_piece_file(cast.junior, read_piece_file(path), path)
    edition = freeze(piece)
    assert freeze(apply_piece_file(cast.junior, read_piece_file(path), path)) == edition
    set_media(cast.junior, piece, made.asset(cast.junior, "not-in-the-file.jpg"))
    set_outlet(cast.junior, piece, channel_slug="practice", post_type="images")
    assert freeze(apply_piece_file(cast.junior, read_piece_file(path), path)) == edition
    path.write_text(FILE.replace("  site: {type: article}", "  practice: {type: images}"))
    changed = apply_piece_file(cast.junior, read_piece_file(path), path)
    assert [outlet.channel for outlet in changed.outlets.all()] == ["practice"]


@pytest.mark.parametrize(
    ("entry", "where"),
    [
        ("at: 2026-12-01T09:00+01:00", "schedule.at"),
        ("zone: Mars/Olympus", "schedule.zone"),
        ("to: []", "schedule.to"),
    ],
)
def test_it_names_the_place_of_a_schedule_that_cannot_be(tmp_path: Path, entry: str, where: str):
    name = entry.partition(":")[0]
    lines = [line for line in ("to: [{account: Site}]",) if name != "to"]
    text = FILE + "schedule:\n" + "".join(f"  {line}\n" for line in (*lines, entry))
    with pytest.raises(Invalid) as told:
        read_piece_file(_folder(tmp_path, text))
    assert f"leaf.yaml: {where}" in [problem.where for problem in told.value.problems]


def test_a_campaign_file_with_a_metric_nobody_knows_is_refused(cast: Cast):
    from crosscut.apps.plan.services.from_file import apply_campaign_file

    text = "crosscut: 1\nname: Look\nslug: look\nkey_results: [{name: Fame, metric: site.fame, goal: 5}]"
    with pytest.raises(Invalid, match="fame"):
        apply_campaign_file(cast.lead, parse(text, CampaignFile, name="campaign.yaml"))
    assert not Campaign.objects.exists()


def test_a_guest_writes_nothing(cast: Cast):
    piece = made.piece(cast.junior)
    with pytest.raises(NotAllowed):
        change_piece(cast.guest, piece, text="Mine")

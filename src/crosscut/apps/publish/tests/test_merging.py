"""When duplicates become one, pieces show the one that stays; what is approved, planned or live keeps its file."""

from datetime import timedelta

import pytest
from django.utils import timezone

from crosscut.apps.library import queries
from crosscut.apps.library.models import Asset
from crosscut.apps.library.services.clear import Terms, add_licence
from crosscut.apps.library.services.merging import Choice, merge, plan, undo_merge
from crosscut.apps.library.tests import making
from crosscut.apps.library.tests.conftest import store
from crosscut.apps.produce.services.approve import approve, is_approved
from crosscut.apps.produce.services.freeze import freeze
from crosscut.apps.produce.services.write import create_piece, set_media, set_outlet
from crosscut.apps.publish.services.schedule import schedule
from crosscut.apps.publish.tests.world import account_of, fresh, world

__all__ = ["store", "world"]
pytestmark = pytest.mark.usefixtures("world")


@pytest.fixture
def two(cast, tmp_path) -> tuple[Asset, Asset]:
    """The one that stays, and the one that goes; both may be used everywhere."""
    keep, gone = (
        making.taken_in(cast.junior, making.jpeg(tmp_path / f"{colour}.jpg", colour=colour))
        for colour in ("teal", "navy")
    )
    for asset in (keep, gone):
        add_licence(cast.senior, asset.pk, Terms(holder="Rosa Diaz", terms="Own work"))
    return keep, gone


def piece_with(cast, asset: Asset):
    account = account_of(cast.workspace)
    piece = create_piece(cast.senior, title="Reef", text="The reef is waking up.")
    set_media(cast.senior, piece, asset, alt_text="A reef at dawn.", focus_x=0.2, focus_y=0.3)
    set_outlet(cast.senior, piece, channel_slug=account.channel, post_type="images")
    return piece, account


def test_drafts_show_the_one_that_stays_with_their_own_words(cast, two):
    keep, gone = two
    piece, _account = piece_with(cast, gone)
    choice = Choice(keep=keep.pk, gone=[gone.pk])
    (shows,) = plan(cast.junior, choice).shows
    assert (shows.title, shows.obstacle) == ("Reef", "")
    row = merge(cast.junior, choice)
    use = piece.media.get()
    assert (use.asset, use.alt_text, use.focus_x) == (keep, "A reef at dawn.", 0.2)
    assert gone in queries.binned_for(cast.junior)
    undo_merge(cast.junior, row.pk)
    use = piece.media.get()
    assert (use.asset, use.focus_x) == (gone, 0.2) and gone in queries.assets_for(cast.junior)


def test_what_is_approved_keeps_its_bytes_and_the_file_goes_to_the_archive(cast, two):
    keep, gone = two
    piece, account = piece_with(cast, gone)
    edition = freeze(piece)
    approve(cast.lead, edition)
    at = (timezone.now() + timedelta(days=2)).replace(tzinfo=None)
    post = schedule(cast.senior, piece, account, wall_time=at, zone="UTC")
    planned = plan(cast.junior, Choice(keep=keep.pk, gone=[gone.pk]))
    assert planned.to_archive == {gone.pk} and "approved" in planned.shows[0].obstacle
    row = merge(cast.junior, Choice(keep=keep.pk, gone=[gone.pk]))
    assert piece.media.get().asset == gone and freeze(piece) == edition and is_approved(edition)
    assert fresh(post).edition == edition
    gone.refresh_from_db()
    assert gone.archived_at and gone.binned_at is None
    undo_merge(cast.junior, row.pk)
    gone.refresh_from_db()
    assert gone.archived_at is None


def test_a_piece_that_shows_both_keeps_both(cast, two):
    keep, gone = two
    piece, _account = piece_with(cast, gone)
    set_media(cast.senior, piece, keep)
    merge(cast.junior, Choice(keep=keep.pk, gone=[gone.pk]))
    assert {use.asset for use in piece.media.all()} == {keep, gone}
    gone.refresh_from_db()
    assert gone.archived_at


def test_what_a_person_wrote_in_the_piece_since_is_not_undone_with_the_merge(cast, two):
    keep, gone = two
    piece, _account = piece_with(cast, gone)
    row = merge(cast.junior, Choice(keep=keep.pk, gone=[gone.pk]))
    set_media(cast.senior, piece, keep, alt_text="Two divers.")
    undo_merge(cast.junior, row.pk)
    assert (piece.media.get().asset, piece.media.get().alt_text) == (gone, "Two divers.")


def test_the_plan_says_what_is_then_done_with_those_that_go(cast, two):
    keep, gone = two
    piece, account = piece_with(cast, gone)
    at = (timezone.now() + timedelta(days=2)).replace(tzinfo=None)
    schedule(cast.senior, piece, account, wall_time=at, zone="UTC")  # the piece moves on, the post keeps its file
    planned = plan(cast.junior, Choice(keep=keep.pk, gone=[gone.pk]))
    row = merge(cast.junior, Choice(keep=keep.pk, gone=[gone.pk]))
    assert planned.to_archive == {gone.pk} and row.gone[0]["to"] == "archive"


def test_a_piece_that_was_changed_since_stays_and_is_counted(cast, two):
    keep, gone = two
    piece, _account = piece_with(cast, gone)
    row = merge(cast.junior, Choice(keep=keep.pk, gone=[gone.pk]))
    set_media(cast.senior, piece, gone)
    assert undo_merge(cast.junior, row.pk).kept == ("1 piece that was changed",)

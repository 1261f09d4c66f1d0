"""What stands between a translation and its public."""

from django.utils import timezone
from tests.cast import Cast

from crosscut.apps.library.models import Track
from crosscut.apps.preflight.services import check_edition, check_piece
from crosscut.apps.produce.models import Piece
from crosscut.apps.produce.services.freeze import freeze
from crosscut.apps.produce.services.translate import add_language, keep_words
from crosscut.apps.produce.services.write import change_piece
from crosscut.apps.produce.tests import translated


def _found(piece: Piece, slug: str) -> set[tuple[str, str, str]]:
    found = check_piece(piece)[slug]
    return {(one.code, one.level.value, one.where) for one in found if one.code.startswith("translation.")}


def test_words_that_nobody_translated_stop_a_post(cast: Cast):
    source = translated.source(cast)
    piece = add_language(cast.junior, source, "de")
    stopped = {("translation.missing", "block", where) for where in ("text", "media[0]")}
    assert _found(piece, "practice") == stopped
    assert _found(piece, "site") == {*stopped, ("translation.missing", "block", "title")}
    keep_words(cast.junior, piece, translated.words_for(source))
    piece.refresh_from_db()
    assert _found(piece, "practice") == _found(piece, "site") == set()
    assert _found(source, "site") == set()


def test_a_source_that_changed_since_is_advice_and_stops_nothing(cast: Cast):
    found = translated.german(cast)
    edition = freeze(found.piece)
    change_piece(cast.junior, found.source.piece, text="Another text.")
    assert _found(found.piece, "site") == {("translation.out_of_date", "advice", "text")}
    assert _found(found.piece, "practice") == set()  # it has words of its own there
    checked = check_edition(edition, "site", "article", at=timezone.now())
    assert "translation.out_of_date" in {one.code for one in checked}


def test_captions_in_another_language_only_are_said(cast: Cast):
    piece = translated.german(cast).piece
    asset = piece.media.get().asset
    track = Track.objects.create(asset=asset, kind="captions", language="en", text="WEBVTT")
    assert ("translation.captions", "advice", "media[0]") in _found(piece, "site")
    track.language = "de-CH"
    track.save()
    assert _found(piece, "site") == set()

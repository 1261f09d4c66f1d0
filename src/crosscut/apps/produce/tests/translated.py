"""A piece and its German translation, for tests."""

from tests.cast import Cast

from crosscut.apps.produce.languages import language_for
from crosscut.apps.produce.models import Piece
from crosscut.apps.produce.services.translate import add_language, agree, keep_words
from crosscut.apps.produce.services.write import create_piece, set_media, set_outlet
from crosscut.apps.produce.tests import made
from crosscut.apps.produce.translating import Language

TEXT = "Half of the reef is gone.\n\nThe other half has a plan: https://reef.example/plan @reef.example #reef"
GERMAN = "Das halbe Riff ist weg.\n\nDie andere Hälfte hat einen Plan: https://reef.example/plan @reef.example #riff"


def source(cast: Cast) -> Piece:
    """A piece in English with a described picture, and words of its own on one of its two channels."""
    row = create_piece(cast.junior, title="A plan", text=TEXT, tags=["reef"], link="https://reef.example/plan")
    picture = made.asset(cast.junior, "leaf.jpg", alt_text="A diver above a pale reef.")
    made.licence(picture)
    set_media(cast.junior, row, picture)
    set_outlet(cast.junior, row, channel_slug="practice", post_type="images", text="Half is gone.", title="")
    set_outlet(cast.junior, row, channel_slug="site", post_type="article")
    row.refresh_from_db()
    return row


def words_for(piece: Piece) -> dict[str, str]:
    """Everything that `source` says, in German, by passage."""
    return {
        "title": "Ein Plan",
        "text": GERMAN,
        "tags": "riff",
        "practice.text": "Die Hälfte ist weg.",
        f"media.{piece.media.get().asset_id}.alt": "Eine Taucherin über einem blassen Riff.",
    }


def german(cast: Cast, piece: Piece | None = None) -> Language:
    """`source` in German, every passage done by the specialist."""
    made_of = piece or source(cast)
    row = add_language(cast.specialist, made_of, "de")
    keep_words(cast.specialist, row, words_for(made_of))
    done(cast, row)
    return language_for(cast.specialist, row.pk)


def done(cast: Cast, piece: Piece) -> None:
    """Says of all passages of the translation that they are done."""
    found = language_for(cast.specialist, piece.pk)
    agree(cast.specialist, piece, {passage.key: passage.seen for passage in found.passages})

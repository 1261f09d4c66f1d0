"""Rows of translations: the languages of a piece, and the piece a translation comes from."""

from collections.abc import Iterable

from django.db.models import QuerySet

from crosscut.apps.accounts.models import Member
from crosscut.apps.produce.models import Piece, Translation
from crosscut.apps.produce.queries import piece_for
from crosscut.apps.produce.translating import Language, languages_of
from crosscut.kernel.errors import NotFound
from crosscut.kernel.phrases import phrase


def languages(piece: Piece) -> list[Language]:
    """The languages the piece was given beside its own, those archived left out. `piece` comes from `piece_for`."""
    rows = _rows().filter(source=piece, piece__archived_at=None)
    return languages_of(rows.order_by("piece__language", "pk"))


def language_for(member: Member, piece_id: int) -> Language:
    """One piece as the translation it is, archived or not. Raises NotFound, also for a piece that is its own source."""
    piece = piece_for(member, piece_id)
    found = languages_of(_rows().filter(piece=piece))
    if not found:
        raise NotFound(phrase("“{title}” is no translation of another piece.", title=piece.title))
    return found[0]


def language_of(piece: Piece) -> Language | None:
    """The same for a piece at hand; None for one that is its own source."""
    return next(iter(languages_of(_rows().filter(piece=piece))), None)


def translation_of(piece_id: int) -> Translation | None:
    """The bare row, for who judges frozen states."""
    return next(iter(translations_of([piece_id])), None)


def translations_of(piece_ids: Iterable[int]) -> list[Translation]:
    """The same of several pieces: the rows of those that are translations."""
    return list(Translation.objects.select_related("source__workspace").filter(piece__in=list(piece_ids)))


def has_languages(piece: Piece) -> bool:
    """Whether the piece was given a language beside its own."""
    return Translation.objects.filter(source=piece, piece__archived_at=None).exists()


def captions_in(language: str, tracks: Iterable[str]) -> bool:
    """Whether one of those languages will do for a reader of that one.

    >>> captions_in("de-AT", ["en", "de"]), captions_in("de", ["en"])
    (True, False)
    """
    wanted = language.partition("-")[0].lower()
    return wanted in {one.partition("-")[0].lower() for one in tracks}


def _rows() -> QuerySet[Translation]:
    people = ("translated_by__user", "reviewed_by__user")
    return Translation.objects.select_related("piece__workspace", "source__workspace", *people)

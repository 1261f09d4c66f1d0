"""A piece and its source side by side: passages, which of them say the same, and how far a language is.

A passage is one text of a piece, named as the editor names its field: "title", "bluesky.text", "media.12.alt". What
somebody said of two texts ("these say the same") is kept with both, so that a change of either is seen by comparing.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum

from crosscut.apps.produce.models import Outlet, Piece, PieceMedia, Translation
from crosscut.apps.produce.queries import media_by_piece, outlets_by_piece
from crosscut.kernel.records import digest

EXTRA_WORDS = ("spoiler_text", "first_comment")  # of what only one channel has: those that its readers read
_SHARED = ("title", "text", "summary")
_LINK = "link"  # an address: another one where there is another page, else the same; nothing to translate
Agreed = Mapping[str, list[str]]  # of Translation.agreed


class PassageState(StrEnum):
    """How it stands with one passage."""

    MISSING = "missing"
    DRAFT = "draft"  # there are words, and nobody has said yet that they are right
    DONE = "done"
    STALE = "stale"  # the source changed after somebody said so


class LanguageState(StrEnum):
    """How far a language is, worst first."""

    NOT_BEGUN = "not-begun"
    OUT_OF_DATE = "out-of-date"
    UNDER_WAY = "under-way"
    TRANSLATED = "translated"
    REVIEWED = "reviewed"


@dataclass(frozen=True, kw_only=True)
class Passage:
    """One text in both languages."""

    key: str  # "text", "bluesky.text", "media.12.alt": as the editor names the field
    source: str
    target: str
    before: str | None  # the source's words when somebody said that the two say the same; None: nobody did
    state: PassageState

    @property
    def seen(self) -> str:
        """Names the source's words, for whoever says later that they looked at these."""
        return seen_as(self.source)


@dataclass(frozen=True, kw_only=True)
class Written:
    """A piece with all that is written in it."""

    piece: Piece
    outlets: tuple[Outlet, ...]
    uses: tuple[PieceMedia, ...]  # assets read along


@dataclass(frozen=True, kw_only=True)
class Language:
    """A piece in one more language."""

    translation: Translation
    source: Written
    ours: Written
    passages: tuple[Passage, ...]
    state: LanguageState

    @property
    def piece(self) -> Piece:
        """The piece in that language."""
        return self.ours.piece

    @property
    def done(self) -> int:
        """How many passages are done."""
        return sum(passage.state is PassageState.DONE for passage in self.passages)


def written(pieces: Iterable[Piece]) -> dict[int, Written]:
    """Each piece with its channels and media by its id, in as many queries as for one."""
    rows = list(pieces)
    outlets, media = outlets_by_piece(rows), media_by_piece(rows)
    return {row.pk: Written(piece=row, outlets=tuple(outlets[row.pk]), uses=tuple(media[row.pk])) for row in rows}


def languages_of(rows: Iterable[Translation]) -> list[Language]:
    """How each of them stands. The rows with `piece` and `source`, as `languages` reads them."""
    found = list(rows)
    known = written({piece.pk: piece for row in found for piece in (row.piece, row.source)}.values())
    return [_language(row, known[row.source_id], known[row.piece_id]) for row in found]


def _language(row: Translation, source: Written, ours: Written) -> Language:
    passages = passages_of(source, ours, row.agreed)
    state = state_of(passages, reviewed_digest=row.reviewed_digest)
    return Language(translation=row, source=source, ours=ours, passages=passages, state=state)


def passages_of(source: Written, ours: Written, agreed: Agreed) -> tuple[Passage, ...]:
    """Every text that has to say in our language what the source says, in the order of the editor."""
    found = (_passage(key, theirs, mine, agreed.get(key)) for key, theirs, mine in _pairs(source, ours))
    return tuple(passage for passage in found if passage)


def state_of(passages: Iterable[Passage], *, reviewed_digest: str = "") -> LanguageState:
    """How far a language is, told from its passages."""
    rows = list(passages)
    states = {passage.state for passage in rows if passage.key != _LINK}
    if states <= {PassageState.MISSING}:
        return LanguageState.NOT_BEGUN
    if PassageState.STALE in {passage.state for passage in rows}:
        return LanguageState.OUT_OF_DATE
    if states != {PassageState.DONE}:
        return LanguageState.UNDER_WAY
    return LanguageState.REVIEWED if reviewed_digest == review_digest(rows) else LanguageState.TRANSLATED


def review_digest(passages: Iterable[Passage]) -> str:
    """Names both languages' words: a review holds for exactly these."""
    return digest([[passage.source, passage.target] for passage in passages])


def seen_as(source: str) -> str:
    """A short name of some words.

    >>> seen_as("Half the reef.") == seen_as("Half the reef."), len(seen_as(""))
    (True, 16)
    """
    return digest(source)[:16]


def passage_state(source: str, target: str, agreed: "list[str] | None") -> PassageState:
    """How it stands with two texts, when `agreed` are the two of which somebody said that they say the same.

    >>> passage_state("Half.", "", None), passage_state("Half.", "Halb.", None)
    (<PassageState.MISSING: 'missing'>, <PassageState.DRAFT: 'draft'>)
    >>> passage_state("Half.", "Halb.", ["Half.", "Halb."]), passage_state("All.", "Halb.", ["Half.", "Halb."])
    (<PassageState.DONE: 'done'>, <PassageState.STALE: 'stale'>)
    """
    if agreed == [source, target]:
        return PassageState.DONE
    if not target or (agreed is None and target == source):
        return PassageState.MISSING  # a title begins as the source's
    if agreed and agreed[0] != source:
        return PassageState.STALE
    return PassageState.DRAFT


def may_be_empty(key: str) -> bool:
    """Whether a language can do without the passage although its source has it.

    >>> may_be_empty("summary"), may_be_empty("bluesky.title"), may_be_empty("text"), may_be_empty("title")
    (True, True, False, False)
    """
    return key in ("summary", "tags", _LINK) or key.endswith(".title") or ".extra." in key


def part_key(channel: str, part: int) -> str:
    """How the passage of a thread's part after the first is called, as the editor names its field.

    >>> part_key("bluesky", 2)
    'bluesky.part.2'
    """
    return f"{channel}.part.{part}"


def is_words(key: str) -> bool:
    """Whether the passage is something to translate: an address is not."""
    return key != _LINK


def _passage(key: str, source: str, target: str, agreed: "list[str] | None") -> Passage | None:
    if not source and not (agreed and agreed[0] and target):
        return None  # nothing to say, and nothing that was said before
    before = agreed[0] if agreed else None
    return Passage(key=key, source=source, target=target, before=before, state=passage_state(source, target, agreed))


def _pairs(source: Written, ours: Written) -> Iterator[tuple[str, str, str]]:
    """Each passage's key, the source's words and ours."""
    for name in _SHARED:
        yield name, getattr(source.piece, name), getattr(ours.piece, name)
    yield "tags", ", ".join(source.piece.tags), ", ".join(ours.piece.tags)
    yield _LINK, source.piece.link, ours.piece.link
    there = {outlet.channel: outlet for outlet in source.outlets}
    for outlet in ours.outlets:
        yield from _outlet_pairs(source.piece, there.get(outlet.channel), outlet)
    described = {use.asset_id: use for use in source.uses if not use.is_decorative}
    for use in ours.uses:
        theirs = described.get(use.asset_id)
        if theirs and not use.is_decorative:
            yield f"media.{use.asset_id}.alt", theirs.alt_text or theirs.asset.alt_text, use.alt_text


def _outlet_pairs(piece: Piece, there: Outlet | None, outlet: Outlet) -> Iterator[tuple[str, str, str]]:
    for name in ("text", "title"):
        own: str | None = getattr(outlet, name)
        if own is not None:
            theirs: str | None = getattr(there, name) if there else None
            yield f"{outlet.channel}.{name}", getattr(piece, name) if theirs is None else theirs, own
    for part, text in enumerate(outlet.further, start=2):
        said = there.further[part - 2] if there and part - 2 < len(there.further) else ""
        yield part_key(outlet.channel, part), said, text
    for name in EXTRA_WORDS:
        theirs = str(there.extra.get(name, "")) if there else ""
        yield f"{outlet.channel}.extra.{name}", theirs, str(outlet.extra.get(name, ""))

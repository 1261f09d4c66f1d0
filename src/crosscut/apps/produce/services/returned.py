"""A translated file on its way back in: looked at passage by passage, then taken as a whole or in part."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass, replace

from django.db import transaction

from crosscut.apps.accounts.models import Member
from crosscut.apps.accounts.permissions import demand
from crosscut.apps.accounts.services.audit import record
from crosscut.apps.produce.kept_words import lost_words
from crosscut.apps.produce.languages import language_for
from crosscut.apps.produce.models import Piece, Translation
from crosscut.apps.produce.paragraphs import joined, paragraphs
from crosscut.apps.produce.services.translate import keep_words, settle
from crosscut.apps.produce.services.write import held_for_writing
from crosscut.apps.produce.translating import Language, Passage, PassageState
from crosscut.apps.produce.xliff import Returned, TranslatedFile, original_of, read_xliff
from crosscut.kernel.errors import Invalid
from crosscut.kernel.phrases import Phrase, Translator, phrase, spoken


@dataclass(frozen=True, kw_only=True)
class Row:
    """What would become of one passage."""

    key: str
    source: str  # as the translator saw it
    now: str  # what the source says today
    before: str  # our words today
    target: str  # the file's words; empty where it has none
    problem: str  # why it cannot be taken; empty where it can
    warnings: tuple[str, ...]  # what to look at first
    is_stale: bool  # the source was changed after the file was made: taken, it is out of date at once

    @property
    def can_be_taken(self) -> bool:
        """Whether there is something to take."""
        return not self.problem

    def said_in(self, translator: Translator) -> "Row":
        """The row with its sentences in the reader's language."""
        warnings = tuple(spoken(one, translator) for one in self.warnings)
        return replace(self, problem=spoken(self.problem, translator), warnings=warnings)

    @property
    def is_clean(self) -> bool:
        """Whether it is taken unless somebody says no."""
        return self.can_be_taken and not self.is_stale


def look(by: Member, piece: Piece, data: bytes) -> list[Row]:
    """What the file would change, in the order of the piece; nothing is kept.

    Raises Invalid for a file that is none, or was made of another piece, translation or language.
    """
    demand(by, "draft")
    return _rows(language_for(by, piece.pk), read_xliff(data))


@transaction.atomic
def take(by: Member, piece: Piece, data: bytes, keys: Collection[str] | None = None) -> Language:
    """Takes the file's words for these passages, or for all that are clean; all or none of them.

    What the translator saw is kept with them, so that a source that was changed since shows as out of date. Raises
    Invalid as `look` does, and for a passage that cannot be taken.
    """
    held_for_writing(by, piece)
    rows = {row.key: row for row in look(by, piece, data)}
    wanted = [key for key, row in rows.items() if row.is_clean] if keys is None else list(keys)
    if not wanted:
        raise Invalid.at("file", phrase("Nothing in this file can be taken."), code="xliff.nothing")
    for key in wanted:
        if key not in rows or not rows[key].can_be_taken:
            why = rows[key].problem if key in rows else phrase("The file has nothing for it.")
            raise Invalid.at(key, why, code="xliff.passage")
    keep_words(by, piece, {key: rows[key].target for key in wanted})
    found = language_for(by, piece.pk)
    said = [_as_seen(passage, rows[passage.key]) for passage in found.passages if passage.key in wanted]
    row = Translation.objects.select_for_update().get(piece=piece.pk)
    record("piece.translation_returned", found.piece, by=by, language=found.piece.language, passages=len(wanted))
    return settle(by, row, found, said)


def _as_seen(passage: Passage, row: Row) -> Passage:
    """The passage with the source's words as the translator saw them: what they said is about those."""
    return Passage(
        key=passage.key, source=row.source, target=passage.target, before=row.source, state=PassageState.DONE
    )


def _rows(found: Language, file: TranslatedFile) -> list[Row]:
    _demand_its_own(found, file)
    returned = {one.key: one for one in file.passages}
    known = [_row(passage, returned[passage.key]) for passage in found.passages if passage.key in returned]
    keys = {passage.key for passage in found.passages}
    return known + [_unknown(one) for key, one in returned.items() if key not in keys]


def _demand_its_own(found: Language, file: TranslatedFile) -> None:
    if file.original != original_of(found):
        words = phrase(
            "This file was made of another piece or another of its languages, not of “{title}” in {language}.",
            title=found.source.piece.title,
            language=found.piece.language,
        )
        raise Invalid.at("file", words, code="xliff.other_piece")
    if file.language and file.language.casefold() != found.piece.language.casefold():
        words = phrase(
            "The file is in {theirs}; this translation is in {ours}.", theirs=file.language, ours=found.piece.language
        )
        raise Invalid.at("file", words, code="xliff.language")


def _row(passage: Passage, returned: Returned) -> Row:
    source = _source_of(passage, returned)
    target = joined([one or "" for one in returned.targets], source) if all(returned.targets) else ""
    problem = _problem(returned, target, passage)
    return Row(
        key=passage.key,
        source=source,
        now=passage.source,
        before=passage.target,
        target=target,
        problem=problem,
        warnings=() if problem else tuple(_warnings(passage, returned, source, target)),
        is_stale=source != passage.source,
    )


def _source_of(passage: Passage, returned: Returned) -> str:
    """What the translator saw: today's words where the file has the same, gaps between paragraphs included."""
    same = list(returned.sources) in (paragraphs(passage.source), [passage.source])
    return passage.source if same else joined(returned.sources, passage.source)


def _problem(returned: Returned, target: str, passage: Passage) -> Phrase | str:
    left = sum(not one for one in returned.targets)
    if left and left < len(returned.targets):
        return phrase("{left} of {n} paragraphs have no translation yet.", left=left, n=len(returned.targets))
    if left:
        return phrase("The file has no translation of it yet.")
    if target == passage.target and passage.state is PassageState.DONE:
        return phrase("It says this already.")
    return ""


def _warnings(passage: Passage, returned: Returned, source: str, target: str) -> Iterator[Phrase]:
    yield from lost_words(source, target)
    if returned.has_markup:
        yield phrase("The file has codes of another program among the words; they are left out.")
    if passage.state is not PassageState.MISSING and passage.target != target:
        yield phrase("It replaces what stands there.")


def _unknown(returned: Returned) -> Row:
    text = "\n\n".join(returned.sources)
    gone = phrase("The piece does not have this any more.")
    return Row(key=returned.key, source=text, now="", before="", target="", problem=gone, warnings=(), is_stale=False)

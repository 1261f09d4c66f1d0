"""A piece in one more language: beginning it, writing it, saying what is done, having it read by a second person."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any

from django.db import transaction
from django.utils import timezone

from crosscut.apps.accounts.models import Member
from crosscut.apps.accounts.services.audit import record
from crosscut.apps.produce.languages import language_for
from crosscut.apps.produce.models import Outlet, Piece, PieceMedia, Translation
from crosscut.apps.produce.services.remember import remember
from crosscut.apps.produce.services.write import Edits, create_piece, held_for_writing, keep, save_edits
from crosscut.apps.produce.translating import (
    EXTRA_WORDS,
    Language,
    LanguageState,
    Passage,
    Written,
    may_be_empty,
    part_key,
    review_digest,
    written,
)
from crosscut.channels.fields import LANGUAGE_PATTERN
from crosscut.kernel.errors import Conflict, Invalid, NotAllowed, Problem
from crosscut.kernel.phrases import phrase

_SHARED = ("title", "text", "summary", "link")


@transaction.atomic
def add_language(by: Member, source: Piece, language: str) -> Piece:
    """A piece of its own that will say the source in that language: same channels and media, words still to come.

    Raises Conflict when the piece is a translation itself or has that language, Invalid for what is no language.
    """
    row = held_for_writing(by, source)
    tidy = tidy_language(language)
    if not re.fullmatch(LANGUAGE_PATTERN, tidy):
        raise Invalid.at("language", phrase("Name the language by its code, such as de-AT."))
    origin = Translation.objects.filter(piece=row).select_related("source").first()
    if origin:
        words = phrase("This is a translation itself. Add the language to “{title}”.", title=origin.source.title)
        raise Conflict(words)
    if tidy.casefold() == row.language.casefold():
        raise Invalid.at("language", phrase("The piece is written in {language}.", language=tidy))
    there = Piece.objects.filter(translation__source=row, archived_at=None, language__iexact=tidy).first()
    if there:
        raise Conflict(phrase("It has {language} already.", language=tidy))
    shared: dict[str, Any] = {"campaign": row.campaign, "link": row.link, "shortens_links": row.shortens_links}
    made = create_piece(by, title=row.title, language=tidy, **shared)
    same = {"link": [row.link, row.link]} if row.link else {}
    Translation.objects.create(piece=made, source=row, agreed=same)
    _add_missing(written([row])[row.pk], written([made])[made.pk])
    record("piece.language_added", row, by=by, language=tidy, piece=made.pk)
    return made


@transaction.atomic
def keep_words(by: Member, piece: Piece, words: Mapping[str, str], *, revision: int | None = None) -> Piece:
    """Saves what was written of the translation, by passage. Raises Conflict when somebody saved meanwhile, Invalid for
    a passage there is none of.
    """
    found = language_for(by, piece.pk)
    known = {passage.key for passage in found.passages}
    unknown = [key for key in words if key not in known]
    if unknown:
        message = phrase("There is nothing called {key} to translate here.", key=repr(unknown[0]))
        raise Invalid(problems=[Problem(code="translation.passage", where=unknown[0], message=message)])
    return save_edits(by, piece, _edits(found.ours, words), revision=revision)


@transaction.atomic
def translate_passages(
    by: Member, piece: Piece, words: Mapping[str, str], *, done: Mapping[str, str], revision: int | None = None
) -> Language:
    """Writes passages and says of those in `done` that they say the same (see `agree`): all of it, or nothing."""
    keep_words(by, piece, words, revision=revision)
    return agree(by, piece, done) if done else language_for(by, piece.pk)


@transaction.atomic
def agree(by: Member, piece: Piece, seen: Mapping[str, str]) -> Language:
    """Says of these passages that they say the same as the source, and remembers them for other pieces.

    `seen` names for each the source's words that were looked at (`Passage.seen`). Raises Conflict when the source says
    something else by now, Invalid for a passage without words.
    """
    held_for_writing(by, piece)
    row = Translation.objects.select_for_update().get(piece=piece.pk)
    found = language_for(by, piece.pk)
    passages = {passage.key: passage for passage in found.passages}
    problems = [problem for key in seen if (problem := _why_not(key, passages.get(key)))]
    if problems:
        raise Invalid(problems=problems)
    if any(passages[key].seen != name for key, name in seen.items()):
        raise Conflict(phrase("The source was changed meanwhile. Look at what it says now."))
    return settle(by, row, found, [passages[key] for key in seen])


def settle(by: Member, row: Translation, found: Language, passages: Iterable[Passage]) -> Language:
    """Keeps that these say the same, in the held row and in the memory; the language as it is then."""
    said = list(passages)
    row.agreed |= {passage.key: [passage.source, passage.target] for passage in said}
    row.translated_by = by
    row.save(update_fields=["agreed", "translated_by"])
    remember(by, found, said)
    return language_for(by, row.piece_id)


@transaction.atomic
def review(by: Member, piece: Piece) -> Language:
    """A second person's word that they read both languages. It holds for exactly these words.

    Raises Conflict while something is not translated, NotAllowed for who translated it.
    """
    held_for_writing(by, piece)
    found = language_for(by, piece.pk)
    if found.state not in (LanguageState.TRANSLATED, LanguageState.REVIEWED):
        raise Conflict(phrase("Not everything is translated yet, or the source was changed since."))
    row = Translation.objects.select_for_update().get(piece=piece.pk)
    if row.translated_by_id == by.pk:
        raise NotAllowed(phrase("You translated this last. Somebody else reads it."))
    row.reviewed_by, row.reviewed_at, row.reviewed_digest = by, timezone.now(), review_digest(found.passages)
    row.save(update_fields=["reviewed_by", "reviewed_at", "reviewed_digest"])
    record("piece.translation_reviewed", found.piece, by=by, language=found.piece.language)
    return language_for(by, piece.pk)


@transaction.atomic
def follow_source(by: Member, piece: Piece) -> list[str]:
    """Takes over the channels and media that the source has and the translation has not; the names of what was."""
    row = held_for_writing(by, piece)
    found = language_for(by, row.pk)
    changed = _add_missing(found.source, replace(found.ours, piece=row))
    keep(by, row, changed)
    return changed


def lacking(found: Language) -> tuple[list[Outlet], list[PieceMedia]]:
    """What the source has and the translation has not: channels, or parts of a thread there, and media."""
    channels = {outlet.channel for outlet in found.ours.outlets if not _lacks_parts(outlet, found.source)}
    assets = {use.asset_id for use in found.ours.uses}
    return (
        [outlet for outlet in found.source.outlets if outlet.channel not in channels],
        [use for use in found.source.uses if use.asset_id not in assets],
    )


def tidy_language(text: str) -> str:
    """The tag as BCP 47 writes it (RFC 5646, section 2.1.1); what is none is left to whoever checks it.

    >>> tidy_language(" DE_at "), tidy_language("zh-hant-hk"), tidy_language("es-419")
    ('de-AT', 'zh-Hant-HK', 'es-419')
    """
    primary, *rest = re.split(r"[-_]", text.strip())
    shaped = (part.title() if len(part) == 4 else part.upper() if len(part) == 2 else part.lower() for part in rest)
    return "-".join([primary.lower(), *shaped])


def _why_not(key: str, passage: Passage | None) -> Problem | None:
    if passage is None:
        message = phrase("There is nothing called {key} to translate here.", key=repr(key))
    elif not passage.target and not may_be_empty(key):
        message = phrase("There are no words yet.")
    else:
        return None
    return Problem(code="translation.passage", where=key, message=message)


def _add_missing(source: Written, ours: Written) -> list[str]:
    """Adds channels, parts of threads and media that are lacking, without the source's words; names what was added."""
    channels = {outlet.channel for outlet in ours.outlets}
    assets = {use.asset_id for use in ours.uses}
    outlets = [_empty(outlet, ours.piece) for outlet in source.outlets if outlet.channel not in channels]
    longer = [_as_long(outlet, source) for outlet in ours.outlets if _lacks_parts(outlet, source)]
    Outlet.objects.bulk_update(longer, ["further", "is_numbered"])
    uses = [_undescribed(use, ours.piece) for use in source.uses if use.asset_id not in assets]
    Outlet.objects.bulk_create(outlets)
    PieceMedia.objects.bulk_create(uses)
    return [*(f"channel {outlet.channel}" for outlet in (*outlets, *longer)), *(["media"] if uses else [])]


def _there(outlet: Outlet, source: Written) -> Outlet | None:
    """What the source shows on the same channel."""
    return next((one for one in source.outlets if one.channel == outlet.channel), None)


def _lacks_parts(outlet: Outlet, source: Written) -> bool:
    there = _there(outlet, source)
    return there is not None and len(there.further) > len(outlet.further)


def _as_long(outlet: Outlet, source: Written) -> Outlet:
    """The outlet with as many parts as the source has there, the new ones still to be written. Not saved yet."""
    there = _there(outlet, source)
    if there is not None:
        outlet.further = [*outlet.further, *[""] * (len(there.further) - len(outlet.further))]
        outlet.is_numbered = there.is_numbered
    return outlet


def _empty(outlet: Outlet, piece: Piece) -> Outlet:
    """What is the source's own on a channel is the translation's own there too, and has to be written."""
    return Outlet(
        piece=piece,
        channel=outlet.channel,
        post_type=outlet.post_type,
        text=None if outlet.text is None else "",
        title=None if outlet.title is None else "",
        extra={name: value for name, value in outlet.extra.items() if name not in EXTRA_WORDS},
        further=[""] * len(outlet.further),
        is_numbered=outlet.is_numbered,
    )


def _undescribed(use: PieceMedia, piece: Piece) -> PieceMedia:
    return PieceMedia(
        piece=piece,
        asset_id=use.asset_id,
        position=use.position,
        is_decorative=use.is_decorative,
        focus_x=use.focus_x,
        focus_y=use.focus_y,
        channels=use.channels,
        parts=use.parts,
    )


def _edits(ours: Written, words: Mapping[str, str]) -> Edits:
    """The passages as the fields they are."""
    shared: dict[str, Any] = {name: words[name] for name in _SHARED if name in words}
    if "tags" in words:
        shared["tags"] = words["tags"].split(",")
    return Edits(
        words=shared,
        outlets={outlet.channel: fields for outlet in ours.outlets if (fields := _outlet_words(outlet, words))},
        media={
            use.asset_id: {"alt_text": words[key].strip()}
            for use in ours.uses
            if (key := f"media.{use.asset_id}.alt") in words
        },
    )


def _outlet_words(outlet: Outlet, words: Mapping[str, str]) -> dict[str, Any]:
    own: dict[str, Any] = {
        name: words[key] for name in ("text", "title") if (key := f"{outlet.channel}.{name}") in words
    }
    further = [words.get(part_key(outlet.channel, part), text) for part, text in enumerate(outlet.further, start=2)]
    own |= {"further": further} if further != outlet.further else {}
    given = {name: words[key] for name in EXTRA_WORDS if (key := f"{outlet.channel}.extra.{name}") in words}
    if not given:
        return own
    extra = {name: value for name, value in {**outlet.extra, **given}.items() if value != ""}
    return {**own, "extra": extra}

"""What a translation lacks on a channel: words nobody translated, and a source that was changed since."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from crosscut.apps.preflight.drafting import Files
from crosscut.apps.preflight.threads import place_in_part
from crosscut.apps.produce.kinds import kind_of
from crosscut.apps.produce.languages import captions_in, translations_of
from crosscut.apps.produce.models import Piece
from crosscut.apps.produce.services.freeze import contents_of, media_for
from crosscut.apps.produce.translating import PassageState, part_key, passage_state
from crosscut.kernel.findings import Finding, Level
from crosscut.kernel.phrases import phrase


@dataclass(frozen=True, kw_only=True)
class Origin:
    """What a translation was made of."""

    content: dict[str, Any]  # of the source, as it is now
    agreed: Mapping[str, list[str]]  # by passage: both languages' words of which somebody said that they say the same


def origins_of(pieces: Iterable[Piece]) -> dict[int, Origin]:
    """What those of the pieces that are translations were translated from, by the piece's id."""
    rows = translations_of({piece.pk for piece in pieces})
    sources = contents_of({row.source_id: row.source for row in rows}.values())
    return {row.piece_id: Origin(content=sources[row.source_id], agreed=row.agreed) for row in rows}


def translation_findings(
    origin: Origin | None, content: dict[str, Any], channel_slug: str, files: Files
) -> tuple[Finding, ...]:
    """The findings about the frozen content on one channel; none for a piece that is its own source."""
    if origin is None:
        return ()
    said = [*_said(origin, content, channel_slug), *_descriptions(origin, content, channel_slug, files)]
    states = [(where, passage_state(theirs, ours, origin.agreed.get(key))) for where, key, theirs, ours in said]
    return (
        *(_missing(where) for where, state in states if state is PassageState.MISSING),
        *(_stale(where) for where, state in states if state is PassageState.STALE),
        *_captions(content, channel_slug),
    )


def _said(origin: Origin, content: dict[str, Any], slug: str) -> Iterator[tuple[str, str, str, str]]:
    """What the channel shows of title and text: where, which passage, the source's words, ours."""
    outlet = content["outlets"][slug]
    source = origin.content["outlets"].get(slug, origin.content)
    kind = kind_of(slug, outlet["post_type"])
    for name in ("title", "text") if kind and kind.title else ("text",):
        is_own = outlet[name] != content[name]
        theirs = source[name] if is_own else origin.content[name]
        if theirs:
            yield name, f"{slug}.{name}" if is_own else name, theirs, outlet[name]
    there = source.get("further", ())
    for part, shown in enumerate(outlet.get("further", ()), start=2):
        theirs = there[part - 2]["text"] if part - 2 < len(there) else ""
        if theirs:
            yield place_in_part(part, "text"), part_key(slug, part), theirs, shown["text"]


def _descriptions(
    origin: Origin, content: dict[str, Any], slug: str, files: Files
) -> Iterator[tuple[str, str, str, str]]:
    """The same of alt texts. One that nobody wrote for the translation is the asset's, in the source's language."""
    there = {entry["asset"]: entry["alt_text"] for entry in origin.content["media"]}
    for place, entry in enumerate(media_for(content, slug)):
        key = f"media.{entry['asset']}.alt"
        theirs, ours = there.get(entry["asset"], ""), entry["alt_text"]
        if theirs and not entry["is_decorative"]:
            is_assets_own = ours == files.assets[entry["asset"]].alt_text
            yield f"media[{place}]", key, theirs, "" if is_assets_own and key not in origin.agreed else ours


def _captions(content: dict[str, Any], slug: str) -> Iterator[Finding]:
    for place, entry in enumerate(media_for(content, slug)):
        spoken = [track["language"] for track in entry["tracks"] if track["kind"] == "captions"]
        if spoken and not captions_in(content["language"], spoken):
            yield Finding(
                code="translation.captions",
                level=Level.ADVICE,
                where=f"media[{place}]",
                message=phrase("It has captions, but none in {language}.", language=content["language"]),
                repair=phrase("Add captions in this language to the asset."),
                action="add_captions",
            )


def _missing(where: str) -> Finding:
    return Finding(
        code="translation.missing",
        level=Level.BLOCK,
        where=where,
        message=phrase("This is not translated yet."),
        repair=phrase("Translate it, or say that it stays as it is."),
        action="translate",
    )


def _stale(where: str) -> Finding:
    return Finding(
        code="translation.out_of_date",
        level=Level.ADVICE,
        where=where,
        message=phrase("The source was changed after this was translated."),
        repair=phrase("Look at what changed there, and change it here where it matters."),
        action="translate",
    )

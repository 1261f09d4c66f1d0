"""SVG from strangers: cleaned by an allow-list before anybody sees it."""

from dataclasses import dataclass
from pathlib import Path

from crosscut.kernel.errors import Problem
from crosscut.kernel.facts import Kind, MediaFacts, Picture
from crosscut.kernel.phrases import phrase
from crosscut.media import capped
from crosscut.media.sniff import Sniffed


@dataclass(frozen=True, kw_only=True)
class CleanSvg:
    """A drawing with nothing in it that acts or reaches outside."""

    text: str  # well-formed SVG
    width_px: int
    height_px: int
    removed: tuple[str, ...]  # what was taken out: "script", "onload on rect", "link to https://..."


def sanitise(path: Path) -> CleanSvg:
    """The drawing without scripts, event handlers, animation, foreign content and outside references.

    Raises Invalid for a document type or entities, Damaged for what is not well-formed SVG.
    """
    return capped.call("svg:clean", CleanSvg, path=path)


def facts(path: Path, sniffed: Sniffed) -> MediaFacts:
    """The facts of a drawing, with a warning that names what has to be taken out of it."""
    clean = sanitise(path)
    return MediaFacts(
        kind=Kind.IMAGE,
        media_type=sniffed.media_type,
        container=sniffed.container,
        size_bytes=sniffed.size_bytes,
        picture=Picture(width_px=clean.width_px, height_px=clean.height_px, bands=4, has_alpha=True),
        warnings=(*sniffed.warnings, *_removals(path, clean.removed)),
    )


def _removals(path: Path, removed: tuple[str, ...]) -> list[Problem]:
    if not removed:
        return []
    message = phrase(
        "The drawing holds parts that are not shown to anybody: {removed}.", removed=", ".join(removed[:5])
    )
    return [Problem(code="media.svg_cleaned", where=path.name, message=message)]

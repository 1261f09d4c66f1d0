"""Captions as part of the picture, for places that take no caption file and only when the outlet asks for it."""

from collections.abc import Mapping
from typing import Any

from crosscut.kernel.facts import Kind
from crosscut.kernel.findings import Finding, Level
from crosscut.kernel.phrases import phrase
from crosscut.media.ffmpeg import has_fonts
from crosscut.specs.platforms import post_type as find_post_type

WISH = "burn_captions"  # in the outlet's own fields, of the channels that have it


def words_to_burn(outlet: Mapping[str, Any], post_type: str, media: Mapping[str, Any], language: str) -> str:
    """The captions, as text, that become part of this file's picture at that post type; empty where none do.

    Of several languages the piece's own goes first.
    """
    rule = find_post_type(post_type).captions
    takes_none = rule is not None and rule.supported is False
    if not (outlet["extra"].get(WISH) and takes_none and media["kind"] == Kind.VIDEO):
        return ""
    tracks = [track for track in media["tracks"] if track["kind"] == "captions"]
    own = next((track for track in tracks if track["language"] == language), None)
    chosen = own or next(iter(tracks), None)
    return str(chosen["text"]) if chosen else ""


def font_findings(places: list[int], post_type: str) -> tuple[Finding, ...]:
    """What stops the files at these places of a post: nothing, unless this machine has no letters to write with."""
    if not places or has_fonts():
        return ()
    return tuple(
        Finding(
            code="captions.no_font",
            level=Level.BLOCK,
            where=f"media[{place}]",
            post_type=post_type,
            message=phrase("Captions cannot become part of the picture: this machine has no font."),
            repair=phrase("Install one, such as fonts-dejavu-core, or let the captions out of the picture."),
        )
        for place in places
    )

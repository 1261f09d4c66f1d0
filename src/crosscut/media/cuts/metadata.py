"""What Crosscut adds to an OpenTimelineIO file, in the metadata namespace `crosscut`, checked word by word."""

from dataclasses import fields
from fractions import Fraction
from typing import Any, TypeVar

from pydantic import ConfigDict, ValidationError
from pydantic.dataclasses import dataclass as checked

from crosscut.kernel.errors import Invalid, Problem
from crosscut.kernel.phrases import phrase
from crosscut.kernel.records import as_data, from_data
from crosscut.media.cuts.model import Box, Clip, Cut, Music, Words

NAMESPACE = "crosscut"
_STRICT = ConfigDict(extra="forbid")


@checked(frozen=True, kw_only=True, config=_STRICT)
class CutSettings:
    """Of the whole timeline."""

    rate: Fraction | None = None  # frames a second; None takes the rate of most clips
    width_px: int | None = None
    height_px: int | None = None
    words: tuple[Words, ...] = ()
    captions: str = ""  # a caption file to burn in
    music: Music | None = None


@checked(frozen=True, kw_only=True, config=_STRICT)
class ClipSettings:
    """Of one clip."""

    speed: Fraction | None = None  # takes the place of the clip's time effects
    gain_db: Fraction = Fraction(0)
    is_muted: bool = False
    box: Box | None = None
    is_filling: bool = False


Settings = TypeVar("Settings", CutSettings, ClipSettings)


def cut_settings(data: dict[str, Any]) -> CutSettings:
    """The timeline's settings. Raises Invalid with each word that is not known or has a wrong value."""
    return _checked(CutSettings, data, "timeline")


def clip_settings(data: dict[str, Any], name: str) -> ClipSettings:
    """The settings of the clip of this name. Raises Invalid as `cut_settings` does.

    >>> clip_settings({"speed": "3/2"}, "Opening").speed
    Fraction(3, 2)
    >>> clip_settings({"zoom": 2}, "Opening")
    Traceback (most recent call last):
    crosscut.kernel.errors.Invalid: Opening: The effect "zoom" is not known. Known are speed, gain_db, ...
    """
    return _checked(ClipSettings, data, name or "clip")


def _checked(settings: type[Settings], data: dict[str, Any], where: str) -> Settings:
    try:
        return from_data(settings, data)
    except ValidationError as fault:
        known = ", ".join(field.name for field in fields(settings))
        raise Invalid(problems=[_problem(error, where, known) for error in fault.errors()]) from fault


def _problem(error: Any, where: str, known: str) -> Problem:
    word = ".".join(str(part) for part in error["loc"])
    if error["type"] in ("unexpected_keyword_argument", "extra_forbidden"):
        message = phrase(
            'The effect "{word}" is not known. Known are {known}. Take it out of the metadata or correct it.',
            word=word,
            known=known,
        )
        return Problem(code="cuts.unknown_effect", where=where, message=message, values={"effect": word})
    message = phrase('The value of "{word}" does not fit: {error}.', word=word, error=error["msg"])
    return Problem(code="cuts.wrong_value", where=where, message=message, values={"effect": word})


def of_cut(cut: Cut) -> dict[str, Any]:
    """What to write into the timeline's metadata: only what differs from silence."""
    settings = CutSettings(
        rate=cut.rate,
        width_px=cut.width_px,
        height_px=cut.height_px,
        words=cut.words,
        captions=cut.captions,
        music=cut.music,
    )
    return _told(settings, CutSettings())


def of_clip(clip: Clip) -> dict[str, Any]:
    """What to write into the clip's metadata; its speed is written as OpenTimelineIO's own effect."""
    settings = ClipSettings(gain_db=clip.gain_db, is_muted=clip.is_muted, box=clip.box, is_filling=clip.is_filling)
    return _told(settings, ClipSettings())


def _told(settings: Any, silence: Any) -> dict[str, Any]:
    quiet = as_data(silence)
    return {name: value for name, value in as_data(settings).items() if value != quiet[name]}

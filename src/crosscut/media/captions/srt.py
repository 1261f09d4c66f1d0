"""SubRip (SRT): there is no standard, so it is read as people write it and written as every player reads it."""

import html
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction

from crosscut.media.captions.records import BOTTOM, KEPT_TAG, Cue, Document, Losses, Settings, clock

_TIME = r"(?:(\d{1,3}):)?(\d{1,2}):(\d{1,2})(?:[.,](\d{1,3}))?"
_TIMING = re.compile(rf"^\s*{_TIME}\s*-->\s*{_TIME}(?:\s+\S.*)?$")
_ANY_TAG = re.compile(r"<[^<>\n]*>|\{\\[^{}\n]*\}")  # of WebVTT and SRT, and the ASS overrides that SRT files carry
_VOICE = re.compile(r"<v(?:\.[\w.]+)?\s+([^<>]+)>")
_PLACE = re.compile(r"\{\\an([1-9])\}")


def parse(text: str) -> Document:
    """The cues of an SRT text, tolerant of missing numbers, hours and milliseconds.

    >>> [cue.text for cue in parse("1\\n0:0:1 --> 0:0:2\\nHello\\n\\n00:02.5 --> 00:03.000 align:start\\n&lt;b").cues]
    ['Hello', '<b']
    """
    lines, losses = text.split("\n"), Losses()
    cues: list[Cue] = []
    index = 0
    while index < len(lines):
        timing = _TIMING.match(lines[index])
        index += 1
        if not timing:
            continue
        words = []
        while index < len(lines) and lines[index].strip() and not _TIMING.match(lines[index]):
            words.append(lines[index].strip())
            index += 1
        cues.append(_cue(timing.groups(), f"caption {len(cues) + 1}", "\n".join(words), losses))
    return Document(format="srt", cues=tuple(cues), warnings=losses.problems())


def _cue(groups: Sequence[str | None], where: str, text: str, losses: Losses) -> Cue:
    start_s, end_s = _seconds(groups[:4]), _seconds(groups[4:])
    words = clean(text)
    if words.dropped:
        losses.add("marks", "Colours, fonts and other marks are left out.", where)
    return Cue(start_s=start_s, end_s=end_s, text=words.text, voice=words.voice, settings=words.settings)


def _seconds(parts: Sequence[str | None]) -> Fraction:
    hours, minutes, seconds, fraction = parts
    whole = int(hours or 0) * 3600 + int(minutes or 0) * 60 + int(seconds or 0)
    return whole + Fraction(int((fraction or "0").ljust(3, "0")), 1000)


@dataclass(frozen=True, kw_only=True)
class Words:
    """The text of a cue without what only its format understands."""

    text: str
    voice: str
    settings: Settings
    dropped: bool  # some mark was left out


def clean(text: str) -> Words:
    """The words with <i>, <b>, <u> kept, one speaker for all of it taken out, and its place from `{\\an8}`.

    >>> clean("{\\\\an8}<font color=red>Up</font> <i>here</i>").text
    'Up <i>here</i>'
    """
    place = _PLACE.search(text)
    text, voice = _voices(_PLACE.sub("", text))
    bare = _ANY_TAG.sub(lambda tag: tag.group() if KEPT_TAG.fullmatch(tag.group()) else "", text)
    settings = settings_of(int(place[1])) if place else BOTTOM
    return Words(text=html.unescape(bare).strip(), voice=voice, settings=settings, dropped=bare != text)


def _voices(text: str) -> tuple[str, str]:
    """One voice in front of everything becomes the cue's; several stay as names in the text."""
    text = text.replace("</v>", "")
    voices = _VOICE.findall(text)
    if len(voices) == 1 and _VOICE.match(text.lstrip()):
        return _VOICE.sub("", text), html.unescape(voices[0].strip())
    return _VOICE.sub(r"\1: ", text), ""


_ALIGN = ("start", "center", "end")


def settings_of(number: int) -> Settings:
    """The place that an `\\an` number of ASS means, laid out like the number pad of a keyboard.

    >>> settings_of(8).line, settings_of(1).align
    (Fraction(0, 1), 'start')
    """
    row, column = divmod(number - 1, 3)
    align = _ALIGN[column]
    if row == 0:
        return replace(BOTTOM, align=align)
    if row == 2:
        return replace(BOTTOM, align=align, line=Fraction(0), line_is_percent=True)
    return replace(BOTTOM, align=align, line=Fraction(50), line_is_percent=True, line_align="center")


def number_of(settings: Settings) -> int:
    """The `\\an` number nearest to the place: 2 is the bottom centre.

    >>> [number_of(settings_of(number)) for number in range(1, 10)]
    [1, 2, 3, 4, 5, 6, 7, 8, 9]
    """
    align = {"left": "start", "right": "end"}.get(settings.align, settings.align)
    row = 0
    if settings.line is not None and settings.line_is_percent:
        row = 2 if settings.line < Fraction(100, 3) else 1 if settings.line < Fraction(200, 3) else 0
    elif settings.line is not None and settings.line >= 0:
        row = 2 if settings.line < 6 else 0
    return row * 3 + _ALIGN.index(align) + 1


def write(document: Document) -> tuple[str, Losses]:
    """The SRT text, numbered from 1, and what SRT cannot hold."""
    losses = Losses()
    blocks = []
    for number, cue in enumerate(document.cues, 1):
        note_settings(cue.settings, losses, f"caption {number}")
        if cue.voice:
            losses.add("voice", "Speakers stand in front of their words.", f"caption {number}")
        place = number_of(cue.settings)
        mark = f"{{\\an{place}}}" if place != 2 else ""
        blocks.append(f"{number}\n{clock(cue.start_s, ',')} --> {clock(cue.end_s, ',')}\n{mark}{_lines(cue)}\n")
    if document.styles:
        losses.add("styles", "Style sheets are left out: SRT has none.")
    return "\n".join(blocks), losses


def _lines(cue: Cue) -> str:
    # An empty line ends a cue, and an arrow begins one.
    lines = (line for line in cue.spoken.replace("-->", "→").split("\n") if line.strip())
    return "\n".join(lines)


def note_settings(settings: Settings, losses: Losses, where: str) -> None:
    """Says what of a place is lost where only nine places are known."""
    if settings.vertical:
        losses.add("vertical", "Vertical writing becomes horizontal.", where)
    if settings.region:
        losses.add("region", "Regions are left out: the captions stand at the bottom.", where)
    if settings != settings_of(number_of(settings)):
        losses.add("place", "The exact place becomes the nearest of nine.", where)


def to_srt(cues: Iterable[Cue]) -> str:
    """The cues as an SRT file, numbered from 1."""
    return write(Document(format="srt", cues=tuple(cues)))[0]

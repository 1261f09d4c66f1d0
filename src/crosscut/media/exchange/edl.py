"""Edit decision lists (CMX 3600): written here, because the adapter counts the medium of a changed speed wrongly.

CMX 3600 as programs write it today: events with source and record timecode, M2 for speed, comments for names. One
picture track; a dissolve begins where the next event does.
"""

import math
import re
from collections.abc import Iterator
from fractions import Fraction

from crosscut.media.cuts.layout import Stretch, Use, frame_at, stretches
from crosscut.media.cuts.model import Clip, Cut, Track, media_of

REEL_LETTERS = 8  # what every reader takes
FIRST_RECORD = re.compile(r"^\d+\s+\S+\s+\S+\s+\S+(?:\s+\d{3})?\s+\S+\s+\S+\s+(\d\d:\d\d:\d\d[:;]\d\d)", re.MULTILINE)


def write(cut: Cut) -> str:
    """The lowest picture track as a list. What it has no place for is left out; reading it back shows what."""
    track = cut.pictures[0] if cut.pictures else Track(kind="video", items=())
    parts = [part for part in stretches(track, cut.rate, frame_at(track.duration_s, cut.rate)) if part.frames]
    lines = [f"TITLE: {_line(cut.name) or 'Crosscut'}", "FCM: NON-DROP FRAME", ""]
    number = 0
    for place, part in enumerate(parts):
        before, after = ([None, *parts][place], [*parts, None][place + 1])
        if part.style:
            number += 1
            lines += _dissolve(cut, part, after, number)
        elif part.first and not (before and before.style):  # else it is told with the dissolve in front of it
            number += 1
            lines += _straight(cut, part, number)
    return "\r\n".join([*lines, ""])


def _straight(cut: Cut, part: Stretch, number: int) -> Iterator[str]:
    use = part.first
    if use:
        yield _event(cut, use, (part.start, part.end), number, "C   ")
        yield from _about(cut, use, "FROM")


def _dissolve(cut: Cut, part: Stretch, after: Stretch | None, number: int) -> Iterator[str]:
    """The two lines of a dissolve; the second clip's event goes on to the next one."""
    if not (part.first and part.second):
        return
    end = after.end if after and not after.style else part.end
    yield _event(cut, part.first, (part.start, part.start), number, "C   ")
    yield _event(cut, part.second, (part.start, end), number, f"D {part.frames:03}")
    yield from _names(part.first, "FROM")
    yield from _about(cut, part.second, "TO")


def _event(cut: Cut, use: Use, span: tuple[int, int], number: int, how: str) -> str:
    begin_s = use.clip.origin_s + use.from_s
    frames = span[1] - span[0]
    used = frame_at(frames / cut.rate * use.clip.speed, cut.rate)
    begin, record = frame_at(begin_s, cut.rate), frame_at(cut.start_timecode_s, cut.rate)
    source = f"{timecode(begin, cut.rate)} {timecode(begin + used, cut.rate)}"
    place = f"{timecode(record + span[0], cut.rate)} {timecode(record + span[1], cut.rate)}"
    return f"{number:03}  {_reel(use.clip):8} V     {how:5} {source} {place}"


def _about(cut: Cut, use: Use, way: str) -> Iterator[str]:
    if use.clip.speed != 1:
        begin = timecode(frame_at(use.clip.origin_s + use.from_s, cut.rate), cut.rate)
        yield f"M2   {_reel(use.clip):8}       {float(use.clip.speed * cut.rate):05.1f}                {begin}"
    yield from _names(use, way)


def _names(use: Use, way: str) -> Iterator[str]:
    yield f"* {way} CLIP NAME:  {_line(use.clip.name or media_of(use.clip))}"
    if use.clip.media:
        yield f"* {way} CLIP: {_line(use.clip.media)}"


def _reel(clip: Clip) -> str:
    """A tape's name that every reader takes.

    >>> _reel(Clip(name="", media="/a/Reef at dawn.mp4", start_s=Fraction(0), duration_s=Fraction(1)))
    'Reefatda'
    """
    stem = clip.reel or media_of(clip).replace("\\", "/").rsplit("/", 1)[-1].rsplit(".", 1)[0]
    return "".join(letter for letter in stem if letter.isascii() and letter.isalnum())[:REEL_LETTERS] or "AX"


def _line(text: str) -> str:
    """One line, whatever the text holds: a new line would begin another event."""
    return " ".join(text.split())


def timecode(frame: int, rate: Fraction) -> str:
    """The frame's timecode, non-drop.

    >>> timecode(90_005, Fraction(25)), timecode(30, Fraction(30000, 1001))
    ('01:00:00:05', '00:00:01:00')
    """
    seconds, frames = divmod(frame, math.ceil(rate))
    return f"{seconds // 3600:02}:{seconds // 60 % 60:02}:{seconds % 60:02}:{frames:02}"


def has_events(text: str) -> bool:
    """Whether any line of the text is an event of a list."""
    return FIRST_RECORD.search(text) is not None


def begins_at(text: str, rate: Fraction) -> Fraction:
    """The record timecode of a list's first event, in seconds; 0 where there is none."""
    found = FIRST_RECORD.search(text)
    if not found:
        return Fraction(0)
    hours, minutes, seconds, frames = (int(part) for part in re.split("[:;]", found[1]))
    return ((hours * 60 + minutes) * 60 + seconds) * math.ceil(rate) / rate + frames / rate

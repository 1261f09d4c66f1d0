"""What makes captions hard to read, measured against limits: specs says it in sentences, media mends it.

Nothing here knows a house or a language: a profile of specs becomes `CaptionLimits` for a language, audience and film.
"""

import math
import re
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from itertools import pairwise
from typing import Any, Protocol

from crosscut.kernel.graphemes import graphemes

_TAGS = re.compile(r"<[^>]*>|\{\\[^}]*\}")  # WebVTT and SubRip marks, ASS overrides: nobody reads them
_SPEAKER_DASH = re.compile(r"\s*(?:<[^>]*>)*[-–—‐]\s*\S")
_EDGE_MARKS = "\"'“”‘’«»()[]…"


class Timed(Protocol):
    """Anything that is a caption: media's cues, another tool's."""

    @property
    def start_s(self) -> Fraction:
        """When it appears, from the beginning of the film."""
        ...

    @property
    def end_s(self) -> Fraction:
        """When it goes away."""
        ...

    @property
    def text(self) -> str:
        """Its lines divided by "\\n", tags and all."""
        ...


@dataclass(frozen=True, kw_only=True)
class CaptionLimits:
    """What captions must keep to. None: no figure is known, so nothing is judged by it."""

    frame_rate: Fraction = Fraction(24)  # of the film
    min_duration_s: Fraction | None = None
    max_duration_s: Fraction | None = None
    min_gap_s: Fraction | None = None
    gap_closed_below_s: Fraction | None = None  # a gap shorter than this looks like a flicker: close it to min_gap_s
    max_lines: int | None = None
    line_chars: int | None = None
    counts_narrow_half: bool = False  # Latin letters and figures count half a sign beside full-width ones
    counts_spaces: bool = True  # spaces count as characters that must be read
    speed_cps: int | None = None  # characters a second
    speed_wpm: int | None = None  # words a minute
    shot_snap_s: Fraction | None = None  # a start or end this near to a shot change belongs on it
    keeps_one_line: bool = False  # two lines only where one does not hold the words
    bound_words: frozenset[str] = frozenset()  # words that belong to the next one: no line ends with them


@dataclass(frozen=True, kw_only=True)
class Breach:
    """One limit that one caption does not keep."""

    code: str  # "captions.too_fast"
    index: int  # of the caption, in time
    values: Mapping[str, Any] = field(default_factory=dict)  # found, limit, and what mends it, as exact numbers


def plain_lines(text: str) -> list[str]:
    """The lines as people read them, without tags and without empty ones.

    >>> plain_lines("<v Ana>The reef\\n<i>breathes</i>")
    ['The reef', 'breathes']
    """
    lines = (" ".join(_TAGS.sub("", line).split()) for line in text.splitlines())
    return [line for line in lines if line]


def width(text: str, limits: CaptionLimits) -> Fraction:
    """How many signs wide the text is: grapheme clusters, narrow ones counted half where the limits say so.

    >>> str(width("日本 2026", CaptionLimits(counts_narrow_half=True))), str(width("👍🏽é", CaptionLimits()))
    ('9/2', '2')
    """
    clusters = graphemes(text)
    if not limits.counts_narrow_half:
        return Fraction(len(clusters))
    return sum((Fraction(1) if is_wide(cluster) else Fraction(1, 2) for cluster in clusters), Fraction(0))


def is_wide(cluster: str) -> bool:
    """Whether a sign takes a full square. Unicode Annex 11: wide and fullwidth.

    >>> is_wide("字"), is_wide("ｶ"), is_wide("a")
    (True, False, False)
    """
    return unicodedata.east_asian_width(cluster[0]) in ("W", "F")


def reading_s(text: str, limits: CaptionLimits) -> Fraction:
    """The least time in which the words can be read at the limits' speed; zero where they name none.

    >>> str(reading_s("a" * 34, CaptionLimits(speed_cps=17)))
    '2'
    """
    words = " ".join(plain_lines(text))
    by_signs = _signs(words, limits) / limits.speed_cps if limits.speed_cps else Fraction(0)
    by_words = Fraction(len(words.split()) * 60, limits.speed_wpm) if limits.speed_wpm else Fraction(0)
    return max(by_signs, by_words)


def _signs(words: str, limits: CaptionLimits) -> Fraction:
    return width(words if limits.counts_spaces else words.replace(" ", ""), limits)


def is_dialogue(lines: Sequence[str]) -> bool:
    """Whether a line marks another speaker by a dash, so that the lines must not be joined.

    >>> is_dialogue(["- Yes?", "- No."]), is_dialogue(["One", "two"])
    (True, False)
    """
    return any(_SPEAKER_DASH.match(line) for line in lines)


def ends_bound(line: str, limits: CaptionLimits) -> bool:
    """Whether the line's last word belongs to the one after it, as an article does.

    >>> ends_bound("Give me the", CaptionLimits(bound_words=frozenset({"the"})))
    True
    """
    words = line.split()
    return bool(words) and words[-1].strip(_EDGE_MARKS).casefold() in limits.bound_words


def breaches(cues: Sequence[Timed], limits: CaptionLimits, *, shots: Sequence[Fraction] = ()) -> Iterator[Breach]:
    """Every limit that is not kept, of cues that are in time; `shots` are the moments at which the picture changes."""
    for index, cue in enumerate(cues):
        for code, values in _of_one(cue, limits):
            yield Breach(code=f"captions.{code}", index=index, values=values)
        for code, values in _at_shots(cue, limits, shots) if cue.end_s > cue.start_s else ():
            yield Breach(code=f"captions.{code}", index=index, values=values)
    for index, (one, other) in enumerate(pairwise(cues), 1):
        for code, values in _between(one, other, limits, shots):
            yield Breach(code=f"captions.{code}", index=index, values=values)


Said = tuple[str, dict[str, Any]]  # a code and the numbers of its sentence


def _of_one(cue: Timed, limits: CaptionLimits) -> Iterator[Said]:
    lines = plain_lines(cue.text)
    if cue.end_s <= cue.start_s:
        yield "backwards", {}
    elif not lines:
        yield "blank", {}
    else:
        yield from _time(cue, limits)
        yield from _speed(cue, lines, limits)
        yield from _lines(lines, limits)


def _time(cue: Timed, limits: CaptionLimits) -> Iterator[Said]:
    lasts_s, least_s, most_s = cue.end_s - cue.start_s, limits.min_duration_s, limits.max_duration_s
    if least_s is not None and lasts_s < least_s:
        yield "too_short", {"found": lasts_s, "limit": least_s, "under": least_s - lasts_s}
    if most_s is not None and lasts_s > most_s:
        yield "too_long", {"found": lasts_s, "limit": most_s}


def _speed(cue: Timed, lines: list[str], limits: CaptionLimits) -> Iterator[Said]:
    lasts_s, words = cue.end_s - cue.start_s, " ".join(lines)
    signs, cps, wpm = _signs(words, limits), limits.speed_cps, limits.speed_wpm
    if cps is not None and signs / lasts_s > cps:
        yield "too_fast", {"found": signs / lasts_s, "limit": cps, "until": cue.start_s + signs / cps}
    spoken = len(words.split())
    if wpm is not None and spoken * 60 / lasts_s > wpm:
        until_s = cue.start_s + Fraction(spoken * 60, wpm)
        yield "too_many_words", {"found": spoken * 60 / lasts_s, "limit": wpm, "until": until_s}


def _lines(lines: list[str], limits: CaptionLimits) -> Iterator[Said]:
    longest = max(width(line, limits) for line in lines)
    if limits.line_chars is not None and longest > limits.line_chars:
        yield "line_too_long", {"found": math.ceil(longest), "limit": limits.line_chars}
    if limits.max_lines is not None and len(lines) > limits.max_lines:
        yield "too_many_lines", {"found": len(lines), "limit": limits.max_lines}
    if len(lines) < 2 or is_dialogue(lines):
        return
    if limits.keeps_one_line and limits.line_chars and width(" ".join(lines), limits) <= limits.line_chars:
        yield "one_line", {"limit": limits.line_chars}
    bound = next((line for line in lines[:-1] if ends_bound(line, limits)), None)
    if bound is not None:
        yield "bad_break", {"found": bound.split()[-1]}


def _at_shots(cue: Timed, limits: CaptionLimits, shots: Sequence[Fraction]) -> Iterator[Said]:
    half_frame_s = Fraction(1, 2) / limits.frame_rate
    start_at = near(cue.start_s, limits, shots)
    if start_at is not None and abs(cue.start_s - start_at) > half_frame_s:
        yield "start_near_shot", {"found": cue.start_s, "shot": start_at}
    end_at = near(cue.end_s, limits, shots)
    if end_at is not None and abs(cue.end_s - before_shot(end_at, limits)) > half_frame_s:
        yield "end_near_shot", {"found": cue.end_s, "shot": end_at}


def near(time_s: Fraction, limits: CaptionLimits, shots: Sequence[Fraction]) -> Fraction | None:
    """The shot change so near that the time belongs on it; the nearest of several.

    >>> near(Fraction(21, 10), CaptionLimits(shot_snap_s=Fraction(1, 4)), [Fraction(2), Fraction(9)])
    Fraction(2, 1)
    """
    if limits.shot_snap_s is None or not shots:
        return None
    nearest = min(shots, key=lambda shot: abs(shot - time_s))
    return nearest if abs(nearest - time_s) <= limits.shot_snap_s else None


def before_shot(shot_s: Fraction, limits: CaptionLimits) -> Fraction:
    """Where a caption ends that ends with its shot: the least gap before the change."""
    return shot_s - (limits.min_gap_s or 0)


def _between(one: Timed, other: Timed, limits: CaptionLimits, shots: Sequence[Fraction]) -> Iterator[Said]:
    between_s, least_s, closed_s = other.start_s - one.end_s, limits.min_gap_s, limits.gap_closed_below_s
    if between_s < 0:
        yield "overlap", {"found": -between_s}
    elif least_s is not None and between_s < least_s:
        yield "too_close", {"found": between_s, "limit": least_s, "under": least_s - between_s}
    elif closed_s is not None and (least_s or 0) + 1 / limits.frame_rate <= between_s < closed_s:
        shot_s = near(one.end_s, limits, shots)
        if shot_s is None or abs(one.end_s - before_shot(shot_s, limits)) > Fraction(1, 2) / limits.frame_rate:
            yield "gap_flickers", {"found": between_s, "limit": closed_s}

"""Whether captions can be read: long enough, slow enough, short enough lines. The figures are data/captions."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cache
from itertools import pairwise
from typing import Any, Protocol

from crosscut.kernel.errors import NotFound
from crosscut.kernel.findings import Finding, Level, worst_first
from crosscut.kernel.phrases import phrase
from crosscut.specs.citations import cite
from crosscut.specs.graphemes import graphemes
from crosscut.specs.loading import DATA, read_data, record
from crosscut.specs.requirements import exact
from crosscut.specs.sentences import say
from crosscut.specs.wording import time_in_words

_TAGS = re.compile(r"<[^>]*>|\{\\[^}]*\}")  # WebVTT and SubRip marks, ASS overrides: nobody reads them
_DEFAULT_FRAME_RATE = Fraction(24)

ByLanguage = Mapping[str, int]  # by BCP 47 language or "default"


class Timed(Protocol):
    """Anything that is a caption: media's cues, ours, another tool's."""

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
class Cue:
    """One caption, where there is no other record at hand."""

    start_s: Fraction
    end_s: Fraction
    text: str


@dataclass(frozen=True, kw_only=True)
class CaptionProfile:
    """What a house asks of captions. `None` and empty: it gives no figure."""

    name: str  # for a person: "Netflix"
    source: tuple[str, ...]
    min_duration_s: float | None = None
    max_duration_s: float | None = None
    min_gap_s: float | None = None
    min_gap_frames: int | None = None
    max_lines: int | None = None
    counts_spaces: bool = True  # spaces count as characters that must be read
    line_chars: ByLanguage | None = None
    speed_cps: Mapping[str, ByLanguage] | None = None  # characters a second by audience: "adults", "children"
    speed_wpm: Mapping[str, ByLanguage] | None = None  # words a minute by audience


@dataclass(frozen=True, kw_only=True)
class _Reading:
    """A profile for one language, audience and film."""

    profile: CaptionProfile
    language: str
    audience: str
    frame_rate: Fraction

    def figure(self, figures: ByLanguage | None) -> int | None:
        """The figure for the language, else the default one."""
        return None if figures is None else figures.get(self.language.split("-")[0], figures.get("default"))

    def speed(self, speeds: Mapping[str, ByLanguage] | None) -> int | None:
        """The reading speed for audience and language; that of adults where the audience has none."""
        return None if speeds is None else self.figure(speeds.get(self.audience) or speeds.get("adults"))

    @property
    def gap_s(self) -> Fraction | None:
        """The least time between two captions."""
        if self.profile.min_gap_frames is not None:
            return self.profile.min_gap_frames / self.frame_rate
        return exact(self.profile.min_gap_s)


def caption_profiles() -> tuple[str, ...]:
    """The names of the profiles there are."""
    return tuple(sorted(path.stem for path in (DATA / "captions").glob("*.yaml")))


@cache
def caption_profile(name: str) -> CaptionProfile:
    """The profile of that name. Raises NotFound naming those there are.

    >>> caption_profile("netflix").max_lines
    2
    """
    if name not in caption_profiles():
        raise NotFound(
            phrase(
                "There is no caption profile called “{name}”. There are: {known}.",
                name=name,
                known=", ".join(caption_profiles()),
            )
        )
    return record(CaptionProfile, read_data(f"captions/{name}"))


def check_captions(
    cues: Sequence[Timed],
    profile: str = "house",
    *,
    language: str = "en",
    audience: str = "adults",
    frame_rate: Fraction | None = None,
) -> tuple[Finding, ...]:
    """What is wrong with the captions, blocking findings first, else in the order of time.

    Broken captions block (none, no words, an end before its beginning); style only advises. `frame_rate` is that of
    the film, 24 where it is not known. Raises NotFound for an unknown profile.
    """
    reading = _Reading(
        profile=caption_profile(profile),
        language=language,
        audience=audience,
        frame_rate=frame_rate or _DEFAULT_FRAME_RATE,
    )
    if not cues:
        return (say("captions.empty", Level.BLOCK, where="captions"),)
    ordered = sorted(cues, key=lambda cue: (cue.start_s, cue.end_s))
    found = [finding for cue in ordered for finding in _cue(cue, reading)]
    found += [finding for one, other in pairwise(ordered) for finding in _pair(one, other, reading)]
    return worst_first(sorted(found, key=lambda finding: finding.where))


def plain_lines(text: str) -> list[str]:
    """The lines as people read them, without tags and without empty ones.

    >>> plain_lines("<v Ana>The reef\\n<i>breathes</i>")
    ['The reef', 'breathes']
    """
    lines = (" ".join(_TAGS.sub("", line).split()) for line in text.splitlines())
    return [line for line in lines if line]


def _cue(cue: Timed, reading: _Reading) -> Iterator[Finding]:
    where, lines = _where(cue), plain_lines(cue.text)
    if cue.end_s <= cue.start_s:
        yield say("captions.backwards", Level.BLOCK, where=where)
        return
    if not lines:
        yield say("captions.blank", Level.BLOCK, where=where)
        return
    findings = (*_time(cue, reading), *_speed(cue, lines, reading), *_lines(lines, reading))
    source = cite(reading.profile.source)
    for code, values in findings:
        yield say(code, Level.ADVICE, where=where, source=source, profile=reading.profile.name, **values)


Said = tuple[str, dict[str, Any]]  # a code and the values of its sentence


def _time(cue: Timed, reading: _Reading) -> Iterator[Said]:
    lasts_s = cue.end_s - cue.start_s
    least_s, most_s = exact(reading.profile.min_duration_s), exact(reading.profile.max_duration_s)
    if least_s is not None and lasts_s < least_s:
        under = _seconds(least_s - lasts_s)
        yield "captions.too_short", {"found": _seconds(lasts_s), "limit": _seconds(least_s), "under": under}
    if most_s is not None and lasts_s > most_s:
        yield "captions.too_long", {"found": _seconds(lasts_s), "limit": _seconds(most_s)}


def _speed(cue: Timed, lines: list[str], reading: _Reading) -> Iterator[Said]:
    lasts_s = cue.end_s - cue.start_s
    words = " ".join(lines)
    read = len(graphemes(words if reading.profile.counts_spaces else words.replace(" ", "")))
    cps, wpm = reading.speed(reading.profile.speed_cps), reading.speed(reading.profile.speed_wpm)
    if cps is not None and read / lasts_s > cps:
        until = _seconds(cue.start_s + Fraction(read, cps))
        yield "captions.too_fast", {"found": f"{float(read / lasts_s):.1f}", "limit": cps, "until": until}
    spoken = len(words.split())
    if wpm is not None and spoken * 60 / lasts_s > wpm:
        until = _seconds(cue.start_s + Fraction(spoken * 60, wpm))
        yield "captions.too_many_words", {"found": round(spoken * 60 / lasts_s), "limit": wpm, "until": until}


def _lines(lines: list[str], reading: _Reading) -> Iterator[Said]:
    limit = reading.figure(reading.profile.line_chars)
    longest = max(len(graphemes(line)) for line in lines)
    if limit is not None and longest > limit:
        yield "captions.line_too_long", {"found": longest, "limit": limit}
    most = reading.profile.max_lines
    if most is not None and len(lines) > most:
        yield "captions.too_many_lines", {"found": len(lines), "limit": most}


def _pair(one: Timed, other: Timed, reading: _Reading) -> Iterator[Finding]:
    between_s = other.start_s - one.end_s
    values: dict[str, Any] = {"profile": reading.profile.name, "found": _seconds(abs(between_s))}
    source = cite(reading.profile.source)
    if between_s < 0:
        yield say("captions.overlap", Level.ADVICE, where=_where(other), source=source, **values)
    elif reading.gap_s is not None and between_s < reading.gap_s:
        values |= {"limit": _seconds(reading.gap_s), "under": _seconds(reading.gap_s - between_s)}
        yield say("captions.too_close", Level.ADVICE, where=_where(other), source=source, **values)


def _where(cue: Timed) -> str:
    return f"captions {time_in_words(cue.start_s)}"


def _seconds(duration_s: Fraction) -> str:
    return f"{float(duration_s):.3f}".rstrip("0").rstrip(".")

"""Whether captions can be read: long enough, slow enough, short enough lines. The figures are data/captions."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, fields
from fractions import Fraction
from functools import cache
from typing import Any

from crosscut.kernel.captions import Breach, CaptionLimits, Timed, breaches, is_dialogue, plain_lines
from crosscut.kernel.errors import NotFound
from crosscut.kernel.findings import Finding, Level, worst_first
from crosscut.kernel.phrases import phrase
from crosscut.specs.citations import cite
from crosscut.specs.loading import DATA, read_data, record
from crosscut.specs.requirements import exact
from crosscut.specs.sentences import say
from crosscut.specs.wording import time_in_words

_DEFAULT_FRAME_RATE = Fraction(24)
_SHOT_FRAME_RATE = 24  # the zones around shot changes are told in frames of film and grow with the rate
_SPEAKER_NAMED = re.compile(r"^\s*(?:<v[.\s]|>>|\[?[A-Z][\w .'-]{0,30}\]?:|\([A-Za-z][\w .'-]{0,30}\))", re.MULTILINE)
_MANY = 20  # captions, from which on it is likely that more than one person speaks

ByLanguage = Mapping[str, int]  # by BCP 47 language or "default"


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
    source: tuple[str, ...]  # of every figure that `sources` does not name
    sources: Mapping[str, tuple[str, ...]] = field(default_factory=dict)  # by field, where a figure has its own
    unverified: tuple[str, ...] = ()  # fields whose figure was told by others and not read in the house's own text
    min_duration_s: float | None = None
    max_duration_s: float | None = None
    min_gap_s: float | None = None
    min_gap_frames: int | None = None
    gap_closed_below_s: float | None = None  # a shorter gap is closed to the least one
    max_lines: int | None = None
    counts_spaces: bool = True  # spaces count as characters that must be read
    narrow_half: tuple[str, ...] = ()  # languages in which Latin letters count half a sign
    line_chars: ByLanguage | None = None
    speed_cps: Mapping[str, ByLanguage] | None = None  # characters a second by audience: "adults", "children", ..._sdh
    speed_wpm: Mapping[str, ByLanguage] | None = None  # words a minute by audience
    shot_snap_frames: int | None = None  # of 24 a second: a time this near to a shot change belongs on it
    keeps_one_line: bool = False  # two lines only where one does not hold the words
    breaks_at_sense: bool = False  # no line ends with an article, a preposition, ...
    names_speakers: bool = False  # it must be told who speaks

    def cite(self, figure: str) -> str:
        """Where that figure comes from, and that nobody verified it where that is so."""
        note = " (not verified)" if figure in self.unverified else ""
        return cite(self.sources.get(figure, self.source)) + note


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
        known = ", ".join(caption_profiles())
        raise NotFound(
            phrase("There is no caption profile called “{name}”. There are: {known}.", name=name, known=known)
        )
    return record(CaptionProfile, read_data(f"captions/{name}"))


def caption_audiences(name: str = "house") -> tuple[str, ...]:
    """The audiences for which the profile has reading speeds of their own; others read as adults do."""
    profile = caption_profile(name)
    return tuple(sorted({*(profile.speed_cps or {}), *(profile.speed_wpm or {}), "adults"}))


def caption_limits(
    profile: str = "house", *, language: str = "en", audience: str = "adults", frame_rate: Fraction | None = None
) -> CaptionLimits:
    """The profile's figures for one language, audience and film, 24 frames a second where that is not known.

    >>> caption_limits("netflix", language="de").speed_cps, caption_limits("netflix").speed_cps
    (17, 20)
    """
    asked, rate = caption_profile(profile), frame_rate or _DEFAULT_FRAME_RATE
    main = language.split("-")[0].lower()
    gap_s = exact(asked.min_gap_s) if asked.min_gap_frames is None else asked.min_gap_frames / rate
    snap = asked.shot_snap_frames
    return CaptionLimits(
        frame_rate=rate,
        min_duration_s=exact(asked.min_duration_s),
        max_duration_s=exact(asked.max_duration_s),
        min_gap_s=gap_s,
        gap_closed_below_s=exact(asked.gap_closed_below_s),
        max_lines=asked.max_lines,
        line_chars=_for(asked.line_chars, main),
        counts_narrow_half=main in asked.narrow_half,
        counts_spaces=asked.counts_spaces,
        speed_cps=_speed(asked.speed_cps, main, audience),
        speed_wpm=_speed(asked.speed_wpm, main, audience),
        shot_snap_s=None if snap is None else Fraction(snap, _SHOT_FRAME_RATE),
        keeps_one_line=asked.keeps_one_line,
        bound_words=_bound_words(main) if asked.breaks_at_sense else frozenset(),
    )


def _for(figures: ByLanguage | None, language: str) -> int | None:
    return None if figures is None else figures.get(language, figures.get("default"))


def _speed(speeds: Mapping[str, ByLanguage] | None, language: str, audience: str) -> int | None:
    """That of adults where the audience has none."""
    return None if speeds is None else _for(speeds.get(audience) or speeds.get("adults"), language)


@cache
def _bound_words(language: str) -> frozenset[str]:
    return frozenset(read_data("line_breaks")["bound_words"].get(language, ()))


def check_captions(
    cues: Sequence[Timed],
    profile: str = "house",
    *,
    language: str = "en",
    audience: str = "adults",
    frame_rate: Fraction | None = None,
    shots: Sequence[Fraction] = (),
) -> tuple[Finding, ...]:
    """What is wrong with the captions, blocking findings first, else in the order of time.

    Broken captions block (none, no words, an end before its beginning); style only advises. `frame_rate` is that of
    the film, 24 where it is not known; `shots` are the times of its shot changes, where they are known. Raises
    NotFound for an unknown profile.
    """
    asked = caption_profile(profile)
    limits = caption_limits(profile, language=language, audience=audience, frame_rate=frame_rate)
    if not cues:
        return (say("captions.empty", Level.BLOCK, where="captions"),)
    ordered = sorted(cues, key=lambda cue: (cue.start_s, cue.end_s))
    found = [_finding(breach, ordered, asked) for breach in breaches(ordered, limits, shots=shots)]
    return worst_first([*_speakers(ordered, asked), *sorted(found, key=lambda finding: finding.where)])


_FIGURES = {  # the field of the profile that a code is about
    "too_short": "min_duration_s", "too_long": "max_duration_s", "too_fast": "speed_cps",
    "too_many_words": "speed_wpm", "line_too_long": "line_chars", "too_many_lines": "max_lines",
    "overlap": "min_gap_frames", "too_close": "min_gap_frames", "gap_flickers": "gap_closed_below_s",
    "start_near_shot": "shot_snap_frames", "end_near_shot": "shot_snap_frames", "one_line": "keeps_one_line",
    "bad_break": "breaks_at_sense",
}  # fmt: skip
_BROKEN = ("captions.backwards", "captions.blank")


def _finding(breach: Breach, cues: Sequence[Timed], profile: CaptionProfile) -> Finding:
    where = f"captions {time_in_words(cues[breach.index].start_s)}"
    if breach.code in _BROKEN:
        return say(breach.code, Level.BLOCK, where=where)
    values = {name: _said(value) for name, value in breach.values.items()}
    source = profile.cite(_FIGURES[breach.code.removeprefix("captions.")])
    if breach.code == "captions.too_fast":
        values["found"] = f"{float(breach.values['found']):.1f}"
    if breach.code == "captions.too_many_words":
        values["found"] = round(breach.values["found"])
    return say(breach.code, Level.ADVICE, where=where, source=source, profile=profile.name, **values)


def _said(value: Any) -> Any:
    """A time as people write it; other values as they are."""
    return f"{float(value):.3f}".rstrip("0").rstrip(".") if isinstance(value, Fraction) else value


def _speakers(cues: Sequence[Timed], profile: CaptionProfile) -> Iterator[Finding]:
    """One advice when many captions never tell who speaks: by a name, a dash or a voice mark."""
    if not profile.names_speakers or len(cues) < _MANY:
        return
    told = any(
        getattr(cue, "voice", "") or _SPEAKER_NAMED.search(cue.text) or is_dialogue(plain_lines(cue.text))
        for cue in cues
    )
    if not told:
        source = profile.cite("names_speakers")
        yield say("captions.no_speakers", Level.ADVICE, where="captions", source=source, profile=profile.name)


def figures_of(profile: CaptionProfile) -> tuple[str, ...]:
    """The fields in which the profile says something: each of them needs a source."""
    about = {"name", "source", "sources", "unverified"}
    usual = {each.name: each.default for each in fields(profile)}
    return tuple(name for name in usual if name not in about and getattr(profile, name) != usual[name])

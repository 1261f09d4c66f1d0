"""What captions are, whatever file they came from: cues, where they stand, and what a file could not keep."""

import re
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from fractions import Fraction

from crosscut.kernel.errors import Problem

KEPT_TAG = re.compile(r"</?[ibu]>")


@dataclass(frozen=True, kw_only=True)
class Settings:
    """Where a cue stands, in WebVTT's words, which every other format is brought to. W3C WebVTT 1, section 3.1."""

    vertical: str = ""  # "" horizontal, "rl" or "lr" columns growing that way
    line: Fraction | None = None  # None: at the bottom; else a line number, or per cent of the picture from the top
    line_is_percent: bool = False
    line_align: str = "start"  # which side of the box `line` means: start, center, end
    position: Fraction | None = None  # per cent from the left; None: as `align` suggests
    position_align: str = "auto"  # auto, line-left, center, line-right
    size: Fraction = Fraction(100)  # width of the box in per cent
    align: str = "center"  # start, center, end, left, right
    region: str = ""  # name of one of the document's regions


BOTTOM = Settings()


@dataclass(frozen=True, kw_only=True)
class Cue:
    """One caption on the screen."""

    start_s: Fraction
    end_s: Fraction
    text: str  # lines by newline; <i>, <b>, <u> are kept, everything else is plain
    voice: str = ""  # who says all of it, where the file tells
    name: str = ""  # the file's own name or number of the cue
    settings: Settings = BOTTOM

    @property
    def plain(self) -> str:
        """The words without any mark-up: what reading speed and line length are counted on.

        >>> Cue(start_s=Fraction(0), end_s=Fraction(1), text="<i>Hello</i> you").plain
        'Hello you'
        """
        return KEPT_TAG.sub("", self.text)

    @property
    def spoken(self) -> str:
        """The words with the speaker in front, for formats and pages that have no place of their own for voices.

        >>> Cue(start_s=Fraction(0), end_s=Fraction(1), text="<i>Hello</i>", voice="Ana").spoken
        'Ana: <i>Hello</i>'
        """
        return f"{self.voice}: {self.text}" if self.voice else self.text


@dataclass(frozen=True, kw_only=True)
class Region:
    """A part of the picture where cues scroll or stand. W3C WebVTT 1, section 3.2."""

    name: str
    width_percent: Fraction = Fraction(100)
    lines: int = 3
    anchor_percent: tuple[Fraction, Fraction] = (Fraction(0), Fraction(100))  # the point of the region, x and y
    viewport_percent: tuple[Fraction, Fraction] = (Fraction(0), Fraction(100))  # where on the picture it is pinned
    scrolls: bool = False


@dataclass(frozen=True, kw_only=True)
class Document:
    """A caption file as it was read."""

    format: str  # "srt", "vtt", "ttml", "scc", "ass", "stl"
    cues: tuple[Cue, ...]
    regions: tuple[Region, ...] = ()
    styles: tuple[str, ...] = ()  # WebVTT style sheets, as written
    language: str = ""  # BCP 47, where the file tells
    frame_rate: Fraction | None = None  # of the film it was timed for, where the file tells
    encoding: str = ""  # of the characters: "utf-8"
    warnings: tuple[Problem, ...] = ()  # what was read with doubt or could not be kept


def with_cues(document: Document, cues: Iterable[Cue]) -> Document:
    """The document with other cues and all that was around them."""
    return replace(document, cues=tuple(cues), warnings=())


@dataclass(frozen=True, kw_only=True)
class Written:
    """A caption file as it is to be written."""

    format: str
    data: bytes
    lost: tuple[Problem, ...] = ()  # what the format cannot hold, by kind, each said once with how often


@dataclass
class Losses:
    """Collects what could not be kept; the same thing is said once, with how often and where first."""

    found: dict[str, tuple[str, str, int]] = field(default_factory=dict)  # code: message, where first, how often

    def add(self, code: str, message: str, where: str = "") -> None:
        """Notes one occurrence."""
        known = self.found.get(code)
        self.found[code] = (known[0], known[1], known[2] + 1) if known else (message, where, 1)

    def problems(self) -> tuple[Problem, ...]:
        """One problem per kind, in the order they were met.

        >>> losses = Losses()
        >>> for second in "12": losses.add("colour", "Colours are left out.", f"caption {second}")
        >>> [str(problem) for problem in losses.problems()]
        ['caption 1: Colours are left out. (2 times)']
        """
        return tuple(
            Problem(
                code=f"captions.{code}",
                where=where,
                message=message + (f" ({times} times)" if times > 1 else ""),
                values={"times": times},
            )
            for code, (message, where, times) in self.found.items()
        )


_OPENING_SPACE = re.compile(r"((?:<[ibu]>)+)(\s+)")
_CLOSING_SPACE = re.compile(r"(\s+)((?:</[ibu]>)+)")
_NOTHING_INSIDE = re.compile(r"<([ibu])>(\s*)</\1>")


def tidy(text: str) -> str:
    """The text with single spaces, none at the edge of a line or just inside a tag, and without empty lines and tags.

    >>> tidy(" You <i> and </i>me \\n  \\n<b></b>he")
    'You <i>and</i> me\\nhe'
    """
    while (bare := _NOTHING_INSIDE.sub(r"\2", text)) != text:
        text = bare
    text = _CLOSING_SPACE.sub(r"\2\1", _OPENING_SPACE.sub(r"\2\1", text))
    lines = (" ".join(line.split()) for line in text.split("\n"))
    return "\n".join(line for line in lines if line)


def in_time(cues: Iterable[Cue]) -> tuple[Cue, ...]:
    """The cues by start, those that start together in their order."""
    return tuple(sorted(cues, key=lambda cue: cue.start_s))


def clock(time_s: Fraction, point: str = ".") -> str:
    """The time to the millisecond as SRT and WebVTT write it.

    >>> clock(Fraction(36615, 10))
    '01:01:01.500'
    """
    whole_ms = round(time_s * 1000)
    minutes, milliseconds = divmod(whole_ms, 60_000)
    return f"{minutes // 60:02}:{minutes % 60:02}:{milliseconds // 1000:02}{point}{milliseconds % 1000:03}"

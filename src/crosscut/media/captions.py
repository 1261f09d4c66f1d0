"""Captions: reads SRT and WebVTT as people really write them, writes both clean, and says what is wrong with them."""

import html
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from itertools import pairwise
from pathlib import Path

from crosscut.kernel.errors import Damaged, Problem
from crosscut.kernel.facts import MediaFacts
from crosscut.media.sniff import Sniffed, sniff

_TIME = r"(?:(\d{1,3}):)?(\d{1,2}):(\d{1,2})(?:[.,](\d{1,3}))?"
_TIMING = re.compile(rf"^\s*{_TIME}\s*-->\s*{_TIME}(?:\s+\S.*)?$")
_KEPT_TAG = re.compile(r"</?[ibu]>")
_ANY_TAG = re.compile(r"<[^>\n]*>|\{\\[^}\n]*\}")  # of WebVTT and SRT, and the ASS overrides that SRT files carry
_VOICE = re.compile(r"<v(?:\.[\w.]+)?\s+([^>]+)>")


@dataclass(frozen=True, kw_only=True)
class Cue:
    """One caption on the screen."""

    start_s: Fraction
    end_s: Fraction
    text: str  # lines by newline; <i>, <b>, <u> are kept, everything else is plain

    @property
    def plain(self) -> str:
        """The words without any mark-up: what reading speed and line length are counted on.

        >>> Cue(start_s=Fraction(0), end_s=Fraction(1), text="<i>Hello</i> you").plain
        'Hello you'
        """
        return _KEPT_TAG.sub("", self.text)


def read(path: Path) -> tuple[Cue, ...]:
    """The cues of an SRT or WebVTT file in the order of the file, tolerant of missing numbers, hours and milliseconds.

    Raises Unsupported when the file is neither, Damaged when it is not readable text.
    """
    sniff(path)
    return parse(_decoded(path))


def _decoded(path: Path) -> str:
    data = path.read_bytes()
    for encoding in ("utf-16",) if data[:2] in (b"\xff\xfe", b"\xfe\xff") else ("utf-8-sig", "cp1252"):
        try:
            return data.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise Damaged(path, "The captions are not text in UTF-8, UTF-16 or Windows-1252; save them as UTF-8.")


def parse(text: str) -> tuple[Cue, ...]:
    """The cues of a text in SRT or WebVTT.

    >>> [cue.text for cue in parse("1\\n0:0:1 --> 0:0:2\\nHello\\n\\n00:02.5 --> 00:03.000 align:start\\n&lt;b")]
    ['Hello', '<b']
    """
    lines = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    cues = []
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
        groups = timing.groups()
        cues.append(Cue(start_s=_seconds(groups[:4]), end_s=_seconds(groups[4:]), text=_clean("\n".join(words))))
    return tuple(cues)


def _seconds(parts: Sequence[str | None]) -> Fraction:
    hours, minutes, seconds, fraction = parts
    whole = int(hours or 0) * 3600 + int(minutes or 0) * 60 + int(seconds or 0)
    return whole + Fraction(int((fraction or "0").ljust(3, "0")), 1000)


def _clean(text: str) -> str:
    text = _VOICE.sub(r"\1: ", text)
    text = _ANY_TAG.sub(lambda tag: tag.group() if _KEPT_TAG.fullmatch(tag.group()) else "", text)
    return html.unescape(text).strip()


def to_vtt(cues: Iterable[Cue]) -> str:
    """The cues as a WebVTT file.

    >>> print(to_vtt([Cue(start_s=Fraction(1), end_s=Fraction(5, 2), text="You & <i>me</i>")]), end="")
    WEBVTT
    <BLANKLINE>
    00:00:01.000 --> 00:00:02.500
    You &amp; <i>me</i>
    """
    blocks = [f"{_clock(cue.start_s)} --> {_clock(cue.end_s)}\n{_escaped(cue.text)}\n" for cue in cues]
    return "\n".join(["WEBVTT\n", *blocks])


def to_srt(cues: Iterable[Cue]) -> str:
    """The cues as an SRT file, numbered from 1."""
    blocks = (
        f"{number}\n{_clock(cue.start_s, ',')} --> {_clock(cue.end_s, ',')}\n{cue.text}\n"
        for number, cue in enumerate(cues, 1)
    )
    return "\n".join(blocks)


def to_ass(cues: Iterable[Cue], width_px: int, height_px: int) -> str:
    """The cues as an ASS script for burning in: white on a translucent black box, at the bottom, for this frame size.

    The letters are a twentieth of the frame's shorter side, at least; the lowest tenth stays free (EBU R95 safe area).
    """
    import pysubs2  # 80 ms of CPU that every other process is spared: only burning in needs it

    script = pysubs2.SSAFile()
    script.info |= {
        "PlayResX": str(width_px),
        "PlayResY": str(height_px),
        "WrapStyle": "0",
        "ScaledBorderAndShadow": "yes",
    }
    size = max(round(min(width_px, height_px) / 18), 14)
    script.styles["Default"] = pysubs2.SSAStyle(
        fontname="DejaVu Sans",
        fontsize=size,
        borderstyle=3,
        outline=size / 5,
        shadow=0,
        outlinecolor=pysubs2.Color(0, 0, 0, 60),
        backcolor=pysubs2.Color(0, 0, 0, 60),
        marginl=width_px // 12,
        marginr=width_px // 12,
        marginv=height_px // 12,
    )
    for cue in cues:
        event = pysubs2.SSAEvent(start=round(cue.start_s * 1000), end=round(cue.end_s * 1000))
        text = cue.text.replace("\\", "\u2216").replace("{", "(").replace("}", ")").replace("\n", "\\N")
        event.text = re.sub(r"<(/?)([ibu])>", lambda tag: f"{{\\{tag[2]}{0 if tag[1] else 1}}}", text)
        script.append(event)
    return script.to_string("ass")


def transcript(cues: Iterable[Cue]) -> str:
    """The words as running text: sentences joined, a paragraph where nobody speaks for over two seconds."""
    paragraphs: list[list[str]] = [[]]
    end_s = Fraction(0)
    for cue in sorted(cues, key=lambda cue: cue.start_s):
        if paragraphs[-1] and cue.start_s - end_s > 2:
            paragraphs.append([])
        paragraphs[-1].append(" ".join(cue.plain.split()))
        end_s = cue.end_s
    return "\n\n".join(" ".join(words) for words in paragraphs if words)


def shifted(cues: Iterable[Cue], by_s: Fraction) -> tuple[Cue, ...]:
    """The cues moved in time; what would lie wholly before zero is dropped, the rest starts at zero at the earliest."""
    moved = (replace(cue, start_s=max(Fraction(0), cue.start_s + by_s), end_s=cue.end_s + by_s) for cue in cues)
    return tuple(cue for cue in moved if cue.end_s > 0)


def check(cues: Sequence[Cue], *, duration_s: Fraction | None = None) -> tuple[Problem, ...]:
    """What is broken in the cues, whatever the house style: order, overlap, emptiness, times beyond the film."""
    problems = [] if cues else [_problem("empty", 0, "There is no caption in it.")]
    for number, cue in enumerate(cues, 1):
        if not cue.plain.strip():
            problems.append(_problem("blank", number, "It has no words."))
        if cue.end_s <= cue.start_s:
            problems.append(_problem("ends_early", number, "It ends before it starts, so nobody will see it."))
        if duration_s is not None and cue.end_s > duration_s + Fraction(1, 2):
            problems.append(_problem("beyond_end", number, "It ends after the film does."))
    for number, (earlier, later) in enumerate(pairwise(cues), 2):
        if later.start_s < earlier.start_s:
            problems.append(_problem("out_of_order", number, "It starts before the caption in front of it."))
        elif later.start_s < earlier.end_s:
            problems.append(_problem("overlap", number, "It starts while the caption in front of it is still up."))
    return tuple(problems)


def _problem(code: str, number: int, message: str) -> Problem:
    return Problem(code=f"captions.{code}", where=f"caption {number}" if number else "captions", message=message)


def facts(path: Path, sniffed: Sniffed) -> MediaFacts:
    """The facts of a caption file: it lasts until its last caption ends, and its faults are warnings."""
    cues = parse(_decoded(path))
    return MediaFacts(
        kind=sniffed.kind,
        media_type=sniffed.media_type,
        container=sniffed.container,
        size_bytes=sniffed.size_bytes,
        duration_s=max((cue.end_s for cue in cues), default=None),
        warnings=(*sniffed.warnings, *check(cues)),
    )


def _clock(time_s: Fraction, point: str = ".") -> str:
    whole_ms = round(time_s * 1000)
    minutes, milliseconds = divmod(whole_ms, 60_000)
    return f"{minutes // 60:02}:{minutes % 60:02}:{milliseconds // 1000:02}{point}{milliseconds % 1000:03}"


def _escaped(text: str) -> str:
    """WebVTT's own escapes, with the kept tags left alone."""
    escaped = text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    return re.sub(r"&lt;(/?[ibu])&gt;", r"<\1>", escaped)

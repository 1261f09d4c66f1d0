"""WebVTT, read by the standard's own parsing rules and written with what it can hold. https://www.w3.org/TR/webvtt1/"""

import html
import math
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from fractions import Fraction

from crosscut.kernel.phrases import phrase
from crosscut.media.captions.records import BOTTOM, Cue, Document, Losses, Region, Settings, clock
from crosscut.media.captions.srt import clean

_SIGNATURE = re.compile(r"\AWEBVTT(?=[ \t\n]|\Z)")
_STAMP = r"(?:(\d{1,9}):)?([0-5]\d):([0-5]\d)\.(\d{3})"
_TIMING = re.compile(rf"[ \t\f]*{_STAMP}[ \t\f]*-->[ \t\f]*{_STAMP}(?!\d)(.*)", re.ASCII)
_PERCENT = re.compile(r"(\d+(?:\.\d+)?)%", re.ASCII)
_NUMBER = re.compile(r"-?\d+(?:\.\d+)?", re.ASCII)
_DIGITS = re.compile(r"\d+", re.ASCII)
_INNER_TIME = re.compile(r"<[\d:.]+>")
_CLASS_OR_RUBY = re.compile(r"<(?:c|ruby|rt|lang)[.\s>]")


def parse(text: str) -> Document:
    """The document by the WebVTT parser algorithm (section 6.1): what the standard drops is dropped and said.

    >>> parse("WEBVTT\\n\\n00:01.000 --> 00:02.000 align:left\\n<v Ana>You").cues[0].voice
    'Ana'
    """
    reading = _Reading(lines=_SIGNATURE.sub("", text, count=1).split("\n"))
    reading.header()
    while reading.index < len(reading.lines):
        reading.block()
    return Document(
        format="vtt",
        cues=tuple(reading.cues),
        regions=tuple(reading.regions.values()),
        styles=tuple(reading.styles),
        warnings=reading.losses.problems(),
    )


@dataclass
class _Block:
    """What "collect a WebVTT block" gathers: at most one of a cue, a style sheet and a region."""

    timing: re.Match[str] | None = None
    name: str = ""
    special: str = ""  # "STYLE" or "REGION"
    body: list[str] = field(default_factory=list)


@dataclass
class _Reading:
    """The state of the algorithm."""

    lines: list[str]
    index: int = 0
    cues: list[Cue] = field(default_factory=list)
    regions: dict[str, Region] = field(default_factory=dict)
    styles: list[str] = field(default_factory=list)
    losses: Losses = field(default_factory=Losses)

    def header(self) -> None:
        """Steps over the header up to an empty line or an arrow, which begins the first cue (6.1, steps 9 to 12)."""
        self.index = 1
        while self.index < len(self.lines) and self.lines[self.index] and "-->" not in self.lines[self.index]:
            self.index += 1

    def block(self) -> None:
        """Reads one block and keeps what is in it."""
        while self.index < len(self.lines) and not self.lines[self.index]:
            self.index += 1
        block = self._collected()
        if block.timing:
            self._cue(block.timing, block.name, block.body)
        elif block.special == "STYLE":
            self.styles.append("\n".join(block.body))
        elif block.special == "REGION" and (region := _region(block.body)):
            self.regions[region.name] = region

    def _collected(self) -> _Block:
        """The lines up to an empty one, or up to an arrow where none may stand (6.1, "collect a WebVTT block")."""
        block, count, has_arrow = _Block(), 0, False
        while self.index < len(self.lines) and (line := self.lines[self.index]):
            count += 1
            if "-->" in line:
                if count > 2 or has_arrow:
                    break
                has_arrow = True
                block.timing = _TIMING.fullmatch(line)
                if block.timing:
                    block.name, block.body = "\n".join(block.body), []
                else:
                    self._doubt(line)
            else:
                if count == 2 and not has_arrow and not self.cues and _is_special(block.body[0]):
                    block.special, block.body = block.body[0].rstrip(" \t\f"), []
                block.body.append(line)
            self.index += 1
        return block

    def _doubt(self, line: str) -> None:
        message = phrase(
            "“{line}” is no time by the standard, so browsers skip its caption; write 00:00:01.000.", line=line[:40]
        )
        self.losses.add("time_unreadable", message, f"line {self.index + 1}")

    def _cue(self, timing: re.Match[str], name: str, body: list[str]) -> None:
        groups = timing.groups()
        words = clean(_INNER_TIME.sub("", "\n".join(body)))
        where = f"caption {len(self.cues) + 1}"
        if words.dropped and _CLASS_OR_RUBY.search("\n".join(body)):
            self.losses.add("classes", "Classes, ruby and language marks in the words are left out.", where)
        settings = _settings(groups[8])
        if settings.region and settings.region not in self.regions:
            settings = replace(settings, region="")
        self.cues.append(
            Cue(
                start_s=_seconds(groups[:4]),
                end_s=_seconds(groups[4:8]),
                text=words.text,
                voice=words.voice,
                name=name,
                settings=settings,
            )
        )


def _is_special(line: str) -> bool:
    return line.rstrip(" \t\f") in ("STYLE", "REGION")


def _seconds(parts: tuple[str | None, ...]) -> Fraction:
    hours, minutes, seconds, thousandths = (int(part or 0) for part in parts)
    return hours * 3600 + minutes * 60 + seconds + Fraction(thousandths, 1000)


def _percent(text: str) -> Fraction | None:
    """A percentage from 0 to 100, else None. Section 6.3, "parse a percentage string"."""
    found = _PERCENT.fullmatch(text[:400])
    value = Fraction(found[1]) if found else None
    return value if value is not None and value <= 100 else None


def _pairs(text: str) -> Iterator[tuple[str, str]]:
    for word in text.split():
        name, colon, value = word.partition(":")
        if colon and name and value:
            yield name, value


def _settings(text: str) -> Settings:
    """The cue settings; a wrong one is skipped, a later one wins. Section 6.3.

    >>> _settings("line:10% position:5%,line-left size:x").position_align
    'line-left'
    """
    settings = BOTTOM
    for name, value in _pairs(text):
        settings = _SETTERS[name](settings, value) if name in _SETTERS else settings
    # A region is for plain horizontal cues of full width only (6.3, last steps).
    if settings.vertical or settings.line is not None or settings.size != 100:
        settings = replace(settings, region="")
    return settings


def _line(settings: Settings, value: str) -> Settings:
    number, comma, align = value.partition(",")
    if comma and align not in ("start", "center", "end"):
        return settings
    line_align = align if comma else settings.line_align
    if number.endswith("%"):
        percent = _percent(number)
        if percent is None:
            return settings
        return replace(settings, line=percent, line_is_percent=True, line_align=line_align)
    if not _NUMBER.fullmatch(number) or math.isinf(float(number)):  # browsers hold it as a double
        return settings
    return replace(settings, line=Fraction(number), line_is_percent=False, line_align=line_align)


def _position(settings: Settings, value: str) -> Settings:
    number, comma, align = value.partition(",")
    if comma and align not in ("line-left", "center", "line-right"):
        return settings
    percent = _percent(number)
    return settings if percent is None else replace(settings, position=percent, position_align=align or "auto")


def _size(settings: Settings, value: str) -> Settings:
    percent = _percent(value)
    return settings if percent is None else replace(settings, size=percent)


def _align(settings: Settings, value: str) -> Settings:
    return replace(settings, align=value) if value in ("start", "center", "end", "left", "right") else settings


def _vertical(settings: Settings, value: str) -> Settings:
    return replace(settings, vertical=value) if value in ("rl", "lr") else settings


def _region_name(settings: Settings, value: str) -> Settings:
    return replace(settings, region=value)


_SETTERS = {
    "line": _line,
    "position": _position,
    "size": _size,
    "align": _align,
    "vertical": _vertical,
    "region": _region_name,
}


def _region(lines: list[str]) -> Region | None:
    """The region that the block describes; None without a name. Section 6.2."""
    region = Region(name="")
    for name, value in _pairs(" ".join(lines)):
        region = _region_with(region, name, value)
    return region if region.name else None


def _region_with(region: Region, name: str, value: str) -> Region:
    if name == "id":
        return replace(region, name=value)
    if name == "lines" and _DIGITS.fullmatch(value):
        return replace(region, lines=int(value[:12]))  # more lines than any screen has: the exact figure says nothing
    if name == "scroll" and value == "up":
        return replace(region, scrolls=True)
    if name == "width" and _percent(value) is not None:
        return replace(region, width_percent=_percent(value) or Fraction(0))
    if name in ("regionanchor", "viewportanchor"):
        point = tuple(found for part in value.split(",") if (found := _percent(part)) is not None)
        if len(point) == 2 and value.count(",") == 1:
            pinned = (point[0], point[1])
            return (
                replace(region, anchor_percent=pinned)
                if name == "regionanchor"
                else replace(region, viewport_percent=pinned)
            )
    return region


def write(document: Document) -> tuple[str, Losses]:
    """The WebVTT text and what it cannot hold, which is little."""
    losses = Losses()
    head = "WEBVTT\n"
    blocks = [f"STYLE\n{style}\n" for style in document.styles] + [_region_text(each) for each in document.regions]
    blocks += [_cue_text(cue) for cue in document.cues]
    return "\n".join([head, *blocks]), losses


def _cue_text(cue: Cue) -> str:
    name = cue.name.replace("-->", "").strip() if not cue.name.isdigit() else ""
    voice = f"<v {_escaped(cue.voice)}>" if cue.voice else ""
    lines = [line for line in _escaped(cue.text).split("\n") if line.strip()]
    words = "\n".join(lines)
    first = f"{name}\n" if name else ""
    return f"{first}{clock(cue.start_s)} --> {clock(cue.end_s)}{settings_text(cue.settings)}\n{voice}{words}\n"


def settings_text(settings: Settings) -> str:
    """The settings as they stand behind the times, with a space in front; empty where all is as usual.

    >>> settings_text(_settings("line:10%,end align:left size:40%"))
    ' line:10%,end size:40% align:left'
    """
    words = [f"vertical:{settings.vertical}"] if settings.vertical else []
    if settings.line is not None:
        align = f",{settings.line_align}" if settings.line_align != "start" else ""
        words.append(f"line:{_plain(settings.line)}{'%' if settings.line_is_percent else ''}{align}")
    if settings.position is not None:
        align = f",{settings.position_align}" if settings.position_align != "auto" else ""
        words.append(f"position:{_plain(settings.position)}%{align}")
    words += [f"size:{_plain(settings.size)}%"] if settings.size != 100 else []
    words += [f"align:{settings.align}"] if settings.align != "center" else []
    words += [f"region:{settings.region}"] if settings.region else []
    return "".join(f" {word}" for word in words)


def _plain(value: Fraction) -> str:
    """The number in decimals, as many as it needs up to six."""
    return f"{float(value):.6f}".rstrip("0").rstrip(".")


def _region_text(region: Region) -> str:
    def point(pair: tuple[Fraction, Fraction]) -> str:
        return ",".join(f"{_plain(value)}%" for value in pair)

    words = [f"id:{region.name}", f"width:{_plain(region.width_percent)}%", f"lines:{region.lines}"]
    words += [f"regionanchor:{point(region.anchor_percent)}", f"viewportanchor:{point(region.viewport_percent)}"]
    words += ["scroll:up"] if region.scrolls else []
    return "REGION\n" + "\n".join(words) + "\n"


def to_vtt(cues: Iterable[Cue]) -> str:
    """The cues as a WebVTT file.

    >>> print(to_vtt([Cue(start_s=Fraction(1), end_s=Fraction(5, 2), text="You & <i>me</i>")]), end="")
    WEBVTT
    <BLANKLINE>
    00:00:01.000 --> 00:00:02.500
    You &amp; <i>me</i>
    """
    return write(Document(format="vtt", cues=tuple(cues)))[0]


def _escaped(text: str) -> str:
    """WebVTT's own escapes, with the kept tags left alone."""
    escaped = html.escape(text, quote=False)
    return re.sub(r"&lt;(/?[ibu])&gt;", r"<\1>", escaped)

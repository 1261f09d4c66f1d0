"""Advanced SubStation Alpha (ASS, and the older SSA) read into cues. Writing it is `burn`'s work.

http://www.tcax.org/docs/ass-specs.htm and the reading of libass where the two differ.
"""

import re
from collections.abc import Mapping
from fractions import Fraction

from crosscut.media.captions.records import BOTTOM, Cue, Document, Losses, in_time, tidy
from crosscut.media.captions.srt import settings_of

_TIME = re.compile(r"(\d{1,3}):(\d{1,2}):(\d{1,2})[.:](\d{1,3})", re.ASCII)
_BLOCK = re.compile(r"\{([^{}\n]*)\}")
_EMPHASIS = re.compile(r"\\([ibu])(\d+)?(?![a-zA-Z])")
_ALIGNED = re.compile(r"\\an([1-9])")
_DRAWING = re.compile(r"\\p[1-9]")
_OTHER_MARK = re.compile(r"\\(?!an[1-9]|[ibu]\d*(?:\\|$))\w")
EVENT_FIELDS = "layer, start, end, style, name, marginl, marginr, marginv, effect, text"
_OLD_ALIGN = {1: 1, 2: 2, 3: 3, 9: 4, 10: 5, 11: 6, 5: 7, 6: 8, 7: 9}  # SSA counted rows by adding 4 and 8


def parse(text: str) -> Document:
    """The dialogue lines in time; comments and drawings are left out.

    >>> events = "[Events]\\nDialogue: 0,0:00:01.00,0:00:02.50,Default,Ana,0,0,0,,{\\\\i1}Hi{\\\\i0}\\\\Nyou"
    >>> parse(events).cues[0].text, parse(events).cues[0].voice
    ('<i>Hi</i>\\nyou', 'Ana')
    """
    losses, section = Losses(), ""
    fields = {"events": _names(EVENT_FIELDS), "styles": []}
    styles: dict[str, dict[str, str]] = {}
    cues = []
    for line in text.split("\n"):
        if line.startswith("["):
            section = "styles" if "styles" in line.lower() else line.strip("[] ").lower()
            is_old = line.strip().lower() == "[v4 styles]"
        key, colon, value = line.partition(":")
        if not colon or section not in fields:
            continue
        if key.strip().lower() == "format":
            fields[section] = _names(value)
        elif key.strip().lower() == "style":
            style = _row(fields["styles"], value) | {"is_old": "yes" if is_old else ""}
            styles[style.get("name", "").lstrip("*")] = style
        elif key.strip().lower() == "dialogue":
            cues += _cue(_row(fields["events"], value), styles, losses)
    return Document(format="ass", cues=in_time(cues), warnings=losses.problems())


def _names(text: str) -> list[str]:
    return [name.strip().lower() for name in text.split(",")]


def _row(names: list[str], value: str) -> dict[str, str]:
    parts = value.split(",", max(len(names) - 1, 0))
    return {name: part.strip() for name, part in zip(names, parts, strict=False)}


def _cue(row: Mapping[str, str], styles: Mapping[str, Mapping[str, str]], losses: Losses) -> list[Cue]:
    start, end = _TIME.fullmatch(row.get("start", "")), _TIME.fullmatch(row.get("end", ""))
    if not start or not end:
        losses.add("time_unreadable", "A line without readable times is left out.", row.get("start", ""))
        return []
    written = row.get("text", "")
    if _DRAWING.search(written):
        losses.add("drawing", "Drawings are left out.", row["start"])
        return []
    if any(_OTHER_MARK.search(block) for block in _BLOCK.findall(written)):
        losses.add("marks", "Movement, colours and other marks are left out.", row["start"])
    style = styles.get(row.get("style", "").lstrip("*"), {})
    aligned = _ALIGNED.search(written)
    number = int(aligned[1]) if aligned else _style_number(style)
    settings = BOTTOM if number == 2 else settings_of(number)
    text = _words(written, style)
    return [Cue(start_s=_seconds(start), end_s=_seconds(end), text=text, voice=row.get("name", ""), settings=settings)]


def _style_number(style: Mapping[str, str]) -> int:
    written = style.get("alignment", "2")
    number = int(written) if written.isdigit() and len(written) < 3 else 2
    number = _OLD_ALIGN.get(number, 2) if style.get("is_old") else number
    return number if 1 <= number <= 9 else 2


def _seconds(found: re.Match[str]) -> Fraction:
    hours, minutes, seconds = (int(found[group]) for group in (1, 2, 3))
    return hours * 3600 + minutes * 60 + seconds + Fraction(int(found[4]), 10 ** len(found[4]))


def _words(written: str, style: Mapping[str, str]) -> str:
    """The words with emphasis as tags that open and close, and line ends as newlines."""
    is_on = {"i": _is_set(style.get("italic")), "b": _is_set(style.get("bold")), "u": _is_set(style.get("underline"))}
    text = "".join(f"<{tag}>" for tag, on in is_on.items() if on)
    last = 0
    for block in _BLOCK.finditer(written):
        text += written[last : block.start()]
        last = block.end()
        for mark in _EMPHASIS.finditer(block[1]):
            wanted = mark[2] not in (None, "0")
            if wanted != is_on[mark[1]]:
                text += f"<{'' if wanted else '/'}{mark[1]}>"
                is_on[mark[1]] = wanted
    text += written[last:] + "".join(f"</{tag}>" for tag, on in reversed(is_on.items()) if on)
    return tidy(re.sub(r"\\[Nn]", "\n", text).replace("\\h", " "))


def _is_set(value: str | None) -> bool:
    return value not in (None, "", "0")

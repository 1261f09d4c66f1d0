"""Timed words, read from WebVTT or SubRip, for the players and for those who read instead of listening.

WebVTT: https://www.w3.org/TR/webvtt1/ sections 4 and 6. SubRip has no specification; the commas and numbers seen in
the wild are taken.
"""

import html
import re
from dataclasses import dataclass, replace

_TIMES = re.compile(r"(?:(\d+):)?(\d{1,2}):(\d{2})[.,](\d{1,3})\s*-->\s*(?:(\d+):)?(\d{1,2}):(\d{2})[.,](\d{1,3})")
_VOICE = re.compile(r"<v(?:\.[^ >]*)?\s+([^>]*)>")
_TAG = re.compile(r"<[^>]*>")
_PARAGRAPH_CHARS = 480  # a paragraph ends with the sentence after about five lines of the page


@dataclass(frozen=True, kw_only=True)
class Cue:
    """Words from one moment to another."""

    start_ms: int
    end_ms: int
    text: str  # without tags; may have several lines
    speaker: str = ""


def cues(text: str) -> list[Cue]:
    """The cues of a WebVTT or SubRip text in their order; blocks that are neither are left out.

    >>> cues("WEBVTT\\n\\n00:01.500 --> 00:03.000\\n<v Ada>The <i>reef</i> &amp; us")
    [Cue(start_ms=1500, end_ms=3000, text='The reef & us', speaker='Ada')]
    """
    blocks = re.split(r"\n[ \t]*\n", text.replace("\r\n", "\n").replace("\r", "\n").lstrip("\ufeff"))
    return [cue for block in blocks if (cue := _cue(block))]


def as_vtt(text: str) -> str:
    """The same as WebVTT, which is what browsers play. WebVTT comes back as it is.

    >>> print(as_vtt("1\\n00:00:01,500 --> 00:00:03,000\\nA < B"))
    WEBVTT
    <BLANKLINE>
    00:00:01.500 --> 00:00:03.000
    A &lt; B
    <BLANKLINE>
    """
    if text.lstrip("\ufeff").startswith("WEBVTT"):
        return text
    return "WEBVTT\n\n" + "\n".join(
        f"{clock(cue.start_ms)} --> {clock(cue.end_ms)}\n{html.escape(cue.text, quote=False)}\n" for cue in cues(text)
    )


def clock(moment_ms: int, decimal: str = ".") -> str:
    """The moment as hours, minutes, seconds and thousandths.

    >>> clock(3_725_040)
    '01:02:05.040'
    """
    seconds, thousandths = divmod(moment_ms, 1000)
    minutes, seconds = divmod(seconds, 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours:02}:{minutes:02}:{seconds:02}{decimal}{thousandths:03}"


def paragraphs(found: list[Cue]) -> list[Cue]:
    """The cues joined to paragraphs to read: a new one for each speaker, and after a full sentence when it is long."""
    joined: list[Cue] = []
    for cue in found:
        words = " ".join(cue.text.split())
        last = joined[-1] if joined else None
        if last and (cue.speaker or last.speaker) == last.speaker and not _is_full(last.text):
            joined[-1] = replace(last, end_ms=cue.end_ms, text=f"{last.text} {words}".strip())
        else:
            joined.append(replace(cue, text=words))
    return [cue for cue in joined if cue.text]


def _is_full(text: str) -> bool:
    return len(text) > _PARAGRAPH_CHARS and text[-1] in ".!?…。！？"


def _cue(block: str) -> Cue | None:
    lines = block.strip().split("\n")
    at = next((number for number, line in enumerate(lines[:3]) if "-->" in line), None)
    match = _TIMES.search(lines[at]) if at is not None else None
    if at is None or match is None:
        return None
    said = "\n".join(lines[at + 1 :])
    voice = _VOICE.search(said)
    text = html.unescape(_TAG.sub("", said)).strip()
    return Cue(
        start_ms=_ms(match.groups()[:4]),
        end_ms=_ms(match.groups()[4:]),
        text=text,
        speaker=html.unescape(voice[1]).strip() if voice else "",
    )


def _ms(parts: tuple[str | None, ...]) -> int:
    hours, minutes, seconds, fraction = (part or "0" for part in parts)
    return ((int(hours) * 60 + int(minutes)) * 60 + int(seconds)) * 1000 + int(fraction.ljust(3, "0"))

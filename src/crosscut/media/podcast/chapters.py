"""Chapters: from the files that people have them in, and into the form that podcast apps read."""

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from fractions import Fraction
from pathlib import Path
from typing import Any

from crosscut.kernel.errors import Invalid
from crosscut.kernel.phrases import phrase
from crosscut.media import captions
from crosscut.media.recipes import Chapter
from crosscut.media.timemap import TimeMap

MOST_BYTES = 1_000_000  # of a chapter file: thousands of chapters
_CLOCK = re.compile(r"(?:(\d{1,3}):)?(\d{1,2}):(\d{2}(?:[.,]\d{1,3})?)[\s\-–—|]+(\S.*)", re.ASCII)
_LABEL = re.compile(r"(\d+(?:[.,]\d+)?)\t(\d+(?:[.,]\d+)?)\t(.*)", re.ASCII)


def chapters_json(chapters: Sequence[Chapter]) -> Mapping[str, Any]:
    """The chapters as the Podcasting 2.0 JSON chapters format, version 1.2.0, wants them.

    >>> chapters_json([Chapter(start_s=Fraction(3, 2), title="Reef")])
    {'version': '1.2.0', 'chapters': [{'startTime': 1.5, 'title': 'Reef'}]}
    """
    items = [
        {"startTime": float(chapter.start_s), "title": chapter.title} | ({"url": chapter.link} if chapter.link else {})
        for chapter in sorted(chapters, key=lambda chapter: chapter.start_s)
    ]
    return {"version": "1.2.0", "chapters": items}


def read_chapters(text: str) -> tuple[Chapter, ...]:
    """The chapters of a file in that format; those without a title are left out. Raises Invalid.

    >>> read_chapters('{"version": "1.2.0", "chapters": [{"startTime": 1.5, "title": "Reef"}]}')
    (Chapter(start_s=Fraction(3, 2), title='Reef', link=''),)
    """
    try:
        return tuple(
            Chapter(start_s=Fraction(str(item["startTime"])), title=str(item["title"]), link=str(item.get("url") or ""))
            for item in json.loads(text)["chapters"]
            if item.get("title")
        )
    except (ValueError, KeyError, TypeError, AttributeError) as fault:
        raise Invalid.at("chapters", phrase("These are no chapters in the JSON chapters format.")) from fault


def read_chapter_file(path: Path) -> tuple[Chapter, ...]:
    """The chapters of a file that `parse_chapters` understands, in order. Raises Invalid with the forms there are."""
    if path.stat().st_size > MOST_BYTES:
        raise Invalid.at(path.name, phrase("This file is too large for chapters."), code="chapters.too_large")
    try:
        return parse_chapters(path.read_text(encoding="utf-8-sig"))
    except UnicodeDecodeError as fault:
        raise Invalid.at(path.name, phrase("Save the chapters as text in UTF-8."), code="chapters.not_text") from fault


def parse_chapters(text: str) -> tuple[Chapter, ...]:
    """The chapters of a text: Podcasting 2.0 JSON, an Audacity label track, WebVTT or SRT, or lines of time and title.

    >>> [chapter.title for chapter in parse_chapters("00:00 Hello\\n01:02:03 - Reef\\n")]
    ['Hello', 'Reef']
    >>> parse_chapters("1.500000\\t1.500000\\tReef")
    (Chapter(start_s=Fraction(3, 2), title='Reef', link=''),)
    """
    if text.lstrip().startswith("{"):
        found = read_chapters(text)
    elif "-->" in text:
        cues = captions.parse(text)
        found = tuple(Chapter(start_s=cue.start_s, title=" ".join(cue.plain.split())) for cue in cues)
    else:
        found = tuple(chapter for line in text.splitlines() if (chapter := _of_line(line)))
    if not found:
        message = phrase(
            "No chapters were found. Use lines such as 12:30 Title, an Audacity label track, WebVTT, or "
            "a JSON chapters file."
        )
        raise Invalid.at("chapters", message, code="chapters.none")
    return tuple(sorted(found, key=lambda chapter: chapter.start_s))


def _of_line(line: str) -> Chapter | None:
    label, clock = _LABEL.fullmatch(line.rstrip()), _CLOCK.fullmatch(line.strip())
    if label and label[3].strip():
        return Chapter(start_s=Fraction(label[1].replace(",", ".")), title=label[3].strip())
    if not clock:
        return None
    hours, minutes, seconds, title = clock.groups()
    start_s = int(hours or 0) * 3600 + int(minutes) * 60 + Fraction(seconds.replace(",", "."))
    return Chapter(start_s=start_s, title=title.strip())


def moved(chapters: Sequence[Chapter], time_map: TimeMap) -> tuple[Chapter, ...]:
    """The chapters where they begin after the cut. One of which nothing is left goes.

    >>> from crosscut.media.timemap import without
    >>> both = [Chapter(start_s=Fraction(0), title="One"), Chapter(start_s=Fraction(5), title="Two")]
    >>> [str(chapter.start_s) for chapter in moved(both, without(Fraction(9), [(1, 4)]))]
    ['0', '2']
    """
    ordered = sorted(chapters, key=lambda chapter: chapter.start_s)
    ends = [*(chapter.start_s for chapter in ordered[1:]), time_map.duration_s]
    spans = ((chapter, time_map.span(chapter.start_s, end_s)) for chapter, end_s in zip(ordered, ends, strict=True))
    return tuple(replace(chapter, start_s=span.start_s) for chapter, span in spans if span)

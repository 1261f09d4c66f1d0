"""Audacity's label tracks, read and written as markers; chapters from markers.

Audacity Manual, "Importing and Exporting Labels" (manual.audacityteam.org, version 3): begin, end and text with a tab
between; a line that begins with a backslash holds frequencies and belongs to the label before it.
"""

from collections.abc import Iterable
from fractions import Fraction
from pathlib import Path

from crosscut.kernel.errors import Damaged, NotFound
from crosscut.kernel.phrases import phrase
from crosscut.media.cuts.model import Cut, Marker
from crosscut.media.recipes import Chapter

LARGEST_BYTES = 4 * 1024 * 1024


def read_labels(path: Path) -> tuple[Marker, ...]:
    """The labels of a label track as markers, in the order of time. Raises NotFound or Damaged with the line."""
    if not path.is_file():
        raise NotFound(phrase("There is no file {path}.", path=path))
    if path.stat().st_size > LARGEST_BYTES:
        raise Damaged(path, phrase("This file is larger than any label track."))
    try:
        text = path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError as fault:
        raise Damaged(path, phrase("This is no label track: it is not text in UTF-8.")) from fault
    found = [
        _label(path, number, line)
        for number, line in enumerate(text.splitlines(), 1)
        if line.strip() and not line.startswith("\\")
    ]
    return tuple(sorted(found, key=lambda marker: marker.start_s))


def _label(path: Path, number: int, line: str) -> Marker:
    begin, _, rest = line.partition("\t")
    end, _, name = rest.partition("\t")
    try:
        start_s, end_s = (Fraction(part.strip().replace(",", ".")) for part in (begin, end))
    except (ValueError, ZeroDivisionError) as fault:
        message = phrase(
            "Line {number} is no label: begin, end and text with a tab between are expected.", number=number
        )
        raise Damaged(path, message) from fault
    if start_s < 0 or end_s < start_s:
        raise Damaged(path, phrase("Line {number}: the label ends before it begins.", number=number))
    return Marker(start_s=start_s, duration_s=end_s - start_s, name=name.strip())


def labels(markers: Iterable[Marker]) -> str:
    """The markers as a label track.

    >>> labels([Marker(start_s=Fraction(3, 2), duration_s=Fraction(1), name="Opening")])
    '1.500000\\t2.500000\\tOpening\\n'
    """
    return "".join(_line(marker) for marker in markers)


def _line(marker: Marker) -> str:
    end_s, name = float(marker.start_s + marker.duration_s), " ".join(marker.name.split())
    return f"{float(marker.start_s):.6f}\t{end_s:.6f}\t{name}\n"


def chapters(cut: Cut) -> tuple[Chapter, ...]:
    """The cut's markers as chapters of an episode; what lies before the first one is a chapter, too.

    >>> cut = Cut(name="", rate=Fraction(25), tracks=(), markers=(Marker(start_s=Fraction(9), name="Reef"),))
    >>> [(chapter.title, int(chapter.start_s)) for chapter in chapters(cut)]
    [('Beginning', 0), ('Reef', 9)]
    """
    marked = sorted(cut.markers, key=lambda marker: marker.start_s)
    found = tuple(Chapter(start_s=marker.start_s, title=marker.name or "Chapter") for marker in marked)
    return (Chapter(start_s=Fraction(0), title="Beginning"), *found) if found and found[0].start_s > 0 else found

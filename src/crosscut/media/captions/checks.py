"""What is broken in captions whatever the house style, the facts of a caption file, and its words as running text."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from fractions import Fraction
from itertools import pairwise
from pathlib import Path

from crosscut.kernel.errors import Problem
from crosscut.kernel.facts import MediaFacts
from crosscut.kernel.phrases import phrase
from crosscut.media.captions.formats import read_document
from crosscut.media.captions.records import Cue
from crosscut.media.sniff import Sniffed


def transcript(cues: Iterable[Cue]) -> str:
    """The words as running text: sentences joined, a paragraph where another speaks or nobody for over two seconds."""
    paragraphs: list[list[str]] = [[]]
    end_s, voice = Fraction(0), ""
    for cue in sorted(cues, key=lambda cue: cue.start_s):
        changes = cue.voice != voice
        if paragraphs[-1] and (cue.start_s - end_s > 2 or changes):
            paragraphs.append([])
        prefix = [f"{cue.voice}:"] if cue.voice and changes else []
        paragraphs[-1] += [*prefix, " ".join(cue.plain.split())]
        end_s, voice = cue.end_s, cue.voice
    return "\n\n".join(" ".join(words) for words in paragraphs if words)


def shifted(cues: Iterable[Cue], by_s: Fraction) -> tuple[Cue, ...]:
    """The cues moved in time; what would lie wholly before zero is dropped, the rest starts at zero at the earliest."""
    moved = (replace(cue, start_s=max(Fraction(0), cue.start_s + by_s), end_s=cue.end_s + by_s) for cue in cues)
    return tuple(cue for cue in moved if cue.end_s > 0)


def check(cues: Sequence[Cue], *, duration_s: Fraction | None = None) -> tuple[Problem, ...]:
    """What is broken in the cues, whatever the house style: order, overlap, emptiness, times beyond the film."""
    problems = [] if cues else [_problem("empty", 0, phrase("There is no caption in it."))]
    for number, cue in enumerate(cues, 1):
        if not cue.plain.strip():
            problems.append(_problem("blank", number, phrase("It has no words.")))
        if cue.end_s <= cue.start_s:
            problems.append(_problem("ends_early", number, phrase("It ends before it starts, so nobody will see it.")))
        if duration_s is not None and cue.end_s > duration_s + Fraction(1, 2):
            problems.append(_problem("beyond_end", number, phrase("It ends after the film does.")))
    for number, (earlier, later) in enumerate(pairwise(cues), 2):
        if later.start_s < earlier.start_s:
            problems.append(_problem("out_of_order", number, phrase("It starts before the caption in front of it.")))
        elif later.start_s < earlier.end_s:
            problems.append(
                _problem("overlap", number, phrase("It starts while the caption in front of it is still up."))
            )
    return tuple(problems)


def _problem(code: str, number: int, message: str) -> Problem:
    return Problem(code=f"captions.{code}", where=f"caption {number}" if number else "captions", message=message)


def facts(path: Path, sniffed: Sniffed) -> MediaFacts:
    """The facts of a caption file: it lasts until its last caption ends, and its faults are warnings."""
    document = read_document(path)
    return MediaFacts(
        kind=sniffed.kind,
        media_type=sniffed.media_type,
        container=sniffed.container,
        size_bytes=sniffed.size_bytes,
        duration_s=max((cue.end_s for cue in document.cues), default=None),
        warnings=(*sniffed.warnings, *document.warnings, *check(document.cues)),
    )

"""A long text as the parts of a thread: cut where a reader would pause, never inside what has to stay whole."""

import re
from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterator
from functools import partial
from itertools import islice

from crosscut.kernel.graphemes import graphemes
from crosscut.specs.marks import spans

Fits = Callable[[str, int, int], bool]  # whether a text fits as that part, from 1, of that many
_PARAGRAPH_END = re.compile(r"\n[ \t]*\n\s*")
_SENTENCE_END = re.compile(r"[.!?…][\"'”’»)\]]*(?=\s)|[。！？][」』）”]*|\n")
_WORD_END = re.compile(r"(?<=\S)(?=\s)")
_INITIAL = re.compile(r"(?:^|[\s(.])\w$")  # one letter before a full stop: "J. Doe", "z. B.", "e.g."
_TITLES = frozenset(
    ["dr", "mr", "mrs", "ms", "prof", "st", "no", "nr", "vs", "ca", "bzw", "inkl"]
)  # a full stop behind these ends no sentence
_ENOUGH = 0.4  # of what would fit: with less than this, the next smaller unit is cut


def split(text: str, fits: Fits, *, most: int) -> list[str]:
    """The text in parts that fit, in order: whole paragraphs, else whole sentences, else whole words.

    No address, person, topic or grapheme is cut; one that is too long for a part by itself stands alone in one. More
    than `most` parts are given where so many do not do: one more, and not the rest.

    >>> split("Half the reef is gone. The other half has a plan.", lambda text, part, count: len(text) <= 30, most=9)
    ['Half the reef is gone.', 'The other half has a plan.']
    """
    count = 1
    while True:
        parts = list(islice(_parts(text, partial(_is_fitting, fits, count)), most + 1))
        if len(parts) <= count:
            return parts
        count = len(parts)  # numbers that grew longer may need one part more


def _is_fitting(fits: Fits, count: int, text: str, part: int) -> bool:
    return fits(text, part, count)


def _is_fitting_as(fits: Callable[[str, int], bool], part: int, text: str) -> bool:
    return fits(text, part)


def _parts(text: str, fits: Callable[[str, int], bool]) -> Iterator[str]:
    ends = _ends(text)
    start, part = 0, 1
    while rest := text[start:].strip():
        end = len(text) if fits(rest, part) else _end(text, start, ends, partial(_is_fitting_as, fits, part))
        if piece := text[start:end].strip():
            yield piece
            part += 1
        start = end


def _end(text: str, start: int, ends: tuple[list[int], ...], fits: Callable[[str], bool]) -> int:
    """Where the part that begins at `start` ends; each of `ends` is sorted, the largest units first."""
    found = [_longest(text, start, one, fits) for one in ends]
    most = found[-1]
    if not most:  # what comes next fits nowhere
        return next(end for end in ends[-1] if end > start and text[start:end].strip())
    return next(end for end in found if end - start >= _ENOUGH * (most - start))


def _longest(text: str, start: int, ends: list[int], fits: Callable[[str], bool]) -> int:
    """The last of the ends up to which the text fits; 0 where none does. Looks at short stretches first."""
    first = bisect_right(ends, start)
    count, step = len(ends) - first, 1
    while step < count and fits(text[start : ends[first + step - 1]].strip()):
        step *= 2
    within = range(min(step, count))
    fitting = bisect_left(within, True, key=lambda at: not fits(text[start : ends[first + at]].strip()))
    return ends[first + fitting - 1] if fitting else 0


def _ends(text: str) -> tuple[list[int], ...]:
    """Where paragraphs, sentences, words and graphemes end, outside of all that has to stay whole."""
    kept = [(span.start, span.end) for span in spans(text)]
    starts = [start for start, _end in kept]

    def is_free(end: int) -> bool:
        at = bisect_left(starts, end) - 1
        return at < 0 or end >= kept[at][1]

    found = (
        [match.end() for match in _PARAGRAPH_END.finditer(text)],
        [match.end() for match in _SENTENCE_END.finditer(text) if _ends_a_sentence(text, match)],
        [match.end() for match in _WORD_END.finditer(text)],
        list(_grapheme_ends(text)),
    )
    return tuple([end for end in ends if is_free(end)] for ends in found)


def _grapheme_ends(text: str) -> Iterator[int]:
    end = 0
    for cluster in graphemes(text):
        end += len(cluster)
        yield end


def _ends_a_sentence(text: str, match: re.Match[str]) -> bool:
    """Whether it does, and is no abbreviation: what follows one often begins small."""
    if match[0][0] != ".":
        return True
    before, after = text[max(0, match.start() - 12) : match.start()], text[match.end() : match.end() + 40].lstrip()
    word = re.split(r"[\s(]", before)[-1].casefold()
    return not (after[:1].islower() or _INITIAL.search(before) or word in _TITLES)

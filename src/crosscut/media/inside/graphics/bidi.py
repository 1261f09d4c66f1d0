"""Which parts of a line run right to left, and their order on paper.

Follows the Unicode Bidirectional Algorithm (UAX 9, revision 50) for text without embedding controls: rules P2, W1-W7 as
far as they touch plain numbers, N1, N2, I1, I2 and L2.
"""

import unicodedata

LEFT, RIGHT, NUMBER, NEUTRAL = "L", "R", "N", "O"
KINDS = {"L": LEFT, "R": RIGHT, "AL": RIGHT, "EN": NUMBER, "AN": NUMBER}


def visual_runs(text: str, *, paragraph: str = "") -> list[tuple[str, bool]]:
    """The runs from left to right; text of right-to-left ones is in reading order, for the shaper turns it.

    A line that was broken out of a paragraph keeps the paragraph's direction, whatever letter it begins with.

    >>> visual_runs("abc")
    [('abc', False)]
    >>> visual_runs("\\u05d0\\u05d1 12 c")
    [('c', False), (' ', True), ('12', False), ('\\u05d0\\u05d1 ', True)]
    >>> visual_runs("c \\u05d0", paragraph="\\u05d1 c \\u05d0")
    [(' \\u05d0', True), ('c', False)]
    """
    runs = _level_runs(text, int(is_rtl(paragraph or text)))
    highest = max((level for _, level in runs), default=0)
    for level in range(highest, 0, -1):
        runs = _turned(runs, level)
    return [(run, level % 2 == 1) for run, level in runs]


def is_rtl(text: str) -> bool:
    """Whether the text as a whole runs right to left: by its first strong character. UAX 9, P2 and P3."""
    kinds = (KINDS.get(unicodedata.bidirectional(character)) for character in text)
    return next((kind == RIGHT for kind in kinds if kind in (LEFT, RIGHT)), False)


def _level_runs(text: str, base: int) -> list[tuple[str, int]]:
    runs: list[tuple[str, int]] = []
    for character, level in zip(text, _levels(text, base), strict=True):
        if runs and runs[-1][1] == level:
            runs[-1] = (runs[-1][0] + character, level)
        else:
            runs.append((character, level))
    return runs


def _levels(text: str, base: int) -> list[int]:
    kinds = _resolved(text, RIGHT if base else LEFT)
    upwards = {(0, LEFT): 0, (0, RIGHT): 1, (0, NUMBER): 2, (1, LEFT): 2, (1, RIGHT): 1, (1, NUMBER): 2}
    return [upwards[base, kind] for kind in kinds]


def _resolved(text: str, around: str) -> list[str]:
    """The kind of every character, neutral ones by what is on both sides of them."""
    kinds = [_kind(character) for character in text]
    _join_numbers(text, kinds)
    strong = around
    for index, kind in enumerate(kinds):
        if kind == NUMBER and strong == LEFT:
            kinds[index] = LEFT  # W7
        elif kind in (LEFT, RIGHT):
            strong = kind
    index = 0
    while index < len(kinds):
        end = index
        while end < len(kinds) and kinds[end] == NEUTRAL:
            end += 1
        before = _as_strong(kinds[index - 1]) if index else around
        after = _as_strong(kinds[end]) if end < len(kinds) else around
        kinds[index:end] = [before if before == after else around] * (end - index)
        index = max(end, index + 1)
    return kinds


def _kind(character: str) -> str:
    return KINDS.get(unicodedata.bidirectional(character), NEUTRAL)


def _join_numbers(text: str, kinds: list[str]) -> None:
    """Points and signs inside and currency beside a number belong to it (W4, W5); marks to what they stand on (W1)."""
    for index, character in enumerate(text):
        own = unicodedata.bidirectional(character)
        before = kinds[index - 1] if index else NEUTRAL
        after = kinds[index + 1] if index + 1 < len(kinds) else NEUTRAL
        if own == "NSM":
            kinds[index] = before
        elif (own in ("ES", "CS") and before == after == NUMBER) or (own == "ET" and NUMBER in (before, after)):
            kinds[index] = NUMBER


def _as_strong(kind: str) -> str:
    return RIGHT if kind == NUMBER else kind


def _turned(runs: list[tuple[str, int]], level: int) -> list[tuple[str, int]]:
    """Each stretch of runs at this level or higher in reverse order (L2)."""
    turned: list[tuple[str, int]] = []
    stretch: list[tuple[str, int]] = []
    for run in runs:
        if run[1] >= level:
            stretch.insert(0, run)
        else:
            turned += [*stretch, run]
            stretch = []
    return turned + stretch

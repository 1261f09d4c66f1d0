"""The words of a cue as pieces that stay whole, and lines made of them: broken where speech would pause.

Words are never changed: only which line and which cue they stand in.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise

from crosscut.kernel.captions import CaptionLimits, ends_bound, is_dialogue, is_wide, width
from crosscut.kernel.graphemes import graphemes
from crosscut.media.captions.records import tidy

_TAG = re.compile(r"<(/?)([ibu])>")
_SENTENCE_END = tuple(".!?…。！？؟")
_CLAUSE_END = tuple(",;:–—、，；：،")
# Signs that may not begin or end a line of Chinese, Japanese or Korean. JIS X 4051; W3C jlreq 3.1.7 and 3.1.8.
_NOT_FIRST = frozenset(
    "、。，．・：；？！゛゜ヽヾゝゞ々ー）〕］｝〉》」』】ぁぃぅぇぉっゃゅょゎァィゥェォッャュョヮ,.!?:;)]}%"
)
_NOT_LAST = frozenset("（〔［｛〈《「『【([{$£¥")
_PENALTY_SENTENCE, _PENALTY_CLAUSE, _PENALTY_PLAIN, _PENALTY_BOUND = 0, 1, 6, 40


@dataclass(frozen=True, kw_only=True)
class Token:
    """A word, or one sign of a script that writes no spaces."""

    text: str
    tags: str = ""  # the letters of its tags: "i", "bi"
    is_joined: bool = False  # no space between it and the one before
    starts_speech: bool = False  # first of a line that a dash gives to another speaker


def tokens_of(text: str) -> list[Token]:
    """The words of a cue's text in order.

    >>> [(token.text, token.tags) for token in tokens_of("Go <i>to the</i>\\nreef")]
    [('Go', ''), ('to', 'i'), ('the', 'i'), ('reef', '')]
    """
    found: list[Token] = []
    tags = ""
    lines = text.split("\n")
    splits = is_dialogue([_TAG.sub("", line) for line in lines])
    for line in lines:
        first, is_joined, last = len(found), False, 0
        for mark in (*_TAG.finditer(line), None):
            run = line[last : mark.start() if mark else len(line)]
            made, is_joined = _tokens_of_run(run, tags, is_joined)
            found += made
            if mark:
                last = mark.end()
                tags = tags.replace(mark[2], "") if mark[1] else "".join(sorted({*tags, mark[2]}))
        if splits and len(found) > first and (first == 0 or is_dialogue([found[first].text + "x"])):
            found[first] = Token(text=found[first].text, tags=found[first].tags, starts_speech=True)
    return found


def _tokens_of_run(run: str, tags: str, is_joined: bool) -> tuple[list[Token], bool]:  # noqa: FBT001 - a running state
    """The tokens of a run with the same tags, and whether the next run goes on without a space."""
    found: list[Token] = []
    for index, word in enumerate(run.split()):
        joined = is_joined and index == 0 and not run[0].isspace()
        for number, part in enumerate(_parts(word)):
            found.append(Token(text=part, tags=tags, is_joined=joined if number == 0 else True))
    goes_on = bool(run) and not run[-1].isspace() if run else is_joined
    return found, goes_on


def _parts(word: str) -> list[str]:
    """A word as it is, or cut between the signs of a script that may break anywhere but at some marks."""
    clusters = graphemes(word)
    if not any(is_wide(cluster) for cluster in clusters):
        return [word]
    parts = [clusters[0]]
    for before, cluster in pairwise(clusters):
        may_break = (is_wide(before) or is_wide(cluster)) and cluster not in _NOT_FIRST and before not in _NOT_LAST
        if may_break:
            parts.append(cluster)
        else:
            parts[-1] += cluster
    return parts


def joined(tokens: Sequence[Token]) -> str:
    """The tokens as one line with tags.

    >>> joined(tokens_of("Go <i>to the</i> reef"))
    'Go <i>to the</i> reef'
    """
    text, before = "", ""
    for index, token in enumerate(tokens):
        space = "" if index == 0 or token.is_joined else " "
        closing = "".join(f"</{tag}>" for tag in reversed(before) if tag not in token.tags)
        opening = "".join(f"<{tag}>" for tag in token.tags if tag not in before)
        text += closing + space + opening + token.text
        before = token.tags
    return text + "".join(f"</{tag}>" for tag in reversed(before))


def plain(tokens: Sequence[Token]) -> str:
    """The tokens as one line without tags."""
    return "".join(("" if index == 0 or token.is_joined else " ") + token.text for index, token in enumerate(tokens))


def text_of(lines: Sequence[Sequence[Token]]) -> str:
    """The text of a cue with these lines; a tag is open over a line end where it was before."""
    return tidy("\n".join(joined(line) for line in lines))


def same_words(text: str) -> str:
    """What two texts have in common when only lines differ: their signs without spaces and tags."""
    return "".join(_TAG.sub("", text).split())


def lay_out(tokens: Sequence[Token], limits: CaptionLimits) -> list[list[Token]] | None:
    """The tokens on as few lines as hold them, broken best; None when the allowed lines do not hold them.

    >>> limits = CaptionLimits(max_lines=2, line_chars=20, bound_words=frozenset({"the"}))
    >>> [plain(line) for line in lay_out(tokens_of("He swims along the southern reef"), limits) or []]
    ['He swims along', 'the southern reef']
    """
    speeches = _speeches(tokens)
    room = limits.max_lines or len(tokens)
    if len(speeches) > room:
        return None
    lines: list[list[Token]] = []
    for index, speech in enumerate(speeches):
        left = room - len(lines) - (len(speeches) - index - 1)
        made = next((found for count in range(1, left + 1) if (found := _broken(speech, count, limits))), None)
        if made is None:
            return None
        lines += made
    return lines


def _speeches(tokens: Sequence[Token]) -> list[list[Token]]:
    found: list[list[Token]] = []
    for token in tokens:
        if token.starts_speech or not found:
            found.append([])
        found[-1].append(token)
    return found


def _broken(tokens: Sequence[Token], count: int, limits: CaptionLimits) -> list[list[Token]] | None:
    """The best way to put the tokens on exactly so many lines; None when it cannot be done."""
    room = limits.line_chars
    if count == 1:
        return [list(tokens)] if room is None or width(plain(tokens), limits) <= room else None
    best: tuple[Fraction, list[list[Token]]] | None = None
    total = width(plain(tokens), limits)
    for cut in range(1, len(tokens)):
        head = width(plain(tokens[:cut]), limits)
        if room is not None and head > room:
            break
        rest = _broken(tokens[cut:], count - 1, limits)
        if rest is None:
            continue
        uneven = abs(head / total - Fraction(1, count))
        cost = break_cost(tokens, cut, limits) + 20 * uneven + (1 if head * count > total else 0)
        if best is None or cost < best[0]:
            best = (cost, [list(tokens[:cut]), *rest])
    return best[1] if best else None


def break_cost(tokens: Sequence[Token], cut: int, limits: CaptionLimits) -> Fraction:
    """How much a break before the token at `cut` disturbs: least after a sentence, most after an article."""
    before, after = tokens[cut - 1], tokens[cut]
    word = before.text.rstrip("\"'”’»)]")
    if word.endswith(_SENTENCE_END):
        return Fraction(_PENALTY_SENTENCE)
    if word.endswith(_CLAUSE_END):
        return Fraction(_PENALTY_CLAUSE)
    if ends_bound(before.text, limits):
        return Fraction(_PENALTY_BOUND)
    # Before a preposition or conjunction a speaker would breathe.
    return Fraction(_PENALTY_PLAIN - (3 if ends_bound(after.text, limits) else 0))


def split_point(tokens: Sequence[Token], limits: CaptionLimits) -> int:
    """Where to cut a text that does not fit one cue: the first part fits, and the cut disturbs least.

    >>> limits = CaptionLimits(max_lines=1, line_chars=20)
    >>> split_point(tokens_of("It breathes. We did not know that it breathes."), limits)
    2
    """
    speech = next((index for index, token in enumerate(tokens) if index and token.starts_speech), None)
    if speech is not None:
        return speech
    total = width(plain(tokens), limits)
    room = (limits.max_lines or 1) * (limits.line_chars or total)
    parts = max(-(-total // room), 2)
    best, best_cost = 1, None
    for cut in range(1, len(tokens)):
        if cut > 1 and lay_out(tokens[:cut], limits) is None:
            break
        part = width(plain(tokens[:cut]), limits) / total
        cost = 2 * break_cost(tokens, cut, limits) + 30 * abs(part - Fraction(1, int(parts)))
        if best_cost is None or cost < best_cost:
            best, best_cost = cut, cost
    return best

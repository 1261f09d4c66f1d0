"""Mends captions that break the limits: splits, merges, moves times and breaks lines anew, and never changes a word.

One pass after another until nothing changes any more: so mending what is mended changes nothing.
"""

import math
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from fractions import Fraction

from crosscut.kernel.captions import Breach, CaptionLimits, before_shot, breaches, near, reading_s
from crosscut.kernel.errors import Problem
from crosscut.media.captions.records import Cue
from crosscut.media.captions.words import Token, lay_out, split_point, text_of, tokens_of

LINE_CHARS = 42  # where a profile names no width: that of most of them
MERGED_ACROSS_S = Fraction(1)  # captions further apart than this are never joined
TICK_S = Fraction(1, 1000)  # all times are whole milliseconds: more than any format keeps
_ROUNDS = 60


@dataclass(frozen=True, kw_only=True)
class Fixed:
    """Captions as they were mended."""

    cues: tuple[Cue, ...]  # in time, none over another
    changes: tuple[str, ...]  # what was done, in sentences; empty when nothing had to be
    remaining: tuple[Problem, ...]  # what could not be mended and why; `values["code"]` is the finding's


def fix(
    cues: Sequence[Cue],
    limits: CaptionLimits,
    *,
    shots: Sequence[Fraction] = (),
    duration_s: Fraction | None = None,
) -> Fixed:
    """The captions brought to the limits as far as their words allow.

    `shots` are the times of shot changes in seconds, in order; `duration_s` is that of the film, which no caption then
    outlasts.
    """
    work = _Work(limits=_working(limits), shots=tuple(_tick(shot) for shot in shots), duration_s=duration_s)
    now = _ordered(cues)
    for _ in range(_ROUNDS):
        after = work.once(now)
        if after == now:
            break
        now = after
    left = tuple(_remaining(breach, now) for breach in breaches(now, limits, shots=work.shots))
    return Fixed(cues=now, changes=_changes(cues, now, work.done), remaining=left)


def _working(limits: CaptionLimits) -> CaptionLimits:
    """The limits with the least gap in whole milliseconds, rounded up, and a width in any case."""
    gap_s = Fraction(math.ceil((limits.min_gap_s or 0) * 1000), 1000)
    return replace(limits, min_gap_s=gap_s, line_chars=limits.line_chars or LINE_CHARS, max_lines=limits.max_lines or 2)


def _ordered(cues: Sequence[Cue]) -> tuple[Cue, ...]:
    """In time, in whole milliseconds, without those that have no words; none starts before the film."""
    kept = (cue for cue in cues if cue.plain.strip())
    ticked = (
        replace(cue, start_s=max(_tick(cue.start_s), Fraction(0)), end_s=max(_tick(cue.end_s), Fraction(0)))
        for cue in kept
    )
    return tuple(sorted(ticked, key=lambda cue: cue.start_s))


def _tick(time_s: Fraction) -> Fraction:
    return Fraction(round(time_s * 1000), 1000)


def _up(time_s: Fraction) -> Fraction:
    return Fraction(math.ceil(time_s * 1000), 1000)


class _Work:
    """One mending: its limits and what was done so far."""

    def __init__(self, *, limits: CaptionLimits, shots: tuple[Fraction, ...], duration_s: Fraction | None) -> None:
        self.limits = limits
        self.shots = shots
        self.duration_s = duration_s
        self.gap_s = limits.min_gap_s or Fraction(0)
        self.done: Counter[str] = Counter()

    def once(self, cues: tuple[Cue, ...]) -> tuple[Cue, ...]:
        """The cues after one pass of everything."""
        broken = [part for cue in cues for part in self._fitted(cue)]
        apart = self._apart(sorted(broken, key=lambda cue: cue.start_s))
        merged = self._merged(apart)
        started = self._started(merged)
        return tuple(self._ended(cue, started[index + 1 : index + 2]) for index, cue in enumerate(started))

    def need_s(self, text: str) -> Fraction:
        """The least time a cue with this text must stay."""
        return _up(max(reading_s(text, self.limits), self.limits.min_duration_s or Fraction(0), TICK_S))

    def _fitted(self, cue: Cue) -> list[Cue]:
        """The cue with lines that fit, or several cues when it holds too much for one."""
        wrong = {breach.code for breach in breaches([replace(cue, end_s=cue.start_s + 1)], self.limits)}
        lines_wrong = wrong & {
            f"captions.{code}" for code in ("line_too_long", "too_many_lines", "bad_break", "one_line")
        }
        most_s = self.limits.max_duration_s
        is_too_much = most_s is not None and self.need_s(cue.text) > most_s
        if not lines_wrong and not is_too_much:
            return [cue]
        tokens = tokens_of(cue.text)
        lines = lay_out(tokens, self.limits)
        if (lines is None or is_too_much) and len(tokens) > 1:
            return self._split(cue, tokens)
        return [cue if lines is None else replace(cue, text=text_of(lines))]

    def _split(self, cue: Cue, tokens: list[Token]) -> list[Cue]:
        """Two cues in the time of one, shared by the length of their words."""
        self.done["split"] += 1
        cut = split_point(tokens, self.limits)
        texts = [text_of(lay_out(part, self.limits) or [part]) for part in (tokens[:cut], tokens[cut:])]
        first, second = (Fraction(len(text)) for text in texts)
        lasts_s = max(cue.end_s - cue.start_s, 2 * self.gap_s + 2 * TICK_S)
        middle_s = _tick(cue.start_s + lasts_s * first / (first + second))
        middle_s = max(middle_s, cue.start_s + self.gap_s + TICK_S)
        end_s = max(cue.start_s + lasts_s, middle_s + TICK_S)
        one = replace(cue, text=texts[0], end_s=max(middle_s - self.gap_s, cue.start_s + TICK_S))
        return [one, replace(cue, text=texts[1], start_s=middle_s, end_s=_tick(end_s), name="")]

    def _apart(self, cues: list[Cue]) -> list[Cue]:
        """The cues with starts so far apart that each can be shown: what starts with another comes after it."""
        made: list[Cue] = []
        for cue in cues:
            if made and cue.start_s <= made[-1].start_s + self.gap_s:
                before = made[-1]
                both = self._as_one(before, cue)
                if both:
                    self.done["merged"] += 1
                    made[-1] = both
                    continue
                self.done["moved"] += 1
                start_s = before.start_s + self.need_s(before.text) + self.gap_s
                cue = replace(cue, start_s=start_s, end_s=max(cue.end_s, start_s + TICK_S))
            made.append(cue)
        return made

    def _merged(self, cues: list[Cue]) -> list[Cue]:
        """The cues with those joined that the next one leaves too little time, where both fit into one."""
        made: list[Cue] = []
        for cue in cues:
            if made and cue.start_s - self.gap_s - made[-1].start_s < (self.limits.min_duration_s or 0):
                both = self._as_one(made[-1], cue)
                if both:
                    self.done["merged"] += 1
                    made[-1] = both
                    continue
            made.append(cue)
        return made

    def _as_one(self, one: Cue, other: Cue) -> Cue | None:
        """Both cues as one; None where another speaks, it stands elsewhere, lies apart, or holds too much."""
        if (one.voice, one.settings) != (other.voice, other.settings) or other.start_s - one.end_s > MERGED_ACROSS_S:
            return None
        lines = lay_out([*tokens_of(one.text), *tokens_of(other.text)], self.limits)
        if lines is None:
            return None
        both = replace(one, end_s=max(one.end_s, other.end_s), text=text_of(lines))
        most_s = self.limits.max_duration_s
        return None if most_s is not None and self.need_s(both.text) > most_s else both

    def _started(self, cues: list[Cue]) -> list[Cue]:
        """The cues with starts on the shot changes they are beside, where the words before and after keep their time.

        Goes over them again until none moves: whether one can depends on its neighbours.
        """
        made, moved = list(cues), True
        while moved:
            moved = False
            for index, cue in enumerate(made):
                shot_s = near(cue.start_s, self.limits, self.shots)
                if shot_s is None or shot_s == cue.start_s or not self._may_start(made, index, shot_s):
                    continue
                self.done["snapped"] += 1
                made[index], moved = replace(cue, start_s=shot_s), True
        return made

    def _may_start(self, cues: list[Cue], index: int, start_s: Fraction) -> bool:
        need_s = self.need_s(cues[index].text)
        if start_s < 0 or (index + 1 < len(cues) and cues[index + 1].start_s - self.gap_s - start_s < need_s):
            return False
        before = cues[index - 1] if index else None
        if before is None or start_s > cues[index].start_s:
            return True
        return start_s - self.gap_s - before.start_s >= self.need_s(before.text)

    def _ended(self, cue: Cue, following: Sequence[Cue]) -> Cue:
        """The cue with the end that its words need and its neighbours allow."""
        need_s, limits = self.need_s(cue.text), self.limits
        room_s = following[0].start_s - self.gap_s if following else self.duration_s
        end_s = max(cue.end_s, cue.start_s + need_s)
        most_s = None if limits.max_duration_s is None else cue.start_s + limits.max_duration_s
        bounds = [bound for bound in (room_s, most_s) if bound is not None and bound > cue.start_s]
        last_s = min(bounds, default=None)
        end_s = end_s if last_s is None else min(end_s, last_s)
        if following and not self._is_at_shot(end_s):
            end_s = self._closed(end_s, following[0].start_s, last_s)
        shot_s = near(end_s, limits, self.shots)
        if shot_s is not None:
            wanted_s = _tick(before_shot(shot_s, limits))
            if wanted_s - cue.start_s >= need_s and (last_s is None or wanted_s <= last_s):
                end_s = wanted_s
        return replace(cue, end_s=_tick(end_s))

    def _is_at_shot(self, end_s: Fraction) -> bool:
        shot_s = near(end_s, self.limits, self.shots)
        return shot_s is not None and end_s == _tick(before_shot(shot_s, self.limits))

    def _closed(self, end_s: Fraction, next_s: Fraction, last_s: Fraction | None) -> Fraction:
        """The end just before the next start when the gap between would flicker."""
        flickers = self.limits.gap_closed_below_s is not None and next_s - end_s < self.limits.gap_closed_below_s
        wanted_s = next_s - self.gap_s
        return wanted_s if flickers and wanted_s > end_s and (last_s is None or wanted_s <= last_s) else end_s


_WHY = {
    "backwards": "There is no time between its start and the next caption.",
    "too_short": "The next caption follows too soon, and both do not fit into one.",
    "too_long": "It could not be made shorter.",
    "too_fast": "The next caption follows too soon to keep it longer: use fewer words.",
    "too_many_words": "The next caption follows too soon to keep it longer: use fewer words.",
    "line_too_long": "A word is longer than a line.",
    "too_many_lines": "More people speak in it than it has lines.",
    "one_line": "Its lines belong to different speakers.",
    "bad_break": "The words do not fit with any better break.",
    "start_near_shot": "On the shot change it, or the caption before it, would be up too short to be read.",
    "end_near_shot": "Ending with the shot it would be up too short to be read.",
    "gap_flickers": "Closing the gap would keep the caption before it longer than the longest.",
    "overlap": "They start together.",
    "too_close": "The caption before it would be gone at once.",
}


def _remaining(breach: Breach, cues: tuple[Cue, ...]) -> Problem:
    code = breach.code.removeprefix("captions.")
    values = {"code": breach.code, "index": breach.index, "start_s": cues[breach.index].start_s}
    return Problem(
        code=f"captions.remains.{code}", where=f"caption {breach.index + 1}", message=_WHY[code], values=values
    )


def _changes(before: Sequence[Cue], after: tuple[Cue, ...], done: Counter[str]) -> tuple[str, ...]:
    blank = sum(not cue.plain.strip() for cue in before)
    times = {(cue.plain, _tick(cue.start_s), _tick(cue.end_s)) for cue in before}
    words = {" ".join(cue.plain.split()): cue.plain for cue in before}
    retimed = sum((cue.plain, cue.start_s, cue.end_s) not in times and cue.plain in words.values() for cue in after)
    rebroken = sum(cue.plain not in words.values() and " ".join(cue.plain.split()) in words for cue in after)
    counted = (
        ("removed without words", blank),
        ("split", done["split"]),
        ("joined with the one before", done["merged"]),
        ("broken into lines anew", rebroken),
        ("retimed", retimed),
        ("set on a shot change at the start", done["snapped"]),
    )
    return tuple(f"{count} {'caption' if count == 1 else 'captions'} {what}." for what, count in counted if count)

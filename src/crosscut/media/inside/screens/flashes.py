"""Counts flashes per pixel: opposing changes of light, or of saturated red, within the last second.

Only changes that happen in one frame and one direction over a large area count: a pan over leaves changes every pixel
often, and nobody would call it a flash.
"""

from collections import deque
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import numpy as np

from crosscut.media.inside.screens.light import FIELD_SCALE, Array, Light
from crosscut.media.inside.screens.spans import Enduring
from crosscut.media.screens.profiles import FlashProfile

WINDOW_S = Fraction(1)
LONG_CHANGES = 4  # within a second, and
LONG_LEAST_S, LONG_WITHIN_S = (
    Fraction(4),
    Fraction(5),
)  # so often: electronicarts/IRIS config/appsettings.json, 2025-01-14


@dataclass(frozen=True, kw_only=True)
class Flashing:
    """What one counter says after a frame."""

    is_hazard: bool = False  # more changes within a second on a larger area than allowed
    is_long: bool = False  # fewer, but for four of the last five seconds
    changes: int = 0  # the most within the last second on the area that counts
    share: float = 0.0  # the largest part of a field with too many
    since_s: Fraction = Fraction(0)  # when the first of the changes counted was
    until_s: Fraction = Fraction(0)  # when the last of them was
    long_since_s: Fraction = Fraction(0)  # when those of the last five seconds began
    swing: float = 0.0  # the largest of them, in the measure of the counter


class Field:
    """The part of the picture in which flashes are summed: all places of it are tried."""

    def __init__(self, field_px: tuple[int, int], share: float, scale: Fraction = FIELD_SCALE) -> None:
        self.width, self.height = (round(side * scale) for side in field_px)
        self.share = share

    def largest(self, mask: Array) -> float:
        """The largest part that is set in any field, by sums over an integral image; 0 where it cannot be enough."""
        if np.count_nonzero(mask) < self.share * self.width * self.height:
            return 0.0  # too little to be enough anywhere
        width, height = min(self.width, mask.shape[1]), min(self.height, mask.shape[0])
        sums = np.zeros((mask.shape[0] + 1, mask.shape[1] + 1), np.int32)
        np.cumsum(mask, axis=0, dtype=np.int32, out=sums[1:, 1:])
        np.cumsum(sums[1:, 1:], axis=1, out=sums[1:, 1:])
        boxes = sums[height:, width:] - sums[:-height, width:] - sums[height:, :-width] + sums[:-height, :-width]
        return float(boxes.max()) / (self.width * self.height)

    def holds(self, mask: Array) -> bool:
        """Whether enough of it is set in any field."""
        return self.largest(mask) >= self.share


class Tally:
    """The changes of the last second per pixel, and what they amount to."""

    def __init__(self, field: Field, most_changes: int) -> None:
        self.field = field
        self.most_changes = most_changes
        self.count: Array | None = None
        self.recent: deque[tuple[Fraction, Array, float]] = deque()
        self.enduring = Enduring(at_least_s=LONG_LEAST_S, within_s=LONG_WITHIN_S)

    def add(self, start_s: Fraction, end_s: Fraction, fell: Array | None, rose: Array | None, swing: float) -> Flashing:
        """One frame and the pixels that changed in it; None where nothing did."""
        for changed in (fell, rose):
            if changed is not None and self.field.holds(changed):
                self.count = np.zeros(changed.shape, np.int16) if self.count is None else self.count
                self.count += changed
                self.recent.append((start_s, changed, swing))
        while self.recent and self.count is not None and self.recent[0][0] <= start_s - WINDOW_S:
            self.count -= self.recent.popleft()[1]
        return self._seen(start_s, end_s)

    def _seen(self, start_s: Fraction, end_s: Fraction) -> Flashing:
        highest = int(self.count.max()) if self.count is not None and self.recent else 0
        is_often = highest >= LONG_CHANGES and self.count is not None and self.field.holds(self.count >= LONG_CHANGES)
        is_long = self.enduring.add(start_s, end_s, is_often)
        if self.count is None or not self.recent:
            return Flashing(is_long=is_long, long_since_s=self.enduring.since_s)
        share = self.field.largest(self.count > self.most_changes) if highest > self.most_changes else 0.0
        return Flashing(
            is_hazard=share >= self.field.share,
            is_long=is_long,
            changes=highest,
            share=share,
            since_s=self.recent[0][0],
            until_s=self.recent[-1][0],
            long_since_s=self.enduring.since_s,
            swing=max(swing for _, _, swing in self.recent),
        )


class Extremes:
    """The lowest and highest state of every pixel since its last change, by a key, with what belongs to the state."""

    def __init__(self, key: Array, *states: Array) -> None:
        self.low = [key.copy(), *(state.copy() for state in states)]
        self.high = [key.copy(), *(state.copy() for state in states)]
        self.direction = np.zeros(key.shape, np.int8)  # of the last change: 1 up, -1 down, 0 none yet

    def widen(self, key: Array, *states: Array) -> None:
        """Takes the states of this frame where they are extreme."""
        if not states:
            np.minimum(self.low[0], key, out=self.low[0])
            np.maximum(self.high[0], key, out=self.high[0])
            return
        for kept, where in ((self.low, key < self.low[0]), (self.high, key > self.high[0])):
            if where.any():
                for mine, new in zip(kept, (key, *states), strict=True):
                    np.copyto(mine, new, where=where)

    def restart(self, fell: Array, rose: Array, *states: Array) -> None:
        """From the changed pixels on it is counted anew."""
        self.direction[fell], self.direction[rose] = -1, 1
        changed = fell | rose
        for side in (self.low, self.high):
            for mine, new in zip(side, states, strict=True):
                np.copyto(mine, new, where=changed)


def _tally(profile: FlashProfile, is_near: bool, scale: Fraction) -> Tally:  # noqa: FBT001 - handed through
    share = profile.near_share if is_near else profile.share
    return Tally(Field(profile.field_px, share, scale), profile.most_changes)


class LightCounter:
    """General flashes: opposing changes of luminance, the darker of the two states dark enough."""

    def __init__(self, profile: FlashProfile, *, is_near: bool = False, scale: Fraction = FIELD_SCALE) -> None:
        self.change = profile.near_change if is_near else profile.change
        self.dark_below = profile.dark_below
        self.tally = _tally(profile, is_near, scale)
        self.extremes: Extremes | None = None

    def see(self, start_s: Fraction, end_s: Fraction, light: Light) -> Flashing:
        """What is known after this frame."""
        now = light.luminance
        if self.extremes is None:
            self.extremes = Extremes(now)
            return self.tally.add(start_s, end_s, None, None, 0.0)
        known = self.extremes
        known.widen(now)
        fall, rise = known.high[0] - now, now - known.low[0]
        if max(fall.max(), rise.max()) < self.change:
            return self.tally.add(start_s, end_s, None, None, 0.0)
        fell = (fall >= self.change) & (now < self.dark_below) & (known.direction >= 0)
        rose = (rise >= self.change) & (known.low[0] < self.dark_below) & (known.direction <= 0) & ~fell
        known.restart(fell, rose, now)
        swing = max(fall.max(initial=0, where=fell), rise.max(initial=0, where=rose))
        return self.tally.add(start_s, end_s, fell, rose, float(swing))


class RedCounter:
    """Red flashes: opposing changes to or from a saturated red."""

    def __init__(self, profile: FlashProfile, *, is_near: bool = False, scale: Fraction = FIELD_SCALE) -> None:
        self.change = profile.near_red_change if is_near else profile.red_change
        self.is_chromatic = profile.red_measure == "chromaticity"
        self.saturation = profile.near_red_saturation if is_near else profile.red_saturation
        self.tally = _tally(profile, is_near, scale)
        self.extremes: Extremes | None = None

    def see(self, start_s: Fraction, end_s: Fraction, light: Light) -> Flashing:
        """What is known after this frame."""
        states = light.chromaticity if self.is_chromatic else (light.redness,)
        saturated = light.is_saturated_red(self.saturation)
        if self.extremes is None:
            self.extremes = Extremes(states[0], *states[1:], saturated)
            return self.tally.add(start_s, end_s, None, None, 0.0)
        known = self.extremes
        known.widen(states[0], *states[1:], saturated)
        if not (saturated.any() or known.high[-1].any() or known.low[-1].any()):
            return self.tally.add(start_s, end_s, None, None, 0.0)
        fall, rise = self._apart(known.high, states), self._apart(known.low, states)
        fell = (
            (fall > self.change) & (known.high[-1] | saturated) & (known.direction >= 0) & (states[0] < known.high[0])
        )
        rose = (rise > self.change) & (known.low[-1] | saturated) & (known.direction <= 0) & ~fell
        if not (fell.any() or rose.any()):
            return self.tally.add(start_s, end_s, None, None, 0.0)
        known.restart(fell, rose, *states, saturated)
        swing = max(fall.max(initial=0, where=fell), rise.max(initial=0, where=rose))
        return self.tally.add(start_s, end_s, fell, rose, float(swing))

    def _apart(self, kept: list[Array], states: tuple[Array, ...]) -> Any:
        if self.is_chromatic:
            return np.hypot(kept[0] - states[0], kept[1] - states[1])
        return np.abs(kept[0] - states[0])

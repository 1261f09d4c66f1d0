"""True peak: the highest point between the samples, by four-fold oversampling (ITU-R BS.1770-4, annex 2).

Most of a sound need not be oversampled: between samples the filter can raise it by no more than the sum of its
coefficients, so a block whose samples stay under the highest point so far by that factor cannot hold a higher one.
"""

from typing import Any

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view

from crosscut.media.inside.sound.counters import Grid, Samples

TAPS = 24  # per phase: twice what annex 2 shows, for less ripple near half the rate
PHASES = 4
KAISER_BETA = 7.0  # about -70 dB beside the pass band
AT_ONCE = 512  # blocks oversampled at a time: 5 MB


def _filters() -> np.ndarray[Any, np.dtype[np.float32]]:
    """The coefficients of the three points between two samples, TAPS x 3, each summing up to one."""
    moments = np.arange(TAPS)[:, None] - (TAPS / 2 - 1) - np.arange(1, PHASES)[None, :] / PHASES
    window = np.i0(KAISER_BETA * np.sqrt(np.clip(1 - (moments / (TAPS / 2)) ** 2, 0, 1))) / np.i0(KAISER_BETA)
    coefficients = np.sinc(moments) * window
    return np.asarray(coefficients / coefficients.sum(axis=0), np.float32)


FILTERS = _filters()
BOUND = float(np.abs(FILTERS).sum(axis=0).max())  # no point between is higher than the samples around it times this


class TruePeak:
    """The highest true peak of each channel so far."""

    def __init__(self) -> None:
        self.highest: list[float] = []  # linear, full scale at 1
        self._before: Samples = np.zeros((0, 0), np.float32)

    def hear(self, samples: Samples, extremes: Samples, grid: Grid) -> None:
        """Takes a chunk. Points between it and the one before are looked at here, with what was kept of that one."""
        if not self.highest:
            self.highest = [0.0] * len(samples)
            self._before = np.zeros((len(samples), TAPS), np.float32)
        blocks = np.maximum(-extremes[0], extremes[1])
        for channel, highest in enumerate(self.highest):
            joined = np.concatenate([self._before[channel], samples[channel]])
            found = max(highest, float(blocks[channel].max()))
            self.highest[channel] = self._between(joined, blocks[channel], grid.block, found)
        self._before = np.concatenate([self._before, samples], axis=1)[:, -TAPS:]

    def finished(self) -> float:
        """The highest of all channels, with the points after the last samples, where the sound stops."""
        for channel, tail in enumerate(self._before):
            windows = sliding_window_view(np.concatenate([tail, np.zeros(TAPS, np.float32)]), TAPS)
            self.highest[channel] = max(self.highest[channel], float(np.abs(windows @ FILTERS).max()))
        return max(self.highest)

    def _between(self, joined: Samples, blocks: Samples, block: int, highest: float) -> float:
        """The highest point of a chunk: `joined` is TAPS samples of the one before and then the chunk."""
        around = self._around(joined, blocks, block)
        order = np.argsort(-around)
        count = int(np.searchsorted(-around[order], -highest / BOUND))
        reach = min(block + TAPS, len(joined))
        for start in range(0, count, AT_ONCE):
            chosen = order[start : min(start + AT_ONCE, count)]
            if around[chosen[0]] * BOUND <= highest:
                break
            starts = np.minimum(chosen * block, len(joined) - reach)
            parts = joined[starts[:, None] + np.arange(reach)[None, :]]
            points = sliding_window_view(parts, TAPS, axis=1) @ FILTERS
            highest = max(highest, float(np.abs(points).max()))
        return highest

    def _around(self, joined: Samples, blocks: Samples, block: int) -> Samples:
        """For each block the highest sample of all that the filter reaches from it: TAPS before its end."""
        reach = -(-TAPS // block)
        before = np.full(reach, np.abs(joined[:TAPS]).max(), np.float32)
        return np.asarray(sliding_window_view(np.concatenate([before, blocks]), reach + 1).max(axis=1))

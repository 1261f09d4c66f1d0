"""The loudness figures of a pass: FFmpeg's ebur128 gives one reading each 100 ms, this keeps and sums them up.

Gating and range follow ITU-R BS.1770-4 and EBU Tech 3342; they are counted here again so that a change of gain can be
reckoned without another decode.
"""

from array import array
from collections.abc import Mapping
from typing import Any

import numpy as np

SILENT_LUFS = -70.0  # the absolute gate of BS.1770-4: what is below does not count
RELATIVE_GATE_LU = -10.0  # BS.1770-4
RANGE_GATE_LU = -20.0  # EBU Tech 3342
RANGE_PERCENTS = (10, 95)  # EBU Tech 3342
OFFSET_LUFS = -0.691  # BS.1770-4, equation 2
Floats = np.ndarray[Any, np.dtype[np.float64]]


class Meter:
    """The readings of one pass."""

    def __init__(self) -> None:
        self.integrated_lufs, self.range_lu = SILENT_LUFS, 0.0
        self._momentary, self._short_term = array("f"), array("f")

    def note(self, figures: Mapping[str, str]) -> None:
        """Takes what ebur128 wrote to one frame; integrated and range are running values, so the last ones stay."""
        if "lavfi.r128.M" in figures:
            self._momentary.append(float(figures["lavfi.r128.M"]))
            self._short_term.append(float(figures["lavfi.r128.S"]))
            self.integrated_lufs = float(figures["lavfi.r128.I"])
            self.range_lu = float(figures.get("lavfi.r128.LRA", 0))

    @property
    def momentary(self) -> Floats:
        """The loudness of each whole 0.4 s, every 0.1 s: the blocks that are gated."""
        return np.asarray(self._momentary[3:], np.float64)

    @property
    def short_term(self) -> Floats:
        """The loudness of each whole 3 s, every 0.1 s."""
        return np.asarray(self._short_term[29:], np.float64)

    @property
    def max_momentary_lufs(self) -> float | None:
        """The loudest 0.4 s; None when there are none."""
        return _highest(self.momentary)

    @property
    def max_short_term_lufs(self) -> float | None:
        """The loudest 3 s; None when there are none."""
        return _highest(self.short_term)


def _highest(readings: Floats) -> float | None:
    if not len(readings):
        return None
    heard = readings[np.isfinite(readings)]  # FFmpeg says "nan" of digital silence
    return round(max(float(heard.max()), SILENT_LUFS), 2) if len(heard) else SILENT_LUFS


def integrated(blocks_lufs: Floats) -> float:
    """The gated loudness of blocks of 0.4 s that overlap by three quarters; -70 when none is over the gate.

    >>> round(integrated(np.array([-20.0] * 50 + [-20.0, -80.0, -45.0])), 2)
    -20.0
    """
    powers = 10 ** (blocks_lufs[blocks_lufs > SILENT_LUFS] / 10)
    if not len(powers):
        return SILENT_LUFS
    loud = powers[powers > powers.mean() * 10 ** (RELATIVE_GATE_LU / 10)]
    return float(10 * np.log10(loud.mean()))

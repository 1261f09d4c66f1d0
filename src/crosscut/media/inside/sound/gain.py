"""Finds the gain that brings a sound to a target, from one decode where no limiter is needed, else from two or three.

The first decode keeps the highest sample and the energy of each block of 1/800 s. With them the limiter is reckoned
for any gain: where it acts, by how much, and what that takes from the loudness. What it gives is then measured through
the real limiter, and reckoned again by what was missing.
"""

from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np

from crosscut.kernel.errors import Damaged
from crosscut.kernel.facts import Loudness
from crosscut.kernel.phrases import phrase
from crosscut.media import sound
from crosscut.media.inside.sound.counters import Grid, Samples, blocks_of
from crosscut.media.inside.sound.listening import Decoding, Listener, listen, loudness_of, measure, treatment_steps
from crosscut.media.inside.sound.loudness import Floats, Meter, integrated
from crosscut.media.inside.sound.true_peak import TruePeak

MOST_PUSHED_DB = 24.0  # of gain beyond plain gain: more only makes noise of it
NEAR_LU = 0.02  # how close the reckoning comes
MEASURED_ROUNDS = 3  # of gain, limit, measure
HEADROOM_DB = 1.0  # under the ceiling: beyond it the limiter stays out of the way, and costs nothing
ATTACK_BLOCKS, RELEASE_BLOCKS = 4, 40  # 5 and 50 ms: those of the limiter in `sound.limited`


class Envelope:
    """The highest sample of any channel and the mean square of each block, in 16-bit floats: 12 MB for an hour."""

    def __init__(self, grid: Grid) -> None:
        self.grid = grid
        self._peaks: list[np.ndarray[Any, np.dtype[np.float16]]] = []
        self._squares: list[np.ndarray[Any, np.dtype[np.float16]]] = []

    def hear(self, samples: Samples, extremes: Samples) -> None:
        """Takes a chunk."""
        blocks = blocks_of(samples, self.grid.block)
        squares = np.einsum("cbk,cbk->b", blocks, blocks) / (len(samples) * self.grid.block)
        self._peaks.append(np.maximum(-extremes[0], extremes[1]).max(axis=0).astype(np.float16))
        self._squares.append(np.minimum(squares, 60_000).astype(np.float16))

    @property
    def peaks(self) -> Samples:
        """Of each block, full scale at 1."""
        return np.concatenate(self._peaks).astype(np.float32)

    @property
    def squares(self) -> Samples:
        """Of each block."""
        return np.concatenate(self._squares).astype(np.float32)


@dataclass(frozen=True, kw_only=True)
class Heard:
    """What the first decode found."""

    loudness: Loudness
    momentary: Floats  # LUFS of each 0.4 s, every 0.1 s
    peaks: Samples  # per block
    squares: Samples
    edges: np.ndarray[Any, np.dtype[np.int64]]  # the block at which each 0.1 s begins


def find(path: Path, aim: sound.Aim) -> sound.Gain:
    """The gain for the aim, as measured after the limiter; `shortfall` says why it misses."""
    heard = _heard(path, aim)
    ceiling_dbtp = aim.max_true_peak_dbtp - sound.CODEC_MARGIN_DB
    gain = sound.Gain(gain_db=0.0, ceiling_dbtp=ceiling_dbtp, reached=heard.loudness, decodes=1)
    if heard.loudness.integrated_lufs < sound.SILENCE_LUFS:
        return replace(gain, shortfall=phrase("The sound is silent."), has_limiter=False)
    plain_db = round(aim.target_lufs - heard.loudness.integrated_lufs, 2)
    if heard.loudness.true_peak_dbtp + plain_db <= ceiling_dbtp:
        close = heard.loudness.true_peak_dbtp + plain_db > ceiling_dbtp - HEADROOM_DB
        return replace(gain, gain_db=plain_db, reached=_raised(heard, plain_db), has_limiter=close)
    return _limited(path, aim, heard, gain)


def _heard(path: Path, aim: sound.Aim) -> Heard:
    meter, true_peak = Meter(), TruePeak()
    envelopes: list[Envelope] = []

    def hear(decoding: Decoding) -> Listener:
        envelope, grid = Envelope(decoding.grid), decoding.grid
        envelopes.append(envelope)

        def listener(samples: Samples) -> None:
            extremes = grid.extremes(samples)
            envelope.hear(samples, extremes)
            true_peak.hear(samples, extremes, grid)

        return listener

    treatment = sound.Treatment(channels=aim.channels)
    listen(path, lambda decoding: treatment_steps(treatment, decoding.rate_hz), hear, meter)
    loudness = loudness_of(meter, true_peak.finished())
    if loudness is None:
        raise Damaged(path, phrase("The sound is too short to measure: EBU R128 needs 0.4 s."), code="media.too_short")
    grid, peaks = envelopes[0].grid, envelopes[0].peaks
    tenths = np.arange(len(meter.momentary) + 4)
    edges = np.minimum(np.rint(tenths * grid.rate_hz / 10 / grid.block).astype(np.int64), len(peaks))
    squares = envelopes[0].squares
    return Heard(loudness=loudness, momentary=meter.momentary, peaks=peaks, squares=squares, edges=edges)


def _raised(heard: Heard, gain_db: float) -> Loudness:
    """The figures after plain gain: exact, for nothing but the absolute gate is not in proportion."""
    gated_db = integrated(heard.momentary + gain_db) - integrated(heard.momentary)
    return Loudness(
        integrated_lufs=round(heard.loudness.integrated_lufs + gated_db, 2),
        true_peak_dbtp=round(heard.loudness.true_peak_dbtp + gain_db, 2),
        range_lu=heard.loudness.range_lu,
    )


def _limited(path: Path, aim: sound.Aim, heard: Heard, gain: sound.Gain) -> sound.Gain:
    """Reckons, measures through the limiter, and reckons again by what was missing."""
    wanted_lufs, ceiling_dbtp = aim.target_lufs, gain.ceiling_dbtp
    for decodes in range(2, 2 + MEASURED_ROUNDS):
        gain_db = round(_reckoned_gain(heard, wanted_lufs, ceiling_dbtp), 2)
        treatment = sound.Treatment(channels=aim.channels, gain_db=gain_db, ceiling_dbtp=ceiling_dbtp)
        found = measure(path, treatment)
        gain = replace(gain, gain_db=gain_db, ceiling_dbtp=ceiling_dbtp, reached=found, decodes=decodes)
        missing_lu = aim.target_lufs - found.integrated_lufs
        over_db = found.true_peak_dbtp - aim.max_true_peak_dbtp
        if over_db <= 0 and (abs(missing_lu) <= sound.TOLERANCE_LU / 2 or _is_spent(heard, gain_db, wanted_lufs)):
            break
        wanted_lufs += missing_lu
        ceiling_dbtp -= max(0.0, over_db + 0.1) if over_db > 0 else 0.0
    taken_db = max(0.0, heard.loudness.true_peak_dbtp + gain.gain_db - gain.ceiling_dbtp)
    missed = sound.shortfall(aim.target_lufs, aim.max_true_peak_dbtp, gain.reached, before=heard.loudness)
    return replace(gain, limited_db=round(taken_db, 1), shortfall=missed)


def _is_spent(heard: Heard, gain_db: float, wanted_lufs: float) -> bool:
    return gain_db >= wanted_lufs - heard.loudness.integrated_lufs + MOST_PUSHED_DB - NEAR_LU


def _reckoned_gain(heard: Heard, wanted_lufs: float, ceiling_dbtp: float) -> float:
    """The gain that gives the wanted loudness behind the limiter: by halving, for louder in is never softer out."""
    low_db = wanted_lufs - heard.loudness.integrated_lufs
    high_db = low_db + MOST_PUSHED_DB
    while high_db - low_db > NEAR_LU:
        middle_db = (low_db + high_db) / 2
        if _reckoned_lufs(heard, middle_db, ceiling_dbtp) < wanted_lufs:
            low_db = middle_db
        else:
            high_db = middle_db
    return high_db


def _reckoned_lufs(heard: Heard, gain_db: float, ceiling_dbtp: float) -> float:
    """The loudness after gain and limiter, reckoned from the envelope."""
    kept = _kept(heard.peaks, 10 ** ((ceiling_dbtp - gain_db) / 20))
    before = np.concatenate([[0.0], np.cumsum(heard.squares, dtype=np.float64)])[heard.edges]
    after = np.concatenate([[0.0], np.cumsum(heard.squares * kept * kept, dtype=np.float64)])[heard.edges]
    whole, left = before[4:] - before[:-4], after[4:] - after[:-4]
    ratios = np.divide(left, whole, out=np.ones_like(whole), where=whole > 0)
    readings = heard.momentary + gain_db + 10 * np.log10(np.maximum(ratios, 1e-12))
    return heard.loudness.integrated_lufs + integrated(readings) - integrated(heard.momentary)


def _kept(peaks: Samples, ceiling: float) -> Samples:
    """What the limiter lets through of each block, 0 to 1: down before a peak, back up after it, both in a line."""
    needed = np.minimum(1, ceiling / np.maximum(peaks, 1e-9)).astype(np.float32)
    kept = needed.copy()
    for steps, direction in ((ATTACK_BLOCKS, 1), (RELEASE_BLOCKS, -1)):
        for step in range(1, min(steps, len(needed))):
            part = step / steps
            eased = needed + (1 - needed) * np.float32(part)
            if direction > 0:
                np.minimum(kept[:-step], eased[step:], out=kept[:-step])
            else:
                np.minimum(kept[step:], eased[:-step], out=kept[step:])
    return kept

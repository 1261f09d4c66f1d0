"""What is counted while a sound goes by: shape, levels, clipping, channels, true peak. Each keeps little of it.

Samples come as an array of channels x samples, 32-bit floats with full scale at 1, in chunks of whole windows; only
the last chunk of a sound may end in the middle of one.
"""

from array import array
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import numpy as np

from crosscut.media import sound
from crosscut.media.sound import decibels
from crosscut.media.timemap import Span

Samples = np.ndarray[Any, np.dtype[np.float32]]
Doubles = np.ndarray[Any, np.dtype[np.float64]]
FINE_WINDOWS = 6000  # about a minute: beyond it 10 ms are fine enough for any drawing
ROW_BYTES = 4  # two 16-bit numbers
FULL_SCALE = 32_766 / 32_768  # of 16 bits, which most clipped sound went through
CLIPPED_RUN = 3  # samples in a row at full scale: one or two can be chance, three are a cut-off top
MOST_CLIPPINGS = 1000
NOISE_WINDOWS = 5  # windows of 10 ms: long enough for a hum, short enough for a pause between words
NOISE_PERCENT = 5
SAME_DB = -60.0  # the difference of two channels this far under their sum is not heard
TURNED = -0.9  # correlation of channels of which one is turned round
DEAD_DBFS, DEAD_UNDER_DB = -70.0, 30.0  # a channel quieter than that, and that far under the loudest, carries nothing


@dataclass(frozen=True, kw_only=True)
class Grid:
    """How samples are cut: a block is about 1/800 s, a window eight blocks, about 10 ms."""

    block: int
    window: int
    rate_hz: int

    @staticmethod
    def at(rate_hz: int) -> "Grid":
        """The grid for a sample rate: whole blocks in a second where that can be, so that seconds begin with one.

        >>> [Grid.at(rate_hz).block for rate_hz in (8000, 44_100, 48_000, 47_999)]
        [10, 50, 60, 59]
        """
        wanted = max(1, rate_hz // 800)
        near = [size for size in range(wanted * 2 // 3, wanted * 4 // 3 + 1) if size and rate_hz % size == 0]
        block = min(near, key=lambda size: abs(size - wanted), default=wanted)
        return Grid(block=block, window=8 * block, rate_hz=rate_hz)

    def extremes(self, samples: Samples) -> Samples:
        """Lowest and highest sample of each block: 2 x channels x blocks. The last block may be short."""
        blocks = blocks_of(samples, self.block)
        return np.stack([blocks.min(axis=2), blocks.max(axis=2)])


def blocks_of(samples: Samples, size: int) -> Samples:
    """Channels x blocks x samples; a short last block is filled up with its own last sample."""
    missing = -samples.shape[1] % size
    if missing:
        samples = np.concatenate([samples, np.repeat(samples[:, -1:], missing, axis=1)], axis=1)
    return samples.reshape(samples.shape[0], -1, size)


class Shape:
    """Lowest and highest sample of all channels: per block for the first minute, per window for all of it."""

    def __init__(self) -> None:
        self.fine, self.coarse = bytearray(), bytearray()
        self.is_short = True

    def hear(self, extremes: Samples) -> None:
        """Takes the extremes of a chunk."""
        pairs = np.stack([extremes[0].min(axis=0), extremes[1].max(axis=0)], axis=1)
        rows = np.rint(np.clip(pairs, -1, 1) * 32_767).astype(np.int16)
        missing = np.repeat(rows[-1:], -len(rows) % 8, axis=0)
        windows = np.concatenate([rows, missing]).reshape(-1, 8, 2)
        self.coarse += np.stack([windows[:, :, 0].min(axis=1), windows[:, :, 1].max(axis=1)], axis=1).tobytes()
        self.is_short = len(self.coarse) < FINE_WINDOWS * ROW_BYTES
        if self.is_short:
            self.fine += rows.tobytes()

    def buckets(self, wanted: int) -> list[tuple[int, int]]:
        """Pairs of -128 to 127; every sample is in one of them."""
        rows = np.frombuffer(self.fine if self.is_short else self.coarse, np.int16).reshape(-1, 2)
        count = min(wanted, len(rows))
        edges = [index * len(rows) // count for index in range(count)]
        lows = np.minimum.reduceat(rows[:, 0], edges)
        highs = np.maximum.reduceat(rows[:, 1], edges)
        pairs = np.clip(np.rint(np.stack([lows, highs], axis=1) / 256), -128, 127).astype(int)
        return [(int(low), int(high)) for low, high in pairs]


class Levels:
    """Highest sample and mean square of each window, from which silences and the noise floor are told afterwards."""

    def __init__(self) -> None:
        self._peaks, self._squares = array("f"), array("f")

    def hear(self, samples: Samples, extremes: Samples, grid: Grid) -> None:
        """Takes a chunk: the highest sample of any channel and the mean over the channels."""
        highest = np.maximum(-extremes[0], extremes[1]).max(axis=0)
        self._peaks.frombytes(np.maximum.reduceat(highest, np.arange(0, len(highest), 8)).tobytes())
        windows = blocks_of(samples, grid.window)
        squares = np.einsum("cwk,cwk->w", windows, windows) / (windows.shape[0] * grid.window)
        self._squares.frombytes(squares.astype(np.float32).tobytes())

    def noise_floor_dbfs(self) -> float:
        """The level that only one in twenty stretches of 50 ms stays under, digital silence left out."""
        squares = np.asarray(self._squares)
        groups = squares[: len(squares) // NOISE_WINDOWS * NOISE_WINDOWS].reshape(-1, NOISE_WINDOWS).mean(axis=1)
        heard = groups[groups > 0]
        return round(decibels(float(np.percentile(heard, NOISE_PERCENT)) ** 0.5), 1) if len(heard) else -144.0

    def silences(self, wanted: sound.Wanted, grid: Grid, length: int) -> Iterator[Span]:
        """Where no sample is over the level for long enough."""
        is_silent = np.asarray(self._peaks) < 10 ** (wanted.silence_dbfs / 20)
        for start, end in runs(is_silent):
            last = min(end * grid.window, length)
            span = Span(start_s=Fraction(start * grid.window, grid.rate_hz), end_s=Fraction(last, grid.rate_hz))
            if span.duration_s >= wanted.min_silence_s:
                yield span


def runs(marks: np.ndarray[Any, np.dtype[np.bool_]]) -> list[tuple[int, int]]:
    """Start and end of each stretch of true.

    >>> runs(np.array([True, False, True, True]))
    [(0, 1), (2, 4)]
    """
    turns = np.flatnonzero(np.diff(np.concatenate([[False], marks, [False]]).astype(np.int8)))
    return [(int(start), int(end)) for start, end in turns.reshape(-1, 2)]


class Clippings:
    """Runs of samples at full scale. One that spans two chunks counts as two."""

    def __init__(self) -> None:
        self.counts: list[int] = []
        self._found: list[tuple[int, int]] = []  # in samples
        self._heard = 0

    def hear(self, samples: Samples, extremes: Samples, grid: Grid) -> None:
        """Takes a chunk; only the blocks that reach full scale are looked at."""
        self.counts = self.counts or [0] * len(samples)
        highest = np.maximum(-extremes[0], extremes[1]) >= FULL_SCALE
        for channel in np.flatnonzero(highest.any(axis=1)):
            first, last = np.flatnonzero(highest[channel])[[0, -1]]
            start = int(first) * grid.block
            part = np.abs(samples[channel, start : (int(last) + 1) * grid.block]) >= FULL_SCALE
            found = [(a, b) for a, b in runs(part) if b - a >= CLIPPED_RUN]
            self.counts[int(channel)] += len(found)
            room = MOST_CLIPPINGS - len(self._found)
            self._found += [(self._heard + start + a, self._heard + start + b) for a, b in found[:room]]
        self._heard += samples.shape[1]

    def spans(self, rate_hz: int) -> list[Span]:
        """Where they are, in order."""
        return [
            Span(start_s=Fraction(start, rate_hz), end_s=Fraction(end, rate_hz)) for start, end in sorted(self._found)
        ]


class Channels:
    """Sums over each channel, and over the two of a stereo sound together."""

    def __init__(self) -> None:
        self._squares: Doubles = np.zeros(0)
        self._peaks: Doubles = np.zeros(0)
        self._product = self._difference = 0.0
        self._length = 0

    def hear(self, samples: Samples, extremes: Samples) -> None:
        """Takes a chunk."""
        if not len(self._squares):
            self._squares, self._peaks = np.zeros(len(samples)), np.zeros(len(samples))
        self._squares += np.einsum("ck,ck->c", samples, samples)
        self._peaks = np.maximum(self._peaks, np.maximum(-extremes[0], extremes[1]).max(axis=1))
        self._length += samples.shape[1]
        if len(samples) == 2:
            self._product += float(np.dot(samples[0], samples[1]))
            difference = samples[0] - samples[1]
            self._difference += float(np.dot(difference, difference))

    def facts(self, true_peaks: Sequence[float], clipped: Sequence[int]) -> Iterator[sound.Channel]:
        """Each channel on its own."""
        levels = [decibels((square / self._length) ** 0.5) for square in self._squares]
        for level_dbfs, peak, true_peak, count in zip(levels, self._peaks, true_peaks, clipped, strict=True):
            is_dead = level_dbfs < DEAD_DBFS and max(levels) - level_dbfs > DEAD_UNDER_DB
            yield sound.Channel(
                peak_dbfs=round(decibels(float(peak)), 2),
                true_peak_dbtp=round(decibels(true_peak), 2),
                level_dbfs=round(level_dbfs, 2),
                clipped=count,
                is_dead=is_dead,
            )

    def stereo(self) -> sound.Stereo | None:
        """How two channels go together; None unless there are two. Silence is the same in both."""
        if len(self._squares) != 2:
            return None
        together = float(self._squares.prod()) ** 0.5
        correlation = self._product / together if together else float(not self._squares.any())
        total = float(self._squares.sum()) + 2 * self._product  # the energy of left and right added
        is_mono = self._difference <= total * 10 ** (SAME_DB / 10)
        return sound.Stereo(
            correlation=round(min(1.0, max(-1.0, correlation)), 3),
            is_mono=is_mono,
            is_out_of_phase=correlation < TURNED,
        )

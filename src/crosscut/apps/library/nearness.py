"""Which of a million vectors lie nearest, by a bit of each of their numbers.

Of each vector 64 bytes of 512 numbers are kept, and how long it is; a pass over all of them with a query of four bits a
number is counting bits (RaBitQ, arXiv:2405.12497). It is right about the order of most and not about the nearness:
whoever asks reads the whole vectors of the nearest and judges them exactly.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from crosscut.media.meaning import Vectors

JUDGED = 8192  # vectors of each sort that are judged exactly afterwards: the nearest by their bits
_BLOCK = 16_384  # vectors passed over at once: what is made of them stays in the processor's cache
_QUERY_BITS = 4
Numbers = npt.NDArray[np.int64]
Mask = npt.NDArray[np.bool_]
Passes = Callable[[Numbers], Mask]  # of assets, which may be found


@dataclass(frozen=True)
class Places:
    """Some vectors, by where they stand."""

    versions: Numbers
    are_told: Mask  # of what is said; others of what is shown
    numbers: npt.NDArray[np.int32]  # which of the version's it is, of its sort

    @classmethod
    def joined(cls, some: "Sequence[Places]") -> "Places":
        """All of them, one after the other."""
        columns = zip(*((each.versions, each.are_told, each.numbers) for each in some), strict=True)
        return cls(*(np.concatenate(column) for column in columns))

    def at(self, places: Numbers) -> "Places":
        """Those at these places."""
        return Places(self.versions[places], self.are_told[places], self.numbers[places])


@dataclass(frozen=True)
class Chunk:
    """Some of the vectors: a bit of each of their numbers, and how long they are without what all have in common."""

    which: Places
    assets: Numbers
    bits: npt.NDArray[np.uint64]  # a row for each; the last word filled up with 0
    lengths: npt.NDArray[np.float32]  # 0: replaced by a newer one

    @classmethod
    def of(cls, which: Places, assets: Numbers, vectors: Vectors) -> "Chunk":
        """The vectors, of which what all have in common was taken off: else most of their bits would be the same."""
        lengths = np.maximum(np.linalg.norm(vectors, axis=1), 1e-6).astype(np.float32)
        return cls(which, assets, _words_of(vectors > 0), lengths)

    @classmethod
    def joined(cls, chunks: "Sequence[Chunk]") -> "Chunk":
        """All of them as one."""
        columns = zip(*((each.assets, each.bits, each.lengths) for each in chunks), strict=True)
        return cls(Places.joined([each.which for each in chunks]), *(np.concatenate(column) for column in columns))

    def without(self, versions: Numbers) -> int:
        """Blots out vectors of versions that were made anew; says how many."""
        replaced = np.isin(self.which.versions, versions)
        self.lengths[replaced] = 0
        return int(replaced.sum())

    def nearness(self, direction: Vectors) -> npt.NDArray[np.float32]:
        """How far each lies along the direction: good for their order, not for its own sake."""
        planes, lowest, step = _planes(direction)
        found = np.zeros(len(self.assets), np.float32)
        for start in range(0, len(found), _BLOCK):
            bits = self.bits[start : start + _BLOCK]
            total = np.zeros(len(bits), np.int64)
            for power, plane in enumerate(planes):
                total += np.bitwise_count(bits & plane).sum(axis=1, dtype=np.int64) << power
            ones = np.bitwise_count(bits).sum(axis=1, dtype=np.int64)
            found[start : start + _BLOCK] = lowest * ones + step * total
        # A bit that is not set counts as minus one: the sum of the direction's numbers is taken off twice over.
        return np.asarray((2 * found - direction.sum()) * self.lengths, np.float32)


@dataclass(frozen=True)
class Understood:
    """All vectors of a workspace, as they were at one moment."""

    chunks: tuple[Chunk, ...] = ()

    def __len__(self) -> int:
        return sum(len(chunk.assets) for chunk in self.chunks)

    def nearest(self, direction: Vectors, passes: Passes) -> Places:
        """At most JUDGED vectors of what is shown and as many of what is said, of assets that pass."""
        if not self.chunks:
            return Places(np.zeros(0, np.int64), np.zeros(0, np.bool_), np.zeros(0, np.int32))
        may_be = [(chunk.lengths > 0) & passes(chunk.assets) for chunk in self.chunks]
        far = [
            np.where(may, chunk.nearness(direction), -np.inf) for may, chunk in zip(may_be, self.chunks, strict=True)
        ]
        nearness, all_of_them = np.concatenate(far), Places.joined([chunk.which for chunk in self.chunks])
        sorts = [np.where(all_of_them.are_told == sort, nearness, -np.inf) for sort in (False, True)]
        return all_of_them.at(np.concatenate([_largest(one) for one in sorts]))


def _largest(nearness: npt.NDArray[Any]) -> Numbers:
    """The places of the JUDGED largest that may be found at all."""
    order = np.argpartition(-nearness, JUDGED) if len(nearness) > JUDGED else np.arange(len(nearness))
    places = order[:JUDGED]
    return np.asarray(places[np.isfinite(nearness[places])], np.int64)


def _planes(direction: Vectors) -> tuple[npt.NDArray[np.uint64], float, float]:
    """The direction in four bits a number, a row of words for each bit; its lowest number, and the step between two."""
    lowest, highest = float(direction.min()), float(direction.max())
    step = (highest - lowest) / (2**_QUERY_BITS - 1) or 1.0
    levels = np.rint((direction - lowest) / step).astype(np.uint8)
    planes = np.concatenate([_words_of((levels >> power & 1).astype(np.bool_)[None]) for power in range(_QUERY_BITS)])
    return planes, lowest, step


def _words_of(bits: Mask) -> npt.NDArray[np.uint64]:
    """Rows of bits as words of 64, the last filled up with 0."""
    short = -bits.shape[1] % 64
    return np.packbits(np.pad(bits, ((0, 0), (0, short))), axis=1).view(np.uint64)

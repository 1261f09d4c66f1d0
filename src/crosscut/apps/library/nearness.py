"""Which of a million vectors lie nearest: the product of a direction with every one of them.

No index guesses which may be left out, so no filter can hide what lies behind it. A vector is a byte a number, as the
database keeps it; a pass over half a gigabyte of them takes a tenth of a second in the processor's own instructions for
bytes (SimSIMD). The direction is rounded to bytes for the pass; of the nearest, how far they lie is taken exactly.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from crosscut.apps.library.in_memory.rows import Part, Rows
from crosscut.media.meaning import Vectors

JUDGED = 8192  # vectors that are judged exactly: the nearest by the rounded direction
Numbers = npt.NDArray[np.int64]
Mask = npt.NDArray[np.bool_]


def packed(vectors: Vectors) -> bytes:
    """The vectors as the database keeps them."""
    largest = np.abs(vectors).max(axis=1, keepdims=True, initial=0)
    return bytes(np.rint(vectors / np.where(largest > 0, largest, 1) * 127).astype(np.int8).tobytes())


@dataclass(frozen=True)
class Understood:
    """All vectors of a workspace, as they were at one moment."""

    rows: Rows  # "version", "asset", "is_told" (else shown), "number" (which of the version's), "length", "vector"

    def __len__(self) -> int:
        return len(self.rows)

    def with_more(self, part: Part) -> "Understood":
        """These and newer ones. Who searches meanwhile has them as they were, but for those that were replaced."""
        replaced = np.isin(self.rows["version"], np.unique(part["version"]))
        self.rows["length"][replaced] = 0
        return Understood(self.rows.with_more(part))

    def nearest(self, direction: Vectors, may_be: Mask, *, least: float) -> tuple[Numbers, Vectors]:
        """Which rows in the mask lie further than that along the direction, the furthest first, and how far they lie.

        At most JUDGED of them.
        """
        rows = np.flatnonzero(may_be & (self.rows["length"] > 0))
        if len(rows) > JUDGED:
            roughly = self._roughly(direction)[rows]
            rows = rows[np.argpartition(-roughly, JUDGED)[:JUDGED]]
        exact = self.rows["vector"][rows].astype(np.float32) @ direction
        far = np.asarray(exact / self.rows["length"][rows], np.float32)
        order = np.argsort(-far, kind="stable")[: int((far > least).sum())]
        return rows[order], far[order]

    def _roughly(self, direction: Vectors) -> Vectors:
        """How far every vector lies along the direction, which is rounded to bytes."""
        import simsimd  # of the extra "sight", as the models that make vectors are

        step = float(np.abs(direction).max()) / 127 or 1.0
        rounded = np.rint(direction / step).astype(np.int8)
        products = np.asarray(simsimd.cdist(rounded[None], self.rows["vector"], "dot"))[0]
        return np.asarray(products * (step / np.maximum(self.rows["length"], 1e-6)), np.float32)

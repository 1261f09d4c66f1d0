"""Whether one picture is a part of another, seen in their sketches."""

from dataclasses import dataclass

import cv2
import numpy as np
import numpy.typing as npt

SCALES = tuple(0.97**step for step in range(1, 36))  # of the whole's sides, 0.97 to 0.34
LEAST_SIDE_PX = 8  # of the part in the sketch of the whole: less could be anything
FLAT = 3.0  # levels of 255 that a part must vary by: sky fits into every sky
Grey = npt.NDArray[np.float32]


@dataclass(frozen=True, kw_only=True)
class Placement:
    """Where in the whole the part lies, in parts of the whole's sides."""

    likeness: float  # correlation of the grey levels there, 1 for equal; above 0.95 it is the same picture
    left: float
    top: float
    width: float
    height: float


def sketched(sketch: bytes) -> Grey:
    """The rows of a sketch (`Fingerprint.sketch_hex` as bytes); an empty picture of none."""
    if not sketch:
        return np.zeros((0, 0), np.float32)
    return np.frombuffer(sketch[1:], np.uint8).reshape(-1, sketch[0]).astype(np.float32)


def likeness(one: bytes, other: bytes) -> float:
    """How alike two sketches are over the whole, laid on each other: 1 for equal, 0 for strangers."""
    first, second = sketched(one), sketched(other)
    if not first.size or not second.size:
        return 0.0
    return _correlation(first, resized(second, first.shape[1], first.shape[0]))


def placed(part: bytes, whole: bytes) -> Placement | None:
    """Where the part fits best into the whole; None where it is too small or too even to tell."""
    small, large = sketched(part), sketched(whole)
    if not small.size or not large.size or float(small.std()) < FLAT:
        return None
    rows, columns = large.shape
    best = None
    for scale in SCALES:
        # The part at the size it would have had in the whole: its longer relative side is `scale` of the whole's.
        fit = scale * min(columns / small.shape[1], rows / small.shape[0])
        width, height = round(small.shape[1] * fit), round(small.shape[0] * fit)
        if min(width, height) < LEAST_SIDE_PX:
            break
        score, top, left = _best_place(resized(small, width, height), large)
        if best is None or score > best.likeness:
            best = Placement(
                likeness=round(score, 4),
                left=left / columns,
                top=top / rows,
                width=width / columns,
                height=height / rows,
            )
    return best


def resized(grey: Grey, width: int, height: int) -> Grey:
    """The picture at this size, each pixel the mean of what it covers."""
    return np.asarray(cv2.resize(grey, (width, height), interpolation=cv2.INTER_AREA), np.float32)


def _correlation(one: Grey, other: Grey) -> float:
    return float(np.nan_to_num(cv2.matchTemplate(other, one, cv2.TM_CCOEFF_NORMED), posinf=0, neginf=0).max())


def _best_place(part: Grey, whole: Grey) -> tuple[float, int, int]:
    """The highest correlation and where: row and column."""
    scores = np.asarray(cv2.matchTemplate(whole, part, cv2.TM_CCOEFF_NORMED))
    scores = np.where(np.isfinite(scores) & (scores <= 1.001), scores, 0)  # even places have no correlation
    row, column = np.unravel_index(int(scores.argmax()), scores.shape)
    return float(scores[row, column]), int(row), int(column)

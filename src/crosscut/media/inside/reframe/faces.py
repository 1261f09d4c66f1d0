"""Finds faces with the cascades that ship inside OpenCV's wheel (Viola and Jones 2001; Lienhart and Maydt 2002)."""

from functools import cache
from pathlib import Path

import cv2
import numpy as np
import numpy.typing as npt

from crosscut.media.reframe.records import Box

SCALE_STEP = 1.15  # from one searched size to the next
SURE = 5  # overlapping finds that make a face; 3 finds more, and more that are none
LEAST_PX = 24  # the size that the frontal cascade was trained at
DIGITS = 4


@cache
def _cascade(name: str) -> cv2.CascadeClassifier:
    cv2.setNumThreads(1)  # the same finds every time, and one core as the caps expect
    return cv2.CascadeClassifier(str(Path(cv2.__file__).parent / "data" / f"haarcascade_{name}.xml"))


def faces_in(grey: npt.NDArray[np.uint8]) -> tuple[Box, ...]:
    """The faces of an upright grey picture, largest first: those seen from the front, else from a side."""
    found = _found("frontalface_default", grey)
    if not found:
        width = grey.shape[1]
        right = _found("profileface", grey)
        left = _found("profileface", np.ascontiguousarray(grey[:, ::-1]))
        found = right or [(width - x - side, y, side) for x, y, side in left]
    height, width = grey.shape
    boxes = [
        Box(
            x=round(x / width, DIGITS),
            y=round(y / height, DIGITS),
            width=round(side / width, DIGITS),
            height=round(side / height, DIGITS),
        )
        for x, y, side in found
    ]
    return tuple(sorted(boxes, key=lambda box: (-box.height, box.x, box.y)))


def _found(name: str, grey: npt.NDArray[np.uint8]) -> list[tuple[int, int, int]]:
    """Left, top and side of each, in pixels."""
    boxes = _cascade(name).detectMultiScale(
        grey, scaleFactor=SCALE_STEP, minNeighbors=SURE, minSize=(LEAST_PX, LEAST_PX)
    )
    return [(int(x), int(y), int(side)) for x, y, side, _ in boxes]

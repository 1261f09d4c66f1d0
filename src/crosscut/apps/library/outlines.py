"""The outline of an asset in classes that searches ask for: which shape it has, and how long it is."""

from typing import Any

import numpy as np
import numpy.typing as npt

SQUARE = 0.04  # by which the sides of a square may differ
WIDE = 1.9  # width over height from which on a picture is a panorama
SHAPES = ("landscape", "portrait", "square", "panorama")
LENGTHS_S = (("short", 15), ("minute", 60), ("minutes", 600), ("long", 10**9))  # each up to so many seconds
LENGTHS = tuple(name for name, _end_s in LENGTHS_S)
Codes = npt.NDArray[np.int8]
Numbers = npt.NDArray[Any]


def shapes_of(width_px: Numbers, height_px: Numbers) -> Codes:
    """Places in SHAPES; one more for what has no shape."""
    is_square = np.abs(width_px - height_px) <= SQUARE * np.maximum(width_px, height_px)
    which = [width_px <= 0, is_square, height_px > width_px, width_px >= WIDE * height_px]
    names = ("square", "portrait", "panorama")
    values = [len(SHAPES), *(SHAPES.index(name) for name in names)]
    return np.select(which, values, SHAPES.index("landscape")).astype(np.int8)


def lengths_of(duration_ms: Numbers) -> Codes:
    """Places in LENGTHS_S of what lasts so long; one more for what has no length (-1)."""
    places = np.searchsorted([end_s * 1000 for _name, end_s in LENGTHS_S], duration_ms, side="right")
    return np.where(duration_ms < 0, len(LENGTHS_S), places).astype(np.int8)


def years_of(at_us: npt.NDArray[np.int64]) -> npt.NDArray[np.int16]:
    """The years of moments (microseconds since 1970)."""
    at = np.ascontiguousarray(at_us).astype("datetime64[us]")
    return (at.astype("datetime64[Y]").astype(np.int64) + 1970).astype(np.int16)

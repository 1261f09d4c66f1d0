"""Hands pixels of other decoders to libvips."""

from typing import Any

import numpy as np
import numpy.typing as npt
import pyvips


def from_pixels(pixels: npt.NDArray[Any], profile: bytes | None = None) -> pyvips.Image:
    """A picture of rows, columns and channels of 8 or 16 bits, with its ICC profile where it has one."""
    image = pyvips.Image.new_from_array(np.ascontiguousarray(pixels))
    is_deep = image.format == "ushort"
    spaces = ("grey16", "rgb16") if is_deep else ("b-w", "srgb")
    image = image.copy(interpretation=spaces[image.bands > 2])
    if profile:
        image.set_type(pyvips.GValue.blob_type, "icc-profile-data", profile)
    return image

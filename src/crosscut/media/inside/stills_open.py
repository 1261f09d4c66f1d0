"""Opens a picture of any kind with whichever decoder reads it, before its orientation is applied."""

from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pyvips
from PIL import Image, ImageOps

from crosscut.kernel.errors import Damaged
from crosscut.media.inside.still_facts import HEIF_FAMILY, check_pixels


def opened(path: Path, container: str, limit_px: int) -> pyvips.Image:
    """The picture, top to bottom once only; raises Damaged, or Invalid when it has too many pixels."""
    if container in HEIF_FAMILY:
        return _from_pillow(path, limit_px)
    image = pyvips.Image.new_from_file(str(path), access="sequential", fail_on="error")
    check_pixels(path, image.width, image.height, limit_px)
    return image


def from_pixels(pixels: npt.NDArray[Any], profile: bytes | None = None) -> pyvips.Image:
    """A picture of rows, columns and channels of 8 or 16 bits, with its ICC profile where it has one."""
    image = pyvips.Image.new_from_array(np.ascontiguousarray(pixels))
    deep = image.format == "ushort"
    image = image.copy(interpretation="rgb16" if deep else "srgb") if image.bands > 2 else image
    if profile:
        image.set_type(pyvips.GValue.blob_type, "icc-profile-data", profile)
    return image


def _from_pillow(path: Path, limit_px: int) -> pyvips.Image:
    try:
        with Image.open(path) as picture:
            check_pixels(path, *picture.size, limit_px)
            upright = ImageOps.exif_transpose(picture)
            profile = picture.info.get("icc_profile")
            pixels = np.asarray(upright.convert("RGBA" if "A" in upright.getbands() else "RGB"))
    except (OSError, ValueError, SyntaxError, RuntimeError) as fault:
        raise Damaged(path, f"The picture cannot be read: {fault}") from fault
    return from_pixels(pixels, profile)

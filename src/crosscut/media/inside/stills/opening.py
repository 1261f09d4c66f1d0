"""Opens a picture of any kind with whichever decoder reads it, before its orientation is applied."""

import importlib
from pathlib import Path

import numpy as np
import pyvips
from PIL import Image, ImageOps

from crosscut.kernel.errors import Damaged
from crosscut.kernel.phrases import phrase
from crosscut.media.inside.stills.facts import READERS, WITH_PILLOW
from crosscut.media.inside.stills.found import check_pixels
from crosscut.media.inside.stills.pixels import from_pixels


def opened(path: Path, container: str, limit_px: int, shrink: int = 1) -> pyvips.Image:
    """The picture, top to bottom once only; raises Damaged, or Invalid when it has too many pixels.

    A JPEG may be opened at a half, a quarter or an eighth of its sides: its decoder then does a part of the work only.
    One too narrow for that is opened as it is.
    """
    if container in READERS:
        return importlib.import_module(READERS[container]).opened(path, limit_px)
    if container in WITH_PILLOW:
        return _from_pillow(path, limit_px)
    image = pyvips.Image.new_from_file(str(path), access="sequential", fail_on="error")
    check_pixels(path, image.width, image.height, limit_px)
    if container == "jpeg" and 1 < shrink <= min(image.width, image.height):
        return pyvips.Image.new_from_file(str(path), access="sequential", fail_on="error", shrink=shrink)
    return image


def _from_pillow(path: Path, limit_px: int) -> pyvips.Image:
    try:
        with Image.open(path) as picture:
            check_pixels(path, *picture.size, limit_px)
            upright = ImageOps.exif_transpose(picture)
            profile = picture.info.get("icc_profile")
            pixels = np.asarray(upright.convert("RGBA" if "A" in upright.getbands() else "RGB"))
    except (OSError, ValueError, SyntaxError, RuntimeError) as fault:
        raise Damaged(path, phrase("The picture cannot be read: {fault}", fault=fault)) from fault
    return from_pixels(pixels, profile)

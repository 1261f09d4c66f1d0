"""Looks at a still for its crops: faces, and what catches the eye."""

from fractions import Fraction
from pathlib import Path

import numpy as np
import pyvips

from crosscut.kernel.errors import Damaged
from crosscut.kernel.phrases import phrase
from crosscut.media.inside import svg
from crosscut.media.inside.reframe.eye import Motion, profiles
from crosscut.media.inside.reframe.faces import faces_in
from crosscut.media.inside.stills import opening
from crosscut.media.inside.stills.facts import engine_words
from crosscut.media.reframe.records import Glance, Look

SIDE_PX = 800  # of the longer side: group photos have smaller faces than films


def look(path: Path, container: str, limit_px: int) -> Look:
    """A still as a film of one glance."""
    pyvips.cache_set_max(0)
    try:
        image = _opened(path, container, limit_px).copy_memory().autorot()
        width_px, height_px = image.width, image.height
        if image.hasalpha():
            image = image.flatten(background=255)
        small = image.resize(min(1.0, SIDE_PX / max(width_px, height_px))).colourspace("b-w").cast("uchar")
        grey = np.ascontiguousarray(small[0].numpy().reshape(small.height, small.width))
    except pyvips.Error as fault:
        raise Damaged(path, phrase("The picture cannot be read: {fault}", fault=engine_words(fault))) from fault
    across, down = profiles(grey, Motion())
    glance = Glance(at_s=Fraction(0), faces=faces_in(grey), across=across, down=down)
    return Look(
        width_px=width_px, height_px=height_px, duration_s=Fraction(1), shots_s=(Fraction(0),), glances=(glance,)
    )


def _opened(path: Path, container: str, limit_px: int) -> pyvips.Image:
    if container == "svg":
        return pyvips.Image.svgload_buffer(svg.clean(path).text.encode())
    return opening.opened(path, container, limit_px)

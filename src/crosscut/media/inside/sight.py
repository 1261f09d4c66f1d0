"""Draws files for the engine that reads words in pictures."""

import base64
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pyvips
from av.error import FFmpegError

from crosscut.kernel.errors import Damaged, Unsupported
from crosscut.kernel.phrases import phrase
from crosscut.media.inside.films.facts import open_media, real_video
from crosscut.media.inside.films.fingerprints import shown_at_moments
from crosscut.media.inside.stills.facts import engine_words
from crosscut.media.inside.stills.fingerprints import drawn
from crosscut.media.sight import Picture

READ_PX = 1600  # of the longer side: words of a hundredth of the height can still be read
FRAME_PX = 960


def still_pictures(path: Path, container: str, limit_px: int) -> tuple[Picture, ...]:
    """The still, upright."""
    try:
        return (_packed(drawn(path, container, limit_px, READ_PX)),)
    except pyvips.Error as fault:
        raise Damaged(path, phrase("The picture cannot be read: {words}", words=engine_words(fault))) from fault


def film_pictures(path: Path) -> tuple[Picture, ...]:
    """The film at the set moments; those that cannot be decoded are left out."""
    try:
        with open_media(path) as container:
            videos = real_video(container)
            if not videos:
                raise Unsupported(phrase("{name} has no moving pictures.", name=path.name))
            shown = shown_at_moments(container, videos[0], FRAME_PX)
            return tuple(_packed(rgb) for rgb in shown if rgb is not None)
    except FFmpegError as fault:
        raise Damaged(path, phrase("The film cannot be decoded: {strerror}.", strerror=fault.strerror)) from fault


def _packed(rgb: npt.NDArray[np.uint8]) -> Picture:
    height, width, _colours = rgb.shape
    return Picture(width_px=width, height_px=height, rgb=base64.b64encode(np.ascontiguousarray(rgb).tobytes()).decode())

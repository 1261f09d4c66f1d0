"""Draws files as models that understand pictures see them: a small square of each."""

import base64
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
import numpy.typing as npt
import pyvips
from av.error import FFmpegError
from PIL import Image

from crosscut.kernel.errors import Damaged, Unsupported
from crosscut.kernel.phrases import phrase
from crosscut.media.inside.films.facts import open_media, real_video
from crosscut.media.inside.films.fingerprints import shown_at_moments
from crosscut.media.inside.stills.facts import engine_words
from crosscut.media.inside.stills.fingerprints import drawn
from crosscut.media.meaning import View
from crosscut.media.stills.fingerprints import moments

ROOM = 4  # times the square's side: from so large a drawing it is made smaller as the model was taught


def still_view(
    path: Path, container: str, limit_px: int, side_px: int, resize_px: int, resample: int
) -> tuple[View, ...]:
    """The still as the model sees it."""
    pyvips.cache_set_max(0)
    try:
        rgb = drawn(path, container, limit_px, ROOM * max(side_px, resize_px))
    except pyvips.Error as fault:
        raise Damaged(path, phrase("The picture cannot be read: {words}", words=engine_words(fault))) from fault
    return (View(at_ms=-1, rgb=_packed(rgb, side_px, resize_px, resample)),)


def film_views(path: Path, side_px: int, resize_px: int, resample: int) -> tuple[View, ...]:
    """The film at the set moments; those that cannot be decoded are left out."""
    try:
        with open_media(path) as container:
            videos = real_video(container)
            if not videos:
                raise Unsupported(phrase("{name} has no moving pictures.", name=path.name))
            times = moments(Fraction(container.duration or 0, av.time_base))
            shown = shown_at_moments(container, videos[0], ROOM * max(side_px, resize_px))
            return tuple(
                View(at_ms=round(at_s * 1000), rgb=_packed(rgb, side_px, resize_px, resample))
                for at_s, rgb in zip(times, shown, strict=True)
                if rgb is not None
            )
    except FFmpegError as fault:
        raise Damaged(path, phrase("The film cannot be decoded: {strerror}.", strerror=fault.strerror)) from fault


def _packed(rgb: npt.NDArray[np.uint8], side_px: int, resize_px: int, resample: int) -> str:
    """The middle square of the picture with its shorter side that long; the whole, squeezed, where that is 0."""
    picture = Image.fromarray(rgb)
    width, height = side_px, side_px
    if resize_px:
        scale = resize_px / min(picture.size)
        width, height = (max(side_px, round(side * scale)) for side in picture.size)
    picture = picture.resize((width, height), Image.Resampling(resample))
    left, top = (width - side_px) // 2, (height - side_px) // 2
    square = picture.crop((left, top, left + side_px, top + side_px))
    return base64.b64encode(np.asarray(square, np.uint8).tobytes()).decode()

"""Fingerprints of films: frames at set moments, so that the same film in another encoding shows the same ones."""

from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path
from typing import Any

import av
import numpy as np
import numpy.typing as npt
from av.error import FFmpegError

from crosscut.kernel.errors import Damaged, Unsupported
from crosscut.kernel.phrases import phrase
from crosscut.media.inside.films.facts import open_media, real_video
from crosscut.media.inside.stills.fingerprints import LOOK_PX, colours_of, hash_of
from crosscut.media.stills.fingerprints import PARTS, Fingerprint, moments

MOST_FRAMES = 1500  # decoded from one key frame on: a minute of film without a single other


def of_film(path: Path, frames: int) -> Fingerprint:
    """The fingerprint of the first picture stream; frames that cannot be decoded are left out as 0."""
    try:
        with open_media(path) as container:
            videos = real_video(container)
            if not videos:
                raise Unsupported(phrase("{name} has no moving pictures.", name=path.name))
            shown = list(shown_at_moments(container, videos[0], LOOK_PX))
    except FFmpegError as fault:
        raise Damaged(path, phrase("The film cannot be decoded: {strerror}.", strerror=fault.strerror)) from fault
    seen = [rgb for rgb in shown if rgb is not None]
    if not seen:
        raise Damaged(path, phrase("No picture of the film can be decoded."))
    hashes = [0 if rgb is None else hash_of(np.asarray(rgb.mean(axis=2), np.uint8)) for rgb in shown]
    sheet = np.concatenate([_even(rgb) for rgb in seen])
    parts = (*hashes, *[0] * (PARTS - frames))
    return Fingerprint(whole=0, parts=parts, sketch_hex="", colours=colours_of(sheet))


def shown_at_moments(container: Any, stream: Any, side_px: int) -> Iterator[npt.NDArray[np.uint8] | None]:
    """The frames at the set moments, upright, their longer side that long; None for what cannot be decoded."""
    stream.thread_type = "AUTO"
    length = container.duration or 0
    begin_s = Fraction(container.start_time or 0, av.time_base)
    for at_s in moments(Fraction(length, av.time_base)):
        frame = _frame_at(container, stream, begin_s + at_s)
        yield None if frame is None else _upright(frame, side_px)


def _frame_at(container: Any, stream: Any, at_s: Fraction) -> Any:
    """The frame that is shown at the moment; the last one that can be had where the film ends before."""
    latest = None
    try:
        container.seek(int(at_s / stream.time_base), stream=stream, backward=True)
        for number, frame in enumerate(container.decode(stream)):
            if latest is not None and (frame.pts is None or frame.pts * frame.time_base > at_s):
                break
            latest = frame
            if number > MOST_FRAMES:
                break
    except FFmpegError:  # what is broken here may be whole elsewhere
        return latest
    return latest


def _upright(frame: Any, side_px: int) -> npt.NDArray[np.uint8]:
    """The frame small, in square pixels, upright."""
    aspect = frame.sample_aspect_ratio if hasattr(frame, "sample_aspect_ratio") else None
    width = frame.width * float(aspect or 1)
    scale = side_px / max(width, frame.height)
    sides = max(8, round(width * scale)), max(8, round(frame.height * scale))
    small = frame.reformat(width=sides[0], height=sides[1], format="rgb24", interpolation="AREA")
    return np.ascontiguousarray(np.rot90(small.to_ndarray(), round(frame.rotation / 90) % 4))


def _even(rgb: npt.NDArray[np.uint8]) -> npt.NDArray[np.uint8]:
    """Every frame at one size, so that each counts the same among the colours."""
    rows = np.linspace(0, rgb.shape[0] - 1, 32).astype(int)
    columns = np.linspace(0, rgb.shape[1] - 1, 32).astype(int)
    return np.asarray(rgb[rows][:, columns])

"""Reads words in pictures with RapidOCR."""

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

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

READ_PX = 1600  # of the longer side: words of a hundredth of the height can still be read
FRAME_PX = 960
LEAST_SCORE = 0.6  # of the engine's own trust in a line: below it lines are mostly made up
MOST_LINES = 500


def lines_in(path: Path, container: str, is_film: bool, limit_px: int) -> list[str]:  # noqa: FBT001 - as it is sent
    """The lines that can be read, in the order in which they are met, none twice."""
    read = _engine()
    pictures = _frames(path) if is_film else iter([_still(path, container, limit_px)])
    found: dict[str, None] = {}
    for rgb in pictures:
        answer = read(np.ascontiguousarray(rgb[:, :, ::-1]))
        for text, score in zip(answer.txts or (), answer.scores or (), strict=True):
            if score >= LEAST_SCORE and (line := " ".join(text.split())):
                found.setdefault(line)
    return list(found)[:MOST_LINES]


def _engine() -> Any:
    os.environ["OMP_NUM_THREADS"] = "1"
    from rapidocr import RapidOCR

    single = {f"EngineConfig.onnxruntime.{name}_op_num_threads": 1 for name in ("intra", "inter")}
    return RapidOCR(params={"Global.log_level": "critical", **single})


def _still(path: Path, container: str, limit_px: int) -> npt.NDArray[np.uint8]:
    try:
        return drawn(path, container, limit_px, READ_PX)
    except pyvips.Error as fault:
        raise Damaged(path, phrase("The picture cannot be read: {words}", words=engine_words(fault))) from fault


def _frames(path: Path) -> Iterator[npt.NDArray[np.uint8]]:
    try:
        with open_media(path) as container:
            videos = real_video(container)
            if not videos:
                raise Unsupported(phrase("{name} has no moving pictures.", name=path.name))
            yield from (rgb for rgb in shown_at_moments(container, videos[0], FRAME_PX) if rgb is not None)
    except FFmpegError as fault:
        raise Damaged(path, phrase("The film cannot be decoded: {strerror}.", strerror=fault.strerror)) from fault

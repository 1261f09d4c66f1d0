"""The process that reads words in pictures (`answering`), with RapidOCR: pixels in, lines out."""

import os
from functools import partial
from typing import Any, BinaryIO

import numpy as np

from crosscut.media.caps import GIBI
from crosscut.media.inside import answering

LEAST_SCORE = 0.6  # of the engine's own trust in a line: below it lines are mostly made up
MEMORY_BYTES = 6 * GIBI  # the models and their graphs take address space


def engine() -> Any:
    """RapidOCR with the models of its package, on one core: others wait for the processor, too."""
    os.environ["OMP_NUM_THREADS"] = "1"
    from rapidocr import RapidOCR

    single = {f"EngineConfig.onnxruntime.{name}_op_num_threads": 1 for name in ("intra", "inter")}
    return RapidOCR(params={"Global.log_level": "critical", **single})


def answer_to(read: Any, request: dict[str, Any], source: BinaryIO) -> tuple[dict[str, Any], bytes]:
    """The lines in the picture whose red, green and blue follow the request, in the order in which they are met."""
    width, height = int(request["width_px"]), int(request["height_px"])
    rgb = np.frombuffer(source.read(width * height * 3), np.uint8).reshape(height, width, 3)
    found = read(np.ascontiguousarray(rgb[:, :, ::-1]))
    lines = zip(found.txts or (), found.scores or (), strict=True)
    return {"lines": [line for text, score in lines if score >= LEAST_SCORE and (line := " ".join(text.split()))]}, b""


if __name__ == "__main__":
    answering.serve(partial(answer_to, engine()), memory_bytes=MEMORY_BYTES)

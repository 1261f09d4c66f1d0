"""Words that stand in pictures and films, read on this machine by models that come with the engine.

    with Reader() as reader:
        reader.words_in(path)

The engine is RapidOCR (Apache-2.0) on ONNX Runtime; its package brings PP-OCRv6 models of PaddleOCR, Apache-2.0 by
their own notice (MODEL_LICENSES.md in the package, as of rapidocr 3.10.0). Nothing is ever downloaded. Foreign files
are drawn in a capped child, one for each; the engine runs in a process of its own, which sees pixels alone and has no
network. It takes seconds to start, so one reads many files.
"""

import base64
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from crosscut.kernel.errors import Damaged, Unavailable, Unsupported
from crosscut.kernel.facts import Kind
from crosscut.kernel.phrases import phrase
from crosscut.kernel.progress import ShouldStop, never
from crosscut.media import capped
from crosscut.media.caps import Caps
from crosscut.media.partner import Partner
from crosscut.media.sniff import SizeLimits, sniff

READER = 1  # raised when another engine or other models would read otherwise
DRAWING = Caps(wall_s=300, cpu_s=300)  # a film is sought through for its moments
MOST_LINES = 500


@dataclass(frozen=True, kw_only=True)
class Picture:
    """A still, or a film at a moment, as the engine sees it."""

    width_px: int
    height_px: int
    rgb: str  # its pixels, row by row, in base64


_BLANK = Picture(width_px=32, height_px=32, rgb=base64.b64encode(bytes(32 * 32 * 3)).decode())


class Reader(Partner):
    """The engine, for one file after another. Raises Unavailable where it is not installed or does not work."""

    def __init__(self) -> None:
        if not can_read():
            raise Unavailable(phrase("Install the engine that reads words in pictures: pip install 'crosscut[sight]'."))
        super().__init__("reading_words")
        self._lines_in(_BLANK)  # what fails after this is about its file

    def words_in(self, path: Path, *, should_stop: ShouldStop = never) -> str:
        """The words in a still, or in a film at set moments, a line each, none twice; empty where none stand in it.

        Raises Unsupported for what has no picture, Invalid when it has too many pixels, and Damaged when it cannot be
        read; where the engine broke on it, another is needed for the next file (`is_usable`).
        """
        found: dict[str, None] = {}
        for picture in pictures_in(path, should_stop=should_stop):
            try:
                found |= dict.fromkeys(self._lines_in(picture))
            except Unavailable as fault:
                raise Damaged(path, str(fault)) from fault
        return "\n".join(list(found)[:MOST_LINES])

    def _lines_in(self, picture: Picture) -> list[str]:
        size = {"width_px": picture.width_px, "height_px": picture.height_px}
        told = self.ask(size, base64.b64decode(picture.rgb)).told
        if "error" in told:
            self.close()
            raise Unavailable(phrase("The engine failed: {error}", error=str(told["error"])[:500]))
        return [str(line) for line in told["lines"]]


def can_read() -> bool:
    """Whether the engine is installed."""
    return find_spec("rapidocr") is not None and find_spec("onnxruntime") is not None


def pictures_in(path: Path, *, should_stop: ShouldStop = never) -> tuple[Picture, ...]:
    """The file as the engine sees it: one picture of a still, some of a film. Raises as `Reader.words_in` does."""
    sniffed = sniff(path)
    about: dict[str, Any] = {}
    if sniffed.kind is Kind.VIDEO:
        name = "sight:film_pictures"
    elif sniffed.kind in (Kind.IMAGE, Kind.DOCUMENT):
        name = "sight:still_pictures"
        about = {"container": sniffed.container, "limit_px": SizeLimits().picture_px}
    else:
        raise Unsupported(phrase("{name} has no picture.", name=path.name))
    return capped.call(name, tuple[Picture, ...], caps=DRAWING, should_stop=should_stop, path=path, **about)

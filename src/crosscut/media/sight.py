"""Words that stand in pictures and films, read on this machine by models that come with the engine.

The engine is RapidOCR (Apache-2.0) on ONNX Runtime; its package brings PP-OCRv6 models of PaddleOCR, Apache-2.0 by
their own notice (MODEL_LICENSES.md in the package, as of rapidocr 3.10.0). Nothing is ever downloaded: the child that
reads has no network.
"""

from importlib.util import find_spec
from pathlib import Path

from crosscut.kernel.errors import Unavailable, Unsupported
from crosscut.kernel.facts import Kind
from crosscut.kernel.phrases import phrase
from crosscut.kernel.progress import ShouldStop, never
from crosscut.media import capped
from crosscut.media.caps import GIBI, Caps
from crosscut.media.sniff import SizeLimits, sniff

READER = 1  # raised when another engine or other models would read otherwise
READING = Caps(wall_s=600, cpu_s=300, memory_bytes=6 * GIBI)  # the models and their graphs take address space


def can_read() -> bool:
    """Whether the engine is installed."""
    return find_spec("rapidocr") is not None and find_spec("onnxruntime") is not None


def words_in(path: Path, *, should_stop: ShouldStop = never) -> str:
    """The words in a still, or in a film at set moments, a line each, none twice; empty where none stand in it.

    Raises Unavailable without the engine, Unsupported for what has no picture, Damaged when it cannot be read, Invalid
    when it has too many pixels.
    """
    if not can_read():
        raise Unavailable(phrase("Install the engine that reads words in pictures: pip install 'crosscut[sight]'."))
    sniffed = sniff(path)
    if sniffed.kind not in (Kind.IMAGE, Kind.DOCUMENT, Kind.VIDEO):
        raise Unsupported(phrase("{name} has no picture.", name=path.name))
    lines = capped.call(
        "sight:lines_in",
        list[str],
        caps=READING,
        should_stop=should_stop,
        path=path,
        container=sniffed.container,
        is_film=sniffed.kind is Kind.VIDEO,
        limit_px=SizeLimits().picture_px,
    )
    return "\n".join(lines)

"""Files as a model sees them: small squares of pixels, drawn where foreign files can do no harm."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from crosscut.kernel.errors import Unsupported
from crosscut.kernel.facts import Kind
from crosscut.kernel.phrases import phrase
from crosscut.kernel.progress import ShouldStop, never
from crosscut.media import capped
from crosscut.media.caps import Caps
from crosscut.media.meaning.models import Model
from crosscut.media.sniff import SizeLimits, sniff

DRAWING = Caps(wall_s=300, cpu_s=300)  # a film is sought through for its moments


@dataclass(frozen=True, kw_only=True)
class View:
    """One picture as a model sees it: a still, or a film at a moment."""

    at_ms: int  # -1 of a still
    rgb: str  # its pixels, row by row, in base64


def views(path: Path, model: Model, *, should_stop: ShouldStop = never) -> tuple[View, ...]:
    """The file as the model sees it: one view of a still, some of a film.

    Raises Unsupported for what has no picture, Damaged when it cannot be read, Invalid when it has too many pixels.
    """
    sniffed = sniff(path)
    about: dict[str, Any] = {"side_px": model.side_px, "resize_px": model.resize_px, "resample": model.resample}
    if sniffed.kind is Kind.VIDEO:
        name = "meaning:film_views"
    elif sniffed.kind in (Kind.IMAGE, Kind.DOCUMENT):
        name = "meaning:still_view"
        about |= {"container": sniffed.container, "limit_px": SizeLimits().picture_px}
    else:
        raise Unsupported(phrase("{name} has no picture.", name=path.name))
    return capped.call(name, tuple[View, ...], caps=DRAWING, should_stop=should_stop, path=path, **about)

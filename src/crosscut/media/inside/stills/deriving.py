"""Makes pictures with libvips: one shrinking decode, then crop, colour and tries at the size limit."""

from collections.abc import Iterable, Iterator
from functools import partial
from pathlib import Path

import pyvips

from crosscut.kernel.errors import Damaged, Invalid
from crosscut.kernel.phrases import phrase
from crosscut.media.inside import svg
from crosscut.media.inside.rights import write_iim
from crosscut.media.inside.stills import opening
from crosscut.media.inside.stills.encoding import encoded
from crosscut.media.inside.stills.facts import engine_words
from crosscut.media.inside.stills.frame import Master, drawn
from crosscut.media.inside.stills.memory import give_back_memory, spare_memory
from crosscut.media.metadata import Metadata
from crosscut.media.recipes import PicturePart
from crosscut.media.stills.derivatives import Derivative, Order

QUALITY_STEPS = (0, 8, 16, 26, 36)  # below the wanted quality, before the picture itself is made smaller
LEAST_QUALITY = 40
SHRINK = 0.85
SHRINK_ROUNDS = 12  # to a seventh of each side
LOSSY = frozenset({"image/jpeg", "image/webp", "image/avif"})


def make_all(path: Path, container: str, limit_px: int, orders: list[Order], about: Metadata) -> list[int]:
    """Writes every ordered picture from one decode and returns their sizes in bytes."""
    pyvips.cache_set_max(0)  # nothing is computed twice here, and results that are kept only cost memory
    spare_memory()
    try:
        framed = _framed(path, container, limit_px, [order.derivative for order in orders])
        return write_all(path, orders, framed, about)
    except pyvips.Error as fault:
        raise Damaged(path, phrase("The picture cannot be read: {fault}", fault=engine_words(fault))) from fault


def write_all(path: Path, orders: Iterable[Order], framed: Iterable[pyvips.Image], about: Metadata) -> list[int]:
    """Writes each finished picture as it was ordered and returns their sizes in bytes."""
    sizes_bytes = []
    for order, image in zip(orders, framed, strict=True):
        sizes_bytes.append(_write(path.name, image, order, about))
        give_back_memory()  # or the peak of the next encoder comes on top of what this one has left behind
    return sizes_bytes


def _framed(path: Path, container: str, limit_px: int, wanted: list[Derivative]) -> Iterator[pyvips.Image]:
    """The finished pictures in turn; each is made when it is asked for, so that one at a time is in memory."""
    if container == "svg":
        clean = svg.clean(path)
        return (drawn(clean, derivative) for derivative in wanted)
    image = opening.opened(path, container, limit_px)
    reopened = partial(opening.opened, path, container, limit_px) if container == "jpeg" else None
    master = Master.of(image, wanted, reopened)
    return (master.framed(derivative) for derivative in wanted)


def _write(name: str, image: pyvips.Image, order: Order, about: Metadata) -> int:
    part, media_type = order.derivative.part, order.derivative.media_type
    for quality, scale in _tries(part, media_type):
        shrunk = image if scale == 1 else image.resize(scale)
        order.out.write_bytes(encoded(shrunk, order.derivative, quality, about))
        if media_type == "image/jpeg":
            write_iim(order.out, about)
        size_bytes = order.out.stat().st_size
        if part.max_size_bytes is None or size_bytes <= part.max_size_bytes:
            return size_bytes
    message = phrase(
        "The picture does not fit into {max_size_bytes:,} bytes at any usable quality.",
        max_size_bytes=part.max_size_bytes,
    )
    raise Invalid.at(name, message, code="media.does_not_fit")


def _tries(part: PicturePart, media_type: str) -> Iterator[tuple[int, float]]:
    """Quality and scale, best first."""
    steps = QUALITY_STEPS if media_type in LOSSY else (0,)
    for step in steps:
        yield max(min(LEAST_QUALITY, part.quality), part.quality - step), 1.0
    for power in range(1, SHRINK_ROUNDS + 1):
        yield max(min(LEAST_QUALITY, part.quality), part.quality - steps[-1]), SHRINK**power

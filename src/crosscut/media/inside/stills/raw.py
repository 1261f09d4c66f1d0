"""Reads camera raw files with LibRaw; where the raw data are cut off, the picture embedded for quick looks."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pyvips
import rawpy

from crosscut.kernel.errors import Damaged, Problem
from crosscut.kernel.phrases import phrase
from crosscut.media.inside.stills import tiff
from crosscut.media.inside.stills.found import Found, check_pixels
from crosscut.media.inside.stills.pixels import from_pixels

TURNS = {0: 1, 3: 3, 5: 8, 6: 6}  # LibRaw's flip as EXIF orientation (LibRaw documentation, sizes.flip)
LEAST_PREVIEW_PX = 64  # a smaller one says nothing


@dataclass
class Preview:
    """The picture embedded for quick looks, in place of raw data that cannot be read."""

    image: pyvips.Image
    orientation: int
    reason: str


def facts(path: Path, limit_px: int) -> Found:
    """Sizes, orientation and depth; with a warning where only an embedded picture can be read."""
    if preview := _only_preview(path, limit_px):
        return Found(
            width_px=preview.image.width,
            height_px=preview.image.height,
            orientation=preview.orientation,
            warnings=(_said(path, preview),),
        )
    with _raw(path) as raw:
        sizes = raw.sizes
        return Found(
            width_px=sizes.width,
            height_px=sizes.height,
            orientation=TURNS.get(sizes.flip, 1),
            bits=max(8, int(raw.white_level).bit_length()),
        )


def opened(path: Path, limit_px: int) -> pyvips.Image:
    """The developed picture, upright, 16 bits in sRGB with the camera's white balance; or the embedded one."""
    if preview := _only_preview(path, limit_px):
        image = preview.image.copy()
        image.set_type(pyvips.GValue.gint_type, "orientation", preview.orientation)
        return image
    with _raw(path) as raw:
        return from_pixels(raw.postprocess(use_camera_wb=True, output_bps=16, output_color=rawpy.ColorSpace.sRGB))


@contextmanager
def _raw(path: Path) -> Iterator[rawpy.RawPy]:
    try:
        with rawpy.imread(str(path)) as raw:
            yield raw
    except rawpy.LibRawError as fault:
        raise Damaged(path, phrase("The camera's raw file cannot be read: {fault}.", fault=_words(fault))) from fault


def _only_preview(path: Path, limit_px: int) -> Preview | None:
    """None when the raw data themselves can be read; raises Damaged when nothing can."""
    data = path.read_bytes()
    found = tiff.directories(data)
    reason = phrase("it is cut off") if found and tiff.is_cut_off(found, len(data)) else ""
    if not reason:
        try:
            with rawpy.imread(str(path)) as raw:
                check_pixels(path, raw.sizes.width, raw.sizes.height, limit_px)
                raw.raw_image.min()
            return None
        except rawpy.LibRawError as fault:
            reason = _words(fault)
    for jpeg in tiff.embedded_jpegs(data, found):
        if (image := _decoded(jpeg)) is not None:
            orientation = next((entry[tiff.ORIENTATION][0] for entry in found if 274 in entry), 1)
            return Preview(image=image, orientation=orientation if orientation in range(1, 9) else 1, reason=reason)
    message = phrase(
        "The camera's raw data cannot be read ({reason}), and there is no preview in it: copy it again.", reason=reason
    )
    raise Damaged(path, message)


def _decoded(jpeg: bytes) -> pyvips.Image | None:
    try:
        image = pyvips.Image.jpegload_buffer(jpeg, fail_on="error").copy_memory()
    except pyvips.Error:
        return None
    return image if min(image.width, image.height) >= LEAST_PREVIEW_PX else None


def _said(path: Path, preview: Preview) -> Problem:
    size = f"{preview.image.width} x {preview.image.height}"
    message = phrase(
        "The raw data cannot be read ({reason}); the embedded preview of {size} pixels stands in for it.",
        reason=preview.reason,
        size=size,
    )
    return Problem(code="media.raw_preview", where=path.name, message=message)


def _words(fault: rawpy.LibRawError) -> str:
    """LibRaw's own words, which come as bytes."""
    said = fault.args[0] if fault.args else ""
    return said.decode(errors="replace") if isinstance(said, bytes) else str(said) or type(fault).__name__

"""Makes pictures with libvips: a shrinking decode, one crop, as many tries at the size limit as needed."""

from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path

import numpy as np
import pyvips
from PIL import Image, ImageOps

from crosscut.kernel.errors import Damaged, Invalid, Unsupported
from crosscut.media.inside import svg
from crosscut.media.inside.rights import write_rights
from crosscut.media.inside.still_facts import HEIF_FAMILY, engine_words, orientation_of
from crosscut.media.metadata import Metadata
from crosscut.media.plan import crop_to
from crosscut.media.recipes import PicturePart
from crosscut.media.svg import CleanSvg

NO_LIMIT_PX = 10_000_000  # libvips' own largest side
LARGEST_DRAWING_PX = 10_000  # a drawing that may have any size keeps its own
QUALITY_STEPS = (0, 8, 16, 26, 36)  # below the wanted quality, before the picture itself is made smaller
LEAST_QUALITY = 40
SHRINK = 0.85
SHRINK_ROUNDS = 12  # to a seventh of each side


def make(path: Path, container: str, part: PicturePart, media_type: str, rights: Metadata, out: Path) -> int:
    """Writes the picture and returns its size in bytes."""
    try:
        image = _framed(_upright(path, container, part), part)
        for quality, scale in _tries(part, media_type):
            shrunk = image if scale == 1 else image.resize(scale)
            out.write_bytes(_encoded(shrunk, media_type, quality))
            write_rights(out, rights)
            size_bytes = out.stat().st_size
            if part.max_size_bytes is None or size_bytes <= part.max_size_bytes:
                return size_bytes
    except pyvips.Error as fault:
        raise Damaged(path, f"The picture cannot be read: {engine_words(fault)}") from fault
    out.unlink()
    message = f"The picture does not fit into {part.max_size_bytes:,} bytes at any usable quality."
    raise Invalid.at(path.name, message, code="media.does_not_fit")


def _upright(path: Path, container: str, part: PicturePart) -> pyvips.Image:
    """The whole picture, the right way up. Random access: it is cropped, and maybe encoded more than once."""
    if container in HEIF_FAMILY:
        return _from_pillow(path)
    if container == "svg":
        return _drawing(svg.clean(path), part)
    image = pyvips.Image.new_from_file(str(path), fail_on="error")
    return image.autorot() if orientation_of(image) > 1 else image


def _drawing(clean: CleanSvg, part: PicturePart) -> pyvips.Image:
    """A drawing has no pixels of its own: it is drawn as large as it is allowed to be, before any crop."""
    rooms = (_room(part.max_width_px, clean.width_px), _room(part.max_height_px, clean.height_px))
    scale = max(rooms) if part.aspect else min(rooms)
    is_limited = scale * max(clean.width_px, clean.height_px) < LARGEST_DRAWING_PX
    return pyvips.Image.svgload_buffer(clean.text.encode(), scale=float(scale) if is_limited else 1.0)


def _from_pillow(path: Path) -> pyvips.Image:
    try:
        with Image.open(path) as picture:
            upright = ImageOps.exif_transpose(picture)
            profile = picture.info.get("icc_profile")
            image = pyvips.Image.new_from_array(
                np.asarray(upright.convert("RGBA" if "A" in upright.getbands() else "RGB"))
            )
    except (OSError, ValueError, SyntaxError, RuntimeError) as fault:
        raise Damaged(path, f"The picture cannot be read: {fault}") from fault
    image = image.copy(interpretation="srgb")
    if profile:
        image.set_type(pyvips.GValue.blob_type, "icc-profile-data", profile)
    return image


def _framed(image: pyvips.Image, part: PicturePart) -> pyvips.Image:
    """Cropped, sized and in sRGB."""
    width_px, height_px = image.width, image.height
    if part.aspect and part.focus:
        crop = crop_to(width_px, height_px, part.aspect, part.focus)
        image = image.crop(crop.x_px, crop.y_px, crop.width_px, crop.height_px)
    elif part.aspect:
        crop = crop_to(width_px, height_px, part.aspect)
        image = image.smartcrop(crop.width_px, crop.height_px, interesting="attention")
    room = min(_room(part.max_width_px, image.width), _room(part.max_height_px, image.height))
    scale = min(Fraction(1), room)
    return _in_srgb(image).resize(float(scale)) if scale != 1 else _in_srgb(image)


def _room(limit_px: int | None, side_px: int) -> Fraction:
    return Fraction(limit_px, side_px) if limit_px else Fraction(NO_LIMIT_PX)


def _in_srgb(image: pyvips.Image) -> pyvips.Image:
    if "icc-profile-data" in image.get_fields():
        image = image.icc_transform("srgb", embedded=True, intent="relative")
    return image if image.interpretation == "srgb" else image.colourspace("srgb")


def _tries(part: PicturePart, media_type: str) -> Iterator[tuple[int, float]]:
    """Quality and scale, best first."""
    steps = QUALITY_STEPS if media_type in ("image/jpeg", "image/webp") else (0,)
    for step in steps:
        yield max(LEAST_QUALITY, part.quality - step), 1.0
    for power in range(1, SHRINK_ROUNDS + 1):
        yield max(LEAST_QUALITY, part.quality - steps[-1]), SHRINK**power


def _encoded(image: pyvips.Image, media_type: str, quality: int) -> bytes:
    match media_type:
        case "image/jpeg":
            flat = image.flatten(background=[255, 255, 255]) if image.hasalpha() else image
            data = flat.jpegsave_buffer(Q=quality, keep="none", optimize_coding=True, interlace=True)
        case "image/webp":
            data = image.webpsave_buffer(Q=quality, keep="none", effort=4)
        case "image/png":
            data = image.pngsave_buffer(keep="none", compression=8)
        case _:
            raise Unsupported(f"Pictures are made as JPEG, WebP or PNG, not as {media_type}.")
    return bytes(data)

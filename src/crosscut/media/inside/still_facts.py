"""Reads what a still picture is, decoding all of it."""

import io
import struct
import warnings
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

import pillow_heif
import pyvips
from PIL import Image, ImageCms, UnidentifiedImageError

from crosscut.kernel.errors import Damaged, Invalid, Problem, Unsupported
from crosscut.kernel.facts import Kind, MediaFacts, Picture
from crosscut.media.sniff import Sniffed

pillow_heif.register_heif_opener()
Image.MAX_IMAGE_PIXELS = None  # our own limit is checked first, with our own words

TURNED = frozenset({5, 6, 7, 8})  # EXIF orientations that swap width and height
HEIF_FAMILY = frozenset({"heic", "heif"})  # what the libvips wheel cannot decode: HEVC


@dataclass
class Found:
    """What a decoder said of a picture."""

    width_px: int
    height_px: int
    orientation: int
    bands: int
    bits: int
    has_alpha: bool
    frame_count: int
    profile: bytes
    duration_s: Fraction | None = None


def read(path: Path, sniffed: Sniffed, limit_px: int) -> MediaFacts:
    """The facts of a still picture. Raises Damaged when a pixel of it cannot be read, Invalid when it has too many."""
    found = _with_pillow(path, limit_px) if sniffed.container in HEIF_FAMILY else _with_vips(path, limit_px)
    is_turned = found.orientation in TURNED
    return MediaFacts(
        kind=Kind.IMAGE,
        media_type=sniffed.media_type,
        container=sniffed.container,
        size_bytes=sniffed.size_bytes,
        duration_s=found.duration_s,
        picture=Picture(
            width_px=found.height_px if is_turned else found.width_px,
            height_px=found.width_px if is_turned else found.height_px,
            orientation=found.orientation,
            bands=found.bands,
            bits=found.bits,
            has_alpha=found.has_alpha,
            frame_count=found.frame_count,
            colour_profile=_profile_name(found.profile),
        ),
        warnings=(*sniffed.warnings, *_odd_exif(path)),
    )


def check_pixels(path: Path, width_px: int, height_px: int, limit_px: int) -> None:
    """Raises Invalid when the picture has more pixels than are taken: said before any of them is decoded."""
    if width_px * height_px > limit_px:
        size = f"{width_px} x {height_px} pixels; at most {limit_px / 1e6:.0f} million are taken"
        raise Invalid.at(path.name, f"The picture is too large ({size}).", code="media.too_many_pixels")


def _with_vips(path: Path, limit_px: int) -> Found:
    try:
        image = pyvips.Image.new_from_file(str(path), access="sequential", fail_on="error")
        check_pixels(path, image.width, image.height, limit_px)
        image.avg()
    except pyvips.Error as fault:
        raise Damaged(path, f"The picture cannot be read to its end: {engine_words(fault)}") from fault
    pages = image.get("n-pages") if "n-pages" in image.get_fields() else 1
    return Found(
        width_px=image.width,
        height_px=image.height,
        orientation=orientation_of(image),
        bands=image.bands,
        bits=16 if image.format in ("ushort", "short") else 32 if image.format in ("float", "uint", "int") else 8,
        has_alpha=bool(image.hasalpha()),
        frame_count=pages,
        profile=image.get("icc-profile-data") if "icc-profile-data" in image.get_fields() else b"",
        duration_s=_animation_s(image) if pages > 1 else None,
    )


def orientation_of(image: pyvips.Image) -> int:
    """The EXIF orientation, 1 to 8; 1 where there is none or nonsense."""
    value = image.get("orientation") if "orientation" in image.get_fields() else 1
    return value if value in range(1, 9) else 1


def engine_words(fault: pyvips.Error) -> str:
    """The first thing libvips complained about, on one line."""
    lines = [line.strip() for line in str(fault.detail or fault.message).splitlines() if line.strip()]
    return lines[0] if lines else str(fault)


def _animation_s(image: pyvips.Image) -> Fraction | None:
    if "delay" not in image.get_fields():
        return None
    return Fraction(sum(image.get("delay")), 1000)


def _with_pillow(path: Path, limit_px: int) -> Found:
    """HEIC comes upright from its decoder, which also resets the orientation."""
    try:
        with Image.open(path) as image:
            check_pixels(path, *image.size, limit_px)
            image.load()
            stored = image.info.get("original_orientation") or 1
            width_px, height_px = reversed(image.size) if stored in TURNED else image.size
            return Found(
                width_px=width_px,
                height_px=height_px,
                orientation=stored,
                bands=len(image.getbands()),
                bits=image.info.get("bit_depth", 8),
                has_alpha="A" in image.getbands(),
                frame_count=getattr(image, "n_frames", 1),
                profile=image.info.get("icc_profile") or b"",
            )
    except UnidentifiedImageError as fault:
        raise Unsupported(f"{path.name} is a HEIF picture of a kind that cannot be read here.") from fault
    except (OSError, ValueError, EOFError, SyntaxError, RuntimeError) as fault:
        raise Damaged(path, f"The picture cannot be read to its end: {fault}") from fault


def _profile_name(profile: bytes) -> str:
    if not profile:
        return ""
    try:
        return ImageCms.getProfileDescription(ImageCms.ImageCmsProfile(io.BytesIO(profile))).strip()
    except (ImageCms.PyCMSError, OSError, ValueError):
        return "unreadable"


def _odd_exif(path: Path) -> list[Problem]:
    """A warning when the EXIF data are malformed; the picture itself may be fine."""
    message = ""
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        try:
            with Image.open(path) as image:
                exif = image.getexif()
                for directory in (0x8769, 0x8825, 0xA005):  # Exif, GPS, interoperability
                    dict(exif.get_ifd(directory))
        except (OSError, SyntaxError, ValueError, TypeError, KeyError, OverflowError, struct.error, EOFError) as fault:
            message = f"{type(fault).__name__}: {fault}"
    if caught and not message:
        message = str(caught[0].message)
    if not message:
        return []
    text = f"The EXIF data are malformed and were read as far as possible ({message.splitlines()[0][:200]})."
    return [Problem(code="media.odd_exif", where=path.name, message=text)]

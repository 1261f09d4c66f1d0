"""Reads what a still picture is, decoding all of it."""

import importlib
import io
import struct
import warnings
from dataclasses import replace
from pathlib import Path

import pillow_heif
import pyvips
from PIL import Image, ImageCms, UnidentifiedImageError

from crosscut.kernel.errors import Damaged, Problem, Unsupported
from crosscut.kernel.facts import MediaFacts, Picture
from crosscut.kernel.phrases import phrase
from crosscut.media.inside.stills.found import Found, check_pixels
from crosscut.media.inside.stills.moving import with_motion
from crosscut.media.sniff import Sniffed

pillow_heif.register_heif_opener()
Image.MAX_IMAGE_PIXELS = None  # our own limit is checked first, with our own words

TURNED = frozenset({5, 6, 7, 8})  # EXIF orientations that swap width and height
_PROVED_AT = 8  # a JPEG is read to its end at this part of its sides
WITH_PILLOW = frozenset({"heic", "heif", "avif-sequence", "bmp"})  # what the libvips wheel cannot decode
READERS = {
    "raw": "crosscut.media.inside.stills.raw",
    "psd": "crosscut.media.inside.stills.psd",
    "pdf": "crosscut.media.inside.stills.pdf",
    "font": "crosscut.media.inside.stills.font",
}  # by container; loaded in the child that needs one, for each is heavy


def read(path: Path, sniffed: Sniffed, limit_px: int) -> MediaFacts:
    """The facts of a still picture or a document. Raises Damaged when it cannot be read, Invalid when too large."""
    found = _found(path, sniffed.container, limit_px)
    if found is None:
        return _facts(sniffed, None, (*sniffed.warnings, importlib.import_module(READERS["pdf"]).locked(path)))
    return of_found(path, sniffed, found)


def of_found(path: Path, sniffed: Sniffed, found: Found) -> MediaFacts:
    """The facts of a picture that a decoder has said all of."""
    is_turned = found.orientation in TURNED
    picture = Picture(
        width_px=found.height_px if is_turned else found.width_px,
        height_px=found.width_px if is_turned else found.height_px,
        orientation=found.orientation,
        bands=found.bands,
        bits=found.bits,
        has_alpha=found.has_alpha,
        frame_count=found.frame_count,
        colour_profile=_profile_name(found.profile),
        loop_count=found.loop_count,
        layers=found.layers,
        print_size_mm=found.print_size_mm,
    )
    odd = _odd_exif(path) if sniffed.container not in READERS else []
    return replace(_facts(sniffed, picture, (*sniffed.warnings, *found.warnings, *odd)), duration_s=found.duration_s)


def _facts(sniffed: Sniffed, picture: Picture | None, warnings: tuple[Problem, ...]) -> MediaFacts:
    return MediaFacts(
        kind=sniffed.kind,
        media_type=sniffed.media_type,
        container=sniffed.container,
        size_bytes=sniffed.size_bytes,
        picture=picture,
        warnings=warnings,
    )


def _found(path: Path, container: str, limit_px: int) -> Found | None:
    """What the reader for this kind of file says; None of a document that is locked."""
    if container in READERS:
        found: Found | None = importlib.import_module(READERS[container]).facts(path, limit_px)
        return found
    return (
        _with_pillow(path, container, limit_px) if container in WITH_PILLOW else _with_vips(path, container, limit_px)
    )


def _with_vips(path: Path, container: str, limit_px: int) -> Found:
    try:
        image = pyvips.Image.new_from_file(str(path), access="sequential", fail_on="error")
        check_pixels(path, image.width, image.height, limit_px)
        _read_to_the_end(image, path, container)
    except pyvips.Error as fault:
        raise Damaged(
            path, phrase("The picture cannot be read to its end: {fault}", fault=engine_words(fault))
        ) from fault
    return found_in(image, path, container)


def found_in(image: pyvips.Image, path: Path, container: str) -> Found:
    """What libvips says of the picture it opened; of its pixels only where they move. Raises Damaged."""
    pages = image.get("n-pages") if "n-pages" in image.get_fields() else 1
    found = Found(
        width_px=image.width,
        height_px=image.height,
        orientation=orientation_of(image),
        bands=image.bands,
        bits=16 if image.format in ("ushort", "short") else 32 if image.format in ("float", "uint", "int") else 8,
        has_alpha=bool(image.hasalpha()),
        frame_count=pages,
        profile=image.get("icc-profile-data") if "icc-profile-data" in image.get_fields() else b"",
    )
    try:
        return with_motion(found, image, path, container)
    except (OSError, ValueError, EOFError, SyntaxError) as fault:
        raise Damaged(path, phrase("The animation cannot be read to its end: {fault}", fault=fault)) from fault


def _read_to_the_end(image: pyvips.Image, path: Path, container: str) -> None:
    """Raises pyvips.Error where the file breaks off or is damaged.

    All of a JPEG's code is read at an eighth of its sides too, in a third of the time: only its waves are not drawn.
    One too narrow for that is read as it is.
    """
    if container == "jpeg" and min(image.width, image.height) >= _PROVED_AT:
        image = pyvips.Image.new_from_file(str(path), access="sequential", fail_on="error", shrink=_PROVED_AT)
    image.avg()


def orientation_of(image: pyvips.Image) -> int:
    """The EXIF orientation, 1 to 8; 1 where there is none or nonsense."""
    value = image.get("orientation") if "orientation" in image.get_fields() else 1
    return value if value in range(1, 9) else 1


def engine_words(fault: pyvips.Error) -> str:
    """The first thing libvips complained about, on one line."""
    lines = [line.strip() for line in str(fault.detail or fault.message).splitlines() if line.strip()]
    return lines[0] if lines else str(fault)


def _with_pillow(path: Path, container: str, limit_px: int) -> Found:
    """HEIC comes upright from its decoder, which also resets the orientation."""
    try:
        with Image.open(path) as image:
            check_pixels(path, *image.size, limit_px)
            image.load()
            stored = image.info.get("original_orientation") or 1
            width_px, height_px = reversed(image.size) if stored in TURNED else image.size
            found = Found(
                width_px=width_px,
                height_px=height_px,
                orientation=stored,
                bands=len(image.getbands()),
                bits=image.info.get("bit_depth", 8),
                has_alpha="A" in image.getbands(),
                frame_count=getattr(image, "n_frames", 1),
                profile=image.info.get("icc_profile") or b"",
            )
        return with_motion(found, None, path, container)
    except UnidentifiedImageError as fault:
        raise Unsupported(
            phrase("{name} is a HEIF picture of a kind that cannot be read here.", name=path.name)
        ) from fault
    except (OSError, ValueError, EOFError, SyntaxError, RuntimeError) as fault:
        raise Damaged(path, phrase("The picture cannot be read to its end: {fault}", fault=fault)) from fault


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
    text = phrase(
        "The EXIF data are malformed and were read as far as possible ({splitlines}).",
        splitlines=message.splitlines()[0][:200],
    )
    return [Problem(code="media.odd_exif", where=path.name, message=text)]

"""Reads Photoshop documents: the flat picture they carry, and the names of their layers."""

import io
import struct
from pathlib import Path
from typing import Any

import numpy as np
import pyvips
from PIL import Image
from psd_tools import PSDImage
from psd_tools.constants import Resource

from crosscut.kernel.errors import Damaged, Problem
from crosscut.kernel.phrases import phrase
from crosscut.media.inside.stills.found import Found, check_pixels
from crosscut.media.inside.stills.pixels import from_pixels

MOST_LAYERS = 500  # named; a document may have thousands
FAULTS = (OSError, ValueError, AssertionError, KeyError, IndexError, TypeError, struct.error, AttributeError, EOFError)


def facts(path: Path, limit_px: int) -> Found:
    """Size, depth and layer names, its flat picture decoded."""
    document = _document(path, limit_px)
    has_flat = _has_flat(document)
    if has_flat:
        _flat(path, document)
    return Found(
        width_px=document.width,
        height_px=document.height,
        bands=document.channels,
        bits=document.depth,
        has_alpha=document.channels in (2, 4) and document.color_mode.name in ("RGB", "GRAYSCALE"),
        profile=_profile(document),
        layers=tuple(str(layer.name) for layer in document.descendants())[:MOST_LAYERS],
        warnings=() if has_flat else (_not_flat(path),),
    )


def opened(path: Path, limit_px: int) -> pyvips.Image:
    """The flat picture in the document's own colours."""
    document = _document(path, limit_px)
    if not _has_flat(document):
        raise Damaged(path, _not_flat(path).message, code="media.psd_not_flat")
    picture = _flat(path, document)
    if picture.mode == "CMYK":  # vips reads CMYK from a file only, so the conversion is Pillow's
        picture = picture.convert("RGB")
        return from_pixels(np.asarray(picture))
    if picture.mode not in ("L", "LA", "RGB", "RGBA"):
        picture = picture.convert("RGB")
    return from_pixels(np.asarray(picture), _profile(document) or None)


def _document(path: Path, limit_px: int) -> Any:
    with path.open("rb") as file:
        head = file.read(26)
    if len(head) == 26:
        height_px, width_px = struct.unpack_from(">II", head, 14)  # Adobe Photoshop File Formats, File Header Section
        check_pixels(path, width_px, height_px, limit_px)
    try:
        return PSDImage.open(path)
    except FAULTS as fault:
        raise Damaged(
            path, phrase("The Photoshop document cannot be read: {fault}", fault=fault or type(fault).__name__)
        ) from fault


def _flat(path: Path, document: Any) -> Image.Image:
    try:
        picture = document.topil(apply_icc=False)
    except FAULTS as fault:
        raise Damaged(
            path, phrase("The picture in the document cannot be read: {fault}", fault=fault or type(fault).__name__)
        ) from fault
    if picture is None:
        raise Damaged(path, phrase("The picture in the document cannot be read: its colours are of an unknown kind."))
    return picture if isinstance(picture, Image.Image) else Image.open(io.BytesIO(picture))


def _has_flat(document: Any) -> bool:
    return bool(document.has_preview()) or not list(document)


def _profile(document: Any) -> bytes:
    return bytes(document.image_resources.get_data(Resource.ICC_PROFILE) or b"")


def _not_flat(path: Path) -> Problem:
    message = phrase('The document was saved without its flat picture: save it again with "Maximize compatibility".')
    return Problem(code="media.psd_not_flat", where=path.name, message=message)

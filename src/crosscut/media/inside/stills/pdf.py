"""Reads PDF, and Illustrator files that hold one: pages, their size, and the first as a picture."""

from fractions import Fraction
from pathlib import Path

import pypdfium2
import pyvips

from crosscut.kernel.errors import Damaged, Problem
from crosscut.kernel.phrases import phrase
from crosscut.media.inside.stills.found import Found, check_pixels
from crosscut.media.inside.stills.pixels import from_pixels

POINT_MM = Fraction(254, 720)  # ISO 32000-1, 8.3.2.3: 72 to the inch
CSS_PX = Fraction(96, 72)  # to the point
DRAWN_PX = 2400  # the longer side of the page as a picture: a page on a dense screen
LOCKED = phrase("is protected by a password: its pages cannot be shown")


def facts(path: Path, limit_px: int) -> Found | None:
    """Page count, and the size of the first page in CSS pixels and on paper; None of a locked document."""
    document = _document(path)
    if document is None:
        return None
    with document:
        if not len(document):
            raise Damaged(path, phrase("The document has no pages."))
        width_pt, height_pt = (Fraction(str(round(side, 3))) for side in document[0].get_size())
        width_px, height_px = max(1, round(width_pt * CSS_PX)), max(1, round(height_pt * CSS_PX))
        check_pixels(path, width_px, height_px, limit_px)
        _drawn(document, Fraction(200))
        return Found(
            width_px=width_px,
            height_px=height_px,
            frame_count=len(document),
            print_size_mm=(width_pt * POINT_MM, height_pt * POINT_MM),
        )


def locked(path: Path) -> Problem:
    """What is said of a document that needs a password."""
    return Problem(code="media.locked", where=path.name, message=phrase("This document {locked}.", locked=LOCKED))


def opened(path: Path, limit_px: int) -> pyvips.Image:
    """The first page on white, its longer side 2400 pixels."""
    document = _document(path)
    if document is None:
        raise Damaged(path, phrase("{name} {locked}.", name=path.name, locked=LOCKED), code="media.locked")
    with document:
        return _drawn(document, Fraction(DRAWN_PX))


def _document(path: Path) -> pypdfium2.PdfDocument | None:
    try:
        return pypdfium2.PdfDocument(str(path))
    except pypdfium2.PdfiumError as fault:
        if "password" in str(fault).lower():
            return None
        raise Damaged(path, phrase("The document cannot be read: {fault}", fault=fault)) from fault


def _drawn(document: pypdfium2.PdfDocument, side_px: Fraction) -> pyvips.Image:
    page = document[0]
    bitmap = page.render(scale=float(side_px) / max(1.0, *page.get_size()), rev_byteorder=True)
    return from_pixels(bitmap.to_numpy()[..., :3].copy())

"""What every reader of stills answers, and the limit each keeps before it decodes."""

from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

from crosscut.kernel.errors import Invalid, Problem
from crosscut.kernel.phrases import phrase


@dataclass
class Found:
    """What a decoder said of a picture."""

    width_px: int  # as stored, before orientation
    height_px: int
    orientation: int = 1  # EXIF, 1 to 8
    bands: int = 3
    bits: int = 8
    has_alpha: bool = False
    frame_count: int = 1  # or pages
    profile: bytes = b""  # ICC
    duration_s: Fraction | None = None
    loop_count: int | None = None
    layers: tuple[str, ...] = ()
    print_size_mm: tuple[Fraction, Fraction] | None = None
    warnings: tuple[Problem, ...] = ()


def check_pixels(path: Path, width_px: int, height_px: int, limit_px: int) -> None:
    """Raises Invalid when the picture has more pixels than are taken: said before any of them is decoded."""
    if width_px * height_px > limit_px:
        size = phrase(
            "{width_px} x {height_px} pixels; at most {millions:.0f} million are taken",
            width_px=width_px,
            height_px=height_px,
            millions=limit_px / 1e6,
        )
        raise Invalid.at(
            path.name, phrase("The picture is too large ({size}).", size=size), code="media.too_many_pixels"
        )

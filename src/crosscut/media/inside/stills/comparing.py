"""Measures how alike two pictures are, in libvips."""

from pathlib import Path

import pyvips

from crosscut.kernel.errors import Invalid
from crosscut.kernel.phrases import phrase
from crosscut.media.inside.stills import opening
from crosscut.media.inside.stills.colour import in_gamut
from crosscut.media.inside.stills.facts import orientation_of
from crosscut.media.sniff import SizeLimits
from crosscut.media.stills.comparing import Likeness
from crosscut.media.stills.derivatives import Gamut

SIGMA = 1.5  # Wang, Bovik, Sheikh, Simoncelli 2004, section III.B: an 11 x 11 Gaussian window
STEADY = (0.01 * 255) ** 2, (0.03 * 255) ** 2  # K1 and K2 of the same section


def likeness(path: Path, container: str, reference: Path, reference_container: str) -> Likeness:
    """The figures of the two pictures."""
    one, other = _shown(path, container), _shown(reference, reference_container)
    if (one.width, one.height) != (other.width, other.height):
        sizes = f"{one.width} x {one.height} and {other.width} x {other.height}"
        raise Invalid.at(
            path.name, phrase("Only pictures of the same size can be compared; these have {sizes}.", sizes=sizes)
        )
    similar = _ssim(one.colourspace("b-w")[0].cast("float"), other.colourspace("b-w")[0].cast("float"))
    differs = one.colourspace("lab").dE00(other.colourspace("lab"))
    return Likeness(
        ssim=round(similar.avg(), 5),
        worst_ssim=round((_percentile(similar * 10_000, 1)) / 10_000, 4),
        colour_difference=round(differs.avg(), 4),
        worst_colour_difference=round(_percentile(differs * 100, 99) / 100, 2),
    )


def _shown(path: Path, container: str) -> pyvips.Image:
    image = opening.opened(path, container, SizeLimits().picture_px).copy_memory()
    image = in_gamut(image.autorot() if orientation_of(image) > 1 else image, Gamut.SRGB, 8)
    return image.flatten(background=[255, 255, 255]) if image.hasalpha() else image


def _ssim(one: pyvips.Image, other: pyvips.Image) -> pyvips.Image:
    """The map of structural similarity, equation 13 of the paper."""

    def blurred(image: pyvips.Image) -> pyvips.Image:
        return image.gaussblur(SIGMA, precision="float")

    mean_one, mean_other = blurred(one), blurred(other)
    spread_one = blurred(one * one) - mean_one * mean_one
    spread_other = blurred(other * other) - mean_other * mean_other
    shared = blurred(one * other) - mean_one * mean_other
    alike = (mean_one * mean_other * 2 + STEADY[0]) * (shared * 2 + STEADY[1])
    whole = (mean_one * mean_one + mean_other * mean_other + STEADY[0]) * (spread_one + spread_other + STEADY[1])
    return alike / whole


def _percentile(image: pyvips.Image, percent: float) -> float:
    """The value below which this part of the pixels lies, in steps of one, 0 to 65535."""
    return float(image.cast("ushort").percent(percent))

"""A frame as light: small, and in the measures that the flash rules speak in."""

from fractions import Fraction
from functools import cached_property
from typing import Any

import numpy as np

SCREEN_PX = (1920, 1080)  # the picture is judged as shown on a whole screen of this size
FIELD_SCALE = Fraction(3, 16)  # and looked at so small: the field of WCAG, 341 x 256, is 64 x 48
WHITE_UV = (0.1978, 0.4683)  # D65 in the CIE 1976 diagram: where black, which has no colour, is put
RED_SCALE = np.float32(320)  # WCAG 2.0, working definition of a saturated red transition
HD_HEIGHT_PX = 720  # from here on untagged film is BT.709, below it BT.601: the usual guess of players

Array = np.ndarray[Any, np.dtype[Any]]


def _linear_table() -> Array:
    """From 8-bit sRGB to light. IEC 61966-2-1."""
    value = np.arange(256) / 255
    return np.where(value <= 0.04045, value / 12.92, ((value + 0.055) / 1.055) ** 2.4).astype(np.float32)


LINEAR = _linear_table()
CANDELA = (413.435 * (0.002745 * np.arange(256) + 0.0189623) ** 2.2).astype(np.float32)  # Ofcom 2017, annex 1


class Light:
    """One frame, from its 8-bit RGB on the grid, rows first. Each measure is reckoned when it is asked for."""

    def __init__(self, rgb: Array, *, measure: str = "relative") -> None:
        self.rgb = rgb
        self.measure = measure

    @cached_property
    def linear(self) -> tuple[Array, Array, Array]:
        """Red, green and blue as light, 0 to 1."""
        return LINEAR[self.rgb[..., 0]], LINEAR[self.rgb[..., 1]], LINEAR[self.rgb[..., 2]]

    @cached_property
    def relative(self) -> Array:
        """Relative luminance, 0 to 1: WCAG 2.2."""
        red, green, blue = self.linear
        found = red * np.float32(0.2126)
        found += green * np.float32(0.7152)
        found += blue * np.float32(0.0722)
        return np.asarray(found)

    @cached_property
    def luma(self) -> Array:
        """8-bit luma of BT.709, full range."""
        weights = np.array([54, 183, 19], np.uint16)  # 0.2126, 0.7152, 0.0722 of 256
        return np.asarray((self.rgb @ weights + 128) >> 8, np.uint8)

    @property
    def luminance(self) -> Array:
        """In the measure of the profile: relative, or candela per square metre."""
        return CANDELA[self.luma] if self.measure == "candela" else self.relative

    def is_saturated_red(self, least: float) -> Array:
        """R / (R + G + B) of the linear values is at least this."""
        red, green, blue = self.linear
        return np.asarray((red * np.float32(1 / least - 1) >= green + blue) & (red > 0))

    @cached_property
    def redness(self) -> Array:
        """(R - G - B) x 320, nothing below zero."""
        red, green, blue = self.linear
        return np.asarray(np.maximum(red - green - blue, 0) * RED_SCALE)

    @cached_property
    def chromaticity(self) -> tuple[Array, Array]:
        """u' and v' of the CIE 1976 diagram (ISO/CIE 11664-5), from linear BT.709 values."""
        red, green, blue = self.linear
        x = 0.4124 * red + 0.3576 * green + 0.1805 * blue
        z = 0.0193 * red + 0.1192 * green + 0.9505 * blue
        whole = x + 15 * self.relative + 3 * z
        is_black = whole < 1e-4
        whole = np.where(is_black, 1, whole)
        u, v = (
            np.where(is_black, WHITE_UV[0], 4 * x / whole),
            np.where(is_black, WHITE_UV[1], 9 * self.relative / whole),
        )
        return u.astype(np.float32), v.astype(np.float32)


def grid_for(width_px: int, height_px: int, scale: Fraction = FIELD_SCALE) -> tuple[int, int]:
    """The size at which a picture shown at this size is looked at, when the whole screen is looked at in this scale.

    >>> grid_for(1280, 720), grid_for(1080, 1920)
    ((360, 202), (114, 202))
    """
    shown = min(Fraction(SCREEN_PX[0], width_px), Fraction(SCREEN_PX[1], height_px)) * scale
    return max(1, round(width_px * shown)), max(1, round(height_px * shown))


def light_of(frame: Any, *, is_turned: bool, measure: str, scale: Fraction = FIELD_SCALE) -> Light:
    """The frame on the grid, as a person sees it: a quarter turn and the shape of the pixels counted."""
    shape = frame.sample_aspect_ratio if hasattr(frame, "sample_aspect_ratio") else None
    width = round(frame.width * shape) if shape else frame.width
    size = grid_for(frame.height, width, scale)[::-1] if is_turned else grid_for(width, frame.height, scale)
    small = frame.reformat(*size, format="rgb24", interpolation="AREA", src_colorspace=_space(frame)).to_ndarray()
    return Light(np.ascontiguousarray(small.transpose(1, 0, 2)) if is_turned else small, measure=measure)


def _space(frame: Any) -> str | None:
    if int(frame.colorspace) != 2:  # the file says
        return None
    return "ITU709" if frame.height >= HD_HEIGHT_PX else "ITU601"

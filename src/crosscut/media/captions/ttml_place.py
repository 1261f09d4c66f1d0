"""Where a TTML region is, in the words of WebVTT, and back."""

import re
from collections.abc import Mapping
from dataclasses import replace
from fractions import Fraction

from crosscut.media.captions.records import BOTTOM, Losses, Settings

_PERCENTS = re.compile(r"\s*(-?\d{1,6}(?:\.\d{1,9})?)%\s+(-?\d{1,6}(?:\.\d{1,9})?)%\s*", re.ASCII)
_ALIGNS = ("start", "center", "end", "left", "right")


def percents(text: str) -> tuple[Fraction, Fraction] | None:
    """Two percentages, clipped to the picture; None for other units.

    >>> percents("10% 80.5%")
    (Fraction(10, 1), Fraction(161, 2))
    """
    found = _PERCENTS.fullmatch(text)
    if not found:
        return None
    x, y = (min(max(Fraction(value), Fraction(0)), Fraction(100)) for value in found.groups())
    return x, y


def place_of(styles: Mapping[str, str], losses: Losses) -> Settings:
    """The cue settings that show words where these region and paragraph styles do.

    >>> top = place_of({"origin": "10% 10%", "extent": "80% 80%", "displayAlign": "before"}, Losses())
    >>> str(top.line), top.align, str(top.size)
    ('10', 'start', '80')
    """
    align = styles.get("textAlign", "start")
    settings = replace(BOTTOM, align=align if align in _ALIGNS else "start")
    if not ("origin" in styles or "extent" in styles or "displayAlign" in styles):
        return replace(settings, align=align) if "textAlign" in styles and align in _ALIGNS else BOTTOM
    origin, extent = percents(styles.get("origin", "0% 0%")), percents(styles.get("extent", "100% 100%"))
    if origin is None or extent is None:
        losses.add("region_units", "A region is not given in per cent: its captions stand at the bottom.")
        return settings
    x, y = origin
    width, height = min(extent[0], 100 - x), min(extent[1], 100 - y)
    line, line_align = _line(styles.get("displayAlign", "before"), y, height)
    centre = x + width / 2
    is_plain_bottom = line_align == "end" and line >= 80 and centre == 50
    if is_plain_bottom:  # where players put captions by themselves: they also keep them off their own controls there
        return replace(settings, size=width)
    position = None if centre == 50 else centre
    return replace(
        settings,
        line=line,
        line_is_percent=True,
        line_align=line_align,
        size=width,
        position=position,
        position_align="auto" if position is None else "center",
    )


def _line(display_align: str, y: Fraction, height: Fraction) -> tuple[Fraction, str]:
    if display_align == "after":
        return y + height, "end"
    if display_align == "center":
        return y + height / 2, "center"
    return y, "start"

"""Charts, drawn at the server: a Vega-Lite description made into SVG that takes the ink of the page around it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import vl_convert
from django.utils.safestring import SafeString, mark_safe

_INK = "currentColor"
_DASHES = [[1, 0], [6, 3], [2, 2], [8, 3, 2, 3]]  # a line is known by its dashes too, never by its colour alone
_COLOURS = ["#4a63e0", "#d9531e", "#0f8a8f", "#9a55c4"]  # each holds 3:1 on the light and on the dark ground


@dataclass(frozen=True, kw_only=True)
class Spot:
    """One value of one line."""

    on: date
    line: str  # its name for a person
    value: int


def lines(spots: Sequence[Spot], *, width_px: int = 560, height_px: int = 180) -> SafeString:
    """Each line over the days as SVG without any style or script; nothing when there are fewer than two days.

    It says nothing a table beside it does not say: to a screen reader it is not there.
    """
    if len({spot.on for spot in spots}) < 2:
        return SafeString()
    drawn: str = vl_convert.vegalite_to_svg(_description(spots, width_px, height_px))
    return mark_safe(drawn)  # noqa: S308 - drawn here from dates, numbers and our own definitions' names


def _description(spots: Sequence[Spot], width_px: int, height_px: int) -> dict[str, Any]:
    colour = {
        "field": "line",
        "type": "nominal",
        "scale": {"range": _COLOURS},
        "legend": {"title": None, "orient": "top", "symbolType": "stroke"},
    }
    return {
        "$schema": "https://vega.github.io/schema/vega-lite/v6.json",
        "width": width_px,
        "height": height_px,
        "background": None,
        "data": {"values": [{"on": spot.on.isoformat(), "line": spot.line, "value": spot.value} for spot in spots]},
        "mark": {"type": "line", "point": {"size": 36}, "strokeWidth": 2, "interpolate": "monotone"},
        "encoding": {
            "x": {"field": "on", "type": "temporal", "scale": {"type": "utc"}, "title": None, "axis": _days(spots)},
            "y": {"field": "value", "type": "quantitative", "title": None, "axis": {"tickCount": 4, "tickMinStep": 1}},
            "color": colour,
            "strokeDash": {"field": "line", "type": "nominal", "scale": {"range": _DASHES}, "legend": None},
        },
        "config": {
            "view": {"stroke": None},
            "font": "inherit",
            "axis": {"labelColor": _INK, "gridColor": _INK, "gridOpacity": 0.14, "domain": False, "ticks": False},
            "legend": {"labelColor": _INK},
        },
    }


def _days(spots: Sequence[Spot]) -> dict[str, Any]:
    """Few enough marks below the chart that their words do not touch."""
    span = (max(spot.on for spot in spots) - min(spot.on for spot in spots)).days
    return {"format": "%-d %b" if span < 300 else "%b %Y", "tickCount": min(6, max(2, span)), "grid": False}

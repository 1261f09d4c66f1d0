"""Names of colours: what people call what they see."""

import colorsys
from collections.abc import Iterable, Mapping
from typing import Any

from django.utils.translation import gettext_lazy

# In the order of their bits. The colour stands for the name where it is drawn.
HUES = (
    ("red", gettext_lazy("Red"), "#d92b2b"),
    ("orange", gettext_lazy("Orange"), "#ee8019"),
    ("yellow", gettext_lazy("Yellow"), "#f2cf2c"),
    ("green", gettext_lazy("Green"), "#3f9d49"),
    ("teal", gettext_lazy("Teal"), "#1f9e9a"),
    ("blue", gettext_lazy("Blue"), "#2b6bd9"),
    ("purple", gettext_lazy("Purple"), "#8247c4"),
    ("pink", gettext_lazy("Pink"), "#e5639f"),
    ("brown", gettext_lazy("Brown"), "#7d5233"),
    ("white", gettext_lazy("White"), "#ffffff"),
    ("grey", gettext_lazy("Grey"), "#8c8c8c"),
    ("black", gettext_lazy("Black"), "#141414"),
)
NAMES = tuple(name for name, _label, _hex in HUES)
LEAST_SHARE = 0.12  # of a picture that a colour must fill for the picture to be found by it
_ENDS_DEG = ((14, "red"), (42, "orange"), (68, "yellow"), (160, "green"), (196, "teal"), (256, "blue"), (292, "purple"))


def name_of(hex_colour: str) -> str:
    """What people call the colour.

    >>> [name_of(colour) for colour in ("#ff0000", "#1e6f8a", "#5b3a1e", "#fafafa", "#222222", "#777777")]
    ['red', 'teal', 'brown', 'white', 'black', 'grey']
    """
    red, green, blue = (int(hex_colour[at : at + 2], 16) / 255 for at in (1, 3, 5))
    hue, light, saturation = colorsys.rgb_to_hls(red, green, blue)
    if light > 0.93:
        return "white"
    if light < 0.12:
        return "black"
    if saturation * (1 - abs(2 * light - 1)) < 0.12:
        return "white" if light > 0.85 else "black" if light < 0.2 else "grey"
    degrees = hue * 360
    name = next((name for end, name in _ENDS_DEG if degrees < end), "pink" if degrees < 345 else "red")
    if name in ("orange", "red") and light < 0.4 and degrees > 8 and degrees < 60:
        return "brown"
    return "pink" if name == "red" and light > 0.72 else name


def bits_of(swatches: Iterable[Mapping[str, Any]]) -> int:
    """The names of a picture's main colours as bits."""
    shares: dict[str, float] = {}
    for swatch in swatches:
        name = name_of(swatch["hex"])
        shares[name] = shares.get(name, 0) + swatch["share"]
    return sum(1 << NAMES.index(name) for name, share in shares.items() if share >= LEAST_SHARE)

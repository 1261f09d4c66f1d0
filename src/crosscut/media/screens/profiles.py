"""The rules by which flashes are judged, read from `profiles.toml`."""

import tomllib
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path

from crosscut.kernel.errors import Invalid
from crosscut.kernel.phrases import phrase
from crosscut.kernel.records import from_data


@dataclass(frozen=True, kw_only=True)
class FlashProfile:
    """One rule. The units are said in `profiles.toml`."""

    name: str  # "wcag"
    title: str  # for people
    measure: str  # "relative" or "candela"
    change: float  # a change of light counts from here on
    near_change: float  # and for the warning from here on
    dark_below: float  # where the darker of the two is below this
    field_px: tuple[int, int]  # the field, in a picture shown at 1920 x 1080
    share: float  # of the field, from where on it is a hazard
    near_share: float  # and a warning
    sure_share: float  # and beyond doubt, even when looked at small
    most_changes: int  # within a second; one more is a hazard
    red_measure: str  # "difference" or "chromaticity"
    red_change: float  # more than this between two states counts
    near_red_change: float  # and for the warning
    red_saturation: float  # R / (R + G + B) of one of them
    near_red_saturation: float  # and for the warning
    source: str
    as_of: date  # when the source was read


@cache
def flash_profiles() -> dict[str, FlashProfile]:
    """All of them by name.

    >>> sorted(flash_profiles())
    ['broadcast', 'iso', 'wcag']
    """
    text = Path(__file__).with_name("profiles.toml").read_text(encoding="utf-8")
    return {
        name: from_data(FlashProfile, {**values, "name": name, "as_of": str(values["as_of"])})
        for name, values in tomllib.loads(text).items()
    }


def flash_profile(name: str) -> FlashProfile:
    """The profile of that name. Raises Invalid, which names those there are.

    >>> flash_profile("wcag").field_px
    (341, 256)
    """
    known = flash_profiles()
    if name not in known:
        message = phrase(
            "There is no flash profile called {name}. Use one of: {known}.", name=name, known=", ".join(sorted(known))
        )
        raise Invalid.at("profile", message, code="screen.unknown_profile", known=sorted(known))
    return known[name]

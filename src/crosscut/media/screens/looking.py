"""One look through a film or a sound, with what can be done about what it found."""

from dataclasses import replace
from pathlib import Path

from crosscut.kernel.facts import Screening
from crosscut.kernel.progress import ShouldStop, never
from crosscut.media import capped
from crosscut.media.caps import ANALYSE
from crosscut.media.screens.profiles import flash_profile
from crosscut.media.screens.repairs import with_repairs
from crosscut.media.sniff import sniff_moving


def screen(path: Path, *, profile: str = "wcag", should_stop: ShouldStop = never) -> Screening:
    """Everything one decode tells: black over 0.5 s, freezes and silence over 2 s, clipping, offsets, drift, flashes.

    Flashes are counted per pixel by the named profile: `wcag` (general and saturated red, WCAG 2.2), `iso` or
    `broadcast`. What is only near to a hazard when looked at small is judged again at full size. Stripes are not
    looked for: a clean result is a screening and no certificate. Raises Unsupported when there is neither picture nor
    sound, Damaged when nothing decodes, Invalid for a profile that is not known.
    """
    rules = flash_profile(profile)
    sniff_moving(path)
    seen = capped.call(
        "screens.looking:look_through", Screening, caps=ANALYSE, should_stop=should_stop, path=path, profile=rules
    )
    return replace(seen, sightings=with_repairs(seen, rules))

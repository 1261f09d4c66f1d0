"""Looks through a film for black, silence and flashes that can harm people with photosensitive epilepsy."""

from pathlib import Path

from crosscut.kernel.facts import Screening
from crosscut.kernel.progress import ShouldStop, never
from crosscut.media import capped
from crosscut.media.caps import ANALYSE
from crosscut.media.sniff import sniff_moving


def screen(path: Path, *, should_stop: ShouldStop = never) -> Screening:
    """The times of black (over 0.5 s), silence (over 2 s) and general flashes by WCAG 2.2.

    Flashes: per pixel, opposing changes of relative luminance of a tenth or more with the darker below 0.80; a hazard
    where more than three pairs within a second happen on a quarter of any field of 341 x 256 in a picture shown at
    1920 x 1080. What is a hazard only at nine tenths of that change is near. Saturated red flashes and stripes are
    not looked for, so a clean result is no certificate. Raises Unsupported when there is neither picture nor sound,
    Damaged when nothing decodes.
    """
    sniff_moving(path)
    return capped.call("screen:look_through", Screening, caps=ANALYSE, should_stop=should_stop, path=path)

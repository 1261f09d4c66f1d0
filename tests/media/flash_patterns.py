"""Plays the recoloured patterns of published flash test media to the counters, and compares the verdicts.

    CROSSCUT_CORPUS=… python -m tests.media.flash_patterns      prints the table of docs/why/flashes.md

A film is described by a picture whose opaque part is recoloured, a colour per frame, and a background
(jbjord/pse-test-media, BSD-3-Clause, TRACE RERC). It is judged as `inside/screens/looking.py` judges a decoded film.
"""

import csv
import json
import os
from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image

from crosscut.kernel.facts import Seen
from crosscut.media.inside.screens.light import FIELD_SCALE, Light, grid_for
from crosscut.media.inside.screens.looking import CLOSE_SCALE, is_sure
from crosscut.media.inside.screens.watch import FlashWatch
from crosscut.media.screens.profiles import FlashProfile, flash_profile

HARMFUL = (Seen.FLASH, Seen.RED_FLASH)
GUIDELINES = {"wcag": "wcag2_2", "iso": "trace24", "broadcast": "ofcom2017"}
SETS = {  # which rules each set was made for; the verdicts of the red one are only in its table
    "30fps_alternating_01": ("wcag", "iso", "broadcast"),
    "wcagc_30fps_area01": ("wcag",),
    "trace24_30fps_01": ("wcag", "iso", "broadcast"),
    "broadcast_30fps_01": ("broadcast",),
    "broadcast_30fps_red01": ("iso", "broadcast"),
}


@dataclass(frozen=True, kw_only=True)
class Pattern:
    """One film of a set."""

    name: str
    aspect: str  # what it tests: "area", "count", "FAIL"
    shape: Path
    background: tuple[int, int, int]
    colours: tuple[tuple[int, int, int], ...]  # one a frame
    rate: int
    fails: dict[str, bool]  # by the guidelines' own names
    fails_in_table: bool  # by the set's table

    def is_hazard(self, profile: str) -> bool:
        """The verdict by the guideline that the profile follows."""
        return self.fails[GUIDELINES[profile]]


def patterns(folder: Path) -> Iterator[Pattern]:
    """The films of a set, which is a folder with a table."""
    with next(folder.glob("*.csv")).open() as table:
        rows = list(csv.DictReader(table))
    for row in rows:
        said = json.loads((folder / f"{row['filename']}.json").read_text())
        part = said["pattern"][0]
        with (folder / part["temporal_color"]).open() as colours:
            frames = tuple((int(each["r"]), int(each["g"]), int(each["b"])) for each in csv.DictReader(colours))
        background = tuple(int(value) for value in said["bgcolor"].strip("()").split(",")[:3])
        yield Pattern(
            name=row["filename"],
            aspect=row["dimension"],
            shape=(folder / part["spatial"]).resolve(),
            background=(background[0], background[1], background[2]),
            colours=frames,
            rate=said["framerate"],
            fails={name: verdict == "fail" for name, verdict in said["expected_result"].items()},
            fails_in_table=row["pass"] == "FALSE",
        )


def _lights(pattern: Pattern, measure: str, scale: Fraction) -> Iterator[tuple[Fraction, Fraction, Light]]:
    with Image.open(pattern.shape) as picture:
        alpha = picture.convert("RGBA").getchannel("A").resize(grid_for(1920, 1080, scale), Image.Resampling.BOX)
    part = np.asarray(alpha, np.float32)[..., None] / 255
    made: dict[tuple[int, int, int], Light] = {}
    for index, colour in enumerate(pattern.colours):
        if colour not in made:
            mixed = part * np.array(colour, np.float32) + (1 - part) * np.array(pattern.background, np.float32)
            made[colour] = Light(np.round(mixed).astype(np.uint8), measure=measure)
        yield Fraction(index, pattern.rate), Fraction(index + 1, pattern.rate), made[colour]


def judged(pattern: Pattern, rules: FlashProfile) -> str:
    """ "hazard", "near" or "clear": first looked at small, then, where that leaves a doubt, at full size."""
    small = FlashWatch(rules)
    for frame in _lights(pattern, rules.measure, FIELD_SCALE):
        small.see(*frame)
    found = small.found()
    if any(one.kind in HARMFUL and is_sure(one, rules) for one in found):
        return "hazard"
    if not found:
        return "clear"
    close = FlashWatch(rules, scale=CLOSE_SCALE)
    for frame in _lights(pattern, rules.measure, CLOSE_SCALE):
        close.see_hazards(*frame)
    return "hazard" if any(one.kind in HARMFUL for one in close.found()) else "near"


def compared(folder: Path, profile: str) -> dict[str, Any]:
    """How often the verdicts agree, and the names of the films where they do not."""
    rules, films = flash_profile(profile), list(patterns(folder))
    is_red = "red" in folder.name
    wanted = {each.name: each.fails_in_table if is_red else each.is_hazard(profile) for each in films}
    said = {each.name: judged(each, rules) for each in films}
    wrong = [each for each in films if (said[each.name] == "hazard") != wanted[each.name]]
    return {
        "films": len(films),
        "agree": len(films) - len(wrong),
        "missed": [f"{each.name} ({said[each.name]})" for each in wrong if wanted[each.name]],
        "stricter": [f"{each.name} ({each.aspect})" for each in wrong if not wanted[each.name]],
    }


if __name__ == "__main__":
    corpus = Path(os.environ["CROSSCUT_CORPUS"], "photosensitive", "video_creation")
    for name, profiles in SETS.items():
        for profile in profiles:
            print(name, profile, compared(corpus / name, profile), flush=True)

"""Our verdicts on published flash test media are those of the people who made them.

A few films are beside this file; with CROSSCUT_CORPUS a whole set is judged. All of them, and what
does not agree and why, are in docs/why/flashes.md.
"""

import os
from pathlib import Path

import pytest

from crosscut.kernel.facts import Seen
from crosscut.media import screen
from tests.media.flash_patterns import compared

DATA = Path(__file__).parent / "data" / "flashes"
CORPUS = Path(os.environ.get("CROSSCUT_CORPUS", "none"), "photosensitive", "video_creation")


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("2Hz_6s.mp4", {Seen.LONG_FLASH}),  # IRIS: an extended failure
        ("3Hz_6s.mp4", {Seen.FLASH}),  # seven changes within a second: a flash failure
        ("gray.mp4", set()),  # slowly brighter: pass
    ],
)
def test_it_judges_the_clips_of_iris_as_iris_does(name: str, expected: set[Seen]) -> None:
    found = screen(DATA / "iris" / name)
    kinds = {one.kind for one in found.sightings}
    assert kinds & {Seen.FLASH, Seen.RED_FLASH, Seen.LONG_FLASH, Seen.NEAR_FLASH} == expected


def test_areas_just_over_and_just_under_a_quarter_of_a_field_are_told_apart() -> None:
    assert compared(DATA / "video_creation" / "wcagc_30fps_area01", "wcag")["agree"] == 2


def test_red_is_told_by_saturation_count_colour_and_area() -> None:
    verdict = compared(DATA / "video_creation" / "broadcast_30fps_red01", "broadcast")
    assert verdict == {"films": 4, "agree": 4, "missed": [], "stricter": []}


@pytest.mark.skipif(not CORPUS.is_dir(), reason="CROSSCUT_CORPUS names no folder with the films")
def test_a_whole_set_of_areas_that_flash_in_turn_agrees() -> None:
    assert compared(CORPUS / "30fps_alternating_01", "wcag")["agree"] == 16

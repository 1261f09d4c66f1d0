# mypy: disable-error-code="union-attr,arg-type,operator,type-var,comparison-overlap"
# A None where a value belongs fails the test by itself.
"""Black, silence and harmful flashes are found at their times, and harmless pictures are left alone.

The flashing clips are made small and are never shown.
"""

from fractions import Fraction

import numpy as np
import pytest

from crosscut.kernel.errors import Unsupported
from crosscut.media import screen
from crosscut.media.inside.screen import FIELD_SHARE, LUMINANCE_CHANGE, FlashCounter
from crosscut.media.tests.conftest import H264, picture, tone

RATE = 30


def flashing(per_second: int, *, low: float = 0.1, high: float = 0.6, part: float = 1.0, seconds: int = 2) -> bool:
    """Whether so many flashes a second on a part of the picture's width are found to be a hazard."""
    counter = FlashCounter(change=LUMINANCE_CHANGE, share=FIELD_SHARE)
    found = False
    for index in range(seconds * RATE):
        light = np.full((203, 360), low, np.float32)
        if int(index * per_second * 2 / RATE) % 2:
            light[:, : round(360 * part)] = high
        found |= counter.is_hazard(Fraction(index, RATE), light)
    return found


@pytest.mark.parametrize(
    ("case", "is_hazard"),
    [
        ({"per_second": 5}, True),
        ({"per_second": 3}, False),  # three a second are allowed
        ({"per_second": 5, "low": 0.30, "high": 0.38}, False),  # less than a tenth of change
        ({"per_second": 5, "low": 0.85, "high": 1.0}, False),  # the darker is too light
        ({"per_second": 5, "part": 0.02}, False),  # too small an area
        ({"per_second": 5, "part": 0.10}, True),  # a tenth of the width, and over a quarter of a field
    ],
)
def test_it_judges_flashes_as_wcag_does(case, is_hazard):
    assert flashing(**case) is is_hazard


def test_areas_that_flash_in_turn_are_found_although_the_average_stays():
    counter = FlashCounter(change=LUMINANCE_CHANGE, share=FIELD_SHARE)
    found = False
    for index in range(60):
        light = np.full((203, 360), 0.1, np.float32)
        half = slice(0, 180) if index // 3 % 2 else slice(180, 360)
        light[:, half] = 0.7
        found |= counter.is_hazard(Fraction(index, RATE), light)
    assert found


def test_it_finds_flashes_in_a_film_at_their_time(make):
    strobe = "color=black:s=160x90:r=30:d=6,geq=lum='if(between(T,2,4),if(mod(floor(N/3),2),220,30),30)':cb=128:cr=128"
    found = screen(make("strobe.mp4", "-f", "lavfi", "-i", strobe, *H264, "-crf", "10"))
    assert len(found.flashes) == 1
    assert 2 < found.flashes[0].start_s < 4
    assert found.flashes[0].end_s < Fraction(26, 5)


def test_it_finds_black_and_silence(make):
    path = make(
        "dark.mp4",
        *picture(seconds=6),
        *tone(seconds=6),
        "-vf",
        "drawbox=c=black:t=fill:enable='between(t,1,2.96)'",
        "-af",
        "volume=0:enable='between(t,3,5.5)'",
        *H264,
        "-c:a",
        "aac",
    )
    found = screen(path)
    assert [(span.start_s, span.end_s) for span in found.black] == [(1, 3)]
    assert len(found.silence) == 1
    assert found.silence[0].start_s == pytest.approx(3, abs=0.1)
    assert found.silence[0].end_s == pytest.approx(5.5, abs=0.1)
    assert found.flashes == ()
    assert found.checked_s == pytest.approx(6, abs=0.1)


def test_it_screens_sound_alone_and_refuses_stills(sound_file, photo):
    assert screen(sound_file).silence == ()
    with pytest.raises(Unsupported):
        screen(photo)

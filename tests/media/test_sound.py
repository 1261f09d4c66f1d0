# mypy: disable-error-code="union-attr,arg-type"
# A None where a value belongs fails the test by itself.
"""The figures are those that EBU Tech 3341 (loudness) and 3342 (range) ask of a meter, on their signals.

The signals are made here as the documents describe them. The authentic programme material that they also use
(3341 cases 7 and 8, 3342 cases 5 and 6) may not be passed on and is not tested.
"""

import pytest

from crosscut.media.sound import analyse
from crosscut.media.sound.tests.conftest import Written, both, make, steps, written
from crosscut.media.tests.conftest import Make

__all__ = ["make", "written"]
INTEGRATED = [  # EBU Tech 3341 (2016), table 1: case, parts as level and time, LUFS
    (1, [(-23, 20)], -23),
    (2, [(-33, 20)], -33),
    (3, [(-36, 10), (-23, 60), (-36, 10)], -23),  # the relative gate
    (4, [(-72, 10), (-36, 10), (-23, 60), (-36, 10), (-72, 10)], -23),  # and the absolute one
    (5, [(-26, 20), (-20, 20.1), (-26, 20)], -23),
]
RANGES = [  # EBU Tech 3342 (2016), table 1
    (1, [(-20, 20), (-30, 20)], 10),
    (2, [(-20, 20), (-15, 20)], 5),
    (3, [(-40, 20), (-20, 20)], 20),
    (4, [(-50, 20), (-35, 20), (-20, 20), (-35, 20), (-50, 20)], 15),
]


@pytest.mark.parametrize(("case", "parts", "expected_lufs"), INTEGRATED)
def test_it_measures_loudness(
    written: Written, case: int, parts: list[tuple[float, float]], expected_lufs: float
) -> None:
    found = analyse(written(f"i{case}.wav", both(steps(*parts)))).loudness
    assert found.integrated_lufs == pytest.approx(expected_lufs, abs=0.1)


def test_it_weighs_the_channels_of_surround_sound(make: Make) -> None:
    """Case 6: -28 dBFS left and right, -24 in the centre, -30 behind; the low-frequency channel does not count."""
    levels = (-28, -28, -24, -20, -30, -30)
    tones = "|".join(f"{10 ** (level / 20):.6f}*sin(1000*2*PI*t)" for level in levels)
    path = make("i6.wav", "-f", "lavfi", "-i", f"aevalsrc={tones}:s=48000:c=5.1:d=20", "-c:a", "pcm_s24le")
    found = analyse(path)
    assert found.loudness.integrated_lufs == pytest.approx(-23, abs=0.1)
    assert (len(found.channels), found.stereo) == (6, None)


def test_it_measures_the_loudest_three_seconds(written: Written) -> None:
    """Case 9: 1.34 s at -20 and 1.66 s at -30, five times, are -23 over any three seconds."""
    found = analyse(written("s9.wav", both(steps(*[(-20, 1.34), (-30, 1.66)] * 5))))
    assert found.max_short_term_lufs == pytest.approx(-23, abs=0.1)


def test_it_measures_the_loudest_four_tenths_of_a_second(written: Written) -> None:
    """Case 12: 0.18 s at -20 and 0.22 s at -30, 25 times, are -23 over any 0.4 s."""
    found = analyse(written("m12.wav", both(steps(*[(-20, 0.18), (-30, 0.22)] * 25))))
    assert found.max_momentary_lufs == pytest.approx(-23, abs=0.1)


@pytest.mark.parametrize("case", [0, 7, 19])
def test_it_finds_the_loudest_moment_wherever_it_begins(written: Written, case: int) -> None:
    """Cases 11 and 14 with a tone of one level: after case x 0.05 s of silence."""
    silence_s = 0.05 * case
    found = analyse(written(f"m{case}.wav", both(steps((-120, silence_s + 3), (-23, 3.1), (-120, 1)))))
    assert found.max_short_term_lufs == pytest.approx(-23, abs=0.1)
    assert found.max_momentary_lufs == pytest.approx(-23, abs=0.1)


@pytest.mark.parametrize(("case", "parts", "expected_lu"), RANGES)
def test_it_measures_the_range(
    written: Written, case: int, parts: list[tuple[float, float]], expected_lu: float
) -> None:
    found = analyse(written(f"r{case}.wav", both(steps(*parts)))).loudness
    assert found.range_lu == pytest.approx(expected_lu, abs=1)

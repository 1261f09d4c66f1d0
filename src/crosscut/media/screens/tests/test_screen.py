# mypy: disable-error-code="union-attr,arg-type,operator,type-var,comparison-overlap"
# A None where a value belongs fails the test by itself.
"""What disturbs or harms is found at its time, with a way out, and harmless pictures are left alone.

The flashing clips are made small and are never shown.
"""

from fractions import Fraction

import numpy as np
import pytest

from crosscut.kernel.errors import Invalid, Unsupported
from crosscut.kernel.facts import RepairKind, Seen
from crosscut.media.inside.screens.flashes import LightCounter, RedCounter
from crosscut.media.inside.screens.light import LINEAR, Light
from crosscut.media.screens import calm, flash_profile, flash_profiles, in_words, screen
from crosscut.media.tests.conftest import H264, picture, tone

RATE = 30
GRID = (202, 360, 3)
WCAG = flash_profile("wcag")


def grey(luminance: float) -> int:
    """The 8-bit value that has this relative luminance."""
    return int(np.abs(LINEAR - luminance).argmin())


def flashing(per_second: int, *, low: float = 0.1, high: float = 0.6, part: float = 1.0, seconds: int = 2) -> bool:
    """Whether so many flashes a second on a part of the picture's width are found to be a hazard."""
    counter = LightCounter(WCAG)
    found = False
    for index in range(seconds * RATE):
        pixels = np.full(GRID, grey(low), np.uint8)
        if int(index * per_second * 2 / RATE) % 2:
            pixels[:, : round(360 * part)] = grey(high)
        found |= see(counter, index, pixels).is_hazard
    return found


def see(counter, index, pixels, measure="relative"):
    return counter.see(Fraction(index, RATE), Fraction(index + 1, RATE), Light(pixels, measure=measure))


def alternating(counter, one, other, *, changes=20, every=3, measure="relative"):
    """What the counter says of two colours that take turns."""
    seen = []
    for index in range(changes * every):
        colour = other if index // every % 2 else one
        seen.append(see(counter, index, np.full(GRID, colour, np.uint8), measure))
    return seen


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
    counter = LightCounter(WCAG)
    found = False
    for index in range(60):
        pixels = np.full(GRID, grey(0.1), np.uint8)
        half = slice(0, 180) if index // 3 % 2 else slice(180, 360)
        pixels[:, half] = grey(0.7)
        found |= see(counter, index, pixels).is_hazard
    assert found


@pytest.mark.parametrize(
    ("profile", "one", "other", "is_hazard"),
    [
        ("wcag", (230, 20, 20), (60, 60, 60), True),  # saturated red and grey
        ("wcag", (230, 190, 190), (60, 60, 60), False),  # pink is not saturated
        ("wcag", (109, 22, 48), (61, 49, 94), True),  # (R - G - B) x 320 changes by 36
        ("iso", (109, 22, 48), (61, 49, 94), False),  # and the colour by less than 0.2 in u'v'
        ("iso", (173, 64, 64), (24, 112, 112), True),
        ("broadcast", (173, 64, 64), (24, 112, 112), True),
    ],
)
def test_it_judges_red_by_the_rule_of_the_profile(profile, one, other, is_hazard):
    seen = alternating(RedCounter(flash_profile(profile)), one, other)
    assert any(each.is_hazard for each in seen) is is_hazard


@pytest.mark.parametrize(
    ("low", "high", "wcag", "broadcast"),
    [
        (209, 223, True, False),  # a tenth of relative luminance, 19.4 cd/m2
        (64, 109, True, True),
        (235, 255, False, False),  # the darker is too light for both
    ],
)
def test_broadcast_is_judged_in_candela(low, high, wcag, broadcast):
    for name, is_hazard in (("wcag", wcag), ("broadcast", broadcast)):
        rules = flash_profile(name)
        seen = alternating(LightCounter(rules), (low,) * 3, (high,) * 3, measure=rules.measure)
        assert any(each.is_hazard for each in seen) is is_hazard


def test_flashing_on_and_on_is_told_although_it_is_allowed():
    seen = alternating(LightCounter(WCAG), (20,) * 3, (200,) * 3, changes=30, every=6)  # 2.5 a second, 6 s
    assert not any(each.is_hazard for each in seen)
    assert [each.is_long for each in seen].index(True) in range(4 * RATE, 5 * RATE + 12)


def test_every_profile_says_where_it_comes_from():
    for profile in flash_profiles().values():
        assert profile.source
        assert profile.near_change < profile.change
        assert profile.near_share < profile.share
    with pytest.raises(Invalid, match="broadcast, iso, wcag"):
        flash_profile("tv")


STROBE = "color=black:s=160x90:r=30:d=6,geq=lum='if(between(T,2,4),if(mod(floor(N/3),2),220,40),40)':cb=128:cr=128"


@pytest.fixture(scope="module")
def strobe(make):
    return make("strobe.mp4", "-f", "lavfi", "-i", STROBE, *H264, "-crf", "10")


def test_it_finds_flashes_in_a_film_at_their_time_with_a_way_out(strobe):
    found = screen(strobe)
    assert len(found.flashes) == 1
    assert 2 <= found.flashes[0].start_s <= Fraction(22, 10)
    assert Fraction(38, 10) <= found.flashes[0].end_s <= Fraction(42, 10)
    one = next(each for each in found.sightings if each.kind is Seen.FLASH)
    assert (one.per_second, one.share) == (5, 1)
    assert [repair.kind for repair in one.repairs] == [RepairKind.DIM, RepairKind.SLOW, RepairKind.CUT]
    assert one.repairs[1].amount == 18  # of 30 frames a second: three flashes instead of five
    assert str(in_words(one)).startswith("00:02.1–00:04.")
    assert "slow 00:02.1" in in_words(one).message


def test_a_dimmed_film_passes_the_look_and_leaves_the_rest_alone(strobe, tmp_path):
    out = tmp_path / "calm.mp4"
    seen = calm(strobe, out)
    assert seen.flashes == seen.near_flashes == ()
    assert seen.checked_s == screen(strobe).checked_s
    assert [path.name for path in tmp_path.iterdir()] == ["calm.mp4"]
    with pytest.raises(Unsupported, match="nothing to mend"):
        calm(out, tmp_path / "again.mp4")
    assert not (tmp_path / "again.mp4").exists()


def test_red_flashes_lose_their_colour(make, tmp_path):
    red = "color=black:s=160x90:r=30:d=2,format=rgb24,geq=r='if(mod(floor(N/3),2),230,20)':g=20:b=20"
    path = make("red.mp4", "-f", "lavfi", "-i", red, *H264, "-crf", "10")
    kinds = {each.kind for each in screen(path).sightings}
    assert Seen.RED_FLASH in kinds
    assert calm(path, tmp_path / "calm.mp4").flashes == ()


def test_a_small_flash_near_the_limit_is_judged_at_full_size(make):
    for side, is_hazard in ((50, True), (48, False)):  # shown three times as large; a quarter of 341 x 256 is 148 x 148
        box = f"drawbox=x=66:y=66:w={side}:h={side}:c=white:t=fill:enable='mod(n,2)'"
        source = f"color=gray:s=640x360:r=10:d=1,{box}"
        path = make(f"box{side}.mp4", "-f", "lavfi", "-i", source, *H264, "-crf", "10")
        assert bool(screen(path).flashes) is is_hazard


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
    assert found.flashes == found.freezes == found.clipping == ()
    assert found.checked_s == pytest.approx(6, abs=0.1)


def test_it_finds_freezes_clipping_and_sound_that_comes_late(make):
    path = make(
        "odd.mkv",
        *picture(seconds=4),
        "-itsoffset",
        "0.3",
        *tone(seconds=4),
        "-vf",
        "loop=loop=60:size=1:start=25,trim=end=4",
        "-af",
        "volume=24dB:enable='between(t,1.3,1.8)'",
        *H264,
        "-c:a",
        "pcm_s16le",
    )
    found = screen(path)
    assert len(found.freezes) == 1
    assert found.freezes[0].start_s == pytest.approx(1, abs=0.3)  # the encoder settles first
    assert found.freezes[0].end_s == pytest.approx(3.4, abs=0.1)
    assert found.clipping[0].start_s == pytest.approx(1.3, abs=0.1)
    assert found.start_offset_s == Fraction(3, 10)
    assert found.end_offset_s == pytest.approx(0.3, abs=0.01)
    assert found.drift_s == pytest.approx(0, abs=0.001)
    shift = next(each for each in found.sightings if each.kind is Seen.OFFSET).repairs[0]
    assert (shift.kind, shift.amount) == (RepairKind.SHIFT_SOUND, Fraction(-3, 10))
    assert {Seen.FREEZE, Seen.CLIPPING, Seen.OFFSET} <= {each.kind for each in found.sightings}


def test_it_tells_how_far_sound_drifts_from_its_time_stamps(make):
    slow = ("-f", "lavfi", "-i", "aevalsrc=sin(997*2*PI*t):s=48000:d=4", "-bsf:a", "setts=pts=PTS*1.1:dts=DTS*1.1")
    found = screen(make("drift.mkv", *slow, "-c:a", "pcm_s16le"))
    assert found.drift_s == pytest.approx(0.4, abs=0.05)
    assert [each.kind for each in found.sightings] == [Seen.DRIFT]


def test_it_screens_sound_alone_and_refuses_stills(sound_file, photo):
    assert screen(sound_file).silence == ()
    with pytest.raises(Unsupported):
        screen(photo)

# mypy: disable-error-code="union-attr,arg-type,operator,type-var,comparison-overlap"
# A None where a value belongs fails the test by itself.
"""Loudness is measured as EBU R128 says, and targets are reached or the reason is told."""

import pytest

from crosscut.kernel.errors import Damaged, Unsupported
from crosscut.media import measure_loudness, normalise, peaks
from crosscut.media.tests.conftest import tone


@pytest.mark.parametrize("level_db", [-23, -33])  # EBU Tech 3341, cases 1 and 2: a stereo tone of 1 kHz
def test_it_measures_the_ebu_cases(make, level_db):
    path = make(f"ebu{level_db}.wav", *tone(level_db, seconds=6), "-c:a", "pcm_s24le")
    found = measure_loudness(path)
    assert found.integrated_lufs == pytest.approx(level_db, abs=0.1)
    assert found.true_peak_dbtp == pytest.approx(level_db, abs=0.2)


@pytest.mark.parametrize(("target_lufs", "channels"), [(-16, 2), (-19, 1), (-30, None)])
def test_it_reaches_a_target(sound_file, target_lufs, channels):
    gain = normalise(sound_file, target_lufs, channels=channels)
    assert gain.is_reached
    assert gain.reached.integrated_lufs == pytest.approx(target_lufs, abs=0.5)
    assert gain.reached.true_peak_dbtp <= -1


def test_it_reaches_a_target_that_needs_the_limiter(make):
    """Quiet sound with loud clicks: plain gain would bring the clicks far over the limit."""
    path = make(
        "clicks.wav", "-f", "lavfi", "-i", "aevalsrc=0.05*sin(997*2*PI*t)+0.7*lt(mod(t\\,0.5)\\,0.001):s=48000:d=6"
    )
    gain = normalise(path, -18, channels=2)
    assert gain.is_reached, gain.shortfall
    assert gain.reached.true_peak_dbtp <= -1


def test_it_says_why_a_target_cannot_be_reached(make):
    silent = make("silent.wav", "-f", "lavfi", "-i", "anullsrc=d=2")
    loud = make("square.wav", "-f", "lavfi", "-i", "aevalsrc=0.99*sgn(sin(220*2*PI*t)):s=48000:d=4")
    assert "silent" in normalise(silent, -16).shortfall
    assert "too high" in normalise(loud, 3.0).shortfall


def test_the_peaks_follow_the_sound(make):
    path = make("steps.wav", "-f", "lavfi", "-i", "aevalsrc=if(lt(t\\,1)\\,0\\,0.5*sin(441*2*PI*t)):s=44100:d=2")
    pairs = peaks(path, 10)
    assert pairs[:5] == [(0, 0)] * 5
    assert set(pairs[6:]) == {(-64, 64)}


def test_a_short_sound_has_fewer_peaks_than_asked_for(make):
    path = make("blip.wav", *tone(seconds=0.02))
    assert 0 < len(peaks(path, 1000)) <= 16
    with pytest.raises(Damaged, match="too short"):
        measure_loudness(path)


def test_it_says_when_there_is_no_sound(make, film):
    mute = make("mute.mp4", "-i", str(film), "-an", "-c", "copy")
    with pytest.raises(Unsupported, match="no sound"):
        measure_loudness(mute)
    with pytest.raises(Unsupported, match="no sound"):
        peaks(mute)

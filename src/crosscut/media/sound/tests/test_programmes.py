# mypy: disable-error-code="union-attr,arg-type"
# A None where a value belongs fails the test by itself.
"""Whatever the programme, the target is met within half a unit and under the peak limit, or the reason is told."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crosscut.kernel.facts import Loudness
from crosscut.media.sound import Aim, Gain, Treatment, corrected, measure_loudness, normalise
from crosscut.media.sound.tests.conftest import both, noise, sine


def speech_like(seconds=4):
    """Syllables: noise and tone that swell and fade four times a second, with pauses."""
    moments = np.arange(round(seconds * 48_000)) / 48_000
    swell = np.maximum(0, np.sin(2 * np.pi * 4 * moments)) ** 2 * (np.sin(2 * np.pi * 0.4 * moments) > -0.5)
    return swell * (0.2 * np.sin(2 * np.pi * 180 * moments) + noise(-28, seconds, 5))


def peaky(seconds=4):
    """A soft tone with a loud click every quarter of a second."""
    sound = sine(-38, seconds, 300)
    sound[6000::12_000] = 0.9
    return sound


PROGRAMMES = {
    "bursts": np.concatenate([part for _ in range(4) for part in (sine(-12, 0.3, 500), np.zeros(24_000))]),
    "noise": both(noise(-30, 3)),
    "speech": speech_like(),
    "peaky": peaky(),
    "loud": both(np.clip(noise(-4, 3), -0.99, 0.99)),
}


@pytest.mark.parametrize("name", PROGRAMMES)
@pytest.mark.parametrize("target_lufs", [-14, -23])
def test_a_programme_reaches_its_target_or_says_why(written, name, target_lufs):
    path = written(f"{name}.wav", PROGRAMMES[name])
    gain = normalise(path, target_lufs)
    treatment = Treatment(gain_db=gain.gain_db, ceiling_dbtp=gain.ceiling_dbtp)
    found = measure_loudness(path, treatment=treatment)
    assert found.true_peak_dbtp <= -1
    if gain.is_reached:
        assert found.integrated_lufs == pytest.approx(target_lufs, abs=0.5)
    else:
        assert "can be reached" in gain.shortfall


@given(level_db=st.floats(-45, -3), crest=st.integers(1, 12), target_lufs=st.floats(-30, -12), pause=st.floats(0, 0.6))
@settings(max_examples=12, deadline=None)
def test_any_made_programme_reaches_its_target_or_says_why(written, level_db, crest, target_lufs, pause):
    sound = sine(level_db, 2, 700) + (noise(level_db - 10, 2) if crest > 6 else 0)
    sound[:: 4800 * crest] *= 10 ** (crest / 20)
    sound[: round(pause * 48_000)] = 0
    gain = normalise(written("made.wav", np.clip(sound, -1, 1)), target_lufs)
    assert gain.reached.true_peak_dbtp <= -1
    assert gain.is_reached == (abs(gain.reached.integrated_lufs - target_lufs) <= 0.5)
    assert gain.decodes <= 4


def test_plain_gain_is_found_in_one_decode(written):
    path = written("quiet.wav", both(noise(-40, 3)))
    gain = normalise(path, -23)
    assert (gain.decodes, gain.limited_db, gain.has_limiter) == (1, 0, False)
    found = measure_loudness(path, treatment=Treatment(gain_db=gain.gain_db))
    assert found.integrated_lufs == pytest.approx(gain.reached.integrated_lufs, abs=0.05)
    assert found.true_peak_dbtp == pytest.approx(gain.reached.true_peak_dbtp, abs=0.05)


def test_the_reckoned_limiter_is_close_to_the_real_one(written):
    gain = normalise(written("speech.wav", PROGRAMMES["speech"]), -12)
    assert gain.limited_db > 3
    assert gain.decodes <= 3


def test_six_channels_become_two(make):
    tones = "|".join(f"0.3*sin({200 + 90 * number}*2*PI*t)*(0.5+0.5*sin(3*t))" for number in range(6))
    path = make("surround.wav", "-f", "lavfi", "-i", f"aevalsrc={tones}:s=48000:c=5.1:d=4")
    gain = normalise(path, -16, channels=2)
    assert gain.is_reached, gain.shortfall


def test_it_says_how_far_the_peaks_are_in_the_way(written):
    told = normalise(written("loud.wav", PROGRAMMES["loud"]), 2).shortfall
    assert "stand" in told
    assert "room for 0.0" in told
    assert "can be reached" in told


def test_an_encoding_that_fits_is_not_corrected():
    fits = Loudness(integrated_lufs=-16.1, true_peak_dbtp=-1.2, range_lu=3)
    assert corrected(Gain(gain_db=1, ceiling_dbtp=-1.6, reached=fits), Aim(target_lufs=-16), fits) is None


def test_what_cannot_be_reached_is_not_pushed_further():
    found = Loudness(integrated_lufs=-18, true_peak_dbtp=-1.5, range_lu=3)
    given_up = Gain(gain_db=20, ceiling_dbtp=-1.6, reached=found, shortfall="too high")
    assert corrected(given_up, Aim(target_lufs=-10), found) is None

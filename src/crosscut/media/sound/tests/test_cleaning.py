# mypy: disable-error-code="union-attr,arg-type"
# A None where a value belongs fails the test by itself.
"""A recording is cleaned to the sample, and its old times are found again."""

import subprocess
from fractions import Fraction

import numpy as np
import pytest

from crosscut.kernel.errors import Cancelled, Invalid, Unsupported
from crosscut.media.ffmpeg import program
from crosscut.media.probe import probe
from crosscut.media.sound import Cleaning, Trim, analyse, clean
from crosscut.media.sound.ducking import Ducking, duck
from crosscut.media.sound.tests.conftest import both, noise, sine, steps


def samples_of(path, channels=1):
    """The samples as another program reads them."""
    arguments = [program(), "-loglevel", "error", "-i", str(path), "-ac", str(channels), "-f", "f32le", "-"]
    return np.frombuffer(subprocess.run(arguments, check=True, capture_output=True).stdout, np.float32)


def level_dbfs(samples):
    return 20 * np.log10(max(1e-9, np.sqrt(np.mean(np.square(samples)))))


@pytest.mark.parametrize("suffix", [".flac", ".wav"])
def test_long_pauses_and_silent_ends_are_shortened(written, tmp_path, suffix):
    path = written("talk.wav", steps((-90, 1), (-20, 1), (-90, 2), (-20, 1), (-90, 0.3), (-20, 1), (-90, 3)))
    out = tmp_path / f"short{suffix}"
    trim = Trim(ends_s=Fraction(1, 4), pause_s=Fraction(1, 2))
    done = clean(path, Cleaning(trim=trim), out)
    removed = [(float(span.start_s), float(span.end_s)) for span in done.time_map.removed]
    assert removed == [(0, 0.75), (2.25, 3.75), (6.55, 9.3)]
    assert len(samples_of(out)) == done.time_map.new_duration_s * 48_000
    assert done.time_map.new(Fraction(5)) == Fraction(11, 4)


def test_what_is_kept_is_the_same_to_the_sample(written, tmp_path):
    path = written("same.wav", np.concatenate([noise(-20, 1), np.zeros(96_000), noise(-20, 1, 2)]))
    done = clean(path, Cleaning(trim=Trim(ends_s=None, pause_s=Fraction(1, 5))), tmp_path / "out.wav")
    before, after = samples_of(path), samples_of(tmp_path / "out.wav")
    for old in range(2400, len(before), 4801):
        moment_s = Fraction(old, 48_000)
        if done.time_map.is_kept(moment_s):
            assert after[int(done.time_map.new(moment_s) * 48_000)] == pytest.approx(before[old], abs=1e-6)


def test_a_cut_leaves_no_click(written, tmp_path):
    """A hum under the pause would jump where two far moments meet."""
    hum = sine(-45, 4, 61)
    hum[:48_000] += sine(-12, 1)
    hum[-48_000:] += sine(-12, 1)
    out = tmp_path / "out.wav"
    clean(written("hum.wav", hum), Cleaning(trim=Trim(silence_dbfs=-40, pause_s=Fraction(1, 10))), out)
    middle = samples_of(out)[int(1.02 * 48_000) : int(1.08 * 48_000)]
    assert np.abs(np.diff(middle)).max() < 2e-4


@pytest.mark.parametrize("hum_hz", [50, 60])
def test_hum_goes_and_the_voice_stays(written, tmp_path, hum_hz):
    voice, hum = sine(-20, 3, 440), sine(-20, 3, hum_hz) + sine(-30, 3, 3 * hum_hz)
    for name, samples in (("voice", voice), ("hum", hum)):
        clean(written(f"{name}{hum_hz}.wav", samples), Cleaning(hum_hz=hum_hz), tmp_path / f"{name}.wav")
    lost_db = level_dbfs(voice) - level_dbfs(samples_of(tmp_path / "voice.wav"))
    assert lost_db < 0.5
    assert level_dbfs(samples_of(tmp_path / "hum.wav")[48_000:]) < level_dbfs(hum) - 25


def test_rumble_goes(written, tmp_path):
    clean(written("rumble.wav", sine(-10, 2, 20)), Cleaning(high_pass_hz=100), tmp_path / "out.flac")
    assert level_dbfs(samples_of(tmp_path / "out.flac")[24_000:]) < -35


def test_a_gate_closes_between_the_words(written, tmp_path):
    path = written("gate.wav", np.concatenate([sine(-15, 1), np.zeros(96_000), sine(-15, 1)]) + noise(-55, 4))
    clean(path, Cleaning(gate_dbfs=-40), tmp_path / "out.wav")
    after = samples_of(tmp_path / "out.wav")
    assert level_dbfs(after[96_000:140_000]) < -75
    assert level_dbfs(after[10_000:40_000]) == pytest.approx(-18, abs=0.5)


def test_ends_are_faded(written, tmp_path):
    cleaning = Cleaning(fade_in_s=Fraction(1), fade_out_s=Fraction(1, 2))
    clean(written("flat.wav", sine(-6, 3, 1000)), cleaning, tmp_path / "out.wav")
    after = np.abs(samples_of(tmp_path / "out.wav"))
    assert after[0] == after[-1] == 0
    assert after[23_900:24_100].max() == pytest.approx(0.5 * np.sin(np.pi / 4), abs=0.02)
    assert after[60_000:110_000].max() == pytest.approx(0.5, abs=0.01)


def test_the_level_of_silence_follows_the_noise(written, tmp_path):
    path = written("hiss.wav", np.concatenate([sine(-12, 1), np.zeros(96_000), sine(-12, 1)]) + noise(-52, 4))
    done = clean(path, Cleaning(trim=Trim(pause_s=Fraction(1, 2))), tmp_path / "out.flac")
    assert float(done.time_map.new_duration_s) == pytest.approx(2.5, abs=0.05)


def test_a_recipe_has_a_name():
    assert Cleaning(hum_hz=50).digest == Cleaning(hum_hz=50).digest != Cleaning(hum_hz=60).digest


@pytest.mark.parametrize(
    ("cleaning", "name"),
    [
        (Cleaning(hum_hz=55), "out.wav"),
        (Cleaning(high_pass_hz=2), "out.wav"),
        (Cleaning(gate_dbfs=3), "out.wav"),
        (Cleaning(fade_in_s=Fraction(-1)), "out.wav"),
        (Cleaning(trim=Trim(silence_dbfs=4)), "out.wav"),
        (Cleaning(), "out.mp3"),
    ],
)
def test_what_makes_no_sense_is_refused(sound_file, tmp_path, cleaning, name):
    with pytest.raises(Invalid):
        clean(sound_file, cleaning, tmp_path / name)
    assert list(tmp_path.iterdir()) == []


def test_nothing_is_left_when_all_is_silent_or_it_is_stopped(written, tmp_path):
    silent = written("silent.wav", np.zeros(96_000))
    with pytest.raises(Invalid, match="silent"):
        clean(silent, Cleaning(trim=Trim()), tmp_path / "out.wav")
    with pytest.raises(Cancelled):
        clean(silent, Cleaning(), tmp_path / "out.wav", should_stop=lambda: True)
    assert list(tmp_path.iterdir()) == []


def test_a_bed_steps_back_under_speech(written, tmp_path):
    """The bed is a high tone, so that it can be told from the speech."""
    speech = written("words.wav", np.concatenate([sine(-15, 2, 300), np.zeros(96_000), sine(-15, 2, 300)]))
    bed = written("bed.wav", both(sine(-12, 1.5, 3000)))
    how = Ducking(fade_in_s=Fraction(0), fade_out_s=Fraction(0))
    duck(speech, bed, tmp_path / "mix.flac", how)
    mixed = samples_of(tmp_path / "mix.flac")
    assert len(mixed) == 6 * 48_000

    def bed_dbfs(start_s):
        part = mixed[int(start_s * 48_000) :][:24_000]
        spectrum = np.abs(np.fft.rfft(part)) / len(part)
        return 20 * np.log10(spectrum[1500])

    assert bed_dbfs(3.4) - bed_dbfs(1) > 12
    assert analyse(tmp_path / "mix.flac").channels[0].true_peak_dbtp < -0.5


def test_a_bed_needs_sound(written, film, make, tmp_path):
    mute = make("mute.mp4", "-i", str(film), "-an", "-c", "copy")
    with pytest.raises(Unsupported):
        duck(written("flat.wav", sine(-6, 3, 1000)), mute, tmp_path / "mix.wav")
    with pytest.raises(Invalid):
        duck(mute, mute, tmp_path / "mix.mp3")
    assert list(tmp_path.iterdir()) == []


def test_the_cleaned_file_says_what_it_is(written, tmp_path):
    clean(written("stereo.wav", both(sine(-6, 1))), Cleaning(), tmp_path / "out.flac")
    facts = probe(tmp_path / "out.flac")
    assert (facts.media_type, facts.audio[0].channels, facts.audio[0].rate_hz) == ("audio/flac", 2, 48_000)

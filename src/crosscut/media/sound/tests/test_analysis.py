# mypy: disable-error-code="union-attr,arg-type"
# A None where a value belongs fails the test by itself.
"""One decode tells the shape, the silences, the clipping, the noise and what is odd about the channels."""

from fractions import Fraction

import numpy as np
import pytest

from crosscut.kernel.errors import Cancelled, Damaged, Invalid, Unsupported
from crosscut.media.sound import Wanted, analyse, peaks
from crosscut.media.sound.tests.conftest import both, noise, sine, steps
from crosscut.media.timemap import Span


def test_it_finds_the_silences(written):
    found = analyse(written("pauses.wav", steps((-20, 1), (-90, 0.7), (-20, 1), (-90, 0.2), (-20, 1), (-90, 0.6))))
    assert found.silences == (
        Span(start_s=Fraction(1), end_s=Fraction(17, 10)),
        Span(start_s=Fraction(39, 10), end_s=Fraction(45, 10)),
    )


def test_what_counts_as_silence_can_be_said(written):
    path = written("murmur.wav", steps((-20, 1), (-45, 1), (-20, 1)))
    assert analyse(path).silences == ()
    [span] = analyse(path, Wanted(silence_dbfs=-40, min_silence_s=Fraction(1, 4))).silences
    assert span == Span(start_s=Fraction(1), end_s=Fraction(2))


def test_it_counts_the_runs_at_full_scale(written):
    sound = sine(-6, 1, 100)
    sound[10_000:10_005] = 1.0
    sound[20_000:20_002] = 1.0  # two in a row can be chance
    sound[30_000:30_050] = -1.0
    found = analyse(written("clipped.wav", np.stack([sine(-20, 1), sound])))
    assert [channel.clipped for channel in found.channels] == [0, 2]
    assert found.clippings[0] == Span(start_s=Fraction(10_000, 48_000), end_s=Fraction(10_005, 48_000))
    assert found.clippings[1].duration_s == Fraction(50, 48_000)


def test_it_measures_the_noise_between_the_words(written):
    words = np.concatenate([part for word in range(6) for part in (sine(-12, 0.4), np.zeros(9600))])
    found = analyse(written("noisy.wav", words + noise(-55, len(words) / 48_000)))
    assert found.noise_floor_dbfs == pytest.approx(-55, abs=1)
    assert analyse(written("nothing.wav", np.zeros(48_000))).noise_floor_dbfs == -144


@pytest.mark.parametrize(
    ("right", "is_mono", "is_out_of_phase"),
    [(1.0, True, False), (-1.0, False, True), (0.5, False, False)],
)
def test_it_says_how_left_and_right_go_together(written, right, is_mono, is_out_of_phase):
    left = sine(-12, 1) + noise(-30, 1)
    stereo = analyse(written(f"stereo{right}.wav", np.stack([left, left * right]))).stereo
    assert (stereo.is_mono, stereo.is_out_of_phase) == (is_mono, is_out_of_phase)
    assert abs(stereo.correlation) == pytest.approx(1, abs=0.01)


def test_two_voices_are_neither_mono_nor_out_of_phase(written):
    stereo = analyse(written("wide.wav", np.stack([noise(-20, 1, 1), noise(-20, 1, 2)]))).stereo
    assert (stereo.is_mono, stereo.is_out_of_phase) == (False, False)
    assert stereo.correlation == pytest.approx(0, abs=0.05)


def test_it_says_which_channel_carries_nothing(written):
    found = analyse(written("dead.wav", np.stack([sine(-12, 1), noise(-95, 1)])))
    assert [channel.is_dead for channel in found.channels] == [False, True]
    quiet = analyse(written("quiet.wav", both(noise(-95, 1))))
    assert [channel.is_dead for channel in quiet.channels] == [False, False]


@pytest.mark.parametrize("rate_hz", [8000, 11_025, 44_100, 48_000, 96_000])
@pytest.mark.parametrize("at", [0, 1, 4567, -1])
def test_every_sample_is_in_the_peaks(written, rate_hz, at):
    """Also the very last one, whatever the length is made of."""
    sound = np.zeros(rate_hz + 12_347)
    sound[at] = 0.9
    found = peaks(written(f"one{rate_hz}{at}.wav", sound, rate_hz), 37)
    assert len(found) == 37
    assert max(high for _, high in found) == round(0.9 * 32_767 / 256)


def test_peaks_of_more_than_a_minute_are_told_in_hundredths_of_a_second(make):
    path = make(
        "long-steps.flac", "-f", "lavfi", "-i", "aevalsrc=if(lt(t\\,65)\\,0\\,0.5*sin(441*2*PI*t)):s=8000:d=130"
    )
    found = peaks(path, 130)
    assert found[:65] == [(0, 0)] * 65
    assert set(found[66:]) <= {(-64, 64)}
    assert len(peaks(path, 65_536)) == 13_000


def test_a_turned_round_channel_does_not_flatten_the_shape(written):
    left = sine(-6, 1)
    assert max(high for _, high in peaks(written("turned.wav", np.stack([left, -left])), 10)) > 60


def test_the_shape_is_that_of_the_peaks_alone(written):
    path = written("same.wav", both(noise(-20, 2)))
    found = analyse(path, Wanted(buckets=100))
    assert list(found.peaks) == peaks(path, 100)
    assert found.duration_s == Fraction(2)
    assert (found.rate_hz, found.broken_packets) == (48_000, 0)


def test_a_blip_has_a_shape_and_no_loudness(written):
    found = analyse(written("blip.wav", sine(-12, 0.1)))
    assert (found.loudness, found.max_momentary_lufs, found.max_short_term_lufs) == (None, None, None)
    assert found.channels[0].peak_dbfs == pytest.approx(-12, abs=0.1)


def test_a_broken_stretch_is_stepped_over_and_counted(make, tmp_path):
    whole = make("whole.mp3", "-f", "lavfi", "-i", "aevalsrc=0.3*sin(440*2*PI*t):s=44100:d=4", "-b:a", "128k")
    data = bytearray(whole.read_bytes())
    data[20_000:24_000] = bytes(4000)
    broken = tmp_path / "broken.mp3"
    broken.write_bytes(data)
    assert 3 < analyse(broken).duration_s < 5


def test_what_makes_no_sense_is_refused(sound_file):
    for wanted in (Wanted(buckets=0), Wanted(silence_dbfs=1), Wanted(min_silence_s=Fraction(0))):
        with pytest.raises(Invalid):
            analyse(sound_file, wanted)


def test_it_can_be_stopped(sound_file):
    with pytest.raises(Cancelled):
        analyse(sound_file, should_stop=lambda: True)


def test_what_has_no_sound_is_named(make, film, tmp_path):
    mute = make("mute.mp4", "-i", str(film), "-an", "-c", "copy")
    with pytest.raises(Unsupported, match="no sound"):
        analyse(mute)
    empty = tmp_path / "short.mp3"
    empty.write_bytes(b"ID3\x04\x00\x00\x00\x00\x00\x00" + bytes(400))
    with pytest.raises((Damaged, Unsupported)):
        analyse(empty)

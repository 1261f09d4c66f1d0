"""The true peak is that of EBU Tech 3341, and found without oversampling everything."""

import numpy as np
import pytest

from crosscut.media import capped
from crosscut.media.sound import analyse
from crosscut.media.sound.tests.conftest import sine

TRUE_PEAKS = [  # EBU Tech 3341 (2016), table 1: case, part of the rate, phase, level, dBTP
    (15, 4, 0, 0.50, -6),
    (16, 4, 45, 0.50, -6),
    (17, 6, 60, 0.50, -6),
    (18, 8, 67.5, 0.50, -6),
    (19, 4, 45, 1.41, 3),
]


@pytest.mark.parametrize(("case", "divisor", "phase_deg", "level", "expected_dbtp"), TRUE_PEAKS)
def test_it_sees_the_peaks_between_samples(make, case, divisor, phase_deg, level, expected_dbtp):
    """The tolerance is +0.2 and -0.4 dB. In floats, for case 19 lies over full scale; faded, for a start is a click."""
    wave = f"{level}*min(1,20*min(t,1-t))*sin(2*PI*(n/{divisor}+{phase_deg}/360))"
    path = make(f"t{case}.wav", "-f", "lavfi", "-i", f"aevalsrc='{wave}':s=48000:d=1", "-c:a", "pcm_f32le")
    found = analyse(path).channels[0].true_peak_dbtp
    assert expected_dbtp - 0.4 <= found <= expected_dbtp + 0.2


@pytest.mark.parametrize("offset", [0, 1, 2, 3])
def test_a_peak_between_samples_is_found_wherever_it_lies(written, offset):
    """Cases 20 to 23: a peak just over full scale between two samples, at each quarter of their distance.

    They are made as the document says: a tone of a sixth of the rate with one louder cycle, at four times the rate,
    brought to 48 kHz after leaving out `offset` samples.
    """
    moments = np.arange(4 * 48_000) / (4 * 48_000)
    swell = np.exp(-(((moments - 0.5) * 2000) ** 2))
    fine = (0.35 + 0.65 * swell) * np.cos(2 * np.pi * 8000 * (moments - 0.5))
    found = analyse(written(f"t2{offset}.wav", fine[offset::4] * 0.99)).channels[0].true_peak_dbtp
    assert -0.5 <= found <= 0.2


def test_leaving_quiet_blocks_out_changes_no_true_peak(written):
    """Against every point between the samples, by a Fourier transform of the same sound, which ends at 18 kHz."""
    random = np.random.default_rng(3)
    swell = np.sin(np.linspace(0, np.pi, 48_000)) ** 8
    rough = (sine(-12, 1, 997) + 0.1 * random.standard_normal(48_000)) * swell
    spectrum = np.fft.rfft(rough)
    spectrum[18_000:] = 0
    sound = np.fft.irfft(spectrum, 48_000)
    exact = np.abs(np.fft.irfft(spectrum, 48_000 * 4) * 4).max()
    found = analyse(written("pruned.wav", sound)).channels[0].true_peak_dbtp
    assert found == pytest.approx(20 * np.log10(exact), abs=0.1)


def test_a_long_sound_takes_little_memory(make, monkeypatch):
    """Five minutes of noise stay under 150 MB, decoders and libraries included."""
    path = make("long.flac", "-f", "lavfi", "-i", "anoisesrc=r=8000:a=0.1:d=300", "-c:a", "flac")
    seen = []
    real = capped._run

    def watched(*arguments):
        seen.append(real(*arguments))
        return seen[-1]

    monkeypatch.setattr(capped, "_run", watched)
    analyse(path)
    assert seen[0].peak_memory_bytes < 150_000_000

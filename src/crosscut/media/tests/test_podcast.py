# mypy: disable-error-code="union-attr,arg-type,operator,type-var,comparison-overlap"
# A None where a value belongs fails the test by itself.
"""A finished episode is as loud as podcasts are and carries its chapters, cover and names."""

import json
from dataclasses import replace
from datetime import date
from fractions import Fraction

import pytest
from mutagen.id3 import ID3
from PIL import Image

from crosscut.kernel.errors import Invalid, Unsupported
from crosscut.media import (
    Chapter,
    Episode,
    chapters_json,
    finish_podcast,
    measure_loudness,
    plan_episode,
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

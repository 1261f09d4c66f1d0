# mypy: disable-error-code="union-attr,arg-type,operator,type-var,no-any-return,misc"
"""A film made in parts is the film made whole: the same frames at the same times, no seam to be seen or heard."""

import re
import subprocess
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import av
import pytest

from crosscut.kernel.errors import Damaged, Invalid, Unsupported
from crosscut.media import plan, probe, render
from crosscut.media.ffmpeg import program
from crosscut.media.packs import Part, divide, join, render_part
from crosscut.media.packs.tests.conftest import takes
from crosscut.media.tests.conftest import picture, tone

RATES = {"25": 25, "29.97": "30000/1001"}


@pytest.fixture(params=RATES)
def long_master(request, make) -> Path:
    """Seven seconds with B frames and few key frames, so that no border of a part is one of the master's."""
    film = picture(rate=RATES[request.param], seconds=7)
    encoder = ("-c:v", "libx264", "-preset", "veryfast", "-g", "83", "-bf", "3", "-pix_fmt", "yuv420p")
    return make(f"long-{request.param}.mp4", *film, *tone(seconds=7), *encoder, "-c:a", "aac", "-shortest")


def times(path: Path, kind: str) -> list[Fraction]:
    with av.open(str(path)) as container:
        stream = next(stream for stream in container.streams if stream.type == kind)
        return sorted(packet.pts * stream.time_base for packet in container.demux(stream) if packet.pts is not None)


def likeness(one: Path, other: Path) -> list[float]:
    """The SSIM of each pair of frames, by FFmpeg's own filter."""
    argv = [program(), "-nostdin", "-i", str(one), "-i", str(other), "-lavfi", "ssim=f=-", "-f", "null", "-"]
    said = subprocess.run(argv, capture_output=True, text=True, check=True).stdout
    return [float(value) for value in re.findall(r"All:([0-9.]+)", said)]


def make_parts(master: Path, division, folder: Path) -> dict[int, Path]:
    files = {part.number: folder / f"{part.number}.mp4" for part in division.parts}
    for part in reversed(division.parts):  # in any order
        render_part(master, division, part, files[part.number])
    return files


@pytest.mark.parametrize("limits", [{"max_width_px": 200}, {"max_width_px": 200, "max_frame_rate": Fraction(12)}])
def test_the_joined_film_is_the_whole_film(long_master, tmp_path, limits):
    facts = probe(long_master)
    recipe = plan(facts, takes(audio_codecs=("mp3",), **limits))
    division = divide(facts, recipe, part_s=Fraction(2))
    assert [part.is_sound for part in division.parts] == [False, False, False, True]
    whole = render(long_master, recipe, tmp_path / "whole.mp4")
    joined = join(long_master, division, make_parts(long_master, division, tmp_path), tmp_path / "joined.mp4")
    assert joined.video[0].frame_count == whole.video[0].frame_count
    for kind in ("video", "audio"):
        pairs = zip(times(tmp_path / "whole.mp4", kind), times(tmp_path / "joined.mp4", kind), strict=True)
        assert all(abs(one - other) < Fraction(1, 1000) for one, other in pairs), kind
    assert min(likeness(tmp_path / "whole.mp4", tmp_path / "joined.mp4")) > 0.97


def test_webm_is_made_in_parts_too(make, tmp_path):
    """Its times are told in milliseconds, and are the same as those of the whole."""
    film = picture(rate="30000/1001", seconds=5)
    encoder = ("-c:v", "libx264", "-preset", "ultrafast", "-pix_fmt", "yuv420p", "-c:a", "aac", "-shortest")
    master = make("uneven.mp4", *film, *tone(seconds=5), *encoder)
    types = {"media_types": ("video/webm",), "video_codecs": ("vp9",), "audio_codecs": ("opus",)}
    recipe = plan(probe(master), takes(max_width_px=100, **types))
    division = divide(probe(master), recipe, part_s=Fraction(2))
    files = {part.number: tmp_path / f"{part.number}.webm" for part in division.parts}
    assert len(files) == 2 + 1
    for part in division.parts:
        render_part(master, division, part, files[part.number])
    join(master, division, files, tmp_path / "joined.webm")
    render(master, recipe, tmp_path / "whole.webm")
    for kind in ("video", "audio"):
        assert times(tmp_path / "joined.webm", kind) == times(tmp_path / "whole.webm", kind), kind
    assert min(likeness(tmp_path / "whole.webm", tmp_path / "joined.webm")) > 0.95


@pytest.mark.parametrize("long_master", ["25"], indirect=True)
def test_a_lost_part_comes_out_the_same_again(long_master, tmp_path):
    facts = probe(long_master)
    division = divide(facts, plan(facts, takes(max_width_px=200)), part_s=Fraction(2))
    files = make_parts(long_master, division, tmp_path)
    before = files[1].read_bytes()
    files[1].unlink()
    with pytest.raises(Invalid, match=r"still to be made: 2\."):
        join(long_master, division, files, tmp_path / "joined.mp4")
    render_part(long_master, division, division.parts[1], files[1])
    assert files[1].read_bytes() == before
    join(long_master, division, files, tmp_path / "joined.mp4")


def test_captions_are_in_the_picture_in_just_the_parts_that_they_are_due_in(make, tmp_path):
    """One of them is up over the border between two parts."""
    words = "WEBVTT\n\n00:01.400 --> 00:02.600\nHello\n\n00:03.000 --> 00:03.400\nReef\n"
    (tmp_path / "talk.vtt").write_text(words)
    encoder = ("-c:v", "libx264", "-preset", "ultrafast", "-pix_fmt", "yuv420p", "-r", "25")
    master = make("grey.mp4", "-f", "lavfi", "-i", "color=gray:s=320x180:r=25:d=4", *encoder)
    plain = plan(probe(master), takes(max_width_px=200))
    recipe = replace(plain, video=replace(plain.video, burns_captions=True), beside=("ab",))
    with pytest.raises(Invalid, match="give the caption file"):
        render_part(master, divide(probe(master), recipe, part_s=Fraction(2)), Part(number=0), tmp_path / "0.mp4")
    division = divide(probe(master), recipe, part_s=Fraction(2), captions=words)
    assert len(division.parts) == 2
    join(master, division, make_parts(master, division, tmp_path), tmp_path / "joined.mp4")
    render(master, recipe, tmp_path / "whole.mp4", captions=tmp_path / "talk.vtt")
    with av.open(str(tmp_path / "joined.mp4")) as film:
        lit = [
            number for number, frame in enumerate(film.decode(video=0)) if frame.to_ndarray(format="gray").max() > 200
        ]
    assert lit == [*range(35, 65), *range(75, 85)]
    assert min(likeness(tmp_path / "whole.mp4", tmp_path / "joined.mp4")) > 0.97


def test_letters_that_no_font_has_are_a_warning_of_the_joined_film(film, tmp_path):
    recipe = plan(probe(film), takes(max_width_px=200))
    recipe = replace(recipe, video=replace(recipe.video, burns_captions=True))
    division = divide(probe(film), recipe, captions="WEBVTT\n\n00:00.000 --> 00:01.000\n\u0378\n")
    joined = join(film, division, make_parts(film, division, tmp_path), tmp_path / "joined.mp4")
    assert [problem.code for problem in joined.warnings] == ["media.letters_missing"]


def test_every_part_has_a_name_of_its_own(film):
    facts = probe(film)
    division = divide(facts, plan(facts, takes(max_width_px=200)), part_s=Fraction(2))
    names = {division.name_of("ab", part) for part in division.parts} | {division.name_of("cd", division.parts[0])}
    assert len(names) == len(division.parts) + 1


@pytest.mark.parametrize("change", [{"has_variable_rate": True}, {"frame_rate": None}])
def test_what_cannot_be_divided_is_said(film, change):
    facts = probe(film)
    with pytest.raises(Unsupported, match="copying is quick"):
        divide(facts, plan(facts, takes(loudness_lufs=-16.0)))
    recipe = plan(facts, takes(max_width_px=200))
    with pytest.raises(Unsupported, match="uneven times"):
        divide(replace(facts, video=(replace(facts.video[0], **change),)), recipe)


def test_a_master_with_fewer_frames_than_it_says_is_damaged(film, tmp_path):
    facts = probe(film)
    division = divide(facts, plan(facts, takes(max_width_px=200)), part_s=Fraction(2))
    with pytest.raises(Damaged, match="instead of 500"):
        render_part(film, division, Part(number=0, frame_count=500), tmp_path / "part.mp4")
    assert list(tmp_path.iterdir()) == []


def test_parts_of_different_settings_are_not_joined(film, tmp_path):
    facts = probe(film)
    division = divide(facts, plan(facts, takes(max_width_px=200)), part_s=Fraction(2))
    other = divide(facts, plan(facts, takes(max_width_px=100)), part_s=Fraction(2))
    files = make_parts(film, division, tmp_path)
    two = replace(division, parts=(division.parts[0], Part(number=1, first_frame=50), *division.parts[1:]))
    render_part(film, other, other.parts[0], tmp_path / "other.mp4")
    numbered = tuple(replace(part, number=number) for number, part in enumerate(two.parts))
    with pytest.raises(Damaged, match="same settings"):
        join(
            film,
            replace(two, parts=numbered),
            {0: files[0], 1: tmp_path / "other.mp4", 2: files[1]},
            tmp_path / "joined.mp4",
        )

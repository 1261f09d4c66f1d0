# mypy: disable-error-code="union-attr,arg-type,operator,type-var,comparison-overlap"
# A None where a value belongs fails the test by itself.
"""What is rendered is what the recipe says: whole, measured by a second look, or not there at all."""

import json
import shutil
from dataclasses import replace
from fractions import Fraction

import av
import numpy as np
import pytest
from PIL import Image

from crosscut.kernel.errors import Cancelled, Damaged, Invalid, Unavailable
from crosscut.kernel.facts import Kind, MediaRequirement
from crosscut.media import measure_loudness, plan, probe, proxy, render, thumbnail, waveform
from crosscut.media import render as render_function
from crosscut.media.tests.conftest import H264, picture, tone

VIDEO = MediaRequirement(
    post_type="test/video", kind=Kind.VIDEO, media_types=("video/mp4",), video_codecs=("h264",), audio_codecs=("aac",)
)


def test_a_plan_rendered_meets_the_requirement(film, tmp_path):
    wanted = replace(VIDEO, max_aspect=Fraction(1), max_height_px=120, max_frame_rate=Fraction(12), loudness_lufs=-16.0)
    made = render(film, plan(probe(film), wanted), tmp_path / "out.mp4")
    assert plan(replace(made, loudness=measure_loudness(tmp_path / "out.mp4")), wanted) is None
    assert (made.width_px, made.height_px, made.video[0].frame_rate) == (120, 120, 12)
    assert abs(made.duration_s - probe(film).duration_s) < Fraction(1, 5)
    assert made.video[0].colour_primaries


def test_a_copied_stream_keeps_every_bit(film, tmp_path, make):
    moved = make("moved.mov", "-i", str(film), "-c", "copy")
    made = render(moved, plan(probe(moved), VIDEO), tmp_path / "out.mp4")
    assert made.video[0].frame_count == 50
    assert made.video[0].bit_rate_bps == probe(moved).video[0].bit_rate_bps


def test_the_index_comes_first_so_that_browsers_start_at_once(film, tmp_path):
    render(film, proxy(probe(film)), tmp_path / "out.mp4")
    data = (tmp_path / "out.mp4").read_bytes()
    assert data.index(b"moov") < data.index(b"mdat")


def test_the_same_recipe_gives_the_same_packets(film, tmp_path):
    """Not the same file: FFmpeg may lay packets of picture and sound beside each other in another order when busy."""
    recipe, made = proxy(probe(film)), []
    for name in ("one.mp4", "two.mp4"):
        render(film, recipe, tmp_path / name)
        with av.open(str(tmp_path / name)) as container:
            packets = [(packet.stream_index, packet.pts, bytes(packet)) for packet in container.demux()]
        made.append(sorted(packets, key=lambda packet: (packet[0], packet[1] is None, packet[1] or 0)))
    assert made[0] == made[1]


def test_a_turned_film_is_rendered_upright(make, film, tmp_path):
    turned = make("turned2.mp4", "-display_rotation:v:0", "-90", "-i", str(film), "-c", "copy")
    made = render(turned, plan(probe(turned), VIDEO), tmp_path / "out.mp4")
    assert (made.width_px, made.height_px, made.video[0].rotation_deg) == (180, 320, 0)


def test_it_keeps_below_a_size_limit(make, tmp_path):
    noise = make(
        "noise.mp4", "-f", "lavfi", "-i", "nullsrc=s=320x180:d=3,geq=random(1)*255:128:128", *H264, "-crf", "10"
    )
    made = render(noise, plan(probe(noise), replace(VIDEO, max_size_bytes=200_000)), tmp_path / "out.mp4")
    assert made.size_bytes <= 200_000


def test_captions_are_burnt_in_when_they_are_due(make, tmp_path):
    grey = make("grey.mp4", "-f", "lavfi", "-i", "color=gray:s=320x180:d=4:r=10", *H264)
    captions = tmp_path / "it's [odd], name;.srt"
    captions.write_text("1\n00:00:02,000 --> 00:00:04,000\nHello {reef}\n")
    made = tmp_path / "out.mp4"
    render(grey, plan(probe(grey), VIDEO, burns_captions=True), made, captions=captions)
    before = make("before.png", "-ss", "1", "-i", str(made), "-frames:v", "1")
    after = make("after.png", "-ss", "3", "-i", str(made), "-frames:v", "1")
    assert np.asarray(Image.open(before).convert("L")).std() < 3
    lower_third = np.asarray(Image.open(after).convert("L"))[120:]
    assert lower_third.max() > 200
    assert lower_third.min() < 60


def test_a_letter_that_no_font_has_is_a_warning(make, tmp_path):
    """U+0378 is no letter of any script, so that no machine has it."""
    grey = make("grey.mp4", "-f", "lavfi", "-i", "color=gray:s=320x180:d=4:r=10", *H264)
    captions, made = tmp_path / "odd.srt", tmp_path / "out.mp4"
    captions.write_text("1\n00:00:02,000 --> 00:00:04,000\nHello \u0378\n")
    (warning,) = render(grey, plan(probe(grey), VIDEO, burns_captions=True), made, captions=captions).warnings
    assert (warning.code, warning.values) == ("media.letters_missing", {"letters": ["\u0378"]})
    captions.write_text("1\n00:00:02,000 --> 00:00:04,000\nHello\n")
    assert render(grey, plan(probe(grey), VIDEO, burns_captions=True), made, captions=captions).warnings == ()


def test_burning_without_captions_is_refused(film, tmp_path):
    with pytest.raises(Invalid, match="caption file"):
        render(film, plan(probe(film), VIDEO, burns_captions=True), tmp_path / "out.mp4")


def test_burning_without_any_font_is_refused_with_the_way_out(film, tmp_path, monkeypatch):
    monkeypatch.setattr("crosscut.media.ffmpeg.FONT_FOLDERS", (tmp_path,))
    with pytest.raises(Unavailable, match="fonts-dejavu-core"):
        render(film, plan(probe(film), VIDEO, burns_captions=True), tmp_path / "out.mp4")


def test_hdr_becomes_standard_range(make, tmp_path):
    tags = "setparams=color_primaries=bt2020:color_trc=smpte2084:colorspace=bt2020nc"
    hdr = make("hdr2.mp4", *picture(seconds=1), "-vf", tags, *H264)
    made = render(hdr, plan(probe(hdr), VIDEO), tmp_path / "out.mp4")
    assert (made.video[0].is_hdr, made.video[0].colour_transfer) == (False, "bt709")


@pytest.mark.parametrize("kind", ["film", "sound_file", "photo"])
def test_everything_has_a_thumbnail_and_a_proxy(request, tmp_path, kind):
    path = request.getfixturevalue(kind)
    facts = probe(path)
    small = render(path, thumbnail(facts), tmp_path / "thumbnail.jpg")
    shown = render(path, proxy(facts), tmp_path / "proxy")
    assert small.media_type == "image/jpeg"
    assert max(small.width_px, small.height_px) <= 480
    assert shown.media_type in ("video/mp4", "audio/mpeg", "image/jpeg", "image/webp")


def test_the_waveform_is_json(sound_file, tmp_path):
    assert render(sound_file, waveform(probe(sound_file)), tmp_path / "peaks.json") is None
    data = json.loads((tmp_path / "peaks.json").read_text())
    assert (data["bits"], data["duration_s"], len(data["peaks"])) == (8, 4.0, 1800)


def test_progress_grows_to_one(make, tmp_path):
    longer = make("longer.mp4", *picture("640x360", seconds=8), *H264)
    heard: list[Fraction] = []
    render(longer, proxy(probe(longer)), tmp_path / "out.mp4", report=lambda progress: heard.append(progress.done))
    assert heard == sorted(heard)
    assert heard[-1] == 1
    assert len(heard) >= 2


def test_a_cancelled_render_leaves_everything_as_it_was(make, tmp_path):
    long = make("long.mp4", *picture("640x360", seconds=20), *H264)
    out = tmp_path / "out.mp4"
    out.write_bytes(b"what was there")
    with pytest.raises(Cancelled):
        render(long, proxy(probe(long)), out, should_stop=iter([False] * 3 + [True] * 10_000).__next__)
    assert out.read_bytes() == b"what was there"
    assert list(tmp_path.iterdir()) == [out]


def test_a_damaged_master_leaves_nothing_behind(film, tmp_path):
    cut = tmp_path / "cut.mp4"
    cut.write_bytes(film.read_bytes()[:5000])
    recipe = proxy(probe(film))
    with pytest.raises(Damaged):
        render(cut, recipe, tmp_path / "out.mp4")
    assert list(tmp_path.iterdir()) == [cut]


def test_a_full_disk_is_said_and_nothing_is_left(film, tmp_path, monkeypatch):
    full = shutil._ntuple_diskusage(100, 100, 0)
    monkeypatch.setattr(shutil, "disk_usage", lambda folder: full)
    with pytest.raises(Unavailable, match="disk"):
        render_function(film, proxy(probe(film)), tmp_path / "out.mp4")
    assert list(tmp_path.iterdir()) == []


def test_a_device_without_room_is_told_as_a_full_disk(film):
    from crosscut.media import ffmpeg

    arguments = [*ffmpeg.SAY, "-i", f"file:{film}", "-c", "copy", "-f", "matroska", "file:/dev/full"]
    with pytest.raises(Unavailable, match="disk is full"):
        ffmpeg.run(film, arguments)


def test_rights_are_carried_into_the_film_and_places_are_not(make, film, tmp_path):
    place = "+54.18-002.71/"
    tagged = make(
        "tagged.mp4", "-i", str(film), "-c", "copy", "-metadata", "artist=Ana", "-metadata", f"location={place}"
    )
    assert b"loci" in tagged.read_bytes()  # the box that holds a place, 3GPP TS 26.244
    render(tagged, proxy(probe(tagged)), tmp_path / "out.mp4")
    data = (tmp_path / "out.mp4").read_bytes()
    assert b"Ana" in data
    assert b"loci" not in data


def test_a_missed_loudness_is_a_warning(make, tmp_path):
    silent = make("silent.mp4", *picture(seconds=1), "-f", "lavfi", "-i", "anullsrc=d=1", *H264, "-c:a", "aac")
    made = render(silent, plan(probe(silent), replace(VIDEO, loudness_lufs=-16.0)), tmp_path / "out.mp4")
    assert [warning.code for warning in made.warnings] == ["media.loudness_missed"]


def test_sound_alone_is_brought_to_the_target(make, tmp_path):
    quiet = make("quiet.wav", *tone(-35, seconds=5))
    wanted = MediaRequirement(post_type="test/audio", kind=Kind.AUDIO, media_types=("audio/mpeg",), loudness_lufs=-16.0)
    made = render(quiet, plan(probe(quiet), wanted), tmp_path / "out.mp3")
    assert (made.media_type, made.warnings) == ("audio/mpeg", ())
    assert measure_loudness(tmp_path / "out.mp3").integrated_lufs == pytest.approx(-16, abs=0.3)

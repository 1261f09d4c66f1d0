# mypy: disable-error-code="union-attr,arg-type,operator,type-var,comparison-overlap"
# A None where a value belongs fails the test by itself.
"""What a file is comes out right, and a broken file is refused with a plain reason."""

from fractions import Fraction
from pathlib import Path

import pytest
from PIL import Image

from crosscut.kernel.errors import Damaged, Invalid
from crosscut.kernel.facts import Kind
from crosscut.media import SizeLimits, probe
from crosscut.media.tests.conftest import H264, picture, tone

PDF = (
    b"%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj\n"
    b"3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 200 100]>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n"
)


def test_it_measures_a_film(film):
    facts = probe(film)
    video, audio = facts.video[0], facts.audio[0]
    assert (facts.kind, facts.media_type, facts.container) == (Kind.VIDEO, "video/mp4", "mp4")
    assert (video.codec, video.width_px, video.height_px, video.frame_rate) == ("h264", 320, 180, 25)
    assert (video.frame_count, video.has_variable_rate, video.is_interlaced) == (50, False, False)
    assert (audio.codec, audio.rate_hz, audio.channels, audio.layout) == ("aac", 48_000, 2, "stereo")
    assert abs(facts.duration_s - 2) < Fraction(1, 10)
    assert facts.warnings == ()


def test_it_tells_width_and_height_as_a_person_sees_them(make, film):
    turned = make("turned.mp4", "-display_rotation:v:0", "-90", "-i", str(film), "-c", "copy")
    video = probe(turned).video[0]
    assert (video.rotation_deg, video.width_px, video.height_px) == (90, 180, 320)


def test_it_counts_pixels_that_are_not_square(make):
    wide = make("wide.mp4", *picture("320x240"), *H264, "-vf", "setsar=4/3")
    assert probe(wide).video[0].width_px == 427


def test_it_sees_hdr_interlacing_alpha_and_uneven_frames(make):
    hdr = make(
        "hdr.mp4",
        *picture(seconds=1),
        *H264,
        "-vf",
        "setparams=color_primaries=bt2020:color_trc=smpte2084:colorspace=bt2020nc",
    )
    fields = make("fields.mp4", *picture(rate=50), "-vf", "interlace", *H264, "-flags", "+ildct+ilme")
    clear = make("clear.webm", *picture(seconds=1), "-vf", "format=yuva420p", "-c:v", "libvpx-vp9", "-cpu-used", "8")
    uneven = make("uneven.mp4", *picture(), "-vf", "select='mod(n,3)'", "-fps_mode", "vfr", *H264)
    assert probe(hdr).video[0].is_hdr
    assert probe(hdr).video[0].colour_primaries == "bt2020"
    assert probe(fields).video[0].is_interlaced
    assert probe(clear).video[0].has_alpha
    assert probe(uneven).video[0].has_variable_rate


def test_it_counts_the_duration_that_the_container_does_not_tell(make):
    live = make("live.webm", *picture(), "-c:v", "libvpx", "-cpu-used", "8", "-f", "webm", "-live", "1")
    facts = probe(live)
    assert abs(facts.duration_s - 2) < Fraction(1, 10)
    assert [warning.code for warning in facts.warnings] == ["media.no_duration"]


def test_a_cover_is_not_a_film(make, photo, sound_file):
    song = make(
        "song.mp3",
        "-i",
        str(sound_file),
        "-i",
        str(photo),
        "-map",
        "0",
        "-map",
        "1",
        "-c:v",
        "copy",
        "-disposition:v",
        "attached_pic",
    )
    facts = probe(song)
    assert (facts.kind, facts.media_type, facts.video) == (Kind.AUDIO, "audio/mpeg", ())


def test_an_mp4_without_pictures_is_sound(make):
    facts = probe(make("speech.mp4", *tone(), "-c:a", "aac", "-metadata:s:a:0", "language=deu"))
    assert (facts.kind, facts.media_type, facts.audio[0].language) == (Kind.AUDIO, "audio/mp4", "de")


def test_it_refuses_a_film_that_was_cut_off(make, film, tmp_path):
    whole = make("front.mp4", "-i", str(film), "-c", "copy", "-movflags", "+faststart").read_bytes()
    cut = tmp_path / "cut.mp4"
    cut.write_bytes(whole[: len(whole) // 2])
    with pytest.raises(Damaged, match="cut off"):
        probe(cut)


@pytest.mark.parametrize("kept", [0.05, 0.3, 0.6, 0.95])
def test_it_refuses_a_film_whose_index_is_lost(film, tmp_path, kept):
    whole = film.read_bytes()
    cut = tmp_path / "cut.mp4"
    cut.write_bytes(whole[: int(len(whole) * kept)])
    with pytest.raises(Damaged):
        probe(cut)


@pytest.mark.parametrize("kept", [0.3, 0.6, 0.99])
def test_it_refuses_a_photo_that_was_cut_off(photo, tmp_path, kept):
    whole = photo.read_bytes()
    cut = tmp_path / "cut.jpg"
    cut.write_bytes(whole[: int(len(whole) * kept)])
    with pytest.raises(Damaged, match="cannot be read"):
        probe(cut)


@pytest.mark.parametrize("size", [(1, 1), (64, 2), (5, 700), (8, 8)])
def test_it_takes_a_photo_however_narrow(tmp_path, size):
    path = tmp_path / "line.jpg"
    Image.new("RGB", size, "teal").save(path)
    assert (probe(path).picture.width_px, probe(path).picture.height_px) == size


def test_it_takes_a_photo_as_it_is_held(photo, tmp_path):
    turned = tmp_path / "turned.jpg"
    exif = Image.Exif()
    exif[0x0112] = 6
    Image.open(photo).save(turned, exif=exif)
    found = probe(turned).picture
    assert (found.width_px, found.height_px, found.orientation) == (400, 600, 6)


def test_it_takes_a_photo_with_malformed_exif_and_says_so(photo, tmp_path):
    odd = tmp_path / "odd.jpg"
    exif = Image.Exif()
    exif[0x010F] = "Maker"
    Image.open(photo).save(odd, exif=exif)
    data = bytearray(odd.read_bytes())
    entry = data.index(b"Exif\0\0") + 6
    data[entry + 4 : entry + 8] = b"\xff\xff\xff\x7f"  # the directory starts far behind the end
    odd.write_bytes(data)
    facts = probe(odd)
    assert facts.width_px == 600
    assert [warning.code for warning in facts.warnings] in ([], ["media.odd_exif"])


def test_it_refuses_a_picture_bomb_before_decoding_it(tmp_path):
    bomb = tmp_path / "bomb.png"
    Image.new("1", (20_000, 20_000)).save(bomb)
    with pytest.raises(Invalid, match="too large"):
        probe(bomb)
    assert probe(bomb, limits=SizeLimits(picture_px=500_000_000)).width_px == 20_000


def test_it_counts_the_frames_of_an_animation(tmp_path):
    path = tmp_path / "moving.gif"
    frames = [Image.new("RGB", (30, 20), colour) for colour in ("red", "green", "blue")]
    frames[0].save(path, save_all=True, append_images=frames[1:], duration=200)
    facts = probe(path)
    assert (facts.picture.frame_count, facts.duration_s) == (3, Fraction(3, 5))


def test_it_reads_captions_drawings_and_documents(tmp_path, svg_file):
    captions = tmp_path / "talk.vtt"
    captions.write_text("WEBVTT\n\n00:01.000 --> 00:04.500\nHello\n")
    paper = tmp_path / "paper.pdf"
    paper.write_bytes(PDF)
    assert probe(captions).duration_s == Fraction(9, 2)
    assert probe(svg_file("<rect/>")).picture.width_px == 40
    assert probe(paper).kind is Kind.DOCUMENT


def test_a_playlist_inside_a_film_container_leads_nowhere(tmp_path):
    lure = tmp_path / "lure.mp4"
    lure.write_bytes(b"\0\0\0\x18ftypisom" + b"#EXTM3U\n#EXTINF:1,\nfile:///etc/passwd\n")
    with pytest.raises(Damaged):
        probe(Path(lure))


def test_a_bitmap_is_a_picture(photo, tmp_path):
    path = tmp_path / "old.bmp"
    Image.open(photo).save(path)
    assert (probe(path).width_px, probe(path).media_type) == (600, "image/bmp")
    path.write_bytes(path.read_bytes()[:5000])
    with pytest.raises(Damaged):
        probe(path)


def test_a_refusal_names_the_file_and_not_its_folder(tmp_path):
    path = tmp_path / "cut.avif"
    whole = tmp_path / "whole.avif"
    Image.new("RGB", (64, 48), "red").save(whole)
    path.write_bytes(whole.read_bytes()[:-20])
    with pytest.raises(Damaged) as refusal:
        probe(path)
    assert str(tmp_path) not in str(refusal.value)

# mypy: disable-error-code="union-attr,arg-type,operator,type-var,comparison-overlap"
# A None where a value belongs fails the test by itself.
"""The plan does what the requirement asks for and nothing more."""

from dataclasses import replace
from fractions import Fraction

import pytest

from crosscut.kernel.errors import Unsupported
from crosscut.kernel.facts import AudioStream, Kind, Loudness, MediaFacts, MediaRequirement, Picture, VideoStream
from crosscut.media import Focus, Recipe, plan, proxy, thumbnail, waveform

FILM = MediaFacts(
    kind=Kind.VIDEO,
    media_type="video/mp4",
    container="mp4",
    size_bytes=10_000_000,
    duration_s=Fraction(10),
    video=(VideoStream(codec="h264", width_px=1920, height_px=1080, frame_rate=Fraction(50), bit_rate_bps=8_000_000),),
    audio=(AudioStream(codec="aac", rate_hz=48_000, channels=2, bit_rate_bps=128_000),),
)
PHOTO = MediaFacts(
    kind=Kind.IMAGE,
    media_type="image/png",
    container="png",
    size_bytes=5_000_000,
    picture=Picture(width_px=4000, height_px=3000),
)
ANY_FILM = MediaRequirement(post_type="test/video", kind=Kind.VIDEO, media_types=("video/mp4",), video_codecs=("h264",))


def test_nothing_is_made_when_the_master_conforms():
    assert plan(FILM, ANY_FILM) is None
    assert plan(PHOTO, MediaRequirement(post_type="test/images", kind=Kind.IMAGE)) is None


@pytest.mark.parametrize(
    ("limits", "expected"),
    [
        ({"max_width_px": 1280}, {"width_px": 1280, "height_px": 720}),
        ({"max_height_px": 333}, {"width_px": 592, "height_px": 332}),  # even sides
        ({"max_frame_rate": Fraction(30)}, {"frame_rate": Fraction(30), "width_px": 1920}),
        ({"max_bit_rate_bps": 5_000_000}, {"max_bit_rate_bps": 5_000_000}),
        ({"max_aspect": Fraction(9, 16)}, {"width_px": 606, "height_px": 1080}),
        ({"video_codecs": ("hevc",)}, {"codec": "hevc"}),
    ],
)
def test_only_the_picture_is_encoded_for_a_limit_of_the_picture(limits, expected):
    recipe = plan(FILM, replace(ANY_FILM, **limits))
    assert {name: getattr(recipe.video, name) for name in expected} == expected
    assert recipe.sound.codec == "copy"
    assert recipe.reasons


def test_only_the_sound_is_encoded_for_loudness():
    recipe = plan(FILM, replace(ANY_FILM, loudness_lufs=-16.0))
    assert (recipe.video.codec, recipe.sound.codec, recipe.sound.loudness_lufs) == ("copy", "aac", -16.0)


def test_a_sound_that_is_loud_enough_already_is_kept():
    loudness = Loudness(integrated_lufs=-16.3, true_peak_dbtp=-2.0, range_lu=5.0)
    assert plan(replace(FILM, loudness=loudness), replace(ANY_FILM, loudness_lufs=-16.0)) is None


def test_more_channels_than_a_place_takes_are_mixed_although_they_are_loud_enough():
    loudness = Loudness(integrated_lufs=-16.3, true_peak_dbtp=-2.0, range_lu=5.0)
    surround = replace(FILM, loudness=loudness, audio=(AudioStream(codec="aac", rate_hz=48_000, channels=6),))
    wanted = replace(ANY_FILM, loudness_lufs=-16.0, max_audio_channels=2)
    assert plan(surround, replace(wanted, max_audio_channels=None)) is None
    recipe = plan(surround, wanted)
    assert (recipe.video.codec, recipe.sound.channels) == ("copy", 2)


def test_another_container_copies_the_streams_it_can_hold():
    recipe = plan(replace(FILM, media_type="video/quicktime"), ANY_FILM)
    assert (recipe.media_type, recipe.video.codec, recipe.sound.codec) == ("video/mp4", "copy", "copy")


MOV = replace(FILM, media_type="video/quicktime", container="mov")
MOV_OR_MP4 = replace(ANY_FILM, media_types=("video/quicktime", "video/mp4"))


def test_a_type_that_is_taken_and_cannot_be_made_stays_only_with_the_master_itself():
    assert plan(MOV, MOV_OR_MP4) is None
    recipe = plan(MOV, replace(MOV_OR_MP4, max_width_px=1280))
    assert (recipe.media_type, recipe.video.codec, recipe.sound.codec) == ("video/mp4", "h264", "copy")


def test_a_master_in_a_codec_that_is_taken_and_cannot_be_made_is_left_alone():
    mezzanine = replace(MOV, video=(replace(FILM.video[0], codec="prores"),))
    wanted = replace(MOV_OR_MP4, video_codecs=("h264", "prores"))
    assert plan(mezzanine, wanted) is None
    assert plan(mezzanine, replace(wanted, loudness_lufs=-16.0)).video.codec == "h264"


def test_an_aspect_that_is_off_by_rounding_is_not_cropped():
    story = replace(ANY_FILM, min_aspect=Fraction(9, 16), max_aspect=Fraction(9, 16))
    tall = replace(FILM, video=(replace(FILM.video[0], width_px=606, height_px=1080),))
    assert plan(tall, story) is None


def test_a_crop_keeps_the_focus():
    square = replace(ANY_FILM, min_aspect=Fraction(1), max_aspect=Fraction(1))
    right = plan(FILM, square, focus=Focus(x=Fraction(9, 10), y=Fraction(1, 2))).video.crop
    assert (right.x_px, right.y_px, right.width_px, right.height_px) == (840, 0, 1080, 1080)


def test_a_size_limit_sets_the_bit_rate_and_is_refused_when_it_is_hopeless():
    recipe = plan(FILM, replace(ANY_FILM, max_size_bytes=2_000_000))
    assert recipe.video.codec == "h264"
    assert 1_000_000 < recipe.video.max_bit_rate_bps < 1_600_000
    with pytest.raises(Unsupported, match="shorten"):
        plan(replace(FILM, duration_s=Fraction(3600)), replace(ANY_FILM, max_size_bytes=2_000_000))


def test_a_size_limit_that_nothing_reaches_sets_no_bit_rate():
    assert plan(FILM, replace(ANY_FILM, max_size_bytes=256 * 10**9, max_width_px=1280)).video.max_bit_rate_bps is None


def test_burnt_captions_interlacing_hdr_and_rotation_each_ask_for_an_encode():
    stream = FILM.video[0]
    assert plan(FILM, ANY_FILM, burns_captions=True).video.burns_captions
    assert plan(replace(FILM, video=(replace(stream, is_interlaced=True),)), ANY_FILM).video.is_deinterlaced
    assert plan(replace(FILM, video=(replace(stream, is_hdr=True),)), ANY_FILM).video.is_tone_mapped
    assert plan(replace(FILM, video=(replace(stream, rotation_deg=90),)), ANY_FILM).video.codec == "h264"


def test_a_photo_is_converted_cropped_and_limited():
    wanted = MediaRequirement(
        post_type="test/images",
        kind=Kind.IMAGE,
        media_types=("image/jpeg",),
        max_width_px=1080,
        max_aspect=Fraction(1),
        max_size_bytes=1_000_000,
    )
    recipe = plan(PHOTO, wanted)
    part = recipe.picture
    assert (recipe.media_type, part.aspect, part.max_width_px, part.max_size_bytes) == (
        "image/jpeg",
        1,
        1080,
        1_000_000,
    )
    assert len(recipe.reasons) == 4


def test_a_kind_that_cannot_be_made_is_refused_by_name():
    with pytest.raises(Unsupported, match="image/avif"):
        plan(PHOTO, MediaRequirement(post_type="test/images", kind=Kind.IMAGE, media_types=("image/avif",)))


def test_captions_and_documents_need_no_derivatives():
    captions = MediaFacts(kind=Kind.CAPTIONS, media_type="text/vtt", container="vtt", size_bytes=1)
    assert [make(captions) for make in (thumbnail, proxy, waveform)] == [None, None, None]


def test_equal_recipes_have_equal_names_whatever_the_reasons():
    recipe = plan(FILM, replace(ANY_FILM, max_width_px=1280))
    same = replace(recipe, reasons=("because",))
    other = replace(recipe, length_s=Fraction(1))
    assert isinstance(recipe, Recipe)
    assert recipe.digest == same.digest != other.digest

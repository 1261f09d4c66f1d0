"""What is said about the files of a draft, and what rendering is asked to make of them."""

from fractions import Fraction

import pytest

from crosscut.kernel.errors import NotFound
from crosscut.kernel.facts import AudioStream, Kind, Loudness, MediaFacts
from crosscut.kernel.findings import Level
from crosscut.specs import check_media, post_type, post_type_names, requirement
from crosscut.specs.tests.made import codes, film, media, only, picture, sound


def of(*facts):
    return tuple(media(one) for one in facts)


@pytest.mark.parametrize(
    ("files", "post", "expected"),
    [
        (of(), "bluesky/images", ["media.missing"]),
        (of(*[picture()] * 4), "bluesky/images", []),
        (of(*[picture()] * 5), "bluesky/images", ["media.too_many", "media.too_many_of_kind"]),
        (of(picture()), "bluesky/text", ["media.not_taken"]),
        (of(picture()), "instagram/carousel", ["media.missing"]),  # two at least
        (of(film()), "bluesky/images", ["media.kind_not_taken"]),
        (of(picture()), "practice/video", ["media.kind_not_taken"]),
        (of(picture(), film()), "mastodon/image", ["media.mixed", "media.kind_not_taken"]),
        (of(picture(), film()), "site/article", []),
        (of(), "site/article", []),
        (of(sound()), "podcast/episode", []),
        (of(sound(), picture(width_px=1400, height_px=1400)), "podcast/episode", []),  # with its artwork
        (of(picture(width_px=1400, height_px=1400)), "podcast/episode", ["media.kind_missing"]),
        (of(sound(), sound()), "podcast/episode", ["media.too_many_of_kind"]),
        (of(film()), "wordpress/post", []),  # nothing is known of films there: nothing is said
        (of(film()), "medium/story", []),
    ],
)
def test_which_files_and_how_many(files, post, expected):
    assert codes(check_media(files, post)) == expected


@pytest.mark.parametrize(
    ("facts", "post", "expected", "found", "limit"),
    [
        (picture("image/tiff"), "instagram/feed_image", "media.type", "TIFF", None),
        (picture(size_bytes=2_400_000), "practice/images", "media.too_large", "2.4 MB", "2 MB"),
        (picture(width_px=300, height_px=300), "instagram/feed_image", "media.too_small", None, "320 wide"),
        (picture(width_px=5000, height_px=3000), "practice/images", "media.too_big", None, "4096×4096"),
        (picture(width_px=700, height_px=1000), "instagram/feed_image", "media.too_tall", "0.7", "0.8"),
        (picture(width_px=1200, height_px=500), "instagram/feed_image", "media.too_wide", "2.4", "1.91"),
        (picture("image/gif", frame_count=8), "instagram/feed_image", "media.type", "GIF", None),
        (picture("image/webp", frame_count=8), "practice/images", "media.animated", None, None),
        (film(61), "practice/video", "media.too_long", "61 s", "60 s"),
        (film(Fraction(1, 2)), "practice/video", "media.too_short", "0.5 s", "1 s"),
        (film(codec="vp9"), "practice/video", "media.video_codec", "vp9", None),
        (film(frame_rate=Fraction(120)), "practice/video", "media.frame_rate_high", "120", "60"),
        (film(frame_rate=Fraction(15)), "instagram/reel", "media.frame_rate_low", "15", "23"),
        (film(is_interlaced=True), "instagram/reel", "media.interlaced", None, None),
        (film(bit_rate_bps=30_000_000), "instagram/reel", "media.bit_rate", 30_000_000, 25_000_000),
        (film(media_type="video/x-msvideo"), "practice/video", "media.type", "X-MSVIDEO", None),
        (sound(rate_hz=96_000), "podcast/episode", "media.audio_rate", 96_000, 48_000),
        (sound(channels=6), "podcast/episode", "media.audio_channels", 6, 2),
        (sound("audio/flac", codec="flac"), "podcast/episode", "media.type", "FLAC", None),
        (sound(size_bytes=210_000_000), "podcast/episode", "media.large", "210 MB", "200 MB"),
    ],
)
def test_how_a_file_must_be_made(facts, post, expected, found, limit):
    findings = [finding for finding in check_media(of(facts), post) if finding.code == expected]
    finding = only(findings)
    assert finding.where == "media[0]"
    assert finding.source
    assert found is None or finding.values["found"] == found
    assert limit is None or finding.values["limit"] == limit


def test_it_offers_to_render_what_rendering_can_repair_and_nothing_else():
    can = {"media.type", "media.too_large", "media.too_big", "media.too_wide", "media.video_codec", "media.audio_rate"}
    cannot = {"media.too_small", "media.too_short", "media.too_long", "media.missing", "media.not_taken"}
    from crosscut.specs import SENTENCES

    assert {SENTENCES[code].action for code in can} == {"render"}
    assert {SENTENCES[code].action for code in cannot} == {""}


@pytest.mark.parametrize(
    ("facts", "post"),
    [
        (picture(width_px=864, height_px=1080), "instagram/feed_image"),  # exactly 0.8
        (picture(width_px=1080, height_px=566), "instagram/feed_image"),  # 1.908: documents say 1.91
        (film(Fraction(6004, 100)), "practice/video"),  # the sound sticks out by a packet
        (film(frame_rate=Fraction(24000, 1001)), "linkedin/video"),  # 23.976 is called 24
        (sound("audio/x-m4a", codec="aac"), "podcast/episode"),  # another spelling of audio/mp4
        (
            film(audio=(AudioStream(codec="pcm_s16le", rate_hz=48_000, channels=2),)),
            "podcast_rss/episode_video_spotify",
        ),
    ],
)
def test_it_is_not_fussy_about_rounding_and_spelling(facts, post):
    blocking = [finding for finding in check_media(of(facts), post) if finding.level is Level.BLOCK]
    assert blocking == []


def test_figures_from_hearsay_only_advise():
    findings = check_media(of(picture(size_bytes=25_000_000)), "reddit/image")
    assert {finding.level for finding in findings} <= {Level.ADVICE}
    assert "media.too_large" in codes(findings)


@pytest.mark.parametrize(
    ("lufs", "peak", "expected"),
    [
        (-16.0, -1.5, []),
        (-14.5, -1.5, ["loudness.off"]),  # podcasts: one unit of tolerance
        (-16.5, 0.4, ["loudness.peak"]),
        (-30.0, -20.0, ["loudness.off"]),
    ],
)
def test_loudness_is_advice(lufs, peak, expected):
    measured = Loudness(integrated_lufs=lufs, true_peak_dbtp=peak, range_lu=5)
    findings = check_media(of(sound(loudness=measured)), "podcast/episode")
    assert codes(findings) == expected
    assert all(finding.level is Level.ADVICE and finding.action == "render" for finding in findings)


def test_films_are_held_to_our_own_loudness():
    quiet = Loudness(integrated_lufs=-23, true_peak_dbtp=-6, range_lu=5)
    finding = only(check_media(of(film(loudness=quiet)), "bluesky/video"))
    assert finding.message == "The sound is -23.0 LUFS loud; -16 is wanted, give or take 2."
    assert finding.source.startswith("Crosscut house rules")


def test_files_are_named_by_their_place():
    findings = check_media(of(picture(), picture("image/tiff")), "practice/images")
    assert only(findings).where == "media[1]"


def test_rendering_is_told_what_a_post_type_takes():
    found = requirement("practice/video", Kind.VIDEO)
    assert found is not None
    assert (found.media_types, found.video_codecs, found.audio_codecs) == (("video/mp4",), ("h264",), ("aac",))
    assert (found.max_duration_s, found.max_frame_rate, found.max_size_bytes) == (
        Fraction(60),
        Fraction(60),
        100_000_000,
    )
    assert (found.loudness_lufs, found.max_true_peak_dbtp, found.audio_rate_hz) == (-16, -1, 48_000)
    picture_ = requirement("instagram/feed_image", Kind.IMAGE)
    assert picture_ is not None
    assert (picture_.min_aspect, picture_.max_aspect) == (Fraction(4, 5), Fraction(191, 100))
    audio = requirement("podcast/episode", Kind.AUDIO)
    assert audio is not None
    assert (audio.media_types, audio.loudness_lufs) == (("audio/mpeg", "audio/mp4"), -16)
    assert requirement("linkedin/document", Kind.DOCUMENT).media_types[0] == "application/pdf"  # type: ignore[union-attr]


@pytest.mark.parametrize("kind", [Kind.VIDEO, Kind.AUDIO, Kind.DOCUMENT, Kind.CAPTIONS])
def test_rendering_is_told_nothing_of_what_a_post_type_does_not_take(kind):
    assert requirement("practice/images", kind) is None
    with pytest.raises(NotFound):
        requirement("practice/opera", kind)


@pytest.mark.parametrize("key", post_type_names())
@pytest.mark.parametrize("kind", Kind)
def test_every_requirement_can_be_read_and_names_its_source(key, kind):
    found = requirement(key, kind)
    assert (found is None) == (kind is Kind.CAPTIONS or post_type(key).rule(kind.value) is None)
    assert found is None or (found.source and found.post_type == key and found.kind is kind)


def test_a_document_is_judged_too():
    facts = MediaFacts(kind=Kind.DOCUMENT, media_type="application/pdf", container="pdf", size_bytes=150_000_000)
    assert codes(check_media(of(facts), "linkedin/document")) == ["media.too_large"]

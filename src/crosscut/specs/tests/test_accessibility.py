"""People who do not see or hear it get the same."""

from fractions import Fraction

import pytest

from crosscut.kernel.errors import Invalid
from crosscut.kernel.facts import Screening, Span
from crosscut.kernel.findings import Level
from crosscut.specs import Draft, check_accessibility, check_contrast, contrast
from crosscut.specs.tests.made import codes, film, media, only, picture, sound

TEXT = "The reef breathes."


def said(post_type="bluesky/images", **about):
    return check_accessibility(Draft(text=TEXT, media=(media(**about),)), post_type)


def test_a_picture_without_words_blocks():
    finding = only(said(alt_text=" "))
    assert finding.message == "“turtle.jpg” has no alt text: people who cannot see it get nothing."
    assert (finding.level, finding.action, finding.where) == (Level.BLOCK, "add_alt_text", "media[0]")
    assert finding.source.startswith("WCAG 2.2, 1.1.1")


def test_the_practice_network_demands_it_by_its_own_rule():
    assert only(said("practice/images", alt_text="")).source.startswith("Crosscut house rules")


@pytest.mark.parametrize(
    ("about", "expected", "level"),
    [
        ({"alt_text": "IMG_2041"}, "alt_text.is_filename", Level.BLOCK),
        ({"alt_text": "turtle-final.JPG"}, "alt_text.is_filename", Level.BLOCK),
        ({"alt_text": "turtle", "filename": "turtle"}, "alt_text.is_filename", Level.BLOCK),
        ({"alt_text": "A photo of a turtle"}, "alt_text.says_image_of", Level.ADVICE),
        ({"alt_text": "Image showing a turtle"}, "alt_text.says_image_of", Level.ADVICE),
        ({"alt_text": "the REEF breathes"}, "alt_text.repeats_text", Level.ADVICE),
        ({"alt_text": "a " * 90}, "alt_text.long", Level.ADVICE),
        ({"alt_text": "a " * 1001}, "alt_text.too_long", Level.BLOCK),
        ({"alt_text": "A turtle", "is_decorative": True}, "alt_text.on_decoration", Level.ADVICE),
    ],
)
def test_words_that_do_not_help(about, expected, level):
    finding = only(said(**about))
    assert (finding.code, finding.level) == (expected, level)


@pytest.mark.parametrize(
    "about",
    [
        {},
        {"alt_text": "", "is_decorative": True},
        {"alt_text": "Photographs of turtles cover a kitchen table."},  # about photographs, not one of something
        {"alt_text": "Image stabilisation at work on a boat"},
    ],
)
def test_words_that_do(about):
    assert said(**about) == ()


def test_where_there_is_no_field_the_text_must_do():
    without = Draft(media=(media(picture(), alt_text=""),))
    assert codes(check_accessibility(without, "podcast/episode")) == ["alt_text.no_field"]
    with_text = Draft(text=TEXT, media=(media(picture(), alt_text=""),))
    assert check_accessibility(with_text, "podcast/episode") == ()


def test_sound_in_a_film_needs_captions():
    finding = only(said("bluesky/video", facts=film()))
    assert (finding.code, finding.level) == ("captions.missing", Level.BLOCK)
    assert finding.source.startswith("WCAG 2.2, 1.2.2")
    assert said("bluesky/video", facts=film(), tracks=frozenset({"captions"})) == ()


def test_captions_are_burned_in_where_no_file_is_taken():
    finding = only(said("mastodon/video", facts=film(), tracks=frozenset({"captions"})))
    assert (finding.code, finding.level, finding.action) == ("captions.not_taken", Level.ADVICE, "render")
    assert said("mastodon/video", facts=film(), tracks=frozenset({"burned_in_captions"})) == ()


def test_a_silent_film_needs_words_and_no_captions():
    assert codes(said("bluesky/video", facts=film(sound=False), alt_text="")) == ["silent_film.missing"]
    assert said("bluesky/video", facts=film(sound=False), alt_text="A turtle swims by.") == ()


def test_sound_needs_a_transcript():
    finding = only(said("podcast/episode", facts=sound(), alt_text=""))
    assert (finding.code, finding.level) == ("transcript.missing", Level.BLOCK)
    for track in ("transcript", "captions"):
        assert said("podcast/episode", facts=sound(), tracks=frozenset({track})) == ()


def test_flashes_block_and_say_when():
    seen = Screening(
        checked_s=Fraction(20),
        flashes=(Span(start_s=Fraction(124, 10), end_s=Fraction(14)),),
        near_flashes=(Span(start_s=Fraction(2), end_s=Fraction(3)),),
    )
    found = said("bluesky/video", facts=film(), tracks=frozenset({"captions"}), screening=seen)
    assert [(finding.code, finding.level) for finding in found] == [
        ("flashes.found", Level.BLOCK),
        ("flashes.near", Level.ADVICE),
    ]
    assert found[0].where == "media[0] 00:00:12.400"
    assert "from 00:00:12.400 to 00:00:14.000" in found[0].message


@pytest.mark.parametrize(
    ("foreground", "background", "ratio"),
    [("#777777", "#fff", 4.478), ("#767676", "#ffffff", 4.542), ("#bbbbbb", "#fff", 1.92), ("#000", "#fff", 21)],
)
def test_contrast_is_that_of_wcag(foreground, background, ratio):
    assert contrast(foreground, background) == pytest.approx(ratio, abs=0.0005)
    assert contrast(background, foreground) == contrast(foreground, background)


def test_contrast_below_the_least_is_told():
    assert check_contrast("#767676", "#fff") == ()
    assert only(check_contrast("#777777", "#fff")).code == "contrast.low"
    assert check_contrast("#777777", "#fff", least=3) == ()
    with pytest.raises(Invalid, match="#rrggbb"):
        contrast("reddish", "#fff")

"""Captions that can be read."""

from fractions import Fraction

import pytest

from crosscut.kernel.errors import NotFound
from crosscut.kernel.findings import Level
from crosscut.specs import Cue, caption_profile, caption_profiles, check_captions, sources
from crosscut.specs.captions import plain_lines
from crosscut.specs.tests.made import codes, only


def cue(start_s, end_s, text="The reef breathes."):
    return Cue(start_s=Fraction(str(start_s)), end_s=Fraction(str(end_s)), text=text)


def test_there_are_four_profiles_and_each_says_where_it_comes_from():
    assert caption_profiles() == ("bbc", "dcmp", "house", "netflix")
    for name in caption_profiles():
        assert set(caption_profile(name).source) <= set(sources())
        assert caption_profile(name).source
    with pytest.raises(NotFound, match="netflix"):
        caption_profile("disney")


@pytest.mark.parametrize(
    ("profile", "language", "text", "duration", "expected"),
    [
        ("netflix", "en", "The reef breathes.", 2, []),
        ("netflix", "en", "Go.", "0.833", []),  # told as 833 ms, not 5/6 s
        ("netflix", "en", "Go.", "0.832", ["captions.too_short"]),
        ("netflix", "en", "Slow.", 8, ["captions.too_long"]),
        ("netflix", "en", "a" * 40, 2, []),  # 20 a second
        ("netflix", "en", "a" * 41, 2, ["captions.too_fast"]),
        ("netflix", "de", "a" * 35, 2, ["captions.too_fast"]),  # 17 for the others
        ("netflix", "en-GB", "a" * 40, 2, []),
        ("netflix", "en", "<i>" + "a" * 40 + "</i>", 2, []),  # tags are not read
        ("netflix", "en", "a" * 43, 7, ["captions.line_too_long"]),
        ("netflix", "zh", "字" * 17, 3, ["captions.line_too_long"]),
        ("netflix", "en", "one\ntwo\nthree", 3, ["captions.too_many_lines"]),
        ("bbc", "en", "one two three four five six", 2, []),  # 180 words a minute
        ("bbc", "en", "one two three four five six seven", 2, ["captions.too_many_words"]),
        ("dcmp", "en", "Short.", "1.9", ["captions.too_short"]),
        ("dcmp", "en", "a" * 33, 4, ["captions.line_too_long"]),
    ],
)
def test_one_caption(profile, language, text, duration, expected):
    found = check_captions([cue(1, Fraction(1) + Fraction(str(duration)), text)], profile, language=language)
    assert codes(found) == expected
    assert all(finding.level is Level.ADVICE and finding.source for finding in found)


def test_children_get_more_time():
    forty = [cue(0, 2, "a" * 40)]
    assert check_captions(forty, "netflix") == ()
    assert only(check_captions(forty, "netflix", audience="children")).values["limit"] == 17


def test_it_says_until_when_a_fast_caption_should_stay():
    finding = only(check_captions([cue(10, 11, "a" * 40)], "netflix"))
    assert finding.message == "The caption must be read at 40.0 characters a second; Netflix allows 20."
    assert finding.repair == "Keep it until 12 s, or use fewer words."
    assert finding.where == "captions 00:00:10.000"


@pytest.mark.parametrize(
    ("gap", "frame_rate", "expected"),
    [
        ("0.083", 24, ["captions.too_close"]),  # two frames are 83.3 ms
        ("0.084", 24, []),
        ("0.05", 60, []),
        ("0", None, ["captions.too_close"]),
        ("-0.5", None, ["captions.overlap"]),
    ],
)
def test_two_captions_need_a_pause(gap, frame_rate, expected):
    pair = [cue(0, 3), cue(Fraction(3) + Fraction(gap), 6)]
    rate = Fraction(frame_rate) if frame_rate else None
    assert codes(check_captions(pair, "netflix", frame_rate=rate)) == expected


@pytest.mark.parametrize(
    ("cues", "expected"),
    [([], "captions.empty"), ([cue(2, 1)], "captions.backwards"), ([cue(0, 2, "<i> </i>\n")], "captions.blank")],
)
def test_broken_captions_block(cues, expected):
    finding = only(check_captions(cues))
    assert (finding.code, finding.level) == (expected, Level.BLOCK)


def test_captions_out_of_order_are_judged_in_time():
    found = check_captions([cue(5, 7, "a" * 50), cue(0, 3, "a" * 50)])
    assert [finding.where for finding in found if finding.code == "captions.line_too_long"] == [
        "captions 00:00:00.000",
        "captions 00:00:05.000",
    ]


def test_marks_are_not_read():
    assert plain_lines("{\\an8}<c.yellow>Up  here</c>\n\n- <b>No</b>") == ["Up here", "- No"]

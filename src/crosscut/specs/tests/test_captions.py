"""Captions that can be read."""

from fractions import Fraction

import pytest

from crosscut.kernel.captions import plain_lines
from crosscut.kernel.errors import NotFound
from crosscut.kernel.findings import Level
from crosscut.specs import Cue, caption_profile, caption_profiles, check_captions, sources
from crosscut.specs.captions import caption_audiences, caption_limits, figures_of
from crosscut.specs.tests.made import codes, only


def cue(start_s, end_s, text="The reef breathes."):
    return Cue(start_s=Fraction(str(start_s)), end_s=Fraction(str(end_s)), text=text)


def test_there_are_four_profiles_and_each_says_where_it_comes_from():
    assert caption_profiles() == ("bbc", "dcmp", "house", "netflix")
    for name in caption_profiles():
        assert set(caption_profile(name).source) <= set(sources())
        assert caption_profile(name).source
        assert {key for keys in caption_profile(name).sources.values() for key in keys} <= set(sources())
        assert set(caption_profile(name).sources) | set(caption_profile(name).unverified) <= set(
            figures_of(caption_profile(name))
        )
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
        ("netflix", "en", "one and one is two\ntwo and two is four\nthree and three", 4, ["captions.too_many_lines"]),
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
        ("0.034", 60, []),
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


def test_a_figure_that_nobody_verified_says_so():
    finding = only(check_captions([cue(0, 6.5, "Slow and steady.")], "dcmp"))
    assert finding.code == "captions.too_long"
    assert finding.source.endswith("(not verified)")
    assert not only(check_captions([cue(0, 1.5, "Short.")], "dcmp")).source.endswith("(not verified)")


@pytest.mark.parametrize(
    ("start", "end", "expected"),
    [
        ("10", "12", []),
        ("10.2", "12", ["captions.start_near_shot"]),  # five frames after the change
        ("9.75", "12", ["captions.start_near_shot"]),
        ("10.4", "12", []),  # outside the zone of seven frames
        ("17", "19.917", []),  # two frames before the change
        ("17", "20", ["captions.end_near_shot"]),
        ("17", "20.29", ["captions.end_near_shot"]),
        ("17", "20.3", []),
    ],
)
def test_times_beside_a_shot_change_belong_on_it(start, end, expected):
    shots = [Fraction(10), Fraction(20)]
    assert codes(check_captions([cue(start, end)], "netflix", shots=shots)) == expected
    assert codes(check_captions([cue(start, end)], "netflix")) == []


@pytest.mark.parametrize(
    ("gap", "expected"),
    [("0.1", []), ("0.126", ["captions.gap_flickers"]), ("0.45", ["captions.gap_flickers"]), ("0.5", [])],
)
def test_a_short_gap_flickers(gap, expected):
    assert codes(check_captions([cue(0, 3), cue(Fraction(3) + Fraction(gap), 6)], "netflix")) == expected


@pytest.mark.parametrize(
    ("text", "language", "expected"),
    [
        ("He went to the\nreef of the southern sea today.", "en", ["captions.bad_break"]),
        ("He went to\nthe reef of the southern sea with you.", "en", ["captions.bad_break"]),
        ("He went to the reef\nof the southern sea with you all.", "en", []),
        ("Er schwimmt mit der\nSchildkröte durch das weite Riff.", "de", ["captions.bad_break"]),
        ("Short\nwords.", "en", ["captions.one_line"]),
        ("- Yes?\n- No.", "en", []),  # two people
    ],
)
def test_lines_break_at_sense(text, language, expected):
    assert codes(check_captions([cue(0, 5, text)], "netflix", language=language)) == expected


def test_narrow_signs_count_half_beside_full_width_ones():
    assert check_captions([cue(0, 6, "字" * 15 + "42")], "netflix", language="zh") == ()
    finding = check_captions([cue(0, 6, "字" * 16 + "4")], "netflix", language="zh")[0]
    assert (finding.code, finding.values["found"]) == ("captions.line_too_long", 17)


def test_who_does_not_hear_may_read_faster():
    assert caption_limits("netflix", language="de", audience="adults_sdh").speed_cps == 20
    assert "adults_sdh" in caption_audiences("netflix")
    assert caption_limits("bbc", audience="adults_sdh").speed_wpm == 180


def test_it_must_be_told_who_speaks():
    many = [cue(second * 3, second * 3 + 2) for second in range(25)]
    assert codes(check_captions(many, "bbc")) == ["captions.no_speakers"]
    assert check_captions([*many[:-1], cue(80, 82, "ANA: Here it is.")], "bbc") == ()
    assert check_captions(many, "netflix") == ()

"""Mending keeps every word, never lays one caption over another, and changes nothing the second time."""

from fractions import Fraction
from itertools import pairwise

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as some

from crosscut.kernel.captions import CaptionLimits, breaches
from crosscut.media.captions import Cue, fix
from crosscut.media.captions.words import lay_out, plain, same_words, split_point, tokens_of

LIMITS = CaptionLimits(
    min_duration_s=Fraction(833, 1000),
    max_duration_s=Fraction(7),
    min_gap_s=Fraction(1, 12),
    gap_closed_below_s=Fraction(1, 2),
    max_lines=2,
    line_chars=42,
    speed_cps=17,
    shot_snap_s=Fraction(7, 24),
    keeps_one_line=True,
    bound_words=frozenset({"the", "a", "of", "and", "to", "in"}),
)
CJK = CaptionLimits(max_lines=2, line_chars=16, counts_narrow_half=True, speed_cps=9, min_gap_s=Fraction(1, 12))


def cue(start, end, text="The reef breathes.", **more):
    return Cue(start_s=Fraction(str(start)), end_s=Fraction(str(end)), text=text, **more)


def mended(*cues, limits=LIMITS, **more):
    return fix(cues, limits, **more)


def times(fixed):
    return [(float(each.start_s), float(each.end_s)) for each in fixed.cues]


def test_good_captions_stay_as_they_are():
    good = (cue(1, 3), cue(4, 6, "- Is it?\n- It is."), cue(7, 9, "<i>He</i> said so."))
    fixed = fix(good, LIMITS)
    assert (fixed.cues, fixed.changes, fixed.remaining) == (good, (), ())


@pytest.mark.parametrize(
    ("cues", "expected"),
    [
        ([cue(1, "1.2")], [(1, 2.059)]),  # kept as long as its 18 signs need
        ([cue(1, 9)], [(1, 8)]),  # the longest is 7 s
        ([cue(1, 5), cue(4, 6)], [(1, 3.916), (4, 6)]),  # the earlier one gives way
        ([cue(1, 3), cue("3.2", 5)], [(1, 3.116), (3.2, 5)]),  # a gap that flickers is closed
        ([cue(3, 1)], [(3, 4.059)]),
        ([cue(5, 7), cue(1, 3)], [(1, 3), (5, 7)]),
    ],
)
def test_times_are_mended(cues, expected):
    fixed = mended(*cues)
    assert times(fixed) == expected
    assert fixed.remaining == ()
    assert fixed.changes or cues[0].start_s > cues[-1].start_s


def test_a_long_caption_becomes_several_at_its_sentences():
    text = (
        "The reef breathes. It has done so for ten thousand years, and nobody had ever listened to it before. "
        "Then a boat came with a microphone."
    )
    fixed = mended(cue(0, 12, text))
    assert [each.text.replace("\n", " / ") for each in fixed.cues] == [
        "The reef breathes. / It has done so for ten thousand years,",
        "and nobody had ever listened to it before. / Then a boat came with a microphone.",
    ]
    assert fixed.remaining == ()
    assert same_words("".join(each.text for each in fixed.cues)) == same_words(text)


def test_lines_are_broken_where_speech_pauses():
    fixed = mended(cue(0, 5, "He went down to the\nsouthern reef, and there he saw the turtle."))
    assert fixed.cues[0].text == "He went down to the southern reef,\nand there he saw the turtle."
    assert mended(cue(0, 3, "Short\nwords.")).cues[0].text == "Short words."


def test_emphasis_follows_its_words():
    text = "She <i>never said that the reef was dying of heat</i> and nobody asked her."
    lines = mended(cue(0, 6, text)).cues[0].text
    assert lines == "She <i>never said that the reef was dying</i>\n<i>of heat</i> and nobody asked her."


def test_short_neighbours_are_joined_when_both_fit():
    fixed = mended(cue(0, "0.4", "Wait."), cue("0.5", 3, "Did you hear that?"))
    assert [each.text for each in fixed.cues] == ["Wait. Did you hear that?"]
    apart = mended(cue(0, "0.4", "Wait.", voice="Ana"), cue("0.5", 3, "Did you hear that?", voice="Bob"))
    assert len(apart.cues) == 2
    assert [problem.values["code"] for problem in apart.remaining] == ["captions.too_short"]
    assert "follows too soon" in apart.remaining[0].message


def test_two_speakers_keep_their_lines():
    text = "- Is it really as deep as the people say it is?\n- Nobody has ever been at the bottom of it at all."
    fixed = mended(cue(0, 7, text))
    assert [each.text[0] for each in fixed.cues] == ["-", "-"]


def test_what_lies_beside_a_shot_change_is_set_on_it():
    shots = [Fraction(10), Fraction(20)]
    fixed = mended(cue("10.2", "12"), cue(17, "20.1"), shots=shots)
    assert times(fixed) == [(10, 12), (17, 19.916)]
    assert list(breaches(fixed.cues, LIMITS, shots=shots)) == []
    fast = mended(cue(8, "9.9", "x" * 36), cue("10.1", 13), shots=shots)
    assert fast.cues[1].start_s == Fraction("10.1")  # or the one before it could not be read
    assert "captions.start_near_shot" in [problem.values["code"] for problem in fast.remaining]


def test_nothing_outlasts_the_film():
    assert times(mended(cue(8, "8.2"), duration_s=Fraction(9))) == [(8, 9)]


def test_chinese_breaks_between_signs_but_never_before_a_full_stop():
    text = "珊瑚礁在呼吸，一万年来一直如此。从来没有人听过它的声音，直到那艘船来了。"
    fixed = mended(cue(0, 20, text), limits=CJK)
    lines = [line for each in fixed.cues for line in each.text.split("\n")]
    assert all(len(line) <= 16 and line[0] not in "，。" for line in lines)
    assert "".join(lines) == text


def test_a_word_longer_than_a_line_stays_and_says_so():
    fixed = mended(cue(0, 7, "x" * 60))
    assert fixed.cues[0].text == "x" * 60
    assert [problem.values["code"] for problem in fixed.remaining] == ["captions.line_too_long"]


def test_tokens_and_lines():
    assert plain(tokens_of("日本の reef 2026年")) == "日本の reef 2026年"
    assert lay_out(tokens_of("word " * 60), LIMITS) is None
    assert split_point(tokens_of("- a\n- b"), LIMITS) == 2


WORDS = "the a of reef, breathes. Nobody listened before? microphone turtle <i>slowly</i> and 42 - Oh! 珊瑚礁在呼吸。"
words = some.sampled_from(WORDS.split())
texts = some.lists(words, min_size=0, max_size=40).map(
    lambda chosen: "".join(word + ("\n" if len(word) % 3 == 0 else " ") for word in chosen)
)
moments = some.fractions(min_value=0, max_value=30, max_denominator=1000)
cues_made = some.lists(
    some.builds(
        lambda start_s, lasts_s, text, voice: Cue(start_s=start_s, end_s=start_s + lasts_s, text=text, voice=voice),
        moments,
        some.fractions(min_value=-1, max_value=12, max_denominator=100),
        texts,
        some.sampled_from(["", "", "Ana"]),
    ),
    max_size=8,
)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(cues_made, some.lists(moments, max_size=5).map(sorted), some.sampled_from([LIMITS, CJK, CaptionLimits()]))
def test_mending_keeps_its_promises_whatever_comes(cues, shots, limits):
    fixed = fix(cues, limits, shots=shots)
    assert all(each.end_s > each.start_s >= 0 for each in fixed.cues)
    assert all(one.end_s <= other.start_s for one, other in pairwise(fixed.cues))
    before, after = (sorted(same_words("".join(each.text for each in those))) for those in (cues, fixed.cues))
    assert before == after
    again = fix(fixed.cues, limits, shots=shots)
    assert again.cues == fixed.cues
    assert again.changes == ()
    found = {(breach.code, breach.index) for breach in breaches(fixed.cues, limits, shots=shots)}
    assert found <= {(problem.values["code"], problem.values["index"]) for problem in fixed.remaining}

"""Burnt-in captions stand where they should, in every script, and can be read."""

from fractions import Fraction

import pysubs2
import pytest

from crosscut.kernel.errors import Invalid
from crosscut.media.captions import CaptionStyle, Cue, Settings, contrast, to_ass
from crosscut.media.captions.burn import HOUSE, LARGE, LEAST_CONTRAST, PLAIN


def script(*cues, size=(1080, 1920), style=HOUSE):
    return pysubs2.SSAFile.from_string(to_ass(cues, *size, style=style), format_="ass")


def cue(text, **settings):
    return Cue(start_s=Fraction(1), end_s=Fraction(2), text=text, settings=Settings(**settings))


def test_size_and_margins_follow_the_picture():
    look = script(cue("Hi"), size=(1920, 1080)).styles["Default"]
    assert (look.fontsize, look.marginv, look.borderstyle) == (60, 90, 3)
    upright = script(cue("Hi"), style=LARGE).styles["Default"]
    assert upright.fontsize == round(1080 * 0.08)
    assert upright.bold


@pytest.mark.parametrize(
    ("settings", "mark"),
    [
        ({}, ""),
        ({"line": Fraction(0), "line_is_percent": True}, "{\\an8}"),
        ({"align": "start"}, "{\\an1}"),
        ({"line": Fraction(25), "line_is_percent": True}, "{\\an8\\pos(540,480)}"),
        ({"line": Fraction(99), "line_is_percent": True, "line_align": "end"}, "{\\an2\\pos(540,1824)}"),
    ],
)
def test_a_cue_stands_where_it_says(settings, mark):
    assert script(cue("Hi", **settings))[0].text == f"{mark}Hi"


def test_text_cannot_smuggle_marks_in():
    assert script(cue("{\\pos(1,1)}a\\Nb <i>c</i>"))[0].text == "(∖pos(1,1))a∖Nb {\\i1}c{\\i0}"


def test_right_to_left_words_find_their_own_direction():
    assert script(cue("مرحبا")).styles["Default"].encoding == -1
    assert script(cue("日本語")).styles["Default"].encoding == 1


def test_the_contrast_is_stated():
    assert contrast(HOUSE) > LEAST_CONTRAST
    assert contrast(PLAIN) == pytest.approx(21)
    assert contrast(CaptionStyle(backing_opacity_percent=10)) < 1.5
    assert contrast(CaptionStyle(text_colour="#777777", backing="outline", backing_colour="#888888")) < 1.5


@pytest.mark.parametrize(
    "wrong",
    [
        {"text_colour": "white"},
        {"backing": "shadow"},
        {"size_percent": Fraction(90)},
        {"backing_opacity_percent": 101},
        {"font": "a,b"},
    ],
)
def test_a_style_that_cannot_be_is_refused(wrong):
    with pytest.raises(Invalid):
        CaptionStyle(**wrong)

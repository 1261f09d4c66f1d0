# mypy: disable-error-code="union-attr,arg-type,operator,type-var,comparison-overlap"
# A None where a value belongs fails the test by itself.
"""Captions are read as people write them and written as the standards say."""

from fractions import Fraction

import pysubs2
import pytest

from crosscut.kernel.errors import Damaged, Unsupported
from crosscut.media import Cue, captions

WILD = """0
00:00:01 --> 00:00:02,5
<font color="red">One</font> &amp; <i>two</i>

2
00:00:03.000 --> 00:00:04.000 X1:1
{\\an8}Three
four


00:05,000 --> 00:06,000
<v Ana>Five
1
00:01:00,000 --> 00:01:01,000
Six
"""


def cue(start: float, end: float, text: str = "Words") -> Cue:
    return Cue(start_s=Fraction(start), end_s=Fraction(end), text=text)


def test_it_reads_wild_srt():
    cues = captions.parse(WILD)
    assert [found.text for found in cues] == ["One & <i>two</i>", "Three\nfour", "Five\n1", "Six"]
    assert [(found.start_s, found.end_s) for found in cues[:2]] == [(1, Fraction(5, 2)), (3, 4)]
    assert cues[0].plain == "One & two"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
def test_it_reads_the_usual_encodings(tmp_path, encoding):
    path = tmp_path / "talk.srt"
    path.write_bytes("1\n00:00:01,000 --> 00:00:02,000\nGrüße\n".encode(encoding))
    assert captions.read(path)[0].text == "Grüße"


def test_it_refuses_what_is_not_text_or_not_captions(tmp_path):
    path = tmp_path / "talk.srt"
    path.write_bytes(b"1\n00:00:01,000 --> 00:00:02,000\n\x81\x8d\n")
    with pytest.raises(Damaged, match="UTF-8"):
        captions.read(path)
    path.write_text("just words")
    with pytest.raises(Unsupported):
        captions.read(path)


@pytest.mark.parametrize("write", [captions.to_vtt, captions.to_srt])
def test_another_reader_reads_what_is_written(write):
    cues = (cue(1, 2.5, "One\ntwo"), cue(3661.25, 3662, "Three"))
    read = pysubs2.SSAFile.from_string(write(cues))
    assert [(event.start, event.end, event.plaintext) for event in read] == [
        (1000, 2500, "One\ntwo"),
        (3661250, 3662000, "Three"),
    ]
    assert captions.parse(write(cues)) == cues


def test_special_characters_survive_webvtt():
    odd = (cue(0, 1, "a < b && c --> d <i>e</i>"),)
    assert captions.parse(captions.to_vtt(odd)) == odd


def test_the_transcript_is_running_text():
    cues = (cue(0, 1, "Ask not"), cue(1.5, 2, "<i>what</i> you"), cue(9, 10, "Can do."))
    assert captions.transcript(cues) == "Ask not what you\n\nCan do."


def test_shifting_drops_what_falls_off_the_start():
    moved = captions.shifted((cue(0, 1), cue(1, 3), cue(5, 6)), Fraction(-2))
    assert [(found.start_s, found.end_s) for found in moved] == [(0, 1), (3, 4)]


@pytest.mark.parametrize(
    ("cues", "code"),
    [
        ((), "captions.empty"),
        ((cue(0, 1, " <i></i> "),), "captions.blank"),
        ((cue(2, 1),), "captions.ends_early"),
        ((cue(0, 2), cue(1, 3)), "captions.overlap"),
        ((cue(5, 6), cue(1, 2)), "captions.out_of_order"),
        ((cue(9, 12),), "captions.beyond_end"),
    ],
)
def test_it_says_what_is_broken(cues, code):
    assert [problem.code for problem in captions.check(cues, duration_s=Fraction(10))] == [code]


def test_sound_captions_have_no_problem():
    assert captions.check((cue(0, 2), cue(2, 10.2)), duration_s=Fraction(10)) == ()

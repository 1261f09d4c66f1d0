"""Line 21 captions keep their times to the frame, in and out."""

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as some

from crosscut.media.captions import Cue, Document, Settings, convert, parse_document
from crosscut.media.captions.scc_codes import RATE, drop_frame_code, frame_of

FRAME_S = 1 / RATE


def cue(start, end, text, **more):
    return Cue(start_s=Fraction(start), end_s=Fraction(end), text=text, **more)


def there_and_back(*cues):
    return parse_document(convert(Document(format="srt", cues=cues), "scc").data)


def test_a_cue_appears_when_its_last_code_was_sent(data):
    document = parse_document((data / "scc" / "pop-on.scc").read_bytes())
    assert [found.text for found in document.cues] == [
        "( horn ho)",
        "HEY, THE®E.",
        "Test ½ Caption\nTest <i>test</i> Captions",
    ]
    # 01:02:53:14 counted without drops, and the show code 20 pairs later.
    assert document.cues[0].start_s == ((1 * 3600 + 2 * 60 + 53) * 30 + 14 + 20) / RATE


def test_times_do_not_drift_through_scc():
    cues = (cue("1.000", "3.500", "Ask not what your country"), cue("4.000", "6.1", "can do for you,\nask what"))
    for before, after in zip(cues, there_and_back(*cues).cues, strict=True):
        assert abs(after.start_s - before.start_s) <= FRAME_S / 2
        assert abs(after.end_s - before.end_s) <= FRAME_S / 2
        assert after.text == before.text


def test_an_hour_later_the_times_are_still_right():
    late = cue(3600, 3602, "An hour later")
    assert abs(there_and_back(late).cues[0].start_s - 3600) <= FRAME_S / 2


def test_too_much_in_too_little_time_is_late_and_says_so():
    cues = (cue(1, 2, "x" * 30), cue("2.1", 4, "y" * 60))
    written = convert(Document(format="srt", cues=cues), "scc")
    lost = {problem.code: problem for problem in written.lost}
    assert "s late" in lost["captions.late"].message
    assert "captions.rebroken" in lost
    assert parse_document(written.data).cues[1].start_s > cues[1].start_s


def test_letters_places_and_losses():
    text = "Ünïcödé ♪ ñ [½] ‘q’ É日"
    document = there_and_back(cue(2, 4, text, settings=Settings(line=Fraction(0), line_is_percent=True)))
    assert document.cues[0].text == "Ünïcödé ♪ ñ [½] ‘q’ É?"
    assert document.cues[0].settings.line == 0
    lost = convert(Document(format="srt", cues=(cue(2, 4, "<i>a</i>日", voice="Ana"),)), "scc").lost
    assert {problem.code for problem in lost} == {"captions.characters", "captions.emphasis", "captions.voice"}


@given(some.integers(0, 24 * 107892 - 1))
def test_drop_frame_codes_name_every_frame_once(frame):
    code = drop_frame_code(frame)
    numbers = [int(part) for part in code.replace(";", ":").split(":")]
    assert frame_of(*numbers, is_drop_frame=True) == frame


@pytest.mark.parametrize(
    ("codes", "texts"),
    [
        ("9425 9425 94ad 94ad 9470 9470 c869 94ad 94ad 9470 9470 d9ef", ["Hi", "Yo"]),  # roll-up, line by line
        ("9429 9429 9470 9470 c869 942c 942c", ["Hi"]),  # paint-on
        ("9420 9420 9470 9470 c869 1f40 942f 942f", ["Hi"]),  # a word for the other channel is stepped over
        ("c869 9420", []),  # nothing told it to show
    ],
)
def test_other_ways_of_showing(codes, texts):
    document = parse_document(f"Scenarist_SCC V1.0\n\n00:00:01;00\t{codes}\n".encode())
    assert [found.text for found in document.cues] == texts

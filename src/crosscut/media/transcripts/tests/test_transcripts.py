"""Deleting words cuts their time, and nothing of the words that stay."""

from fractions import Fraction
from itertools import pairwise

import opentimelineio as otio
import pytest
from hypothesis import given
from hypothesis import strategies as some

from crosscut.kernel.captions import CaptionLimits
from crosscut.kernel.errors import Invalid
from crosscut.media.captions import Cue
from crosscut.media.transcripts import (
    Transcript,
    Word,
    captions_from,
    checked,
    moved_captions,
    timeline_of,
    without_words,
)


def transcript(*words, duration=10):
    """Words as (text, start, end)."""
    made = tuple(Word(text=text, start_s=Fraction(str(a)), end_s=Fraction(str(b))) for text, a, b in words)
    return Transcript(words=made, duration_s=Fraction(duration))


TALK = transcript(("We", 1, 1.4), ("um", 2, 2.5), ("dive", 3, 3.5), ("at", 3.5, 3.7), ("dawn.", 3.8, 4.5))


def removed(cut):
    return [(float(span.start_s), float(span.end_s)) for span in cut.times.removed]


def test_a_deleted_word_takes_its_time_along():
    cut = without_words(TALK, [(1, 2)])
    assert removed(cut) == [(1.45, 2.95)]  # a handle is left after "We" and before "dive"
    assert cut.transcript.text == "We dive at dawn."
    assert [float(word.start_s) for word in cut.transcript.words] == [1, 1.5, 2, 2.3]
    assert cut.joins_s == (Fraction("1.45"),)


def test_a_cut_lies_in_a_silence_where_there_is_one():
    silences = [(Fraction("1.6"), Fraction("1.9")), (Fraction("2.7"), Fraction("2.9"))]
    assert removed(without_words(TALK, [(1, 2)], silences=silences)) == [(1.65, 2.85)]


@pytest.mark.parametrize(
    ("ranges", "expected"),
    [
        ([(0, 2)], [(0, 2.95)]),  # the first words take the start along
        ([(4, 5)], [(3.75, 10)]),  # the last ones the end; the gap is shorter than two handles
        ([(1, 2), (2, 3)], [(1.45, 3.5)]),  # neighbours are one cut; no gap, no handle
        ([(1, 3), (2, 3)], [(1.45, 3.5)]),
    ],
)
def test_where_cuts_lie(ranges, expected):
    assert removed(without_words(TALK, ranges)) == expected


@pytest.mark.parametrize("ranges", [[(0, 5)], [(3, 3)], [(-1, 2)], [(4, 6)]])
def test_what_cannot_be_cut_is_refused(ranges):
    with pytest.raises(Invalid):
        without_words(TALK, ranges)


def test_captions_move_along():
    cues = (
        Cue(start_s=Fraction(1), end_s=Fraction("1.4"), text="We"),
        Cue(start_s=Fraction(2), end_s=Fraction("2.5"), text="um"),
        Cue(start_s=Fraction(3), end_s=Fraction("4.5"), text="dive at dawn."),
    )
    moved = moved_captions(cues, without_words(TALK, [(1, 2)]).times)
    assert [(float(cue.start_s), float(cue.end_s), cue.text) for cue in moved] == [
        (1, 1.4, "We"),
        (1.5, 3, "dive at dawn."),
    ]


def test_the_timeline_plays_what_is_left(tmp_path):
    cut = without_words(TALK, [(1, 2)])
    path = tmp_path / "cut.otio"
    otio.adapters.write_to_file(timeline_of(cut, "talk.mp4"), str(path))
    read = otio.adapters.read_from_file(str(path))
    picture, sound = read.tracks
    ranges = [(clip.source_range.start_time.value, clip.source_range.duration.value) for clip in picture]
    assert ranges == [(0, 1450), (2950, 7050)]
    assert picture.duration().to_seconds() == pytest.approx(float(cut.times.new_duration_s))
    assert sound.duration() == picture.duration()
    assert [type(item).__name__ for item in sound] == ["Clip", "Transition", "Clip"]
    assert read.tracks[0][0].media_reference.target_url == "talk.mp4"


def test_captions_from_a_transcript_end_at_pauses_and_speakers():
    words = (
        Word(text="We", start_s=Fraction(1), end_s=Fraction(2), speaker="Ana"),
        Word(text="dive.", start_s=Fraction(2), end_s=Fraction(3), speaker="Ana"),
        Word(text="When?", start_s=Fraction(3), end_s=Fraction(4), speaker="Bob"),
        Word(text="At", start_s=Fraction(7), end_s=Fraction(8), speaker="Ana"),
        Word(text="dawn", start_s=Fraction(9), end_s=Fraction(10), speaker="Ana"),
    )
    fixed = captions_from(Transcript(words=words, duration_s=Fraction(12)), CaptionLimits(max_lines=2, line_chars=42))
    assert [(cue.text, cue.voice) for cue in fixed.cues] == [
        ("We dive.", "Ana"),
        ("When?", "Bob"),
        ("At", "Ana"),
        ("dawn", "Ana"),
    ]


def test_words_out_of_order_are_refused():
    assert checked(TALK.words, TALK.duration_s) == TALK.words
    with pytest.raises(Invalid, match="um"):
        checked((TALK.words[2], TALK.words[1]), TALK.duration_s)


gaps = some.lists(some.integers(0, 900), min_size=4, max_size=24)


@given(gaps, some.data())
def test_no_kept_word_loses_a_moment(lengths, data):
    edges, at = [], 0
    for length in lengths:
        at += length
        edges.append(Fraction(at, 1000))
    words = tuple(
        Word(text=str(index), start_s=start, end_s=end)
        for index, (start, end) in enumerate(zip(edges[::2], edges[1::2], strict=False))
    )
    talk = Transcript(words=words, duration_s=edges[-1] + 1)
    first = data.draw(some.integers(0, len(words) - 1))
    after = data.draw(some.integers(first + 1, len(words)))
    if after - first == len(words):
        return
    cut = without_words(talk, [(first, after)])
    kept = [word for word in words if not first <= int(word.text) < after]
    for word, moved in zip(kept, cut.transcript.words, strict=True):
        assert moved.end_s - moved.start_s == word.end_s - word.start_s
    assert all(one.end_s <= other.start_s for one, other in pairwise(cut.transcript.words))

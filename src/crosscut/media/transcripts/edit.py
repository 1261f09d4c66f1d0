"""Edit by text: taking words out of a transcript takes their time out of the recording."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Any

from crosscut.kernel.errors import Invalid
from crosscut.kernel.phrases import phrase
from crosscut.media.captions import Cue
from crosscut.media.timemap import TimeMap, without
from crosscut.media.transcripts.records import Transcript

HANDLE_S = Fraction(1, 20)  # left around kept words, where there is room: lips and breath are not cut off
CROSSFADE_S = Fraction(1, 50)  # of the sound at a join: long enough against a click, too short to hear
_RATE_HZ = 1000  # of the times in the timeline: whole milliseconds


@dataclass(frozen=True, kw_only=True)
class TextCut:
    """A recording with words taken out."""

    times: TimeMap  # what of the recording is left
    transcript: Transcript  # the words left, at their new times
    crossfade_s: Fraction = CROSSFADE_S  # of the sound at each join

    @property
    def joins_s(self) -> tuple[Fraction, ...]:
        """Where two pieces meet, in new time."""
        ends = (self.times.new(span.end_s) for span in self.times.kept)
        return tuple(ends)[:-1]


def without_words(
    transcript: Transcript, removed: Iterable[tuple[int, int]], *, silences: Sequence[tuple[Fraction, Fraction]] = ()
) -> TextCut:
    """The recording without those words; each range is the first word's number and the one after the last, from 0.

    A cut lies in a silence (start and end in seconds) where one reaches into the gap between words, else a short
    handle away from the word that stays. Raises Invalid for ranges outside the transcript and when nothing is left.

    >>> from crosscut.media.transcripts.records import Word
    >>> words = [Word(text=text, start_s=Fraction(at), end_s=Fraction(at) + 1) for at, text in enumerate("abcd")]
    >>> cut = without_words(Transcript(words=tuple(words), duration_s=Fraction(4)), [(1, 3)])
    >>> cut.transcript.text, str(cut.times.new_duration_s)
    ('a d', '2')
    """
    words = transcript.words
    gone = _numbers(removed, len(words))
    if len(gone) == len(words):
        raise Invalid.at("removed", phrase("No word would be left."), code="transcript.nothing_left")
    stretches = [_stretch(transcript, first, last, silences) for first, last in _runs(gone)]
    times = without(transcript.duration_s, stretches)
    kept = (
        replace(word, start_s=times.new(word.start_s), end_s=times.new(word.end_s))
        for number, word in enumerate(words)
        if number not in gone
    )
    left = replace(transcript, words=tuple(kept), duration_s=times.new_duration_s)
    return TextCut(times=times, transcript=left)


def _numbers(removed: Iterable[tuple[int, int]], count: int) -> set[int]:
    gone: set[int] = set()
    for first, after in removed:
        if not 0 <= first < after <= count:
            message = phrase(
                "There are {count} words, numbered from 0; {first} to {after} is no range of them.",
                count=count,
                first=first,
                after=after,
            )
            raise Invalid.at("removed", message, code="transcript.no_such_words")
        gone |= set(range(first, after))
    return gone


def _runs(numbers: set[int]) -> list[tuple[int, int]]:
    """First and last number of each unbroken run."""
    runs: list[tuple[int, int]] = []
    for number in sorted(numbers):
        if runs and runs[-1][1] == number - 1:
            runs[-1] = (runs[-1][0], number)
        else:
            runs.append((number, number))
    return runs


def _stretch(
    transcript: Transcript, first: int, last: int, silences: Sequence[tuple[Fraction, Fraction]]
) -> tuple[Fraction, Fraction]:
    """What is taken out for a run of words: from the gap before it to the gap after it."""
    words = transcript.words
    before_s = words[first - 1].end_s if first else Fraction(0)
    after_s = words[last + 1].start_s if last + 1 < len(words) else transcript.duration_s
    start_s = Fraction(0) if first == 0 else _cut(before_s, words[first].start_s, silences, is_after_kept=True)
    is_last = last + 1 == len(words)
    end_s = after_s if is_last else _cut(words[last].end_s, after_s, silences, is_after_kept=False)
    return min(start_s, end_s), max(start_s, end_s)


def _cut(
    from_s: Fraction, to_s: Fraction, silences: Sequence[tuple[Fraction, Fraction]], *, is_after_kept: bool
) -> Fraction:
    """The best moment in the gap: in a silence beside the word that stays, a handle away from it."""
    start_s, end_s = from_s, to_s
    for silent_from_s, silent_to_s in silences:
        common = (max(from_s, silent_from_s), min(to_s, silent_to_s))
        if common[0] < common[1]:
            start_s, end_s = common
            if is_after_kept:
                break  # the first one is beside the word before; the last one beside the word after
    handle_s = min(HANDLE_S, (end_s - start_s) / 2)
    return _tick(start_s + handle_s if is_after_kept else end_s - handle_s, from_s, to_s)


def _tick(time_s: Fraction, least_s: Fraction, most_s: Fraction) -> Fraction:
    return min(max(Fraction(round(time_s * _RATE_HZ), _RATE_HZ), least_s), most_s)


def moved_captions(cues: Iterable[Cue], times: TimeMap) -> tuple[Cue, ...]:
    """The captions at their times in the cut; those of which nothing is left are dropped.

    Words inside a caption stay as they are: make captions from the new transcript where words were taken out.
    """
    spans = ((cue, times.span(cue.start_s, cue.end_s)) for cue in cues)
    return tuple(replace(cue, start_s=span.start_s, end_s=span.end_s) for cue, span in spans if span)


def timeline_of(cut: TextCut, media: str, *, name: str = "Cut by text") -> Any:
    """The cut as an OpenTimelineIO timeline: a clip per piece on a picture and a sound track, dissolves at the joins.

    `media` is the address of the recording: a path or a URL. Source ranges are in milliseconds.
    """
    import opentimelineio as otio  # here, not above: half a second that nobody else needs

    timeline = otio.schema.Timeline(name=name)
    for kind in (otio.schema.TrackKind.Video, otio.schema.TrackKind.Audio):
        track = otio.schema.Track(name=kind, kind=kind)
        for number, span in enumerate(cut.times.kept):
            if number and kind == otio.schema.TrackKind.Audio:
                track.append(_crossfade(otio, cut.crossfade_s))
            track.append(_clip(otio, media, (span.start_s, span.duration_s), cut.times.duration_s))
        timeline.tracks.append(track)
    return timeline


def _time(otio: Any, time_s: Fraction) -> Any:
    return otio.opentime.RationalTime(float(time_s * _RATE_HZ), _RATE_HZ)


def _clip(otio: Any, media: str, part: tuple[Fraction, Fraction], duration_s: Fraction) -> Any:
    whole = otio.opentime.TimeRange(_time(otio, Fraction(0)), _time(otio, duration_s))
    reference = otio.schema.ExternalReference(target_url=media, available_range=whole)
    source = otio.opentime.TimeRange(_time(otio, part[0]), _time(otio, part[1]))
    return otio.schema.Clip(media_reference=reference, source_range=source)


def _crossfade(otio: Any, crossfade_s: Fraction) -> Any:
    half = _time(otio, crossfade_s / 2)
    return otio.schema.Transition(transition_type="SMPTE_Dissolve", in_offset=half, out_offset=half)

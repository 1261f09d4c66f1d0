"""The words of captions or a transcript, one by one with times: a recording is cut by striking words out."""

from collections.abc import Iterator, Sequence
from fractions import Fraction

from crosscut.apps.library.models import Track
from crosscut.media import captions
from crosscut.media.captions import Cue
from crosscut.media.speech.script import spoken_of
from crosscut.media.transcripts import How, Transcript, Word


def words_of(track: Track) -> tuple[Word, ...]:
    """Every spoken word in order. Captions say when a line is up: inside it, words last as long as their letters."""
    return tuple(word for cue in captions.parse(track.text) for word in _words_in(cue))


def transcript_of(track: Track, duration_s: Fraction) -> Transcript:
    """The words as a transcript of a recording of that length; what lies beyond its end is left out at the end."""
    words = [word for word in in_order(words_of(track)) if word.start_s < duration_s]
    held = [_held(word, duration_s) for word in words]
    return Transcript(words=tuple(held), duration_s=duration_s, language=track.language)


def in_order(words: Sequence[Word]) -> Iterator[Word]:
    """The words with none before the one in front of it: lines of captions may overlap, speech does not."""
    last_s = Fraction(0)
    for word in words:
        start_s = max(word.start_s, last_s)
        last_s = max(word.end_s, start_s)
        yield Word(text=word.text, start_s=start_s, end_s=last_s, speaker=word.speaker, how=word.how)


def _held(word: Word, duration_s: Fraction) -> Word:
    end_s = min(word.end_s, duration_s)
    return Word(text=word.text, start_s=word.start_s, end_s=end_s, speaker=word.speaker, how=word.how)


def _words_in(cue: Cue) -> Iterator[Word]:
    texts = [spoken.text for spoken in spoken_of(cue.plain)]
    letters = sum(len(text) for text in texts)
    at_s, length_s = cue.start_s, cue.end_s - cue.start_s
    for text in texts:
        end_s = at_s + length_s * len(text) / letters
        yield Word(text=text, start_s=at_s, end_s=end_s, speaker=cue.voice, how=How.INTERPOLATED)
        at_s = end_s

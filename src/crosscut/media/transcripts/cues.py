"""Captions made of a transcript: cut at pauses and sentences, then brought to the limits by the fixer."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from fractions import Fraction

from crosscut.kernel.captions import CaptionLimits
from crosscut.media.captions import Cue, Fixed, fix
from crosscut.media.captions.words import lay_out, tokens_of
from crosscut.media.transcripts.records import Transcript, Word

PAUSE_S = Fraction(3, 4)  # who pauses longer has finished a thought
_SENTENCE_END = (".", "!", "?", "…", "。", "！", "？")


def captions_from(transcript: Transcript, limits: CaptionLimits, *, shots: Sequence[Fraction] = ()) -> Fixed:
    """The captions of a transcript within the limits: each word is up when it is said, or as near as reading allows."""
    cues = [_cue(words) for words in _groups(transcript.words, limits)]
    return fix(cues, limits, shots=shots, duration_s=transcript.duration_s)


def _groups(words: Sequence[Word], limits: CaptionLimits) -> Iterator[list[Word]]:
    """The words that are shown together: up to a pause, a change of speaker, a full cue or the end of a sentence."""
    fitting = replace(limits, line_chars=limits.line_chars or 42, max_lines=limits.max_lines or 2)
    group: list[Word] = []
    for word in words:
        if group and _ends(group, word, fitting):
            yield group
            group = []
        group.append(word)
    if group:
        yield group


def _ends(group: list[Word], word: Word, limits: CaptionLimits) -> bool:
    last, most_s = group[-1], limits.max_duration_s
    if word.start_s - last.end_s > PAUSE_S or word.speaker != last.speaker or last.text.endswith(_SENTENCE_END):
        return True
    if most_s is not None and word.end_s - group[0].start_s > most_s:
        return True
    return lay_out(tokens_of(" ".join(each.text for each in (*group, word))), limits) is None


def _cue(words: list[Word]) -> Cue:
    text = " ".join(word.text for word in words)
    return Cue(start_s=words[0].start_s, end_s=words[-1].end_s, text=text, voice=words[0].speaker)

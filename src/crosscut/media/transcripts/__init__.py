"""Transcripts: words with times, captions made of them, and cutting a recording by deleting words.

fixed = captions_from(transcript, limits)            captions within the limits
cut = without_words(transcript, [(3, 7)])            words 3 to 6 and their time are gone
timeline = timeline_of(cut, "talk.mp4")              for the cuts engine and for other editors
"""

from crosscut.media.transcripts.cues import captions_from
from crosscut.media.transcripts.edit import TextCut, moved_captions, timeline_of, without_words
from crosscut.media.transcripts.records import How, Transcript, Word, checked

__all__ = [
    "How",
    "TextCut",
    "Transcript",
    "Word",
    "captions_from",
    "checked",
    "moved_captions",
    "timeline_of",
    "without_words",
]

"""The frame and the parts that the public pages of our own channels share: quiet, fast, readable without a script."""

from crosscut.channels.page.document import Document, document, stylesheet
from crosscut.channels.page.parts import audio_player, byline, figure, srcset, transcript, video_player
from crosscut.channels.page.words import Words, words_for

__all__ = [
    "Document",
    "Words",
    "audio_player",
    "byline",
    "document",
    "figure",
    "srcset",
    "stylesheet",
    "transcript",
    "video_player",
    "words_for",
]

"""Captions: read in six formats, written in five with what was lost, looked through, mended, burnt in.

document = read_document(path)             cues with times as fractions of seconds, and what was read with doubt
written = convert(document, "ttml")        its bytes, and what the format cannot hold
script = to_ass(cues, 1080, 1920)          for burning in
"""

from crosscut.media.captions.burn import CaptionStyle, contrast, to_ass
from crosscut.media.captions.checks import check, facts, shifted, transcript
from crosscut.media.captions.fix import Fixed, fix
from crosscut.media.captions.formats import (
    READERS,
    WRITERS,
    convert,
    format_of,
    parse,
    parse_document,
    read,
    read_document,
)
from crosscut.media.captions.records import Cue, Document, Region, Settings, Written, with_cues
from crosscut.media.captions.srt import to_srt
from crosscut.media.captions.vtt import to_vtt

__all__ = [
    "READERS",
    "WRITERS",
    "CaptionStyle",
    "Cue",
    "Document",
    "Fixed",
    "Region",
    "Settings",
    "Written",
    "check",
    "contrast",
    "convert",
    "facts",
    "fix",
    "format_of",
    "parse",
    "parse_document",
    "read",
    "read_document",
    "shifted",
    "to_ass",
    "to_srt",
    "to_vtt",
    "transcript",
    "with_cues",
]

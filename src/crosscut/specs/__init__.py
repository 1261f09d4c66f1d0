"""What places, accessibility and rights demand: dated data with its sources, and the checks that read it.

Start at `check(draft, "platform/type", at=...)`. The README tells how the data are written.
"""

from crosscut.specs.accessibility import check_accessibility
from crosscut.specs.captions import (
    CaptionProfile,
    Cue,
    caption_audiences,
    caption_limits,
    caption_profile,
    caption_profiles,
    check_captions,
)
from crosscut.specs.checks import check
from crosscut.specs.citations import Source, Stale, sources, stale
from crosscut.specs.colours import check_contrast, contrast
from crosscut.specs.draft import Draft, DraftMedia
from crosscut.specs.marks import Span, byte_offsets, spans
from crosscut.specs.media_checks import check_media
from crosscut.specs.metrics import Definition, breaks, definition, definitions
from crosscut.specs.platforms import Platform, platform, platform_names, post_type, post_type_names
from crosscut.specs.post_types import PostType
from crosscut.specs.requirements import requirement
from crosscut.specs.rights import Answer, Consent, Edits, Holdings, Licence, Use, Verdict, check_rights, may
from crosscut.specs.sentences import SENTENCES, Sentence
from crosscut.specs.text import Count, count
from crosscut.specs.text_checks import check_text

__all__ = [
    "SENTENCES",
    "Answer",
    "CaptionProfile",
    "Consent",
    "Count",
    "Cue",
    "Definition",
    "Draft",
    "DraftMedia",
    "Edits",
    "Holdings",
    "Licence",
    "Platform",
    "PostType",
    "Sentence",
    "Source",
    "Span",
    "Stale",
    "Use",
    "Verdict",
    "breaks",
    "byte_offsets",
    "caption_audiences",
    "caption_limits",
    "caption_profile",
    "caption_profiles",
    "check",
    "check_accessibility",
    "check_captions",
    "check_contrast",
    "check_media",
    "check_rights",
    "check_text",
    "contrast",
    "count",
    "definition",
    "definitions",
    "may",
    "platform",
    "platform_names",
    "post_type",
    "post_type_names",
    "requirement",
    "sources",
    "spans",
    "stale",
]

"""The cut: its records, its reading from OpenTimelineIO, its rendering. README.md of the media engine tells more.

cut = read_cut(path)                              the records of an .otio file
made = render_cut(cut, [folder], out, report=...) frame-exact, whole or not at all
    made = make_cut(cut, [folder], out)               the same, copying where the cut is plain enough
    made = smart_cut(film, [Span(...)], out)          only what lies around the cuts is encoded
"""

from crosscut.media.cuts.making import make_cut, what_needs_rendering
from crosscut.media.cuts.model import (
    Box,
    Clip,
    Cut,
    Gap,
    Item,
    Marker,
    Music,
    Role,
    Style,
    Track,
    Transition,
    Words,
)
from crosscut.media.cuts.reading import read_cut
from crosscut.media.cuts.render import Encoding, MadeCut, render_cut
from crosscut.media.cuts.smart import SAME_LOOK_CRF, smart_cut
from crosscut.media.cuts.sources import components_of

__all__ = [
    "SAME_LOOK_CRF",
    "Box",
    "Clip",
    "Cut",
    "Encoding",
    "Gap",
    "Item",
    "MadeCut",
    "Marker",
    "Music",
    "Role",
    "Style",
    "Track",
    "Transition",
    "Words",
    "components_of",
    "make_cut",
    "read_cut",
    "render_cut",
    "smart_cut",
    "what_needs_rendering",
]

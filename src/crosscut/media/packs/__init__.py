"""Packs: all the files that the targets of one post need of a master, planned together and made together."""

from crosscut.media.packs.making import Control, render_pack
from crosscut.media.packs.parts import Division, Part, divide, join, render_part
from crosscut.media.packs.planning import Pack, Planned, Wish, plan_pack

__all__ = [
    "Control",
    "Division",
    "Pack",
    "Part",
    "Planned",
    "Wish",
    "divide",
    "join",
    "plan_pack",
    "render_pack",
    "render_part",
]

"""Packs: all the files that the targets of one post need of a master, planned together and made together."""

from crosscut.media.packs.making import Control, render_pack
from crosscut.media.packs.planning import Pack, Planned, Wish, plan_pack

__all__ = ["Control", "Pack", "Planned", "Wish", "plan_pack", "render_pack"]

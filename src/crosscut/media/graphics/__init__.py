"""Pictures from a drawing with named slots and a table: one per row and layout, each checked. docs/howto/graphics.md

batch = make_all(template, table, out)                every picture, with findings per row, slot and layout
slots = slots_of(drawing)                             what its named places are
"""

from crosscut.media.graphics.batch import make_all, slots_of
from crosscut.media.graphics.records import Batch, Graphic, LogoRule, Slot

__all__ = ["Batch", "Graphic", "LogoRule", "Slot", "make_all", "slots_of"]

"""Pictures from a drawing with named slots and a table: one per row and layout, each checked. docs/howto/graphics.md

batch = make_all(template, table, out)                every picture, with findings per row, slot and layout
"""

from crosscut.media.graphics.batch import make_all
from crosscut.media.graphics.records import Batch, Graphic

__all__ = ["Batch", "Graphic", "make_all"]

"""Cuts to and from other programs: Premiere, Resolve, Final Cut, Shotcut, Kdenlive, Audacity.

cut = read(path)                 .otio .edl .xml .fcpxml .mlt
exported = write(cut, path)      the same; exported.lost says what the format did not carry, found by reading back
"""

from crosscut.media.exchange.export import Exported, read, write
from crosscut.media.exchange.formats import Format, format_of, format_to_write, rate_of
from crosscut.media.exchange.labels import chapters, labels, read_labels

__all__ = [
    "Exported",
    "Format",
    "chapters",
    "format_of",
    "format_to_write",
    "labels",
    "rate_of",
    "read",
    "read_labels",
    "write",
]

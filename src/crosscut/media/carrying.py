"""Puts what a master says of itself into a film that was made of it: as XMP, with every field of rights and of AI."""

from pathlib import Path

from crosscut.media.fields import fields
from crosscut.media.fields.writing import Order, write_into
from crosscut.media.metadata import Metadata
from crosscut.media.sniff import sniff

TAKES_XMP = frozenset({"video/mp4", "video/quicktime"})  # pictures get theirs where they are drawn


def carry_on(film: Path, about: Metadata) -> None:
    """Writes the record's fields into the film, which was just made. A container that takes no XMP stays as it is.

    FFmpeg's own tags have title, creator and copyright only: alternative texts, licences and what a model made would
    be lost on the way.
    """
    said = {key: getattr(about, key) for key in fields() if getattr(about, key, None)}
    if said and sniff(film).media_type in TAKES_XMP:
        write_into(film, Order(fields=said))

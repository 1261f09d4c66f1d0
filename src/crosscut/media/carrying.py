"""Puts what a master says of itself into a film that was made of it: as XMP, with every field of rights and of AI."""

import dataclasses
from collections.abc import Sequence
from pathlib import Path

from crosscut.media.fields import fields
from crosscut.media.fields.writing import Order, write_into
from crosscut.media.metadata import Metadata
from crosscut.media.sniff import sniff

_SOURCE_TYPES = "http://cv.iptc.org/newscodes/digitalsourcetype/"
MODEL_MADE = f"{_SOURCE_TYPES}trainedAlgorithmicMedia"
PARTLY_MODEL_MADE = f"{_SOURCE_TYPES}compositeWithTrainedAlgorithmicMedia"
TAKES_XMP = frozenset({"video/mp4", "video/quicktime"})  # pictures get theirs where they are drawn


def carry_on(film: Path, about: Metadata) -> None:
    """Writes the record's fields into the film, which was just made. A container that takes no XMP stays as it is.

    FFmpeg's own tags have title, creator and copyright only: alternative texts, licences and what a model made would
    be lost on the way.
    """
    said = {key: getattr(about, key) for key in fields() if getattr(about, key, None)}
    if said and sniff(film).media_type in TAKES_XMP:
        write_into(film, Order(fields=said))


def said_by_all(records: Sequence[Metadata]) -> Metadata:
    """What can be said of something made of all of these: the fields in which they agree.

    That a model made one of them is never lost: then the whole is partly made by one.

    >>> both = said_by_all([Metadata(credit="Reef Trust", title="One"), Metadata(credit="Reef Trust")])
    >>> both == Metadata(credit="Reef Trust")
    True
    """
    first = records[0] if records else Metadata()
    names = [field.name for field in dataclasses.fields(Metadata)]
    alike = {name: getattr(first, name) for name in names if len({repr(getattr(one, name)) for one in records}) == 1}
    types = {one.digital_source_type for one in records}
    if len(types) > 1 and types & {MODEL_MADE, PARTLY_MODEL_MADE}:
        alike["digital_source_type"] = PARTLY_MODEL_MADE
    return dataclasses.replace(Metadata(), **alike)

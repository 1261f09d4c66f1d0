"""What is to be written into a copy of a file."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from crosscut.media import capped
from crosscut.media.caps import RENDER, Caps
from crosscut.media.fields.catalogue import Field
from crosscut.media.sniff import sniff

_COPY = Caps(file_bytes=RENDER.file_bytes)  # of a film only its end is written, however long it is
_PEOPLE = frozenset({"persons", "minor_age", "model_release_ids"})


@dataclass(frozen=True, kw_only=True)
class Order:
    """The fields of a copy, and what of them may be told."""

    fields: Mapping[str, Any] = field(default_factory=dict)  # by key; what is not there is taken out of the copy
    own: Mapping[str, Any] = field(default_factory=dict)  # fields beyond the catalogue, by name: "season"; XMP only
    keeps_place: bool = False  # where somebody stood, to the metre
    keeps_people: bool = False  # names of people shown, and where in the picture they are

    def value(self, wanted: Field) -> Any:
        """What is to be written for the field; None for nothing."""
        if (wanted.is_place and not self.keeps_place) or (wanted.key in _PEOPLE and not self.keeps_people):
            return None
        return self.fields.get(wanted.key)


def write_into(path: Path, order: Order) -> int:
    """Writes the fields into the file, which must be a copy, and returns its size in bytes.

    What is no field of the catalogue stays as it is. Raises Unsupported for kinds that cannot carry metadata, Damaged.
    """
    return capped.call("writing:write", int, caps=_COPY, path=path, order=order, media_type=sniff(path).media_type)


def write_beside(path: Path, order: Order) -> int:
    """Writes the fields as an XMP sidecar and returns its size in bytes."""
    return capped.call("writing:sidecar", int, path=path, order=order)

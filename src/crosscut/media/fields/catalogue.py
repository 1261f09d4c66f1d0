"""The field set in which the product says what is known about a picture, film or sound, read from `catalogue.yaml`."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from pathlib import Path
from typing import Any

import yaml

CATALOGUE = Path(__file__).with_name("catalogue.yaml")


class Kind(StrEnum):
    """What sort of value a field takes."""

    TEXT = "text"  # one line
    LONG = "long"  # several lines
    LIST = "list"  # several texts, each once
    DATE = "date"  # "2026", "2026-05", "2026-05-03", with a time and offset where known
    NUMBER = "number"
    CHOICE = "choice"  # one address or word of a list
    CHOICES = "choices"  # several of them
    FLAG = "flag"  # yes or no


@dataclass(frozen=True, kw_only=True)
class XmpPlace:
    """Where a field stands in XMP."""

    path: tuple[str, ...]  # ("plus:Licensor", "plus:LicensorName"), or one name
    form: str  # of a single name: text, alt, seq or bag; of two: that of the structures: struct, seq or bag

    def __str__(self) -> str:
        return "/".join(self.path)


@dataclass(frozen=True, kw_only=True)
class Field:
    """One field and where each standard keeps it."""

    key: str
    group: str  # a key of `groups()`
    label: str  # as a person reads it
    kind: Kind
    source: tuple[str, ...] = ()  # keys of `sources()`: the texts that define it
    hint: str = ""  # what belongs in it
    limit: int = 300  # characters of one text
    least: float | None = None  # of a number
    most: float | None = None
    choices: Mapping[str, str] | None = None  # of a choice: what is stored, and how a person reads it
    is_fixed: bool = False  # read from the file and never edited
    is_place: bool = False  # tells where somebody stood: left out of what goes to the public
    xmp: tuple[XmpPlace, ...] = ()  # best first; written to the first
    iim: tuple[str, int] | None = None  # the name in IIM's record 2 and the most characters it takes
    exif: tuple[str, ...] = ()  # Exiv2's names
    id3: str = ""  # frame
    vorbis: str = ""  # comment
    mp4: str = ""  # iTunes atom
    tags: tuple[str, ...] = ()  # FFmpeg's names of what films carry, best first


@dataclass(frozen=True, kw_only=True)
class Source:
    """A text that defines fields."""

    title: str
    url: str
    as_of: str  # date of the text


@cache
def _data() -> dict[str, Any]:
    loaded: dict[str, Any] = yaml.safe_load(CATALOGUE.read_bytes())
    return loaded


@cache
def fields() -> Mapping[str, Field]:
    """Every field by its key, in the order in which people read them."""
    return {key: _field(key, entry) for key, entry in _data()["fields"].items()}


@cache
def groups() -> Mapping[str, str]:
    """The groups in which fields are shown: key and label, in order."""
    return dict(_data()["groups"])


@cache
def sources() -> Mapping[str, Source]:
    """The texts that define the fields, by key."""
    return {
        key: Source(title=entry["title"], url=entry["url"], as_of=str(entry["as_of"]))
        for key, entry in _data()["sources"].items()
    }


def _field(key: str, entry: Mapping[str, Any]) -> Field:
    changed = {
        "kind": Kind(entry["kind"]),
        "choices": _data()["choices"][entry["choices"]] if "choices" in entry else None,
        "xmp": tuple(map(_place, entry.get("xmp", ()))),
        "iim": tuple(entry["iim"]) if "iim" in entry else None,
    }
    lists = {name: tuple(entry.get(name, ())) for name in ("source", "exif", "tags")}
    return Field(key=key, **{**entry, **changed, **lists})


def _place(text: str) -> XmpPlace:
    """A place as the catalogue spells it.

    >>> _place("plus:Licensor/plus:LicensorName seq")
    XmpPlace(path=('plus:Licensor', 'plus:LicensorName'), form='seq')
    """
    path, form = text.split(" ")
    return XmpPlace(path=tuple(path.split("/")), form=form)

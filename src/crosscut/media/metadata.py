"""What a file says about itself: who made it, what it shows, what may be done with it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

from crosscut.kernel.errors import NotFound, Problem
from crosscut.kernel.facts import Kind
from crosscut.kernel.phrases import phrase
from crosscut.media import capped
from crosscut.media.sniff import sniff

RAW_LIMIT_CHARACTERS = 100_000  # of all raw values together; embedded thumbnails and maker notes are not worth more


@dataclass(frozen=True, kw_only=True)
class Face:
    """A region of a picture with somebody or something in it, in shares of the picture from its upper left corner."""

    name: str  # who or what it is; empty where nobody has said
    kind: str = "Face"  # "Face", "Pet", "Focus", "BarCode": MWG Guidelines 2.0, 5.9
    x: float
    y: float
    width: float
    height: float


@dataclass(frozen=True, kw_only=True)
class Metadata:
    """The descriptive and rights fields of a file, whichever of EXIF, IPTC, XMP or audio tags they were in."""

    title: str = ""
    headline: str = ""
    description: str = ""  # the caption
    alt_text: str = ""  # IPTC Alt Text (Accessibility), 2021.1
    extended_description: str = ""  # IPTC Extended Description (Accessibility)
    creator: tuple[str, ...] = ()
    credit: str = ""  # the line to print beside it
    copyright: str = ""
    licence_url: str = ""  # XMP WebStatement
    usage_terms: str = ""
    licensor: str = ""  # PLUS Licensor name
    licensor_url: str = ""
    source: str = ""
    keywords: tuple[str, ...] = ()
    created_at: datetime | None = None  # naive when the file tells no offset
    latitude_deg: float | None = None  # WGS 84, north positive
    longitude_deg: float | None = None  # east positive
    place: str = ""  # sublocation, city, state, country, as far as given
    rating: int | None = None  # -1 (rejected) to 5
    language: str = ""
    digital_source_type: str = ""  # IPTC NewsCodes address, for example of AI-made pictures
    ai_system: str = ""  # which model made or changed it (IPTC 2025.1, AI System Used)
    ai_system_version: str = ""
    ai_prompt: str = ""  # what it was asked (AI Prompt Information)
    ai_prompt_writer: str = ""  # who asked (AI Prompt Writer Name)
    data_mining: str = ""  # PLUS address: whether machines may learn from it
    album: str = ""  # of sound
    camera: str = ""
    fields: Mapping[str, Any] = field(default_factory=dict)  # of the catalogue (media.fields), by key
    places: Mapping[str, str] = field(default_factory=dict)  # where each of them was found: "XMP dc:title"
    faces: tuple[Face, ...] = ()  # named regions and faces
    raw: Mapping[str, str] = field(default_factory=dict)  # every field found under its own name, up to a size
    warnings: tuple[Problem, ...] = ()


def read(path: Path) -> Metadata:
    """The metadata of a picture, film, sound or font; an empty record where it has none or its kind keeps none.

    Raises what `sniff` raises, and Damaged when the reader crashed on the file.
    """
    sniffed = sniff(path)
    if sniffed.container == "font":
        return capped.call("stills.font:about", Metadata, path=path)
    if sniffed.kind in (Kind.CAPTIONS, Kind.DOCUMENT) or sniffed.container == "svg":
        return Metadata()
    function = "metadata:read_picture" if sniffed.kind is Kind.IMAGE else "metadata:read_sound"
    return capped.call(function, Metadata, path=path)


def read_sidecar(path: Path) -> Metadata:
    """What an XMP sidecar (.xmp, as Lightroom writes it) says of what it lies beside. Raises NotFound, Damaged."""
    if not path.is_file():
        raise NotFound(phrase("There is no file {name}.", name=path.name))
    return capped.call("metadata:read_sidecar", Metadata, path=path)


def write_sidecar(path: Path, about: Metadata) -> None:
    """Writes an XMP sidecar, whole or not at all: for films, sounds and all that cannot carry the fields itself."""
    half_done = path.with_name(f".{path.name}")
    try:
        capped.call("rights:write_sidecar", int, path=half_done, rights=about)
        half_done.replace(path)
    finally:
        half_done.unlink(missing_ok=True)

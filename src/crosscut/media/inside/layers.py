"""The layers in which a file can say something of itself, each as texts by name; and where a field stands in them."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any

from crosscut.media.fields import Field, Kind
from crosscut.media.inside.xmp import Node, texts_at

_IIM = "Iptc.Application2."
_GPS = "Exif.GPSInfo.GPS"
_OFFSETS = {"Exif.Photo.DateTimeOriginal": "Original", "Exif.Photo.DateTimeDigitized": "Digitized"}


@dataclass(kw_only=True)
class Layers:
    """What one file says, layer by layer."""

    xmp: dict[str, Node] = field(default_factory=dict)
    iim: dict[str, Any] = field(default_factory=dict)  # by Exiv2's names
    exif: dict[str, Any] = field(default_factory=dict)  # by Exiv2's names
    id3: dict[str, list[str]] = field(default_factory=dict)  # by frame
    vorbis: dict[str, list[str]] = field(default_factory=dict)  # by comment, in small letters
    mp4: dict[str, list[str]] = field(default_factory=dict)  # by iTunes atom
    tags: dict[str, str] = field(default_factory=dict)  # by FFmpeg's names in small letters
    xmp_packet: str = ""  # as found in tags, not yet parsed

    def at(self, wanted: Field) -> Iterator[tuple[str, list[str]]]:
        """The places where the field stands, best first: the name of the place and the texts there."""
        exif = [(f"EXIF {name.rsplit('.', 1)[-1]}", _texts(self.exif.get(name))) for name in wanted.exif]
        if wanted.kind is Kind.DATE:  # a camera's clock is more exact than what people and programs write later
            yield from exif
        for place in wanted.xmp:
            yield f"XMP {place}", texts_at(self.xmp, place)
        if wanted.iim:
            yield f"IPTC IIM {wanted.iim[0]}", _texts(self.iim.get(f"{_IIM}{wanted.iim[0]}"))
        if wanted.kind is not Kind.DATE:
            yield from exif
        yield f"ID3 {wanted.id3}", self.id3.get(wanted.id3, [])
        yield f"Vorbis comment {wanted.vorbis}", self.vorbis.get(wanted.vorbis, [])
        yield f"iTunes {wanted.mp4}", self.mp4.get(wanted.mp4, [])
        for name in wanted.tags:
            yield f"{'QuickTime' if 'quicktime' in name else 'Tag'} {name}", _texts(self.tags.get(name.lower()))

    def flat(self) -> dict[str, Any]:
        """Everything by name, as it was found."""
        named: dict[str, Mapping[str, Any]] = {
            "ID3": self.id3,
            "Vorbis": self.vorbis,
            "iTunes": self.mp4,
            "Tag": self.tags,
        }
        said = {f"{layer} {name}": value for layer, values in named.items() for name, value in values.items()}
        return self.exif | self.iim | self.xmp | said


def _texts(value: Any) -> list[str]:
    items = value if isinstance(value, list) else [value]
    texts = (str(item).replace("\0", "").strip() for item in items if item not in (None, ""))
    return [re.sub(r'^charset="?[\w-]+"?\s+', "", text) for text in texts if text]


def exif_layer(found: Mapping[str, Any]) -> dict[str, Any]:
    """EXIF with what it spreads over several entries put together: degrees, the time's offset, the camera's name."""
    exif = dict(found)
    for axis, largest in (("Latitude", 90), ("Longitude", 180)):
        degrees = _degrees(exif, axis, largest)
        exif.pop(f"{_GPS}{axis}", None)
        if degrees is not None:
            exif[f"{_GPS}{axis}"] = str(degrees)
    for name, of in _OFFSETS.items():
        if exif.get(name) and re.fullmatch(r"[+-]\d\d:\d\d", offset := str(exif.get(f"Exif.Photo.OffsetTime{of}", ""))):
            exif[name] = f"{str(exif[name]).strip()}{offset}"
    named = [text for name in ("Make", "Model") for text in _texts(exif.get(f"Exif.Image.{name}"))]
    return exif | ({"Exif.Image.Model": " ".join(named)} if named else {})


def iim_layer(found: Mapping[str, Any]) -> dict[str, Any]:
    """IIM with the time of day put to its date."""
    iim = dict(found)
    day, time = (_texts(iim.get(f"{_IIM}{name}Created")) for name in ("Date", "Time"))
    return iim | ({f"{_IIM}DateCreated": f"{day[0]}T{time[0]}"} if day and time else {})


def _degrees(exif: Mapping[str, Any], axis: str, largest: int) -> float | None:
    """Degrees from EXIF's three fractions and their letter; None where absent, empty or impossible."""
    parts = " ".join(_texts(exif.get(f"{_GPS}{axis}"))).split()
    letter = "".join(_texts(exif.get(f"{_GPS}{axis}Ref")))[:1].upper()
    try:
        value = sum((Fraction(part) / 60**power for power, part in enumerate(parts[:3])), Fraction(0))
    except (ValueError, ZeroDivisionError):
        return None
    if not parts or letter not in "NSEW" or not letter or value > largest:
        return None
    return round(float(-value if letter in "SW" else value), 7)


def tag_layers(file: Any) -> Layers:
    """The layers of a sound or film that mutagen opened; empty for None."""
    tags = getattr(file, "tags", None)
    if not tags:
        return Layers()
    if hasattr(tags, "getall"):  # ID3, in whichever file
        return _id3_layers(tags)
    if "MP4" in type(tags).__name__:
        return Layers(mp4={str(key): [str(item) for item in _listed(value)] for key, value in tags.items()})
    named = {str(key).lower(): [str(item) for item in _listed(value)] for key, value in dict(tags).items()}
    if hasattr(tags, "vendor"):  # Vorbis comments: Ogg, Opus, FLAC
        return Layers(vorbis=named)
    return Layers(tags={key: "; ".join(value) for key, value in named.items()})


def _id3_layers(tags: Any) -> Layers:
    found: dict[str, list[str]] = {}
    packet = ""
    for frame in tags.values():
        if frame.FrameID == "PRIV" and frame.owner == "XMP":
            packet = frame.data.decode("utf-8", "replace")
            continue
        if frame.FrameID == "COMM" and frame.desc.startswith("iTun"):  # iTunes keeps its own numbers as comments
            continue
        texts = [getattr(frame, "url", "")] if hasattr(frame, "url") else _listed(getattr(frame, "text", ""))
        found.setdefault(frame.FrameID, []).extend(str(text) for text in texts if str(text).strip())
    return Layers(id3=found, xmp_packet=packet)


def _listed(value: Any) -> list[Any]:
    return list(value) if isinstance(value, list | tuple) else [value]

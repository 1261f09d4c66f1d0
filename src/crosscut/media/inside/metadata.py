"""Reads EXIF, IPTC, XMP and audio tags into one record."""

import re
from collections.abc import Iterable, Mapping
from datetime import datetime
from fractions import Fraction
from pathlib import Path
from typing import Any

import mutagen
import pyexiv2

from crosscut.kernel.errors import Problem
from crosscut.media.metadata import RAW_LIMIT_CHARACTERS, Metadata

Fields = Mapping[str, Any]

# Per field of the record the places to look, best first: XMP is the newest and Unicode, EXIF the least exact.
# IPTC Photo Metadata Standard 2025.1, section on XMP and IIM equivalents.
PLACES: Mapping[str, tuple[str, ...]] = {
    "title": ("Xmp.dc.title", "Iptc.Application2.ObjectName", "Exif.Image.XPTitle"),
    "headline": ("Xmp.photoshop.Headline", "Iptc.Application2.Headline"),
    "description": ("Xmp.dc.description", "Iptc.Application2.Caption", "Exif.Image.ImageDescription"),
    "alt_text": ("Xmp.iptc.AltTextAccessibility",),
    "extended_description": ("Xmp.iptc.ExtDescrAccessibility",),
    "credit": ("Xmp.photoshop.Credit", "Iptc.Application2.Credit"),
    "copyright": ("Xmp.dc.rights", "Iptc.Application2.Copyright", "Exif.Image.Copyright"),
    "licence_url": ("Xmp.xmpRights.WebStatement", "Xmp.cc.license"),
    "usage_terms": ("Xmp.xmpRights.UsageTerms",),
    "licensor": ("Xmp.plus.Licensor[1]/plus:LicensorName",),
    "licensor_url": ("Xmp.plus.Licensor[1]/plus:LicensorURL",),
    "source": ("Xmp.photoshop.Source", "Iptc.Application2.Source"),
    "language": ("Xmp.dc.language", "Iptc.Application2.Language"),
    "digital_source_type": ("Xmp.iptcExt.DigitalSourceType",),
    "ai_system": ("Xmp.iptcExt.AISystemUsed",),
    "ai_system_version": ("Xmp.iptcExt.AISystemVersionUsed",),
    "ai_prompt": ("Xmp.iptcExt.AIPromptInformation",),
    "ai_prompt_writer": ("Xmp.iptcExt.AIPromptWriterName",),
    "data_mining": ("Xmp.plus.DataMining",),
}
CREATORS = ("Xmp.dc.creator", "Iptc.Application2.Byline", "Exif.Image.Artist")
KEYWORDS = ("Xmp.dc.subject", "Iptc.Application2.Keywords")
TIMES = (
    "Exif.Photo.DateTimeOriginal",
    "Xmp.photoshop.DateCreated",
    "Xmp.xmp.CreateDate",
    "Exif.Photo.DateTimeDigitized",
)
PLACE_PARTS = ("Xmp.iptc.Location", "Xmp.photoshop.City", "Xmp.photoshop.State", "Xmp.photoshop.Country")
SOUND_PLACES: Mapping[str, tuple[str, ...]] = {
    "title": ("title",),
    "description": ("description", "comment"),
    "copyright": ("copyright",),
    "licence_url": ("license", "website", "copyright_url"),
    "language": ("language",),
    "album": ("album",),
    "source": ("organization", "publisher"),
}


def read_picture(path: Path) -> Metadata:
    """The record of a picture, with a warning for each of EXIF, IPTC and XMP that could not be read."""
    pyexiv2.set_log_level(4)  # it would print; the warnings of the record say it
    fields: dict[str, Any] = {}
    problems: list[Problem] = []
    try:
        with pyexiv2.Image(str(path)) as image:
            for part in (image.read_exif, image.read_iptc, image.read_xmp):
                try:
                    fields |= part()
                except (RuntimeError, UnicodeDecodeError) as fault:
                    problems.append(_unreadable(path, fault))
    except RuntimeError as fault:
        problems.append(_unreadable(path, fault))
    return _picture_record(fields, tuple(problems))


def _unreadable(path: Path, fault: Exception) -> Problem:
    message = f"Part of the metadata could not be read ({str(fault).splitlines()[0][:200]})."
    return Problem(code="media.odd_metadata", where=path.name, message=message)


def _picture_record(fields: Fields, problems: tuple[Problem, ...]) -> Metadata:
    texts: dict[str, Any] = {name: _first(fields, places) for name, places in PLACES.items()}
    camera = " ".join(filter(None, (_text(fields.get("Exif.Image.Make")), _text(fields.get("Exif.Image.Model")))))
    return Metadata(
        **texts,
        creator=_list(fields, CREATORS),
        keywords=_list(fields, KEYWORDS),
        created_at=next(filter(None, (_moment(_text(fields.get(place))) for place in TIMES)), None),
        latitude_deg=_degrees(fields, "Latitude", 90),
        longitude_deg=_degrees(fields, "Longitude", 180),
        place=", ".join(filter(None, (_text(fields.get(part)) for part in PLACE_PARTS))),
        rating=_rating(_first(fields, ("Xmp.xmp.Rating", "Exif.Image.Rating"))),
        camera=camera,
        raw=_raw(fields),
        warnings=problems,
    )


def read_sound(path: Path) -> Metadata:
    """The record of a sound or a film, from ID3, Vorbis comments, MP4 or ASF tags."""
    try:
        file = mutagen.File(path, easy=True)
    except (mutagen.MutagenError, ValueError, KeyError, IndexError, TypeError, OverflowError) as fault:
        return Metadata(warnings=(_unreadable(path, fault),))
    if file is None or not file.tags:
        return Metadata()
    fields = {str(key).lower(): value for key, value in dict(file.tags).items()}
    texts: dict[str, Any] = {name: _first(fields, places) for name, places in SOUND_PLACES.items()}
    return Metadata(
        **texts,
        creator=_list(fields, ("artist", "author", "albumartist", "composer")),
        keywords=_list(fields, ("genre",)),
        created_at=_moment(_first(fields, ("date", "year"))),
        raw=_raw(fields),
    )


def _text(value: Any) -> str:
    """One readable line or paragraph: of a list its first item, of language alternatives the default."""
    if isinstance(value, Mapping):
        value = value.get('lang="x-default"') or next(iter(value.values()), "")
    if isinstance(value, list):
        value = value[0] if value else ""
    text = str(value or "").replace("\0", "").strip()
    return re.sub(r'^(charset|lang)="?[\w-]+"?\s+', "", text)


def _first(fields: Fields, places: Iterable[str]) -> str:
    return next(filter(None, (_text(fields.get(place)) for place in places)), "")


def _list(fields: Fields, places: Iterable[str]) -> tuple[str, ...]:
    """The items of the first place that has any, in order, each once."""
    for place in places:
        value = fields.get(place)
        items = value if isinstance(value, list) else [value]
        if cleaned := tuple(dict.fromkeys(filter(None, map(_text, items)))):
            return cleaned
    return ()


def _moment(text: str) -> datetime | None:
    """A date and time as EXIF ("2022:02:16 12:55:41"), XMP or ID3 ("2001") spell it; None for anything else."""
    text = re.sub(r"^(\d{4}):(\d\d):(\d\d)", r"\1-\2-\3", text.strip())
    if re.fullmatch(r"\d{4}(-\d\d)?", text):
        text = (text + "-01-01")[:10]
    try:
        return datetime.fromisoformat(text)
    except ValueError:
        return None


def _degrees(fields: Fields, axis: str, largest: int) -> float | None:
    """Degrees from EXIF's three fractions and their letter; None where absent, empty or impossible."""
    parts = _text(fields.get(f"Exif.GPSInfo.GPS{axis}")).split()
    letter = _text(fields.get(f"Exif.GPSInfo.GPS{axis}Ref"))[:1].upper()
    try:
        value = sum((Fraction(part) / 60**power for power, part in enumerate(parts[:3])), Fraction(0))
    except (ValueError, ZeroDivisionError):
        return None
    if not parts or letter not in "NSEW" or not letter or value > largest:
        return None
    return round(float(-value if letter in "SW" else value), 7)


def _rating(text: str) -> int | None:
    try:
        return int(float(text)) if -1 <= float(text) <= 5 else None
    except ValueError:
        return None


def _raw(fields: Fields) -> dict[str, str]:
    """Every field as text until the limit is full, small values first so that one blob cannot push out the rest."""
    texts = ((key, str(value)) for key, value in fields.items() if value not in ("", None, [], {}))
    kept: dict[str, str] = {}
    room = RAW_LIMIT_CHARACTERS
    for key, text in sorted(texts, key=lambda pair: len(pair[1])):
        room -= len(key) + len(text)
        if room < 0:
            break
        kept[key] = text
    return dict(sorted(kept.items()))

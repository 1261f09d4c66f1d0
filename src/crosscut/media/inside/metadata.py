"""Reads EXIF, IPTC, XMP and the tags of sounds and films into one record, by the field catalogue."""

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

import av
import mutagen
import pyexiv2

from crosscut.kernel.errors import Damaged, Problem
from crosscut.kernel.phrases import phrase
from crosscut.media.fields import Field, Kind, Value, fields, is_empty
from crosscut.media.inside import xmp
from crosscut.media.inside.faces import faces_in
from crosscut.media.inside.layers import Layers, exif_layer, iim_layer, tag_layers
from crosscut.media.inside.reading import as_value
from crosscut.media.metadata import RAW_LIMIT_CHARACTERS, Metadata

# The record's own fields and those of the catalogue that have other names.
RECORD = (
    *("title", "headline", "description", "alt_text", "extended_description", "creator", "credit", "copyright"),
    *("licence_url", "usage_terms", "licensor", "licensor_url", "source", "keywords", "latitude_deg", "longitude_deg"),
    *("rating", "language", "digital_source_type", "ai_system", "ai_system_version", "ai_prompt", "ai_prompt_writer"),
    *("data_mining", "album", "camera"),
)
PLACE_PARTS = ("sublocation", "city", "region", "country")
_SOUND_FAULTS = (mutagen.MutagenError, ValueError, KeyError, IndexError, TypeError, OverflowError)


def read_picture(path: Path) -> Metadata:
    """The record of a picture, with a warning for each of EXIF, IPTC and XMP that could not be read."""
    pyexiv2.set_log_level(4)  # it would print; the warnings of the record say it
    problems: list[Problem] = []
    layers = Layers()
    try:
        with pyexiv2.Image(str(path)) as image:
            layers.exif = _tried(path, problems, lambda: exif_layer(_in_any_encoding(image.read_exif)))
            layers.iim = _tried(path, problems, lambda: iim_layer(_in_any_encoding(image.read_iptc)))
            packet = _tried(path, problems, lambda: {"": image.read_raw_xmp()}).get("", "")
    except RuntimeError as fault:
        problems.append(_unreadable(path, fault))
        packet = ""
    _add_xmp(path, layers, packet, problems)
    return _record(layers, problems)


def read_sidecar(path: Path) -> Metadata:
    """The record of an XMP file. Raises Damaged when there is no XMP in it that can be read."""
    try:
        return _record(Layers(xmp=xmp.parse(path.read_bytes())), [])
    except xmp.Unreadable as fault:
        raise Damaged(
            path, phrase("It is not XMP that can be read: {fault}", fault=fault), code="metadata.unreadable"
        ) from fault


def read_sound(path: Path) -> Metadata:
    """The record of a sound or a film, from ID3, Vorbis comments, MP4, QuickTime or other tags and XMP."""
    problems: list[Problem] = []
    layers = Layers()
    try:
        layers = tag_layers(mutagen.File(path))
    except _SOUND_FAULTS as fault:
        problems.append(_unreadable(path, fault))
    try:
        with av.open(str(path), options={"export_xmp": "1"}) as container:
            said = {str(key).lower(): str(value) for key, value in container.metadata.items()}
        layers.xmp_packet = layers.xmp_packet or said.pop("xmp", "")
        layers.tags = said | layers.tags
    except (av.FFmpegError, UnicodeDecodeError):
        pass  # probe has said what is wrong with the file itself
    _add_xmp(path, layers, layers.xmp_packet, problems)
    return _record(layers, problems)


def _tried(path: Path, problems: list[Problem], read: Callable[[], dict[str, Any]]) -> dict[str, Any]:
    try:
        return read()
    except (RuntimeError, UnicodeDecodeError) as fault:
        problems.append(_unreadable(path, fault))
        return {}


def _in_any_encoding(read: Callable[[str], dict[str, Any]]) -> dict[str, Any]:
    """What the engine read; old files are in Windows' Latin script and do not say so."""
    try:
        return read("utf-8")
    except UnicodeDecodeError:
        return read("latin-1")


def _add_xmp(path: Path, layers: Layers, packet: str, problems: list[Problem]) -> None:
    if packet:
        try:
            layers.xmp = xmp.parse(packet)
        except xmp.Unreadable as fault:
            problems.append(_unreadable(path, fault))


def _unreadable(path: Path, fault: Exception) -> Problem:
    reason = (str(fault).splitlines() or [type(fault).__name__])[0][:200]
    message = phrase("Part of the metadata could not be read ({reason}).", reason=reason)
    return Problem(code="media.odd_metadata", where=path.name, message=message)


def _record(layers: Layers, problems: Iterable[Problem]) -> Metadata:
    values: dict[str, Value] = {}
    places: dict[str, str] = {}
    for key, field in fields().items():
        for place, texts in layers.at(field):
            if not is_empty(value := as_value(field, texts)):
                values[key], places[key] = value, place
                break
    faces = faces_in(layers.xmp)
    return Metadata(
        **{name: _of_record(fields()[name], values[name]) for name in RECORD if name in values},
        created_at=_moment(str(values.get("created_on", ""))),
        place=", ".join(str(values[part]) for part in PLACE_PARTS if part in values),
        fields=values,
        places=places,
        faces=faces,
        raw=_raw(layers.flat()),
        warnings=tuple(problems),
    )


def _of_record(field: Field, value: Value) -> Any:
    if field.kind is Kind.LIST:
        return tuple(value) if isinstance(value, list) else (str(value),)
    return int(float(str(value))) if field.key == "rating" else value


def _moment(text: str) -> datetime | None:
    """The moment of a date as fields keep it; of a month or year its first."""
    try:
        return datetime.fromisoformat(text if len(text) > len("2026-05") else f"{text}-01-01"[:10])
    except ValueError:
        return None


def _raw(found: Mapping[str, Any]) -> dict[str, str]:
    """Every field as text until the limit is full, small values first so that one blob cannot push out the rest."""
    texts = ((key, str(value)) for key, value in found.items() if value not in ("", None, [], {}))
    kept: dict[str, str] = {}
    room = RAW_LIMIT_CHARACTERS
    for key, text in sorted(texts, key=lambda pair: len(pair[1])):
        room -= len(key) + len(text)
        if room < 0:
            break
        kept[key] = text
    return dict(sorted(kept.items()))

"""Writes fields into a copy of a file: XMP wherever the container takes it, and beside it what older programs read."""

import struct
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any
from xml.etree.ElementTree import Element, SubElement, register_namespace, tostring

import mutagen
import mutagen.id3
import pyexiv2
from mutagen.id3 import Frames

from crosscut.kernel.errors import Damaged, Unsupported
from crosscut.kernel.phrases import phrase
from crosscut.media.fields import Field, Kind, XmpPlace, fields, is_empty, said
from crosscut.media.fields.writing import Order
from crosscut.media.inside.xmp import LANGUAGE, RDF, SPACES, Unreadable, descriptions, tree_of

XMP_BOX = bytes.fromhex("BE7ACFCB97A942E89C71999491E3AFAC")  # XMP Part 3, 1.2.7: its "uuid" box in MP4 and QuickTime
_ALSO = ("photoshop", "Iptc4xmpCore")  # spaces that older programs read: written beside the first place
_REGIONS = ("mwg-rs:Regions", "MP:RegionInfo", "Iptc4xmpExt:PersonInImageWDetails")
_PICTURES = frozenset({"image/jpeg", "image/png", "image/webp", "image/tiff"})
_FILMS = frozenset({"video/mp4", "video/quicktime"})
_EMPTY = (
    '<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"/></x:xmpmeta>'
)

for _prefix, _address in SPACES.items():
    register_namespace(_prefix, _address)


def write(path: Path, order: Order, media_type: str) -> int:
    """Writes the fields into the file, which is a copy; returns its size. Raises Unsupported for other kinds."""
    if media_type in _PICTURES:
        _write_picture(path, order)
    elif media_type in _FILMS:
        _write_film(path, order)
    elif media_type in ("audio/mpeg", "audio/flac", "audio/ogg"):
        _write_sound(path, order)
    else:
        raise Unsupported(
            phrase(
                "{media_type} cannot carry metadata that others read: take it as an XMP file beside.",
                media_type=media_type,
            )
        )
    return path.stat().st_size


def sidecar(path: Path, order: Order) -> int:
    """Writes the fields as an XMP file and returns its size."""
    return path.write_bytes(_wrapped(merged("", order)))


def merged(packet: str, order: Order) -> str:
    """The packet with the fields in it; what is no field of ours, such as how a picture was developed, stays."""
    root = tree_of(packet or _EMPTY)
    rdf = root if root.tag == f"{RDF}RDF" else root.find(f"{RDF}RDF")
    if rdf is None:
        rdf = SubElement(root, f"{RDF}RDF")
    tops = list(descriptions(root)) or [SubElement(rdf, f"{RDF}Description", {f"{RDF}about": ""})]
    if not order.keeps_people:
        for name in _REGIONS:
            _remove(tops, name)
    for field in fields().values():
        if not field.is_fixed:
            _put(tops, field, order.value(field))
    _put_own(tops, order.own)
    if not order.keeps_place:
        _remove_positions(tops)
    return tostring(root, encoding="unicode")


def _put(tops: list[Element], field: Field, value: Any) -> None:
    for number, place in enumerate(field.xmp):
        is_written = number == 0 or (len(place.path) == 1 and place.path[0].split(":")[0] in _ALSO)
        _clear(tops, place)
        if is_written and not is_empty(value):
            _add(tops, place, field, value)


def _put_own(tops: list[Element], own: Mapping[str, Any]) -> None:
    """The fields of a workspace in a space of their own, in place of those that were there."""
    space = _tag("crosscut:")
    for top in tops:
        for name in [name for name in top.attrib if name.startswith(space)]:
            del top.attrib[name]
        for child in [child for child in top if str(child.tag).startswith(space)]:
            top.remove(child)
    for name, value in own.items():
        form = "bag" if isinstance(value, list) else "text"
        _write_value(SubElement(tops[0], _tag(f"crosscut:{own_name(name)}")), form, _texts(value))


def own_name(name: str) -> str:
    """The field's name as XML takes it: no name there begins with a digit.

    >>> own_name("season"), own_name("2026-budget")
    ('season', '_2026-budget')
    """
    return f"_{name}" if name[:1].isdigit() or name.startswith("-") else name


def _texts(value: Any) -> list[str]:
    """The value of a field as texts that a table takes back."""
    return [said(one) for one in (value if isinstance(value, list) else [value])]


def _clear(tops: list[Element], place: XmpPlace) -> None:
    if len(place.path) == 1:
        _remove(tops, place.path[0])
        return
    for structure in _structures(tops, place.path[0]):
        _remove([structure], place.path[1])


def _remove(elements: Iterable[Element], name: str) -> None:
    tag = _tag(name)
    for element in elements:
        element.attrib.pop(tag, None)
        for child in element.findall(tag):
            element.remove(child)


def _remove_positions(tops: list[Element]) -> None:
    for top in tops:
        for name in [name for name in top.attrib if name.startswith(_tag("exif:GPS"))]:
            del top.attrib[name]
        for child in [child for child in top if str(child.tag).startswith(_tag("exif:GPS"))]:
            top.remove(child)


def _structures(tops: Iterable[Element], name: str) -> list[Element]:
    """The structures under the name: itself, or the items of its list."""
    found = []
    for top in tops:
        for parent in top.findall(_tag(name)):
            items = [item for kind in ("Seq", "Bag") for box in parent.findall(f"{RDF}{kind}") for item in box]
            for one in items or [parent]:
                inner = one.find(f"{RDF}Description")
                found.append(inner if inner is not None else one)
    return found


def _add(tops: list[Element], place: XmpPlace, field: Field, value: Any) -> None:
    if len(place.path) == 1:
        _write_value(SubElement(tops[0], _tag(place.path[0])), place.form, _said(field, value))
        return
    known = _structures(tops, place.path[0])
    structure = _opened(known[0]) if known else _new_structure(tops[0], place)
    _write_value(SubElement(structure, _tag(place.path[1])), "text", _said(field, value))


def _opened(structure: Element) -> Element:
    """The structure with its values as elements: RDF allows none beside values that are attributes."""
    if structure.tag != f"{RDF}Description" and structure.get(f"{RDF}parseType") is None:
        for name in [name for name in structure.attrib if not name.startswith(RDF)]:
            SubElement(structure, name).text = structure.attrib.pop(name)
        structure.set(f"{RDF}parseType", "Resource")
    return structure


def _new_structure(top: Element, place: XmpPlace) -> Element:
    parent = SubElement(top, _tag(place.path[0]))
    if place.form == "struct":
        parent.set(f"{RDF}parseType", "Resource")
        return parent
    box = SubElement(parent, f"{RDF}{place.form.title()}")
    return SubElement(box, f"{RDF}li", {f"{RDF}parseType": "Resource"})


def _write_value(element: Element, form: str, items: list[str]) -> None:
    if form == "text":
        element.text = items[0]
        return
    box = SubElement(element, f"{RDF}{form.title()}")
    for item in items:
        SubElement(box, f"{RDF}li", {LANGUAGE: "x-default"} if form == "alt" else {}).text = item


def _said(field: Field, value: Any) -> list[str]:
    if field.key in ("latitude_deg", "longitude_deg"):
        return [_position(float(value), "NS" if field.key.startswith("lat") else "EW")]
    items = value if isinstance(value, list) else [value]
    return [str(item) for item in items]


def _position(degrees: float, letters: str) -> str:
    """As XMP spells a position.

    >>> _position(-33.858333333, "NS")
    '33,51.500000S'
    """
    whole = int(abs(degrees))
    return f"{whole},{(abs(degrees) - whole) * 60:.6f}{letters[degrees < 0]}"


def _tag(name: str) -> str:
    prefix, _colon, local = name.partition(":")
    return f"{{{SPACES[prefix]}}}{local}"


def _wrapped(packet: str) -> bytes:
    return f'<?xpacket begin="\ufeff" id="W5M0MpCehiHzreSzNTczkc9d"?>\n{packet}\n<?xpacket end="w"?>\n'.encode()


def _write_picture(path: Path, order: Order) -> None:
    pyexiv2.set_log_level(4)
    try:
        with pyexiv2.Image(str(path)) as image:
            image.modify_raw_xmp(merged(image.read_raw_xmp(), order))
            image.modify_exif(_exif_changes(image.read_exif(), order))
            if image.get_mime_type() == "image/jpeg":
                image.modify_iptc(_iim_changes(order))
    except Unreadable as fault:
        raise Damaged(
            path, phrase("The XMP in it cannot be read, so nothing can be put into it: {fault}", fault=fault)
        ) from fault
    except RuntimeError as fault:
        raise Damaged(
            path, phrase("The metadata in it cannot be rewritten: {fault}", fault=str(fault)[:200])
        ) from fault


def _exif_changes(exif: Mapping[str, Any], order: Order) -> dict[str, Any]:
    """What EXIF has of our fields; a position goes when it may not be told."""
    changes: dict[str, Any] = {}
    for key, name in (("creator", "Artist"), ("copyright", "Copyright"), ("description", "ImageDescription")):
        text = "; ".join(_said(fields()[key], order.value(fields()[key]) or ""))
        changes[f"Exif.Image.{name}"] = text or None
    if not order.keeps_place:
        changes |= {name: None for name in exif if name.startswith("Exif.GPSInfo.")}
    return {name: value for name, value in changes.items() if value is not None or name in exif}


def _iim_changes(order: Order) -> dict[str, Any]:
    changes: dict[str, Any] = {"Iptc.Envelope.CharacterSet": "\x1b%G"}
    for field in fields().values():
        if field.iim and field.kind is not Kind.DATE:
            name, longest = field.iim
            items = [] if is_empty(order.value(field)) else _said(field, order.value(field))
            short = [item.encode()[:longest].decode(errors="ignore") for item in items]
            changes[f"Iptc.Application2.{name}"] = short if field.kind is Kind.LIST else next(iter(short), None)
    return changes


def _write_film(path: Path, order: Order) -> None:
    """Puts the packet into a box at the end and makes an older one free space: nothing else in the file moves."""
    packet = ""
    with path.open("r+b") as file:
        size_bytes = path.stat().st_size
        at = 0
        while at + 8 <= size_bytes:
            file.seek(at)
            length, kind = struct.unpack(">I4s", file.read(8))
            head = 8
            if length == 1:
                length, head = struct.unpack(">Q", file.read(8))[0], 16
            if length == 0:
                raise Unsupported(
                    phrase("The last box of this film has no end: take the metadata as an XMP file beside.")
                )
            if length < head:
                raise Damaged(path, phrase("Its boxes do not fit together."))
            if kind == b"uuid" and file.read(16) == XMP_BOX:
                packet = file.read(min(length - head - 16, 8_000_000)).decode("utf-8", "replace")
                file.seek(at + 4)
                file.write(b"free")
            at += length
        if at != size_bytes:
            raise Damaged(path, phrase("Its boxes do not fit together."))
        body = XMP_BOX + _wrapped(merged(packet, order))
        file.seek(0, 2)
        file.write(struct.pack(">I4s", len(body) + 8, b"uuid") + body)


def _write_sound(path: Path, order: Order) -> None:
    try:
        if path.suffix.lower() == ".mp3" or path.read_bytes()[:3] == b"ID3":
            _write_id3(path, order)
            return
        file = mutagen.File(path)
        if file is None:
            raise Unsupported(phrase("This sound cannot carry metadata: take it as an XMP file beside."))
        if file.tags is None:
            file.add_tags()
        for field in fields().values():
            if field.vorbis and not field.is_fixed:
                _set_comment(file.tags, field, order.value(field))
        file.save()
    except mutagen.MutagenError as fault:
        raise Damaged(path, phrase("Its tags cannot be written: {fault}", fault=str(fault)[:200])) from fault


def _set_comment(tags: Any, field: Field, value: Any) -> None:
    if not is_empty(value):
        tags[field.vorbis] = _said(field, value)
    elif field.vorbis in tags:
        del tags[field.vorbis]


def _write_id3(path: Path, order: Order) -> None:
    frames: Any = mutagen.id3
    try:
        tags = frames.ID3(path)
    except frames.ID3NoHeaderError:
        tags = frames.ID3()
    packet = next((frame.data.decode("utf-8", "replace") for frame in tags.getall("PRIV") if frame.owner == "XMP"), "")
    for field in fields().values():
        if field.id3 and not field.is_fixed:
            tags.delall(field.id3)
            if not is_empty(value := order.value(field)):
                tags.add(_frame(field, _said(field, value)))
    tags.delall("PRIV:XMP")
    for frame in [frame for frame in tags.getall("PRIV") if frame.owner == "XMP"]:
        tags.delall(frame.HashKey)
    tags.add(frames.PRIV(owner="XMP", data=_wrapped(merged(packet, order))))
    tags.save(path)


def _frame(field: Field, items: list[str]) -> Any:
    kind: Any = Frames[field.id3]
    if field.id3.startswith("W"):
        return kind(url=items[0])
    if field.id3 in ("COMM", "USLT"):
        return kind(encoding=3, lang="eng", desc="", text=items[0] if field.id3 == "USLT" else items)
    if field.id3 == "USER":
        return kind(encoding=3, lang="eng", text=items[0])
    return kind(encoding=3, text=items)

"""Writes rights and alternative texts into a picture as XMP, and into a JPEG as IPTC IIM too."""

from collections.abc import Iterable
from datetime import datetime
from pathlib import Path
from xml.sax.saxutils import escape

import pyexiv2

from crosscut.media.metadata import Metadata

SPACES = {
    "rdf": "http://www.w3.org/1999/02/22-rdf-syntax-ns#",
    "dc": "http://purl.org/dc/elements/1.1/",
    "photoshop": "http://ns.adobe.com/photoshop/1.0/",
    "xmpRights": "http://ns.adobe.com/xap/1.0/rights/",
    "plus": "http://ns.useplus.org/ldf/xmp/1.0/",
    "Iptc4xmpCore": "http://iptc.org/std/Iptc4xmpCore/1.0/xmlns/",
    "Iptc4xmpExt": "http://iptc.org/std/Iptc4xmpExt/2008-02-29/",
}
# Property, field of the record, and form; IPTC Photo Metadata Standard 2025.1, "XMP property" and "XMP value type"
PROPERTIES = (
    ("dc:title", "title", "alternatives"),
    ("dc:description", "description", "alternatives"),
    ("dc:rights", "copyright", "alternatives"),
    ("dc:creator", "creator", "sequence"),
    ("dc:subject", "keywords", "bag"),
    ("photoshop:Headline", "headline", "text"),
    ("photoshop:Credit", "credit", "text"),
    ("photoshop:Source", "source", "text"),
    ("photoshop:DateCreated", "created_at", "text"),
    ("xmpRights:WebStatement", "licence_url", "text"),
    ("xmpRights:UsageTerms", "usage_terms", "alternatives"),
    ("Iptc4xmpCore:Location", "place", "text"),
    ("Iptc4xmpCore:AltTextAccessibility", "alt_text", "alternatives"),
    ("Iptc4xmpCore:ExtDescrAccessibility", "extended_description", "alternatives"),
    ("Iptc4xmpExt:DigitalSourceType", "digital_source_type", "text"),
    ("Iptc4xmpExt:AISystemUsed", "ai_system", "text"),
    ("Iptc4xmpExt:AISystemVersionUsed", "ai_system_version", "text"),
    ("Iptc4xmpExt:AIPromptInformation", "ai_prompt", "text"),
    ("Iptc4xmpExt:AIPromptWriterName", "ai_prompt_writer", "text"),
    ("plus:DataMining", "data_mining", "text"),
)
IIM = {
    "Iptc.Application2.ObjectName": ("title", 64),  # the lengths are those of IIM 4.2
    "Iptc.Application2.Caption": ("description", 2000),
    "Iptc.Application2.Headline": ("headline", 256),
    "Iptc.Application2.Credit": ("credit", 32),
    "Iptc.Application2.Source": ("source", 32),
    "Iptc.Application2.Copyright": ("copyright", 128),
}


def write_rights(path: Path, rights: Metadata) -> None:
    """Puts the fields into the file; does nothing when there are none."""
    if rights == Metadata():
        return
    with pyexiv2.Image(str(path)) as image:
        image.modify_raw_xmp(xmp_packet(rights))
        if image.get_mime_type() == "image/jpeg":
            image.modify_iptc(_iim(rights))


def write_iim(path: Path, rights: Metadata) -> None:
    """Puts the fields into a JPEG's IPTC IIM, which older programs read; does nothing when there are none."""
    fields = _iim(rights)
    if len(fields) > 1:
        with pyexiv2.Image(str(path)) as image:
            image.modify_iptc(fields)


def write_sidecar(path: Path, rights: Metadata) -> int:
    """Writes the fields as an XMP file and returns its size in bytes."""
    text = f'<?xpacket begin="\ufeff" id="W5M0MpCehiHzreSzNTczkc9d"?>\n{xmp_packet(rights)}\n<?xpacket end="w"?>\n'
    return path.write_bytes(text.encode())


def xmp_packet(rights: Metadata) -> str:
    """The XMP of the record as one RDF description."""
    spaces = " ".join(f'xmlns:{prefix}="{address}"' for prefix, address in SPACES.items())
    properties = "".join(_property(name, getattr(rights, field), form) for name, field, form in PROPERTIES)
    body = f'<rdf:Description rdf:about="" {spaces}>{properties}{_licensor(rights)}</rdf:Description>'
    return f'<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="{SPACES["rdf"]}">{body}</rdf:RDF></x:xmpmeta>'


def _property(name: str, value: str | datetime | Iterable[str] | None, form: str) -> str:
    if not value:
        return ""
    if isinstance(value, datetime):
        value = value.isoformat()
    if isinstance(value, str) and form == "text":
        return f"<{name}>{escape(value)}</{name}>"
    if isinstance(value, str):
        return f'<{name}><rdf:Alt><rdf:li xml:lang="x-default">{escape(value)}</rdf:li></rdf:Alt></{name}>'
    items = "".join(f"<rdf:li>{escape(item)}</rdf:li>" for item in value)
    kind = "Bag" if form == "bag" else "Seq"
    return f"<{name}><rdf:{kind}>{items}</rdf:{kind}></{name}>"


def _licensor(rights: Metadata) -> str:
    parts = (("LicensorName", rights.licensor), ("LicensorURL", rights.licensor_url))
    inside = "".join(f"<plus:{name}>{escape(value)}</plus:{name}>" for name, value in parts if value)
    if not inside:
        return ""
    return f'<plus:Licensor><rdf:Seq><rdf:li rdf:parseType="Resource">{inside}</rdf:li></rdf:Seq></plus:Licensor>'


def _iim(rights: Metadata) -> dict[str, str | list[str]]:
    fields: dict[str, str | list[str]] = {"Iptc.Envelope.CharacterSet": "\x1b%G"}  # UTF-8, or readers assume Latin-1
    for name, (field, longest) in IIM.items():
        if text := getattr(rights, field):
            fields[name] = text[:longest]
    if rights.keywords:
        fields["Iptc.Application2.Keywords"] = [word[:64] for word in rights.keywords]
    if rights.creator:
        fields["Iptc.Application2.Byline"] = [name[:32] for name in rights.creator]
    return fields

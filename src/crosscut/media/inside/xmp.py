"""Reads XMP, whichever file it was in, into plain values. Entities and DTDs are refused: they are how XML is a bomb."""

from collections.abc import Iterator, Mapping
from typing import TypeAlias
from xml.etree.ElementTree import Element, ParseError

from defusedxml import DefusedXmlException
from defusedxml.ElementTree import fromstring

from crosscut.kernel.phrases import phrase
from crosscut.media.fields import XmpPlace

Node: TypeAlias = str | list["Node"] | dict[str, "Node"]

RDF = "{http://www.w3.org/1999/02/22-rdf-syntax-ns#}"
LANGUAGE = "{http://www.w3.org/XML/1998/namespace}lang"
SPACES = {
    "rdf": "http://www.w3.org/1999/02/22-rdf-syntax-ns#",
    "x": "adobe:ns:meta/",
    "dc": "http://purl.org/dc/elements/1.1/",
    "photoshop": "http://ns.adobe.com/photoshop/1.0/",
    "xmp": "http://ns.adobe.com/xap/1.0/",
    "xmpRights": "http://ns.adobe.com/xap/1.0/rights/",
    "xmpMM": "http://ns.adobe.com/xap/1.0/mm/",
    "xmpDM": "http://ns.adobe.com/xmp/1.0/DynamicMedia/",
    "plus": "http://ns.useplus.org/ldf/xmp/1.0/",
    "Iptc4xmpCore": "http://iptc.org/std/Iptc4xmpCore/1.0/xmlns/",
    "Iptc4xmpExt": "http://iptc.org/std/Iptc4xmpExt/2008-02-29/",
    "exif": "http://ns.adobe.com/exif/1.0/",
    "tiff": "http://ns.adobe.com/tiff/1.0/",
    "lr": "http://ns.adobe.com/lightroom/1.0/",
    "cc": "http://creativecommons.org/ns#",
    "mwg-rs": "http://www.metadataworkinggroup.com/schemas/regions/",
    "stArea": "http://ns.adobe.com/xmp/sType/Area#",
    "MP": "http://ns.microsoft.com/photo/1.2/",
    "MPRI": "http://ns.microsoft.com/photo/1.2/t/RegionInfo#",
    "MPReg": "http://ns.microsoft.com/photo/1.2/t/Region#",
    "crosscut": "urn:crosscut:own-fields#",  # a workspace's own, by the name each has there
}
_PREFIXES = {address: prefix for prefix, address in SPACES.items()}
LIMIT_CHARACTERS = 8_000_000  # Lightroom's largest, with masks and thumbnails, stay below
_DEPTH = 24
_LISTS = (f"{RDF}Seq", f"{RDF}Bag", f"{RDF}Alt")


class Unreadable(ValueError):
    """The packet is no XMP, or one that is not safe to read."""


def tree_of(packet: str | bytes) -> Element:
    """The packet as XML. Raises Unreadable."""
    if len(packet) > LIMIT_CHARACTERS:
        raise Unreadable(phrase("It is larger than 8 MB."))
    try:
        root: Element = fromstring(
            packet.strip("\0\ufeff \r\n\t") if isinstance(packet, str) else packet, forbid_dtd=True
        )
    except DefusedXmlException as fault:
        raise Unreadable(phrase("It declares entities of its own, which are not read.")) from fault
    except (ParseError, ValueError, LookupError, RecursionError) as fault:
        raise Unreadable(str(fault)) from fault
    return root


def parse(packet: str | bytes) -> dict[str, Node]:
    """The properties by name ("dc:title"): texts, lists and structures; of alternatives the default one.

    Names of spaces that are not known here are left out. Raises Unreadable.
    """
    found: dict[str, Node] = {}
    for description in descriptions(tree_of(packet)):
        found |= _properties(description, 0)
    return found


def descriptions(root: Element) -> Iterator[Element]:
    """The top statements of a packet."""
    rdf = root if root.tag == f"{RDF}RDF" else root.find(f"{RDF}RDF")
    if rdf is not None:
        yield from rdf.findall(f"{RDF}Description")


def texts_at(found: Mapping[str, Node], place: XmpPlace) -> list[str]:
    """The texts at a place, in order; of a place inside structures those of each structure."""
    nodes: list[Node] = [dict(found)]
    for name in place.path:
        inside = [node[name] for node in nodes if isinstance(node, dict) and name in node]
        nodes = [item for node in inside for item in (node if isinstance(node, list) else [node])]
    return [text for node in nodes if isinstance(node, str) and (text := node.replace("\0", "").strip())]


def _properties(element: Element, depth: int) -> dict[str, Node]:
    found: dict[str, Node] = {}
    if depth > _DEPTH:
        return found
    for tag, text in element.attrib.items():
        if name := name_of(tag):
            found[name] = text
    for child in element:
        if isinstance(child.tag, str) and (name := name_of(child.tag)):
            found[name] = _value(child, depth + 1)
    return found


def _value(element: Element, depth: int) -> Node:
    if resource := element.get(f"{RDF}resource"):
        return resource
    if element.get(f"{RDF}parseType") == "Resource":
        return _structure(element, depth)
    for child in element:
        if child.tag in _LISTS and depth <= _DEPTH:
            items = list(child.iterfind(f"{RDF}li"))
            return _default(items, depth) if child.tag == f"{RDF}Alt" else [_value(item, depth + 1) for item in items]
        if child.tag == f"{RDF}Description":
            return _structure(child, depth)
    if not len(element) and any(name_of(tag) for tag in element.attrib):
        return _structure(element, depth)
    return element.text or ""


def _structure(element: Element, depth: int) -> Node:
    value = element.find(f"{RDF}value")
    return _value(value, depth + 1) if value is not None else _properties(element, depth)


def _default(items: list[Element], depth: int) -> Node:
    if not items:
        return ""
    default = next((item for item in items if item.get(LANGUAGE) == "x-default"), items[0])
    return _value(default, depth + 1)


def name_of(tag: str) -> str:
    """The name with its usual prefix; empty for spaces that are not known here, and for what RDF needs for itself.

    >>> name_of("{http://purl.org/dc/elements/1.1/}title"), name_of("{urn:x}title")
    ('dc:title', '')
    """
    space, _brace, name = tag[1:].partition("}")
    prefix = _PREFIXES.get(space, "")
    return f"{prefix}:{name}" if prefix and prefix != "rdf" else ""

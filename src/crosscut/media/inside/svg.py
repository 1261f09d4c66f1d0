"""Cleans SVG by an allow-list of elements and attributes.

The lists follow SVG 2 (W3C CR 2018-10-04), less everything that scripts, animates, embeds or links.
"""

import re
from pathlib import Path
from typing import Any

from lxml import etree

from crosscut.kernel.errors import Damaged, Invalid
from crosscut.kernel.phrases import phrase
from crosscut.media.svg import CleanSvg

SVG = "http://www.w3.org/2000/svg"
XLINK_HREF = "{http://www.w3.org/1999/xlink}href"
XML_SPACE = "{http://www.w3.org/XML/1998/namespace}space"
_DRAWN = "svg g defs symbol use title desc path rect circle ellipse line polyline polygon text tspan textPath image"
_PAINT = "marker linearGradient radialGradient stop pattern clipPath mask style switch filter"
_EFFECTS = (
    "feBlend feColorMatrix feComponentTransfer feComposite feConvolveMatrix feDiffuseLighting feDisplacementMap "
    "feDistantLight feDropShadow feFlood feFuncA feFuncB feFuncG feFuncR feGaussianBlur feMerge feMergeNode "
    "feMorphology feOffset fePointLight feSpecularLighting feSpotLight feTile feTurbulence"
)
ELEMENTS = frozenset(f"{_DRAWN} {_PAINT} {_EFFECTS}".split())
SAFE_HREF = re.compile(r"\s*(#|data:image/(png|jpeg|gif|webp);base64,)")
ACTING_STYLE = re.compile(
    r"@import|expression\s*\(|-moz-binding|behavior\s*:|javascript:|url\s*\(\s*['\"]?\s*(?!#|['\"]?#)", re.I
)
ATTRIBUTE = re.compile(r"[a-zA-Z][\w-]*")
LENGTH = re.compile(r"\s*([\d.]+(?:e[+-]?\d+)?)\s*(px|pt|mm|cm|in)?\s*$")
PIXELS = {None: 1.0, "px": 1.0, "pt": 96 / 72, "mm": 96 / 25.4, "cm": 96 / 2.54, "in": 96.0}  # CSS Values 3, 5.2
FALLBACK_PX = (300, 150)  # CSS 2.2, 10.3.2, for a drawing without any size


def clean(path: Path) -> CleanSvg:
    """The cleaned drawing and what was removed from it."""
    root = _parsed(path)
    removed: list[str] = []
    _clean_element(root, removed)
    width_px, height_px = _size(root)
    text = etree.tostring(root, encoding="unicode")
    return CleanSvg(text=text, width_px=width_px, height_px=height_px, removed=tuple(dict.fromkeys(removed)))


def _parsed(path: Path) -> Any:
    data = path.read_bytes()
    parser = etree.XMLParser(
        resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False, remove_comments=True, remove_pis=True
    )
    try:
        root = etree.fromstring(data, parser)
    except etree.XMLSyntaxError as fault:
        raise Damaged(path, phrase("The drawing is not well-formed: {msg}", msg=fault.msg)) from fault
    if b"<!DOCTYPE" in data or b"<!ENTITY" in data:
        message = phrase("The drawing has a document type or entities, which can hide content; save it as plain SVG.")
        raise Invalid.at(path.name, message, code="media.svg_doctype")
    if root.tag not in (f"{{{SVG}}}svg", "svg"):
        raise Damaged(path, phrase("The file is XML but not an SVG drawing."))
    return root


def _clean_element(element: Any, removed: list[str]) -> None:
    _clean_attributes(element, removed)
    for child in list(element):
        name = _allowed_name(child)
        if name is None:
            removed.append(str(child.tag).rpartition("}")[2] if isinstance(child.tag, str) else "an entity")
            _drop(element, child)
        elif name == "style" and ACTING_STYLE.search("".join(child.itertext())):
            removed.append("style that loads from outside")
            _drop(element, child)
        else:
            _clean_element(child, removed)


def _allowed_name(element: Any) -> str | None:
    if not isinstance(element.tag, str):
        return None
    space, _, name = element.tag.rpartition("}")
    return name if space in ("", "{" + SVG) and name in ELEMENTS else None


def _drop(parent: Any, child: Any) -> None:
    """Removes the child and keeps the text that follows it."""
    before = child.getprevious()
    if child.tail:
        if before is not None:
            before.tail = (before.tail or "") + child.tail
        else:
            parent.text = (parent.text or "") + child.tail
    parent.remove(child)


def _clean_attributes(element: Any, removed: list[str]) -> None:
    name = str(element.tag).rpartition("}")[2]
    for attribute, value in list(element.attrib.items()):
        fault = _fault(name, attribute, value)
        if fault is not None:
            del element.attrib[attribute]
        if fault:
            removed.append(fault)


def _fault(name: str, attribute: str, value: str) -> str | None:
    """What is wrong with an attribute: None nothing, "" foreign and not worth a word."""
    if attribute in ("href", XLINK_HREF):
        is_safe = SAFE_HREF.match(value) and (name == "image" or value.strip().startswith("#"))
        return None if is_safe else f"link to {value.strip()[:60]}"
    if attribute == XML_SPACE:
        return None
    if not ATTRIBUTE.fullmatch(attribute):
        return ""
    if attribute.lower().startswith("on"):
        return f"{attribute} on {name}"
    return f"{attribute} that loads from outside" if ACTING_STYLE.search(value) else None


def _size(root: Any) -> tuple[int, int]:
    """Width and height in CSS pixels; from the view box where the drawing gives none."""
    sides = [_pixels(root.get(side, "")) for side in ("width", "height")]
    box = [float(number) for number in re.findall(r"-?[\d.]+(?:e[+-]?\d+)?", root.get("viewBox", ""))]
    proportions = box[2:] if len(box) == 4 and min(box[2:]) > 0 else list(FALLBACK_PX)
    width, height = sides
    if width and not height:
        height = width * proportions[1] / proportions[0]
    if height and not width:
        width = height * proportions[0] / proportions[1]
    return max(1, round(width or proportions[0])), max(1, round(height or proportions[1]))


def _pixels(text: str) -> float | None:
    length = LENGTH.match(text)
    return float(length[1]) * PIXELS[length[2]] if length else None

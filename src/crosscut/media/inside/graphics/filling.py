"""Fills a template's slots from a row: pictures and colours in place, text as outlines that fit their box."""

import base64
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from lxml import etree
from PIL import ImageColor

from crosscut.kernel.errors import CrosscutError
from crosscut.kernel.findings import Finding, Level
from crosscut.media.graphics.records import Layout, Row, Slot
from crosscut.media.inside import svg
from crosscut.media.inside.graphics.bidi import is_rtl
from crosscut.media.inside.graphics.fonts import Chain, Face, Line
from crosscut.media.inside.stills import opening
from crosscut.media.inside.stills.frame import Master, drawn
from crosscut.media.recipes import PicturePart
from crosscut.media.sniff import SizeLimits, sniff
from crosscut.media.stills.derivatives import Derivative

NAMED = "{http://www.w3.org/2000/svg}"
COLOUR = re.compile(r"#[0-9a-fA-F]{3}([0-9a-fA-F]{3})?")
IDEOGRAPHS = r"\u2e80-\u9fff\uac00-\ud7af\uf900-\ufaff\uff00-\uffef"
BREAKS = re.compile(rf"\s+|[{IDEOGRAPHS}][、。，．！？）」』]*|[^\s{IDEOGRAPHS}]+")  # a line may end after each
LEAST_SIZE = 0.6  # of the template's type size, where it names no smaller one
STEP = 0.94  # how much smaller each try is
SHOWN_TWICE = 2  # pixels of a picture per unit of the drawing, for dense screens


@dataclass
class Filled:
    """A layout with a row's cells in it."""

    root: Any  # the drawing
    width_px: int
    height_px: int
    texts: dict[str, Any] = field(default_factory=dict)  # per text slot the group of its outlines
    sizes: dict[str, float] = field(default_factory=dict)  # and its type size
    logos: list[Any] = field(default_factory=list)  # the elements that show a logo
    findings: list[Finding] = field(default_factory=list)

    def say(self, code: str, slot: str, message: str, repair: str) -> None:
        """Adds a blocking finding about a slot."""
        self.findings.append(
            Finding(code=f"graphics.{code}", level=Level.BLOCK, message=message, where=slot, repair=repair)
        )


@dataclass(frozen=True)
class Box:
    """Where a text goes and how it may be changed to fit."""

    x: float
    y: float  # of the first baseline
    width: float | None  # None: as wide as it comes
    height: float | None
    size: float
    least_size: float
    leading: float  # from line to line, in type sizes
    anchor: str
    fit: str  # "shrink", "wrap" (never smaller) or "line" (never broken)

    @classmethod
    def of(cls, element: Any) -> "Box":
        """The box of a text element; sizes are inherited from the groups around it."""
        size = _number(_styled(element, "font-size"), 16) or 16
        return cls(
            x=_number(element.get("x"), 0) or 0,
            y=_number(element.get("y"), 0) or 0,
            width=_number(element.get("data-width"), None),
            height=_number(element.get("data-height"), None),
            size=size,
            least_size=_number(element.get("data-min-size"), size * LEAST_SIZE) or size,
            leading=_number(element.get("data-line-height"), 1.2) or 1.2,
            anchor=_styled(element, "text-anchor") or "start",
            fit=element.get("data-fit", "shrink"),
        )


def fill(layout: Layout, row: Row, faces: list[Face], pictures: Path) -> Filled:
    """The layout with the row in it, and what does not fit or is missing."""
    clean = svg.clean(layout.path)
    filled = Filled(etree.fromstring(clean.text), clean.width_px, clean.height_px)
    for element in [found for found in filled.root.iter() if isinstance(found.tag, str)]:
        if slot := element.get("data-fill-slot"):
            _colour(filled, element, slot, row.cells.get(slot, ""))
        slot, kind = element.get("data-slot", ""), element.tag.removeprefix(NAMED)
        if kind == "text":
            _text(filled, element, slot, row.cells.get(slot, "") if slot else None, faces)
        elif kind == "image" and slot:
            _picture(filled, element, slot, row.cells.get(slot, ""), pictures)
    filled.logos = [found for found in filled.root.iter() if isinstance(found.tag, str) and is_logo(found)]
    return filled


def is_logo(element: Any) -> bool:
    """Whether the element shows the logo: by its mark, or by the name of its slot."""
    return bool(element.get("data-logo") == "true" or element.get("data-slot", "").lower() == "logo")


def slots(path: Path) -> list[Slot]:
    """The named places of the drawing, each once."""
    found: dict[str, Slot] = {}
    for element in etree.fromstring(svg.clean(path).text).iter():
        if not isinstance(element.tag, str):
            continue
        kind = {"text": "words", "image": "picture"}.get(element.tag.removeprefix(NAMED), "")
        if (name := element.get("data-slot", "")) and kind:
            drawn = " ".join("".join(map(str, element.itertext())).split()) if kind == "words" else ""
            is_optional = element.get("data-optional") == "true"
            found.setdefault(name, Slot(name=name, kind=kind, is_optional=is_optional, drawn=drawn))
        if name := element.get("data-fill-slot", ""):
            found.setdefault(name, Slot(name=name, kind="colour", is_optional=True, drawn=element.get("fill", "")))
    return list(found.values())


def _is_left_out(filled: Filled, element: Any, slot: str, cell: str) -> bool:
    if cell:
        return False
    if element.get("data-optional") != "true":
        filled.say("empty_slot", slot, f"The slot {slot} is empty.", f'Fill the column "{slot}".')
    element.getparent().remove(element)
    return True


def _colour(filled: Filled, element: Any, slot: str, cell: str) -> None:
    if not cell:
        return  # the template's own colour stays
    if not COLOUR.fullmatch(cell) and cell.lower() not in ImageColor.colormap:
        filled.say("bad_colour", slot, f'"{cell[:40]}" is no colour.', "Write it as #1a2b3c.")
        return
    element.attrib.pop("style", None)
    element.set("fill", cell)


def _picture(filled: Filled, element: Any, slot: str, cell: str, folder: Path) -> None:
    if _is_left_out(filled, element, slot, cell):
        return
    path = (folder / cell).resolve()
    if not path.is_relative_to(folder.resolve()) or not path.is_file():
        filled.say("no_picture", slot, f"There is no picture {cell[:80]} beside the table.", "Correct the file's name.")
        element.getparent().remove(element)
        return
    sides = [int((_number(element.get(side), 0) or 0) * SHOWN_TWICE) or None for side in ("width", "height")]
    wanted = Derivative(part=PicturePart(max_width_px=max(filter(None, sides), default=None)))
    try:
        data = _shown(path, wanted)
    except CrosscutError as error:
        filled.say("no_picture", slot, f"The picture {cell[:80]} cannot be read: {error.args[0]}", "Use another file.")
        element.getparent().remove(element)
        return
    element.attrib.pop(svg.XLINK_HREF, None)
    element.set("href", "data:image/png;base64," + base64.b64encode(data).decode())


def _shown(path: Path, wanted: Derivative) -> bytes:
    container = sniff(path).container
    if container == "svg":
        image = drawn(svg.clean(path), wanted)
    else:
        image = Master.of(opening.opened(path, container, SizeLimits().picture_px), [wanted]).framed(wanted)
    return bytes(image.pngsave_buffer(compression=1, keep="none"))


def _text(filled: Filled, element: Any, slot: str, cell: str | None, faces: list[Face]) -> None:
    """Text of a slot, or without one the template's own, becomes outlines: no font is asked for when it is drawn."""
    if cell is not None and _is_left_out(filled, element, slot, cell):
        return
    text, name = (" ".join("".join(element.itertext()).split()), "text") if cell is None else (cell, slot)
    if not faces:
        filled.say("no_font", name, "The template has no fonts.", 'Put .ttf or .otf files into "fonts" beside it.')
        element.getparent().remove(element)
        return
    is_bold = _styled(element, "font-weight") in ("bold", "600", "700", "800", "900")
    chain = Chain.of(faces, _styled(element, "font-family").split(","), is_bold=is_bold)
    box = Box.of(element)
    lines, size = _fitted(text, box, chain)
    _check(filled, name, lines, size, box)
    group = _outlined(element, lines, size, box, rtl=is_rtl(text))
    filled.texts[name] = group
    filled.sizes[name] = size


def _fitted(text: str, box: Box, chain: Chain) -> tuple[list[Line], float]:
    """The lines at the largest type size that fits, or at the smallest allowed."""
    size = box.size
    while True:
        lines = list(_lines(text, box, size, chain))
        is_last = box.fit == "wrap" or size * STEP < box.least_size
        if is_last or _fits(lines, size, box):
            return lines, size
        size *= STEP


def _lines(text: str, box: Box, size: float, chain: Chain) -> Iterator[Line]:
    for paragraph in text.splitlines():
        if box.width is None or box.fit == "line":
            yield chain.shaped(paragraph.strip(), paragraph)
            continue
        line = ""
        for word in BREAKS.findall(paragraph.strip()):
            if (
                line.strip()
                and not word.isspace()
                and chain.shaped((line + word).strip(), paragraph).width * size > box.width
            ):
                yield chain.shaped(line.strip(), paragraph)
                line = ""
            line += word
        yield chain.shaped(line.strip(), paragraph)


def _fits(lines: list[Line], size: float, box: Box) -> bool:
    is_wide = box.width is not None and any(line.width * size > box.width + 0.5 for line in lines)
    is_tall = box.height is not None and (1 + box.leading * (len(lines) - 1)) * size > box.height + 0.5
    return not (is_wide or is_tall)


def _check(filled: Filled, slot: str, lines: list[Line], size: float, box: Box) -> None:
    if not _fits(lines, size, box):
        message = f"The text does not fit at {size:.0f} px in {len(lines)} lines."
        filled.say("overflow", slot, message, "Shorten it, or allow a smaller type size in the template.")
    if missing := dict.fromkeys(character for line in lines for character in line.missing):
        shown = " ".join(f"{character} (U+{ord(character):04X})" for character in list(missing)[:8])
        filled.say("missing_glyph", slot, f"No font of the template has: {shown}.", "Add a font that has them.")


def _outlined(element: Any, lines: list[Line], size: float, box: Box, *, rtl: bool) -> Any:
    """The text's element as a group of paths in the same place, with the same paint."""
    begins = box.x + (box.width or 0) if rtl and box.anchor not in ("middle", "end") else box.x
    shifts = {"start": 1.0 if rtl else 0.0, "middle": 0.5, "end": 1.0}
    shift = shifts.get(box.anchor, 0.0)  # right-to-left text starts at the right end of its box
    group = etree.Element(f"{NAMED}g")
    for name in ("fill", "style", "opacity", "transform", "class", "stroke", "stroke-width", "filter", "clip-path"):
        if name in element.attrib:
            group.set(name, element.get(name))
    for index, line in enumerate(lines):
        x = begins - line.width * size * shift
        path = etree.SubElement(group, f"{NAMED}path")
        path.set("d", line.path(size, x, box.y + index * box.leading * size))
    element.getparent().replace(element, group)
    return group


def _styled(element: Any, name: str) -> str:
    """A property of the element or of the nearest group around it that sets it, by style or attribute."""
    while element is not None:
        declared = re.search(rf"(?:^|;)\s*{name}\s*:\s*([^;]+)", element.get("style", ""))
        if declared or element.get(name):
            return str(declared[1].strip() if declared else element.get(name))
        element = element.getparent()
    return ""


def _number(text: str | None, otherwise: float | None) -> float | None:
    found = re.match(r"\s*(-?[\d.]+)", text or "")
    return float(found[1]) if found else otherwise

"""Draws filled layouts and looks at what came out: does every text stand out from what is really behind it?"""

import copy
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pyvips
from lxml import etree

from crosscut.kernel.errors import CrosscutError
from crosscut.kernel.findings import Finding, Level
from crosscut.media.graphics.records import Graphic, Layout, LogoRule, Order, Row
from crosscut.media.inside.graphics.filling import NAMED, Filled, fill
from crosscut.media.inside.graphics.fonts import Face

CONTRAST, LARGE_CONTRAST = 4.5, 3.0  # WCAG 2.2, 1.4.3
LARGE_PX, SCREEN_PX = 24, 360  # large text by WCAG, on the width of a phone's screen in CSS pixels
WORST_PERCENT = 5  # of a text's pixels may be below: edges of a busy picture
DRAWN = {f"{NAMED}{name}" for name in ("path", "rect", "circle", "ellipse", "line", "polyline", "polygon", "image")}
KEPT_WHOLE = {f"{NAMED}{name}" for name in ("defs", "clipPath", "mask", "filter", "style", "pattern", "symbol")}
CARD_PX, ACROSS, MOST_CARDS = 240, 6, 240
Pixels = npt.NDArray[np.float64]


def make(path: Path, order: Order) -> list[Graphic]:
    """Every row of the order in every layout; one that fails says so and stops nothing. `path` is named in errors."""
    pyvips.cache_set_max(0)  # no drawing comes twice, and each that is kept is a whole picture in memory
    faces = [Face.of(font) for font in order.fonts]
    return [_made(layout, row, faces, order) for row in order.rows for layout in order.layouts]


def _made(layout: Layout, row: Row, faces: list[Face], order: Order) -> Graphic:
    where = f"row {row.number} · {layout.name}"
    try:
        filled = fill(layout, row, faces, order.pictures)
        image = _drawn(filled.root)
        _check_contrast(filled, image)
        _check_logos(filled, order.logo)
        name = f"{row.number:04d}-{layout.name}.png"
        image.pngsave(str(order.out / f".{name}"), compression=6, keep="none")
    except (CrosscutError, pyvips.Error) as fault:
        words = f"It cannot be drawn: {fault.args[0] if fault.args else fault}"
        broken = Finding(code="graphics.row_failed", level=Level.BLOCK, message=words, where=where)
        return Graphic(row=row.number, layout=layout.name, findings=(broken,))
    (order.out / f".{name}").replace(order.out / name)
    findings = tuple(replace(finding, where=f"{where} · {finding.where}") for finding in filled.findings)
    return Graphic(row=row.number, layout=layout.name, file=name, findings=findings)


def _drawn(root: Any) -> pyvips.Image:
    return pyvips.Image.svgload_buffer(etree.tostring(root), unlimited=True).copy_memory()


def _check_contrast(filled: Filled, image: pyvips.Image) -> None:
    """Compares the pixels that a text covers with the same pixels drawn without any text."""
    if not filled.texts:
        return
    before = {name: group.get("display") for name, group in filled.texts.items()}
    for group in filled.texts.values():
        group.set("display", "none")
    behind = _on_white(_drawn(filled.root))
    for name, group in filled.texts.items():
        group.attrib.pop("display")
        if before[name]:
            group.set("display", before[name])
    shown = _on_white(image)
    for name, group in filled.texts.items():
        covered = _covered(filled.root, group)
        if covered.any():
            _judge(filled, name, float(np.percentile(_ratios(shown[covered], behind[covered]), WORST_PERCENT)))
        if not covered.any() or _touches_edge(covered):
            filled.say("outside", name, "The text reaches beyond the picture.", "Give its slot a box inside it.")


def _check_logos(filled: Filled, rule: LogoRule) -> None:
    """Says which logo is too small on a phone, or has words or the edge too near."""
    if not (rule.clear_percent or rule.least_px):
        return
    words = [_covered(filled.root, group) for group in filled.texts.values()]
    for logo in filled.logos:
        rows, columns = np.nonzero(_covered(filled.root, logo))
        if not len(rows):
            continue
        top, bottom, left, right = rows.min(), rows.max() + 1, columns.min(), columns.max() + 1
        on_phone = (right - left) * SCREEN_PX / filled.width_px
        if on_phone < rule.least_px:
            message = f"The logo is {on_phone:.0f} px wide on a phone; it needs {rule.least_px}."
            filled.say("logo_small", "logo", message, "Draw it larger in the template.")
        room = round((bottom - top) * rule.clear_percent / 100)
        around = (top - room, bottom + room, left - room, right + room)
        is_outside = min(around[0], around[2]) < 0 or around[1] > filled.height_px or around[3] > filled.width_px
        near = (slice(max(0, around[0]), around[1]), slice(max(0, around[2]), around[3]))
        if room and (is_outside or any(mask[near].any() for mask in words)):
            message = f"Around the logo {rule.clear_percent} per cent of its height must stay free: {room} px here."
            filled.say("logo_space", "logo", message, "Move the words or the logo in the template.")


def _touches_edge(covered: npt.NDArray[np.bool_]) -> bool:
    return any(side.any() for side in (covered[0], covered[-1], covered[:, 0], covered[:, -1]))


def _judge(filled: Filled, name: str, ratio: float) -> None:
    size_css_px = filled.sizes[name] * SCREEN_PX / filled.width_px
    needed = LARGE_CONTRAST if size_css_px >= LARGE_PX else CONTRAST
    if ratio < needed:
        message = f"The text stands out from what is behind it by {ratio:.1f} to 1; it needs {needed} to 1."
        finding = Finding(
            code="graphics.contrast",
            level=Level.BLOCK,
            message=message,
            where=name,
            source="WCAG 2.2, 1.4.3, https://www.w3.org/TR/WCAG22/#contrast-minimum, 2024-12-12",
            repair="Use another picture or colour, or put a plain ground behind the text.",
            values={"ratio": round(ratio, 2), "needed": needed},
        )
        filled.findings.append(finding)


def _covered(root: Any, group: Any) -> npt.NDArray[np.bool_]:
    """Where the text's outlines cover their pixels wholly, in place and turned as in the drawing."""
    group.set("data-marked", "1")
    alone = copy.deepcopy(root)
    group.attrib.pop("data-marked")
    marked = alone.find(".//*[@data-marked]")
    spared = {marked, *marked.iterdescendants()}
    for element in list(alone.iter()):
        is_definition = any(parent.tag in KEPT_WHOLE for parent in element.iterancestors())
        if element.tag in DRAWN and element not in spared and not is_definition:
            element.getparent().remove(element)
    alpha: npt.NDArray[np.uint8] = _drawn(alone)[3].numpy()
    return alpha >= min(250, int(alpha.max()))


def _on_white(image: pyvips.Image) -> npt.NDArray[np.uint8]:
    flat: npt.NDArray[np.uint8] = image.flatten(background=[255, 255, 255]).numpy()
    return flat


def _ratios(one: npt.NDArray[np.uint8], other: npt.NDArray[np.uint8]) -> Pixels:
    """The contrast ratio per pixel. WCAG 2.2, definition of contrast ratio."""
    lights = np.stack([_luminance(one), _luminance(other)])
    ratios: Pixels = (lights.max(axis=0) + 0.05) / (lights.min(axis=0) + 0.05)
    return ratios


def _luminance(pixels: npt.NDArray[np.uint8]) -> Pixels:
    """WCAG 2.2, definition of relative luminance."""
    parts = pixels / 255
    linear: Pixels = np.where(parts <= 0.04045, parts / 12.92, ((parts + 0.055) / 1.055) ** 2.4)
    weighted: Pixels = linear @ np.array([0.2126, 0.7152, 0.0722])
    return weighted


def sheet(path: Path, files: list[Path], blocked: list[bool]) -> int:
    """Writes a sheet of small copies, blocked ones framed in red, and returns how many it shows."""
    pyvips.cache_set_max(0)
    cards = [_card(file, is_blocked) for file, is_blocked in list(zip(files, blocked, strict=True))[:MOST_CARDS]]
    joined = pyvips.Image.arrayjoin(cards, across=min(ACROSS, len(cards)), background=[255, 255, 255])
    half_done = path.with_name(f".{path.name}")
    joined.jpegsave(str(half_done), Q=85)
    half_done.replace(path)
    return len(cards)


def _card(file: Path, is_blocked: bool) -> pyvips.Image:  # noqa: FBT001 - each is a property of a card
    small = pyvips.Image.thumbnail(str(file), CARD_PX - 16, height=CARD_PX - 16, size="down").copy_memory()
    small = small.flatten(background=[255, 255, 255]) if small.hasalpha() else small
    frame = [200, 30, 30] if is_blocked else [225, 228, 232]
    framed = small.embed(3, 3, small.width + 6, small.height + 6, extend="background", background=frame)
    return framed.gravity("centre", CARD_PX, CARD_PX, extend="background", background=[255, 255, 255])

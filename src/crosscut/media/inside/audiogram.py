"""Draws the parts of an audiogram that stand still. Pango shapes the words, whatever their script and direction."""

import html
from pathlib import Path
from typing import Any

import numpy as np
import pyvips

from crosscut.kernel.errors import Invalid
from crosscut.kernel.phrases import phrase
from crosscut.media.audiogram.look import Box, Look, layout

TITLE_OF_HEIGHT = 0.3  # the largest letters, as a part of the height of the title's box
SMALLER, MOST_SMALLER = 0.85, 20  # each step, and how many: down to a twentieth
BAR_OF_STEP = 0.62  # the rest is the gap
LEAST_BAR = 0.04  # of the height, so that silence is a line of dots and not a hole


def draw(path: Path, look: Look, *, has_cover: bool, peaks: list[tuple[int, int]], folder: Path) -> int:
    """How many bars were drawn. `path` is the cover, already cropped, when there is one."""
    boxes = layout(look)
    panel = _plain(look.panel_colour, look.width_px, look.height_px)
    if has_cover:
        panel = _placed(panel, _cover(path, boxes["cover"]), boxes["cover"])
    if look.title.strip():
        panel = _titled(panel, look, boxes["title"])
    wave = boxes["wave"]
    panel.write_to_file(str(folder / "panel.png"))
    halves = [_plain(colour, wave.width_px, wave.height_px) for colour in (look.played_colour, look.unplayed_colour)]
    halves[0].join(halves[1], "horizontal").write_to_file(str(folder / "field.png"))
    bars = bars_of(peaks, wave)
    pyvips.Image.new_from_array(bars).cast("uchar").write_to_file(str(folder / "bars.png"))
    return len(peaks)


def _plain(colour: str, width_px: int, height_px: int) -> Any:
    pixel: Any = pyvips.Image.black(width_px, height_px, bands=3) + [int(colour[at : at + 2], 16) for at in (1, 3, 5)]
    return pixel.cast("uchar").copy(interpretation="srgb")


def _cover(path: Path, box: Box) -> Any:
    """The cover at exactly the size of its box; a small one is enlarged."""
    picture: Any = pyvips.Image.new_from_file(str(path)).colourspace("srgb")[:3]
    scale = max(box.width_px / picture.width, box.height_px / picture.height)
    larger = picture.resize(scale)
    return larger.smartcrop(min(box.width_px, larger.width), min(box.height_px, larger.height), interesting="centre")


def _placed(panel: Any, picture: Any, box: Box) -> Any:
    return panel.insert(picture.cast("uchar"), box.x_px, box.y_px)


def _titled(panel: Any, look: Look, box: Box) -> Any:
    """The title in the middle of its box: as large as allowed, smaller when it would not fit."""
    words = html.escape(look.title.strip())
    sizes = [box.height_px * TITLE_OF_HEIGHT * SMALLER**step for step in range(MOST_SMALLER)]
    masks: Any = (_letters(words, f"{look.font} Bold {max(6, int(size_px))}px", box) for size_px in sizes)
    mask = next((found for found in masks if found.height <= box.height_px and found.width <= box.width_px), None)
    if mask is None:
        message = phrase("The title does not fit: make it shorter.")
        raise Invalid.at("title", message, code="audiogram.title")
    left = box.x_px + (box.width_px - mask.width) // 2
    top = box.y_px + (box.height_px - mask.height) // 2
    letters = _plain(look.text_colour, mask.width, mask.height).bandjoin(mask)
    return panel.composite(letters, "over", x=left, y=top).flatten().cast("uchar")


def _letters(words: str, font: str, box: Box) -> Any:
    return pyvips.Image.text(words, font=font, width=box.width_px, align="centre", dpi=72)


def bars_of(peaks: list[tuple[int, int]], box: Box) -> np.ndarray[Any, np.dtype[np.uint8]]:
    """White where a bar is. The loudest one fills the height."""
    loudest = max([max(-low, high) for low, high in peaks] + [1])
    picture = np.zeros((box.height_px, box.width_px), np.uint8)
    step = box.width_px / max(1, len(peaks))
    for index, (low, high) in enumerate(peaks):
        part = max(LEAST_BAR, max(-low, high) / loudest)
        half = max(1, round(box.height_px * part / 2))
        left, right = round(index * step), max(round(index * step) + 1, round((index + BAR_OF_STEP) * step))
        picture[box.height_px // 2 - half : box.height_px // 2 + half, left:right] = 255
    return picture

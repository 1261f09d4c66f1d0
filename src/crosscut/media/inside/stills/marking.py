"""Writes words across a picture in libvips."""

from pathlib import Path
from xml.sax.saxutils import escape

import pyvips

from crosscut.media.inside.stills import opening

TURN_DEG = -30
TEXT_SHARE = 0.055  # letter height of the picture's longer side


def mark(path: Path, container: str, limit_px: int, words: str, out: Path) -> int:
    """Writes the marked picture to `out`; its size in bytes."""
    image = opening.opened(path, container, limit_px).copy_memory()
    drawing = pyvips.Image.svgload_buffer(_svg(words, image.width, image.height).encode())
    marked = image.composite(drawing, "over")
    if not image.hasalpha():
        marked = marked.flatten(background=[255, 255, 255])
    marked.cast("uchar").write_to_file(str(out))
    return out.stat().st_size


def _svg(words: str, width_px: int, height_px: int) -> str:
    """The words again and again, light with a dark edge, so that they show on any picture."""
    size_px = max(9.0, max(width_px, height_px) * TEXT_SHARE)
    step_px = size_px * (len(words) * 0.62 + 2.5)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width_px}" height="{height_px}"><defs>'
        f'<pattern id="words" width="{step_px:.0f}" height="{size_px * 4:.0f}" patternUnits="userSpaceOnUse" '
        f'patternTransform="rotate({TURN_DEG})"><text x="0" y="{size_px * 1.5:.1f}" font-family="sans-serif" '
        f'font-weight="bold" font-size="{size_px:.1f}" fill="#ffffff" fill-opacity="0.62" stroke="#000000" '
        f'stroke-opacity="0.45" stroke-width="{size_px / 24:.2f}">{escape(words)}</text></pattern></defs>'
        f'<rect width="{width_px}" height="{height_px}" fill="url(#words)"/></svg>'
    )

"""Reads fonts: their names and terms, and a sheet of their letters as a picture. docs/howto/brand.md"""

from html import escape
from pathlib import Path

import pyvips

from crosscut.kernel.errors import Damaged
from crosscut.kernel.phrases import phrase
from crosscut.media.inside.graphics.fonts import Chain, Face
from crosscut.media.inside.stills.found import Found
from crosscut.media.metadata import Metadata

WIDTH_PX, HEIGHT_PX = 1200, 900
BIG, SMALL = 400, 108  # type sizes of the sheet
LATIN = ("Aa", "ABCDEFGHIJKLM", "nopqrstuvwxyz", "0123456789&?!")
COPYRIGHT, FAMILY, STYLE, FULL, MAKER, DESIGNER, TERMS, TERMS_URL = 0, 1, 2, 4, 8, 9, 13, 14
TYPOGRAPHIC_FAMILY, TYPOGRAPHIC_STYLE = 16, 17  # OpenType 1.9, name table: name IDs


def facts(path: Path, _limit_px: int) -> Found:
    """The size of its sheet. Raises Damaged for a font without letters, or one that cannot be drawn."""
    _sheet(path)
    return Found(width_px=WIDTH_PX, height_px=HEIGHT_PX)


def opened(path: Path, _limit_px: int) -> pyvips.Image:
    """Its sheet: two large letters, and lines of small ones, black on white."""
    drawing = pyvips.Image.svgload_buffer(_sheet(path).encode(), unlimited=True)
    return drawing.flatten(background=[255, 255, 255]).copy_memory()


def about(path: Path) -> Metadata:
    """What it calls itself, who made it, and on which terms it may be used."""
    names = Face.of(path).font["name"]

    def said(*numbers: int) -> str:
        found = (names.getDebugName(number) for number in numbers)
        return next((" ".join(str(words).split()) for words in found if words), "")

    family, style = said(TYPOGRAPHIC_FAMILY, FAMILY), said(TYPOGRAPHIC_STYLE, STYLE)
    designer = said(DESIGNER, MAKER)
    return Metadata(
        title=said(FULL) if not family else f"{family} {style}".strip(),
        creator=(designer,) if designer else (),
        copyright=said(COPYRIGHT),
        usage_terms=said(TERMS),
        licence_url=said(TERMS_URL),
    )


def _sheet(path: Path) -> str:
    face = Face.of(path)
    chain, first, paths = Chain([face]), True, list[str]()
    baseline = 0.0
    for line in _samples(face, path):
        size: float = BIG if first else SMALL
        shaped = chain.shaped(line, line)
        size = min(size, (WIDTH_PX - 140) / max(shaped.width, 0.01))
        baseline += 420 if first else 128
        paths.append(shaped.path(size, 70, baseline))
        first = False
    drawn = "".join(f'<path d="{escape(found)}"/>' for found in paths if found)
    if not drawn:
        raise Damaged(path, phrase("The font {name} has no letters that can be drawn.", name=path.name))
    return f'<svg xmlns="http://www.w3.org/2000/svg" width="{WIDTH_PX}" height="{HEIGHT_PX}">{drawn}</svg>'


def _samples(face: Face, path: Path) -> tuple[str, ...]:
    """Lines of the letters it has: Latin ones, or the first of its own."""
    if {ord(sign) for sign in LATIN[0]} <= face.characters:
        return tuple("".join(sign for sign in line if ord(sign) in face.characters) for line in LATIN)
    letters = [chr(code) for code in sorted(face.characters) if chr(code).isalpha()] or [
        chr(code) for code in sorted(face.characters) if chr(code).isprintable() and code > 32
    ]
    if not letters:
        raise Damaged(path, phrase("The font {name} has no letters.", name=path.name))
    return tuple("".join(letters[at:end]) for at, end in ((0, 2), (0, 12), (12, 24), (24, 36)) if letters[at:end])

"""Fonts from a template's own folder, and text shaped with them into outlines."""

import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path

import uharfbuzz
from fontTools.pens.svgPathPen import SVGPathPen
from fontTools.pens.transformPen import TransformPen
from fontTools.ttLib import TTFont, TTLibError

from crosscut.kernel.errors import Damaged
from crosscut.kernel.phrases import phrase
from crosscut.media.inside.graphics.bidi import visual_runs

INVISIBLE = frozenset("\u200b\u200c\u200d\u200e\u200f\u2060\ufeff")
BOLD = 600  # OpenType usWeightClass from which a font counts as bold


@dataclass
class Face:
    """One font file."""

    family: str
    is_bold: bool
    font: TTFont
    shaper: uharfbuzz.Font
    characters: frozenset[int]
    units: int  # to the em
    ascent: float  # of the em

    @classmethod
    def of(cls, path: Path) -> "Face":
        """The font of a file; raises Damaged."""
        try:
            font = TTFont(path, lazy=True)
            family = font["name"].getDebugName(16) or font["name"].getDebugName(1) or path.stem
            characters = frozenset(font.getBestCmap() or {})
            shaper = uharfbuzz.Font(uharfbuzz.Face(uharfbuzz.Blob.from_file_path(str(path))))
            is_bold = font["OS/2"].usWeightClass >= BOLD
            units, ascent = font["head"].unitsPerEm, font["hhea"].ascent
        except (TTLibError, KeyError, OSError, ValueError, AssertionError) as fault:
            raise Damaged(
                path, phrase("The font {name} cannot be read: {fault}", name=path.name, fault=fault)
            ) from fault
        return cls(family, is_bold, font, shaper, characters, units, ascent / units)

    @lru_cache(maxsize=4096)  # noqa: B019 - a face lives as long as its child process
    def outline(self, glyph: int, scale: float, x: float, y: float) -> str:
        """The glyph as SVG path data at a place, the y axis pointing down."""
        glyphs = self.font.getGlyphSet()
        pen = SVGPathPen(glyphs, ntos=lambda number: f"{number:.2f}".rstrip("0").rstrip("."))
        glyphs[self.font.getGlyphName(glyph)].draw(TransformPen(pen, (scale, 0, 0, -scale, x, y)))
        return str(pen.getCommands())

    __hash__ = object.__hash__


@dataclass
class Line:
    """One shaped line: its width at size 1, and its glyphs in visual order."""

    width: float = 0
    glyphs: list[tuple[Face, int, float, float]] = field(default_factory=list)  # face, glyph, x and y at size 1
    missing: list[str] = field(default_factory=list)  # characters that no font has

    def path(self, size: float, x: float, y: float) -> str:
        """The line as SVG path data, its baseline starting at x and y."""
        return "".join(
            face.outline(glyph, size / face.units, x + at_x * size, y - at_y * size)
            for face, glyph, at_x, at_y in self.glyphs
        )


@dataclass
class Chain:
    """Faces in the order in which they are asked for a character."""

    faces: list[Face]

    @classmethod
    def of(cls, faces: Iterable[Face], families: Iterable[str], *, is_bold: bool) -> "Chain":
        """The named families first, then all others of the folder; of each the wanted weight first."""
        wanted = [family.strip().strip("'\"").lower() for family in families]

        def rank(face: Face) -> tuple[int, bool]:
            name = face.family.lower()
            return (wanted.index(name) if name in wanted else len(wanted), face.is_bold != is_bold)

        return cls(sorted(faces, key=rank))

    def shaped(self, text: str, paragraph: str) -> Line:
        """The text as one line of its paragraph, each run from its own font, right-to-left parts turned."""
        line = Line()
        for run, is_rtl in visual_runs(text, paragraph=paragraph):
            parts = self._by_face(run)
            for part, face in reversed(parts) if is_rtl else parts:
                self._append(line, part, face, is_rtl=is_rtl)
        return line

    def _by_face(self, run: str) -> list[tuple[str, Face]]:
        """The run in pieces of one font and script; marks and spaces stay with what they follow."""
        pieces: list[tuple[str, Face]] = []
        script = ""
        for character in run:
            own = unicodedata.name(character, "").partition(" ")[0] if character.isalpha() else script
            before = pieces[-1][1] if pieces else None
            joins = unicodedata.combining(character) or character in INVISIBLE or character.isspace()
            face = before if before and (joins or ord(character) in before.characters) else self._face(character)
            if before is face and (own == script or not script):
                pieces[-1] = (pieces[-1][0] + character, face)
            else:
                pieces.append((character, face))
            script = own
        return pieces

    def _face(self, character: str) -> Face:
        return next((face for face in self.faces if ord(character) in face.characters), self.faces[0])

    def _append(self, line: Line, text: str, face: Face, *, is_rtl: bool) -> None:
        buffer = uharfbuzz.Buffer()
        buffer.add_str(text)
        buffer.guess_segment_properties()
        buffer.direction = "rtl" if is_rtl else "ltr"
        uharfbuzz.shape(face.shaper, buffer, {"kern": True, "liga": True})
        for info, position in zip(buffer.glyph_infos, buffer.glyph_positions, strict=True):
            character = text[info.cluster]
            if info.codepoint == 0 and character not in INVISIBLE and not character.isspace():
                line.missing.append(character)
            at = line.width + position.x_offset / face.units
            line.glyphs.append((face, info.codepoint, at, position.y_offset / face.units))
            line.width += position.x_advance / face.units

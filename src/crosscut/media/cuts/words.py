"""Titles, lower thirds, end cards and captions as one ASS script for libass, which sets every writing system.

Right-to-left lines get their base direction from their first strong letter, and a lower third in such a script stands
on the right. Nothing a person writes can act as an ASS command.
"""

import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction

from crosscut.kernel.errors import Invalid
from crosscut.kernel.phrases import phrase
from crosscut.media.captions import Cue
from crosscut.media.cuts.model import Cut, Role, Words

FONT = "DejaVu Sans"  # letters it lacks come from whatever font of the machine has them
HEADER = """[Script Info]
ScriptType: v4.00+
PlayResX: {width}
PlayResY: {height}
WrapStyle: 0
ScaledBorderAndShadow: yes
YCbCr Matrix: None

[V4+ Styles]
Format: Name, Fontname, Fontsize, PrimaryColour, SecondaryColour, OutlineColour, BackColour, Bold, Italic, Underline, \
StrikeOut, ScaleX, ScaleY, Spacing, Angle, BorderStyle, Outline, Shadow, Alignment, MarginL, MarginR, MarginV, Encoding
"""
EVENTS = """
[Events]
Format: Layer, Start, End, Style, Name, MarginL, MarginR, MarginV, Effect, Text
"""
# parts of the frame's shorter side
TITLE_SIZE, LOWER_SIZE, CAPTION_SIZE, SECOND_SIZE = Fraction(1, 9), Fraction(1, 16), Fraction(1, 18), Fraction(2, 3)
MARGIN = 12  # a twelfth of each side stays free: within the title-safe area of EBU R95


@dataclass(frozen=True, kw_only=True)
class _Style:
    """One line of the script's styles."""

    name: str
    size: int
    colour: str
    ground: str = "#000000"
    is_boxed: bool = False
    alignment: int = 2  # as on a number pad
    margins: tuple[int, int]  # sides, top and bottom

    def line(self) -> str:
        outline = max(1, self.size // 5 if self.is_boxed else self.size // 24)
        box, shadow = (3, 0) if self.is_boxed else (1, max(1, self.size // 30))
        fore, back = ass_colour(self.colour), ass_colour(self.ground, 40 if self.is_boxed else 0)
        sides, ends = self.margins
        looks = f"{fore},{fore},{back},{back},0,0,0,0,100,100,0,0,{box},{outline},{shadow}"
        return f"Style: {self.name},{FONT},{self.size},{looks},{self.alignment},{sides},{sides},{ends},-1\n"


def script(cut: Cut, cues: Sequence[Cue], *, width_px: int, height_px: int) -> str:
    """The ASS script of all words of the cut on a frame of this size; "" when there are none."""
    if not cut.words and not cues:
        return ""
    short, margins = min(width_px, height_px), (width_px // MARGIN, height_px // MARGIN)
    styles, events = [], []
    for index, (words, start_s, end_s) in enumerate(_placed(cut)):
        styles.append(_style(words, f"w{index}", short, margins).line())
        span = f"{_clock(start_s, cut.rate)},{_clock(end_s, cut.rate)}"
        if words.role is Role.END_CARD:
            events.append(f"Dialogue: 0,{span},w{index},,0,0,0,,{_plate(words.ground, width_px, height_px)}\n")
        events.append(f"Dialogue: 2,{span},w{index},,0,0,0,,{_lines(words)}\n")
    if cues:
        size = max(14, round(short * CAPTION_SIZE))
        styles.append(_Style(name="captions", size=size, colour="#ffffff", is_boxed=True, margins=margins).line())
    for cue in cues:
        span = f"{_clock(cue.start_s, cut.rate)},{_clock(cue.end_s, cut.rate)}"
        events.append(f"Dialogue: 1,{span},captions,,0,0,0,,{escaped(cue.plain)}\n")
    return "".join([HEADER.format(width=width_px, height=height_px), *styles, EVENTS, *events])


def _placed(cut: Cut) -> Iterator[tuple[Words, Fraction, Fraction]]:
    """The words with their begin and end; end cards follow the last picture in their order."""
    at_s = cut.body_s
    for words in cut.words:
        if words.role is Role.END_CARD:
            yield words, at_s, at_s + words.duration_s
            at_s += words.duration_s
        else:
            yield words, words.start_s, words.start_s + words.duration_s


def _style(words: Words, name: str, short: int, margins: tuple[int, int]) -> _Style:
    if words.role is Role.LOWER_THIRD:
        return _Style(
            name=name,
            size=max(12, round(short * LOWER_SIZE)),
            colour=words.colour,
            ground=words.ground,
            is_boxed=True,
            alignment=3 if is_right_to_left(words.text) else 1,
            margins=margins,
        )
    return _Style(name=name, size=max(14, round(short * TITLE_SIZE)), colour=words.colour, alignment=5, margins=margins)


def _lines(words: Words) -> str:
    if not words.second:
        return escaped(words.text)
    share = round(SECOND_SIZE * 100)
    return f"{escaped(words.text)}\\N{{\\fscx{share}\\fscy{share}}}{escaped(words.second)}"


def _plate(colour: str, width: int, height: int) -> str:
    """A plain ground over the whole frame, drawn."""
    corners = f"m 0 0 l {width} 0 {width} {height} 0 {height}"
    return f"{{\\an7\\pos(0,0)\\bord0\\shad0\\1c{ass_colour(colour)}\\p1}}{corners}{{\\p0}}"


def escaped(text: str) -> str:
    """The text so that libass shows every letter of it and obeys none.

    >>> escaped("a{b}\\nc")
    'a\\\\{b\\\\}\\\\Nc'
    """
    shown = text.replace("\\", "\\\u2060").replace("{", "\\{").replace("}", "\\}")
    return "\\N".join(line.strip() for line in shown.replace("\r", "").split("\n"))


def ass_colour(colour: str, transparency: int = 0) -> str:
    """The colour in ASS's own order. Raises Invalid when it is not "#rrggbb".

    >>> ass_colour("#ff8000")
    '&H000080FF'
    """
    digits = colour.removeprefix("#")
    if len(digits) != 6 or not all(digit in "0123456789abcdefABCDEF" for digit in digits):
        raise Invalid.at(
            "words", phrase('"{colour}" is no colour: write it as #rrggbb.', colour=colour), code="cuts.wrong_colour"
        )
    red, green, blue = (digits[index : index + 2].upper() for index in (0, 2, 4))
    return f"&H{transparency:02X}{blue}{green}{red}"


def is_right_to_left(text: str) -> bool:
    """Whether its first strong letter is of a script written from the right (Unicode Bidirectional Algorithm, P2).

    >>> is_right_to_left("123 שלום"), is_right_to_left("Hello שלום")
    (True, False)
    """
    strong = (unicodedata.bidirectional(letter) for letter in text)
    return next((kind != "L" for kind in strong if kind in ("L", "R", "AL")), False)


def _clock(time_s: Fraction, rate: Fraction) -> str:
    """The time as h:mm:ss.cc, half a frame early: rounding to hundredths then never moves it to another frame."""
    hundredths = max(0, round((round(time_s * rate) - Fraction(1, 2)) / rate * 100))
    minutes, rest = divmod(hundredths, 6000)
    return f"{minutes // 60}:{minutes % 60:02}:{rest // 100:02}.{rest % 100:02}"

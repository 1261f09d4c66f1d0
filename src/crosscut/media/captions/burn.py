"""Captions as an ASS script for burning in: where they stand, how large, in which box, and how well they read."""

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from fractions import Fraction

from crosscut.kernel.errors import Invalid
from crosscut.kernel.phrases import phrase
from crosscut.media.captions.records import Cue, Document, Losses, Settings
from crosscut.media.captions.srt import number_of, settings_of

_COLOUR = re.compile(r"#[0-9a-fA-F]{6}")
_TAG = re.compile(r"<(/?)([ibu])>")
_UNSHOWN = re.compile("[\x00-\x09\x0b-\x1f\x7f\u2028\u2029]")
BACKINGS = ("box", "outline")
LEAST_CONTRAST = 4.5  # WCAG 2.2, 1.4.3 Contrast (Minimum), for text of this size or smaller


@dataclass(frozen=True, kw_only=True)
class CaptionStyle:
    """How burnt-in captions look. Colours are "#rrggbb"."""

    font: str = "DejaVu Sans"  # another of the machine's fonts steps in for signs that it lacks
    size_percent: Fraction = Fraction(100, 18)  # letter height of the picture's shorter side
    text_colour: str = "#ffffff"
    backing: str = "box"  # "box" behind the words, or "outline" around the letters
    backing_colour: str = "#000000"
    backing_opacity_percent: int = 76  # of a box; outlines are solid
    margin_percent: Fraction = Fraction(100, 12)  # kept free at each edge, so that no screen cuts it off
    is_bold: bool = False

    def __post_init__(self) -> None:
        for name in ("text_colour", "backing_colour"):
            if not _COLOUR.fullmatch(getattr(self, name)):
                raise Invalid.at(name, phrase("Write the colour as #rrggbb, such as #ffffff for white."))
        if self.backing not in BACKINGS:
            raise Invalid.at("backing", phrase("Behind captions can be {backings}.", backings=" or ".join(BACKINGS)))
        limits: tuple[tuple[str, int, int], ...] = (
            ("size_percent", 2, 20),
            ("margin_percent", 0, 30),
            ("backing_opacity_percent", 0, 100),
        )
        for name, least, most in limits:
            if not least <= getattr(self, name) <= most:
                raise Invalid.at(name, phrase("It must be from {least} to {most} per cent.", least=least, most=most))
        if "," in self.font or "\n" in self.font:
            raise Invalid.at("font", phrase("A font's name has no commas."))


HOUSE = CaptionStyle()
LARGE = CaptionStyle(size_percent=Fraction(8), is_bold=True)  # for telephones held upright
PLAIN = CaptionStyle(backing="outline")  # for cinema looks: less sure to be read


def contrast(style: CaptionStyle) -> float:
    """The least contrast of words and backing over any picture, as WCAG 2.2 counts it: 1 to 21; 4.5 is asked.

    >>> round(contrast(HOUSE), 1), contrast(HOUSE) >= LEAST_CONTRAST
    (10.8, True)
    """
    opacity = style.backing_opacity_percent / 100 if style.backing == "box" else 1.0
    words = _luminance(style.text_colour, style.text_colour, 1)
    behind = [_luminance(style.backing_colour, picture, opacity) for picture in ("#000000", "#ffffff")]
    behind += [words] if min(behind) < words < max(behind) else []  # some grey picture has the very tone of the words
    return min((max(words, tone) + 0.05) / (min(words, tone) + 0.05) for tone in behind)


def _luminance(colour: str, picture: str, opacity: float) -> float:
    """Relative luminance of a colour over a picture. https://www.w3.org/TR/WCAG22/#dfn-relative-luminance"""
    channels = []
    for start in (1, 3, 5):
        over, under = int(colour[start : start + 2], 16), int(picture[start : start + 2], 16)
        value = (over * opacity + under * (1 - opacity)) / 255
        channels.append(value / 12.92 if value <= 0.04045 else ((value + 0.055) / 1.055) ** 2.4)
    return 0.2126 * channels[0] + 0.7152 * channels[1] + 0.0722 * channels[2]


def to_ass(cues: Iterable[Cue], width_px: int, height_px: int, *, style: CaptionStyle = HOUSE) -> str:
    """The cues as an ASS script for this frame size; without a place of their own they stand at the bottom.

    Words are laid out by their own direction: Arabic and Hebrew from the right.
    """
    kept = tuple(cues)
    return f"{_head(kept, width_px, height_px, style)}{''.join(_event(cue, width_px, height_px) for cue in kept)}"


def _head(cues: tuple[Cue, ...], width_px: int, height_px: int, style: CaptionStyle) -> str:
    size = max(round(min(width_px, height_px) * style.size_percent / 100), 14)
    side, foot = (round(edge * style.margin_percent / 100) for edge in (width_px, height_px))
    is_box = style.backing == "box"
    alpha = round(255 - style.backing_opacity_percent * 2.55) if is_box else 0
    behind = f"&H{alpha:02X}{_bgr(style.backing_colour)}"
    # libass finds the direction of each line by itself when told -1; else it takes left to right.
    encoding = -1 if any(_is_right_to_left(cue.text) for cue in cues) else 1
    look = (
        f"{style.font},{size},&H00{_bgr(style.text_colour)},&H00FFFFFF,{behind},{behind},"
        f"{-1 if style.is_bold else 0},0,0,0,100,100,0,0,{3 if is_box else 1},"
        f"{size / 5 if is_box else max(size / 14, 1):.1f},0,2,{side},{side},{foot},{encoding}"
    )
    return (
        f"[Script Info]\nScriptType: v4.00+\nPlayResX: {width_px}\nPlayResY: {height_px}\nWrapStyle: 0\n"
        "ScaledBorderAndShadow: yes\n\n[V4+ Styles]\n"
        "Format: Name, Fontname, Fontsize, PrimaryColour, SecondaryColour, OutlineColour, BackColour, Bold, Italic, "
        "Underline, StrikeOut, ScaleX, ScaleY, Spacing, Angle, BorderStyle, Outline, Shadow, Alignment, MarginL, "
        f"MarginR, MarginV, Encoding\nStyle: Default,{look}\n\n[Events]\n"
        "Format: Layer, Start, End, Style, Name, MarginL, MarginR, MarginV, Effect, Text\n"
    )


def _bgr(colour: str) -> str:
    return f"{colour[5:7]}{colour[3:5]}{colour[1:3]}".upper()


def _is_right_to_left(text: str) -> bool:
    return any(unicodedata.bidirectional(character) in ("R", "AL") for character in text)


def _event(cue: Cue, width_px: int, height_px: int) -> str:
    voice = cue.voice.replace(",", " ").replace("\n", " ")
    place = _place(cue.settings, width_px, height_px)
    times = f"{_clock(cue.start_s)},{_clock(cue.end_s)}"
    return f"Dialogue: 0,{times},Default,{voice},0,0,0,,{place}{_words(cue.text)}\n"


def _clock(time_s: Fraction) -> str:
    hundredths = max(round(time_s * 100), 0)
    minutes, rest = divmod(hundredths, 6000)
    return f"{minutes // 60}:{minutes % 60:02}:{rest // 100:02}.{rest % 100:02}"


def _place(settings: Settings, width_px: int, height_px: int) -> str:
    """The mark for a place of its own: one of nine, or an exact point where the cue names one."""
    number = number_of(settings)
    if settings.line is not None and settings.line_is_percent and settings != settings_of(number):
        row = {"start": 2, "center": 1, "end": 0}[settings.line_align]
        column = (number - 1) % 3
        x_percent = settings.position if settings.position is not None else Fraction((10, 50, 90)[column])
        y_percent = min(max(settings.line, Fraction(5)), Fraction(95))
        x, y = round(width_px * x_percent / 100), round(height_px * y_percent / 100)
        return f"{{\\an{row * 3 + column + 1}\\pos({x},{y})}}"
    return "" if number == 2 else f"{{\\an{number}}}"


def _words(text: str) -> str:
    plain = _UNSHOWN.sub(" ", text.replace("\\", "\u2216").replace("{", "(").replace("}", ")"))
    return _TAG.sub(lambda tag: f"{{\\{tag[2]}{0 if tag[1] else 1}}}", plain).replace("\n", "\\N")


def write(document: Document) -> tuple[str, Losses]:
    """The document as an ASS file for a picture of 1920 x 1080, and what that does not keep."""
    losses = Losses()
    for number, cue in enumerate(document.cues, 1):
        if cue.start_s * 100 % 1 or cue.end_s * 100 % 1:
            losses.add("hundredths", "ASS counts hundredths of a second: times are rounded.", f"caption {number}")
        if cue.settings.vertical:
            losses.add("vertical", "Vertical writing becomes horizontal.", f"caption {number}")
        if cue.settings.region:
            losses.add("region", "Regions are left out: the captions stand at the bottom.", f"caption {number}")
    if document.styles:
        losses.add("styles", "WebVTT style sheets are left out.")
    return to_ass(document.cues, 1920, 1080), losses

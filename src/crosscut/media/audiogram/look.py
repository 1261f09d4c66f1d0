"""How an audiogram looks, where its parts stand, and whether they can be seen."""

import re
from dataclasses import dataclass
from fractions import Fraction

from crosscut.kernel.errors import Invalid, Problem
from crosscut.kernel.phrases import phrase
from crosscut.kernel.records import as_data, digest
from crosscut.media.captions import CaptionStyle, contrast

_COLOUR = re.compile(r"#[0-9a-fA-F]{6}")
LEAST_TEXT, LEAST_WAVE = 4.5, 3.0  # WCAG 2.2, 1.4.3 for text and 1.4.11 for what is drawn
LEAST_APART = 1.5  # played against not played yet: ours; the edge between them is seen, and nothing depends on it
MOST_TITLE = 300  # characters


@dataclass(frozen=True, kw_only=True)
class Look:
    """What a brand kit and a post type say. Colours are "#rrggbb"."""

    width_px: int = 1080
    height_px: int = 1080
    title: str = ""  # in any script; lines by newline, and broken where they are too long
    font: str = "DejaVu Sans"  # another of the machine's fonts steps in for signs that it lacks
    panel_colour: str = "#0f172a"  # behind title, waveform and captions
    text_colour: str = "#ffffff"
    played_colour: str = "#fbbf24"
    unplayed_colour: str = "#7c8aa0"
    frame_rate: Fraction = Fraction(25)
    bars: int = 90

    @property
    def digest(self) -> str:
        """The name of this look for good."""
        return digest(as_data(self))


@dataclass(frozen=True, kw_only=True)
class Box:
    """A part of the frame in pixels, from the upper left corner; all numbers are even."""

    x_px: int
    y_px: int
    width_px: int
    height_px: int


def layout(look: Look) -> dict[str, Box]:
    """Where cover, title and wave stand. The lowest quarter is left to captions.

    >>> layout(Look())["wave"]
    Box(x_px=86, y_px=648, width_px=906, height_px=150)
    >>> layout(Look(width_px=1920))["cover"]
    Box(x_px=0, y_px=0, width_px=806, height_px=810)
    """
    parts: dict[str, tuple[float, float, float, float]] = {
        "cover": (0, 0, 1, 0.42),
        "title": (0.08, 0.44, 0.84, 0.14),
        "wave": (0.08, 0.60, 0.84, 0.14),
    }
    if look.width_px > look.height_px:
        parts = {"cover": (0, 0, 0.42, 0.75), "title": (0.46, 0.08, 0.5, 0.3), "wave": (0.46, 0.44, 0.5, 0.24)}
    return {
        name: Box(
            x_px=_even(x * look.width_px),
            y_px=_even(y * look.height_px),
            width_px=_even(width * look.width_px),
            height_px=_even(height * look.height_px),
        )
        for name, (x, y, width, height) in parts.items()
    }


def _even(length: float) -> int:
    return int(length) // 2 * 2


def check(look: Look) -> None:
    """Raises Invalid with everything that could not be seen or made, each with its contrast."""
    names = ("panel_colour", "text_colour", "played_colour", "unplayed_colour")
    problems = [
        Problem(
            code="audiogram.colour",
            where=name,
            message=phrase("Write the colour as #rrggbb, such as #ffffff for white."),
        )
        for name in names
        if not _COLOUR.fullmatch(getattr(look, name))
    ]
    problems = problems or [*_unseen(look)]
    if not (200 <= look.width_px <= 4096 and 200 <= look.height_px <= 4096) or look.width_px % 2 or look.height_px % 2:
        message = phrase("An audiogram is 200 to 4096 pixels wide and high, in even numbers.")
        problems.append(Problem(code="audiogram.size", where="size", message=message))
    if not 10 <= look.bars <= 400 or not 1 <= look.frame_rate <= 60 or len(look.title) > MOST_TITLE:
        message = phrase(
            "It takes 10 to 400 bars, 1 to 60 frames a second and a title of at most {most_title} characters.",
            most_title=MOST_TITLE,
        )
        problems.append(Problem(code="audiogram.settings", where="look", message=message))
    if problems:
        raise Invalid(problems=problems)


def _unseen(look: Look) -> list[Problem]:
    pairs = (
        ("text_colour", look.text_colour, "panel_colour", look.panel_colour, LEAST_TEXT),
        ("played_colour", look.played_colour, "panel_colour", look.panel_colour, LEAST_WAVE),
        ("unplayed_colour", look.unplayed_colour, "panel_colour", look.panel_colour, LEAST_WAVE),
        ("played_colour", look.played_colour, "unplayed_colour", look.unplayed_colour, LEAST_APART),
    )
    found = []
    for name, colour, other_name, other, least in pairs:
        apart = contrast(CaptionStyle(text_colour=colour, backing="outline", backing_colour=other))
        if apart < least:
            words = phrase(
                "{colour} on {other} has a contrast of {apart:.1f}; it takes {least} to be seen well.",
                colour=colour,
                other=other,
                apart=apart,
                least=least,
            )
            message = phrase("{words} Change {name} or {other_name}.", words=words, name=name, other_name=other_name)
            values = {"contrast": round(apart, 2), "least": least}
            found.append(Problem(code="audiogram.contrast", where=name, message=message, values=values))
    return found

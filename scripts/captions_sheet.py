"""Write docs/howto/captions-before-after.md: faults in captions, what the check says, what mending makes of them."""

from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path

from crosscut.media.captions import Cue, fix
from crosscut.specs import caption_limits, check_captions

SHEET = Path(__file__).parents[1] / "docs" / "howto" / "captions-before-after.md"
HEAD = """# Captions before and after

Written by `scripts/captions_sheet.py`. The rules are those of Netflix for English; shot changes are at 10 s and 20 s.
No word is ever changed.
"""
SHOTS = (Fraction(10), Fraction(20))
FAULTS = {
    "Too short to be read": ((1, 1.3, "Nobody had listened to the reef."), (5, 7, "It breathes.")),
    "Too much for one": (
        (0, 12, "The reef breathes. It has done so for ten thousand years, and nobody had ever listened to it before. "
                "Then a boat came with a microphone."),
    ),
    "A line that ends with an article": ((0, 5, "He went down to the\nsouthern reef, and there he saw the turtle."),),
    "Over each other": ((1, 5, "It has done so for years."), (4, 6, "Nobody knew.")),
    "A gap that flickers": ((1, 3, "It breathes."), (3.2, 5, "We did not know.")),
    "Beside shot changes": ((10.2, 12, "There it is."), (17, 20.1, "And there it goes.")),
    "Too short, and its neighbour has room": ((0, 0.4, "Wait."), (0.5, 3, "Did you hear that?")),
    "What no mending can do": ((1, 1.5, "Nobody had ever listened to the reef."), (1.7, 4, "- So?\n- So we did.")),
}  # fmt: skip


def block(cues: tuple[Cue, ...]) -> str:
    """The cues as they would stand in a file."""
    return "\n\n".join(f"{float(cue.start_s):.3f} - {float(cue.end_s):.3f}\n{cue.text}" for cue in cues)


def sheet() -> Iterator[str]:
    """The page, fault by fault."""
    yield HEAD
    for title, rows in FAULTS.items():
        cues = tuple(Cue(start_s=Fraction(str(a)), end_s=Fraction(str(b)), text=text) for a, b, text in rows)
        fixed = fix(cues, caption_limits("netflix"), shots=SHOTS)
        yield f"\n## {title}\n\n```\n{block(cues)}\n```\n\n"
        yield from (f"- {found.message}\n" for found in check_captions(cues, "netflix", shots=SHOTS))
        yield f"\nAfter: {' '.join(fixed.changes) or 'as it was.'}\n\n```\n{block(fixed.cues)}\n```\n"
        yield from (f"\nRemains: {problem}\n" for problem in fixed.remaining)


if __name__ == "__main__":
    SHEET.write_text("".join(sheet()))

"""How well one colour is read on another."""

from crosscut.kernel.errors import Invalid
from crosscut.kernel.findings import Finding, Level
from crosscut.kernel.phrases import phrase
from crosscut.specs.citations import cite
from crosscut.specs.sentences import say

TEXT = 4.5  # WCAG 2.2, 1.4.3
LARGE_TEXT = 3.0  # WCAG 2.2, 1.4.3: from 18 point, or 14 point bold
SHAPES = 3.0  # WCAG 2.2, 1.4.11: controls and charts


def contrast(foreground: str, background: str) -> float:
    """The contrast ratio of two colours written "#rgb" or "#rrggbb", from 1 (the same) to 21 (black on white).

    https://www.w3.org/TR/WCAG22/#dfn-contrast-ratio. Raises Invalid for anything else.

    >>> round(contrast("#777777", "#fff"), 3), round(contrast("#000", "#fff"), 1)
    (4.478, 21.0)
    """
    one, other = luminance(foreground), luminance(background)
    return (max(one, other) + 0.05) / (min(one, other) + 0.05)


def luminance(colour: str) -> float:
    """The relative luminance, 0 for black to 1 for white. https://www.w3.org/TR/WCAG22/#dfn-relative-luminance

    >>> luminance("#ffffff")
    1.0
    """
    red, green, blue = (_linear(int(part, 16) / 255) for part in _parts(colour))
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def check_contrast(foreground: str, background: str, *, least: float = TEXT) -> tuple[Finding, ...]:
    """One finding when the colours are too close to be read, by WCAG 2.2 level AA.

    >>> [finding.message for finding in check_contrast("#bbb", "#fff")]
    ['The contrast of #bbb on #fff is 1.91:1; 4.5:1 is the least to be readable.']
    """
    ratio = contrast(foreground, background)
    if ratio >= least:
        return ()
    # Rounded down: 4.499 must not be told as 4.50.
    values = {"found": f"{int(ratio * 100) / 100:.2f}", "limit": f"{least:g}"}
    source = cite(["wcag_1_4_3"])
    return (say("contrast.low", Level.BLOCK, source=source, foreground=foreground, background=background, **values),)


def _linear(part: float) -> float:
    return part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4


def _parts(colour: str) -> list[str]:
    digits = colour.removeprefix("#")
    if len(digits) == 3:
        digits = "".join(digit * 2 for digit in digits)
    if len(digits) != 6 or not all(digit in "0123456789abcdefABCDEF" for digit in digits):
        raise Invalid.at(
            "colour",
            phrase("“{colour}” is not a colour. Write it as #rrggbb.", colour=colour),
            code="colour.unreadable",
        )
    return [digits[0:2], digits[2:4], digits[4:6]]

"""Says what was seen, and what can be done, in plain words."""

from fractions import Fraction

from crosscut.kernel.errors import Problem
from crosscut.kernel.facts import Repair, RepairKind, Seen, Sighting, Span
from crosscut.kernel.phrases import phrase

WHAT = {
    Seen.BLACK: "The picture is black.",
    Seen.FREEZE: "The picture stands still.",
    Seen.SILENCE: "There is no sound.",
    Seen.CLIPPING: "The sound is cut off at full scale (clipping).",
    Seen.OFFSET: "Sound and picture are {offset} s apart.",
    Seen.DRIFT: "The sound drifts {offset} s from its time stamps.",
    Seen.FLASH: "Up to {rate} flashes a second: more than is safe.",
    Seen.RED_FLASH: "Up to {rate} flashes of saturated red a second: more than is safe.",
    Seen.LONG_FLASH: "It flashes for seconds on end, though not more often than is allowed.",
    Seen.NEAR_FLASH: "Flashes nearly more than is safe: look at them yourself.",
}
HOW = {
    RepairKind.DIM: "dim {span} by {less} %",
    RepairKind.DESATURATE: "take {less} % of the colour out of {span}",
    RepairKind.SLOW: "slow {span} to {amount} frames a second",
    RepairKind.CUT: "cut {span}",
    RepairKind.SHIFT_SOUND: "move the sound by {amount} s",
    RepairKind.STRETCH_SOUND: "stretch the sound by the factor {amount}",
    RepairKind.DECLIP: "mend {span} with a declipper, or record it again",
}
MINUTE_S = 60


def clock(time_s: Fraction) -> str:
    """Minutes, seconds and tenths, as on a player.

    >>> clock(Fraction(62, 5)), clock(Fraction(3723))
    ('00:12.4', '62:03.0')
    """
    tenths = round(time_s * 10)
    return f"{tenths // 600:02d}:{tenths % 600 // 10:02d}.{tenths % 10}"


def during(span: Span) -> str:
    """From when to when.

    >>> during(Span(start_s=Fraction(62, 5), end_s=Fraction(131, 10)))
    '00:12.4–00:13.1'
    """
    return f"{clock(span.start_s)}–{clock(span.end_s)}"


def repair_in_words(repair: Repair) -> str:
    """What to do.

    >>> span = Span(start_s=Fraction(62, 5), end_s=Fraction(131, 10))
    >>> repair_in_words(Repair(kind=RepairKind.DIM, span=span, amount=Fraction(47, 100)))
    'dim 00:12.4–00:13.1 by 53 %'
    """
    amount = repair.amount if repair.amount is not None else Fraction(1)
    less, shown = round((1 - amount) * 100), f"{float(amount):.6g}"
    return phrase(HOW[repair.kind], span=during(repair.span), less=less, amount=shown)


def what_in_words(one: Sighting) -> str:
    """What was seen, as a sentence."""
    offset = f"{float(one.offset_s):+.3f}" if one.offset_s is not None else ""
    rate = f"{float(one.per_second):g}" if one.per_second is not None else ""
    return phrase(WHAT[one.kind], offset=offset, rate=rate)


def in_words(one: Sighting) -> Problem:
    """The sighting as a problem: what, when, and the ways out."""
    what = what_in_words(one)
    ways = [repair_in_words(repair) for repair in one.repairs]
    message = phrase("{what} What can be done: {ways}.", what=what, ways="; or ".join(ways)) if ways else what
    return Problem(code=f"screen.{one.kind.value}", where=during(one.span), message=message)

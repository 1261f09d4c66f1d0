"""What can be done about what was seen, the least harmful first."""

from collections.abc import Iterator
from dataclasses import replace
from fractions import Fraction
from math import floor

from crosscut.kernel.facts import Repair, RepairKind, Screening, Seen, Sighting, Span
from crosscut.media.screens.profiles import FlashProfile

EARLY_S, LATE_S = Fraction(-45, 1000), Fraction(125, 1000)  # sound out of step is seen from here: ITU-R BT.1359-1
END_APART_S = Fraction(1, 2)  # our own: a tail of sound or picture that nobody meant
SAFE_PART = 0.7  # of the change that counts: room for what encoding adds, and not even near
DISPLAY_GAMMA = 2.2  # dimming by m brings light to about m to this power: sRGB as a whole (IEC 61966-2-1)
SAFE_FLASHES = 3  # a second: WCAG 2.2, 2.3.1
STEPS = 100  # amounts are told in hundredths


def with_repairs(seen: Screening, profile: FlashProfile) -> tuple[Sighting, ...]:
    """Everything found, in order of time, with its repairs."""
    flashes = (replace(one, repairs=tuple(flash_repairs(one, seen, profile))) for one in seen.sightings)
    return tuple(sorted([*flashes, *_plain(seen), *_offsets(seen)], key=lambda one: (one.span.start_s, one.kind)))


def _plain(seen: Screening) -> Iterator[Sighting]:
    cut, declip = RepairKind.CUT, RepairKind.DECLIP
    found = ((Seen.BLACK, seen.black, cut), (Seen.FREEZE, seen.freezes, cut), (Seen.SILENCE, seen.silence, cut))
    for kind, spans, repair in (*found, (Seen.CLIPPING, seen.clipping, declip)):
        for span in spans:
            yield Sighting(kind=kind, span=span, repairs=(Repair(kind=repair, span=span),))


def _offsets(seen: Screening) -> Iterator[Sighting]:
    whole = Span(start_s=Fraction(0), end_s=seen.checked_s)
    start_s, end_s, drift_s = seen.start_offset_s, seen.end_offset_s, seen.drift_s
    if start_s is not None and not EARLY_S <= start_s <= LATE_S:
        shift = Repair(kind=RepairKind.SHIFT_SOUND, span=whole, amount=-start_s)
        yield Sighting(kind=Seen.OFFSET, span=whole, offset_s=start_s, repairs=(shift,))
    if end_s is not None and abs(end_s) > END_APART_S:
        tail = Span(start_s=seen.checked_s - abs(end_s), end_s=seen.checked_s)
        cut = Repair(kind=RepairKind.CUT, span=tail)
        yield Sighting(kind=Seen.OFFSET, span=tail, offset_s=end_s, repairs=(cut,))
    if drift_s is not None and not EARLY_S <= drift_s <= LATE_S:
        factor = seen.checked_s / (seen.checked_s - drift_s) if seen.checked_s > drift_s else Fraction(1)
        stretch = Repair(kind=RepairKind.STRETCH_SOUND, span=whole, amount=factor.limit_denominator(1_000_000))
        yield Sighting(kind=Seen.DRIFT, span=whole, offset_s=drift_s, repairs=(stretch,))


def flash_repairs(one: Sighting, seen: Screening, profile: FlashProfile) -> Iterator[Repair]:
    """Dim or take out the colour, play it slower, cut it."""
    if one.kind is Seen.RED_FLASH:
        yield Repair(kind=RepairKind.DESATURATE, span=one.span, amount=Fraction(0))
    elif one.change:
        yield Repair(kind=RepairKind.DIM, span=one.span, amount=kept_brightness(one.change, profile.change))
    if one.per_second and one.per_second > SAFE_FLASHES and seen.frame_rate:
        slower = seen.frame_rate * SAFE_FLASHES / one.per_second
        yield Repair(kind=RepairKind.SLOW, span=one.span, amount=Fraction(floor(slower * STEPS), STEPS))
    yield Repair(kind=RepairKind.CUT, span=one.span)


def kept_brightness(change: float, allowed: float) -> Fraction:
    """The part of the signal that keeps its swings just under what counts, in hundredths.

    >>> kept_brightness(0.5, 0.1)
    Fraction(2, 5)
    """
    return Fraction(floor(min(1.0, (SAFE_PART * allowed / change) ** (1 / DISPLAY_GAMMA)) * STEPS), STEPS)

"""When things are shown in TTML: time expressions, and what `par`, `seq`, begin, end and dur make of them.

https://www.w3.org/TR/ttml1/#timing (sections 10.2 to 10.4), and SMIL 3.0 for containers.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction

_CLOCK = re.compile(r"(\d{2,6}):([0-5]\d):([0-5]\d|60)(?:\.(\d{1,12})|:(\d{2,4})(?:\.(\d{1,4}))?)?", re.ASCII)
_OFFSET = re.compile(r"(\d{1,12})(?:\.(\d{1,12}))?(h|ms|m|s|f|t)", re.ASCII)
_SECONDS = {"h": Fraction(3600), "m": Fraction(60), "s": Fraction(1), "ms": Fraction(1, 1000)}


@dataclass(frozen=True, kw_only=True)
class Rates:
    """What frames and ticks mean in one document."""

    frame_rate: Fraction = Fraction(30)  # with its multiplier; 30 is TTML's own default
    nominal_rate: int = 30  # frames that the clock counts in one second
    sub_frame_rate: int = 1
    tick_rate: Fraction = Fraction(1)
    is_drop_frame: bool = False  # SMPTE codes that leave out two numbers a minute


def rates_of(parameters: Mapping[str, str]) -> Rates:
    """The rates from the `ttp:` attributes of the root element; nonsense counts as not said."""
    nominal = _number(parameters.get("frameRate"), 30)
    numerator, denominator = _pair(parameters.get("frameRateMultiplier", "1 1"))
    frame_rate = Fraction(nominal * numerator, denominator)
    sub_frame_rate = _number(parameters.get("subFrameRate"), 1)
    default = frame_rate * sub_frame_rate if "frameRate" in parameters else Fraction(1)
    return Rates(
        frame_rate=frame_rate,
        nominal_rate=nominal,
        sub_frame_rate=sub_frame_rate,
        tick_rate=Fraction(_number(parameters.get("tickRate"), 0)) or default,
        is_drop_frame=parameters.get("dropMode", "") == "dropNTSC" and parameters.get("timeBase") == "smpte",
    )


def _number(text: str | None, otherwise: int) -> int:
    found = re.fullmatch(r"\s*([1-9]\d{0,8})\s*", text or "", re.ASCII)
    return int(found[1]) if found else otherwise


def _pair(text: str) -> tuple[int, int]:
    found = re.fullmatch(r"\s*([1-9]\d{0,8})[\s:]+([1-9]\d{0,8})\s*", text, re.ASCII)
    return (int(found[1]), int(found[2])) if found else (1, 1)


def seconds(expression: str, rates: Rates) -> Fraction | None:
    """The time that an expression means; None when it is none.

    >>> ntsc = rates_of({"frameRate": "24", "frameRateMultiplier": "1000 1001"})
    >>> [str(seconds(text, ntsc)) for text in ("24f", "1.2h", "01:02:03.235", "00:00:00:12")]
    ['1001/1000', '4320', '744647/200', '1001/2000']
    """
    expression = expression.strip()
    offset = _OFFSET.fullmatch(expression)
    if offset:
        amount = Fraction(f"{offset[1]}.{offset[2] or 0}")
        if offset[3] in _SECONDS:
            return amount * _SECONDS[offset[3]]
        return amount / (rates.frame_rate if offset[3] == "f" else rates.tick_rate)
    found = _CLOCK.fullmatch(expression)
    return _clock_seconds(found, rates) if found else None


def _clock_seconds(found: re.Match[str], rates: Rates) -> Fraction:
    hours, minutes, whole_s = int(found[1]), int(found[2]), int(found[3])
    total_s = hours * 3600 + minutes * 60 + whole_s
    if found[5] is None:
        return Fraction(f"{total_s}.{found[4] or 0}")
    frames = Fraction(int(found[5])) + Fraction(int(found[6] or 0), rates.sub_frame_rate)
    if rates.is_drop_frame:  # SMPTE 12M: two frame numbers are left out each minute but every tenth
        dropped = 2 * ((hours * 60 + minutes) - (hours * 60 + minutes) // 10)
        return (total_s * rates.nominal_rate + frames - dropped) / rates.frame_rate
    return total_s + frames / rates.frame_rate


@dataclass(frozen=True, kw_only=True)
class Interval:
    """When something is shown; `end_s` None is until further notice."""

    begin_s: Fraction
    end_s: Fraction | None

    @property
    def is_empty(self) -> bool:
        """Whether it is never shown."""
        return self.end_s is not None and self.end_s <= self.begin_s


def earlier(one_s: Fraction | None, other_s: Fraction | None) -> Fraction | None:
    """The earlier of two ends, where None never comes."""
    if one_s is None or other_s is None:
        return other_s if one_s is None else one_s
    return min(one_s, other_s)


def active(attributes: Mapping[str, str], rates: Rates, outer: Interval) -> Interval:
    """When an element is shown that begins, at the earliest, when `outer` does and ends with it.

    >>> whole = Interval(begin_s=Fraction(10), end_s=Fraction(20))
    >>> found = active({"begin": "5s", "dur": "10s"}, Rates(), whole)
    >>> str(found.begin_s), str(found.end_s)
    ('15', '20')
    """
    begin_s = outer.begin_s + (seconds(attributes.get("begin", ""), rates) or 0)
    duration_s, end_s = seconds(attributes.get("dur", ""), rates), seconds(attributes.get("end", ""), rates)
    until_s = None if end_s is None else outer.begin_s + end_s
    if duration_s is not None:
        until_s = earlier(until_s, begin_s + duration_s)
    return Interval(begin_s=begin_s, end_s=earlier(until_s, outer.end_s))

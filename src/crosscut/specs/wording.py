"""Figures as a person reads them."""

from collections.abc import Iterable
from datetime import date, datetime
from fractions import Fraction

from crosscut.kernel.phrases import Phrase, counted, phrase

_MONTHS = (
    phrase("January"),
    phrase("February"),
    phrase("March"),
    phrase("April"),
    phrase("May"),
    phrase("June"),
    phrase("July"),
    phrase("August"),
    phrase("September"),
    phrase("October"),
    phrase("November"),
    phrase("December"),
)


def size_in_words(size_bytes: int) -> str:
    """A size for a person, in decimal units.

    >>> size_in_words(2_400_000), size_in_words(950)
    ('2.4 MB', '950 bytes')
    """
    for unit, bytes_ in (("GB", 10**9), ("MB", 10**6), ("kB", 10**3)):
        if size_bytes >= bytes_:
            return f"{size_bytes / bytes_:.1f}".removesuffix(".0") + f" {unit}"
    return counted("{n} byte", "{n} bytes", size_bytes)


def seconds_in_words(duration_s: Fraction) -> str:
    """A duration for a person, in units that every language writes alike.

    >>> seconds_in_words(Fraction(615, 10)), seconds_in_words(Fraction(125)), seconds_in_words(Fraction(7200))
    ('61.5 s', '2 min 5 s', '2 h')
    """
    if duration_s < 120:
        return f"{float(duration_s):.1f}".removesuffix(".0") + " s"
    minutes, seconds = divmod(round(duration_s), 60)
    hours, minutes = divmod(minutes, 60)
    parts = ((hours, "h"), (minutes, "min"), (seconds, "s"))
    return " ".join(f"{number} {unit}" for number, unit in parts if number)


def decimal(number: Fraction) -> str:
    return f"{float(number):.2f}".rstrip("0").rstrip(".")


def box_in_words(width_px: int | None, height_px: int | None) -> str:
    if width_px and height_px:
        return f"{width_px}×{height_px}"
    return phrase("{width_px} wide", width_px=width_px) if width_px else phrase("{height_px} high", height_px=height_px)


def listed(names: Iterable[str]) -> str:
    """One of these, for a person.

    >>> listed(["JPEG", "PNG", "GIF"]), listed(["MP4"])
    ('JPEG, PNG or GIF', 'MP4')
    """
    *most, last = names
    return phrase("{most} or {last}", most=", ".join(most), last=last) if most else str(last)


def day_in_words(day: date) -> Phrase:
    """A day, with the month written out: "3.4." is another day elsewhere.

    >>> day_in_words(date(2026, 5, 3))
    '3 May 2026'
    """
    return phrase("{day} {month} {year}", day=day.day, month=_MONTHS[day.month - 1], year=day.year)


def moment_in_words(moment: datetime) -> Phrase:
    """A day and the time by the clocks of the moment's zone.

    >>> moment_in_words(datetime(2026, 5, 3, 14, 30))
    '3 May 2026, 14:30'
    """
    return phrase("{day}, {time}", day=day_in_words(moment.date()), time=f"{moment:%H:%M}")


def time_in_words(time_s: Fraction) -> str:
    """A place in a film.

    >>> time_in_words(Fraction(124, 10)), time_in_words(Fraction(3661))
    ('00:00:12.400', '01:01:01.000')
    """
    minutes, rest_ms = divmod(round(time_s * 1000), 60_000)
    return f"{minutes // 60:02}:{minutes % 60:02}:{rest_ms // 1000:02}.{rest_ms % 1000:03}"

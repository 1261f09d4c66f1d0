"""Numbers, sizes, lengths of time and money as a person reads them: thin spaces, units, the reader's decimal sign."""

from decimal import Decimal

from django.utils import formats
from django.utils.translation import gettext as _

from crosscut.kernel.money import minor_digits

THIN = "\u202f"  # narrow no-break space: groups digits and stands before units
_SIGNS = {"EUR": "€", "USD": "$", "GBP": "£", "JPY": "¥", "INR": "₹"}


def number(value: float | Decimal, places: int | None = None) -> str:
    """The number with its digits in threes; `places` decimals, or as many as it has, at most two.

    >>> number(1234567) == f"1{THIN}234{THIN}567"
    True
    >>> number(0.5), number(2.0), number(3.14159), number(7, 1)
    ('0.5', '2', '3.14', '7.0')
    """
    text = f"{value:,.{2 if places is None else places}f}"
    if places is None:
        text = text.rstrip("0").rstrip(".")
    whole, _point, part = text.partition(".")
    sign = str(formats.get_format("DECIMAL_SEPARATOR")) if part else ""
    return f"{whole.replace(',', THIN)}{sign}{part}".replace("-", "−")


def money(minor: int, currency: str) -> str:
    """An amount of the currency's smallest unit, in its usual unit.

    >>> money(123450, "EUR") == f"€{THIN}1{THIN}234.50"
    True
    >>> money(500, "JPY") == f"¥{THIN}500"
    True
    >>> money(100000, "CHF") == f"CHF{THIN}1{THIN}000"
    True
    """
    digits = minor_digits(currency)
    amount = Decimal(minor).scaleb(-digits)
    places = 0 if amount == amount.to_integral_value() else digits
    return f"{_SIGNS.get(currency, currency)}{THIN}{number(amount, places)}"


def size(size_bytes: int) -> str:
    """A file size in decimal units, as disks and shops count.

    >>> [size(n).replace(THIN, " ") for n in (0, 999, 1500, 15_400_000, 2_340_000_000)]
    ['0 B', '999 B', '1.5 kB', '15 MB', '2.3 GB']
    """
    amount, unit = float(size_bytes), "B"
    for bigger in ("kB", "MB", "GB", "TB", "PB"):
        if amount < 999.5:
            break
        amount, unit = amount / 1000, bigger
    return f"{number(round(amount, 0 if amount >= 10 or unit == 'B' else 1))}{THIN}{unit}"


def clock(duration_s: float) -> str:
    """A media length as a player shows it.

    >>> clock(7.9), clock(75), clock(3725)
    ('0:07', '1:15', '1:02:05')
    """
    minutes, seconds = divmod(int(duration_s), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{seconds:02}" if hours else f"{minutes}:{seconds:02}"


def span(duration_s: float) -> str:
    """A length of time in words, two units at most.

    >>> [span(s).replace(THIN, " ") for s in (0.4, 42, 200, 3600, 5400, 180000)]
    ['under 1 s', '42 s', '3 min 20 s', '1 h', '1 h 30 min', '2 d 2 h']
    """
    whole = round(duration_s)
    if whole < 1:
        return _("under 1 s").replace(" 1 ", f" 1{THIN}")
    units = ((86_400, _("d")), (3600, _("h")), (60, _("min")), (1, _("s")))
    at = next(index for index, (length, _unit) in enumerate(units) if whole >= length)
    parts = []
    for length, unit in units[at : at + 2]:
        count, whole = divmod(whole, length)
        if count:
            parts.append(f"{count}{THIN}{unit}")
    return " ".join(parts)

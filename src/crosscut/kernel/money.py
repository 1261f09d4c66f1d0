"""Amounts of money: whole numbers of a currency's smallest unit, never float."""

import re
from decimal import Decimal

from crosscut.kernel.errors import Invalid

# ISO 4217 list one (2026-01-01): currencies whose minor unit is not a hundredth.
_WHOLE = set(re.findall(r"\w+", "BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX UYI VND VUV XAF XOF XPF"))
_THOUSANDTHS = {"BHD", "IQD", "JOD", "KWD", "LYD", "OMR", "TND"}
MOST_MINOR = 10**15  # ten thousand milliards of euros: more is a slip of the finger


def minor_digits(currency: str) -> int:
    """How many decimals the currency's usual unit has.

    >>> [minor_digits(currency) for currency in ("EUR", "JPY", "KWD")]
    [2, 0, 3]
    """
    if currency in _WHOLE:
        return 0
    return 3 if currency in _THOUSANDTHS else 2


def parse_amount(text: str, currency: str, *, where: str = "amount") -> int:
    """What a person typed, in the currency's smallest unit. Raises Invalid at `where`.

    Spaces and apostrophes group digits, and so does a point or comma with three digits after it when it comes more than
    once or another sign is the decimal one; alone, the last point or comma is the decimal sign unless the currency has
    no such decimals.

    >>> [parse_amount(text, "EUR") for text in ("1 234,50", "1,234.5", "1.234.567", "12", "0,5", "1,234")]
    [123450, 123450, 123456700, 1200, 50, 123400]
    >>> parse_amount("1,500", "JPY")
    1500
    """
    digits = minor_digits(currency)
    plain = re.sub(r"[\s'’]", "", text)
    if not re.fullmatch(r"\d+([.,]\d+)*", plain):
        raise _unreadable(where)
    *groups, last = re.split(r"[.,]", plain)
    signs = re.findall(r"[.,]", plain)
    is_decimal = (
        bool(signs)
        and signs.count(signs[-1]) == 1
        and len(last) <= digits
        and not (len(last) == 3 and len(signs) == 1 and digits < 3)
    )
    grouped = groups[1:] if is_decimal else [*groups[1:], *([last] if signs else [])]
    if any(len(group) != 3 for group in grouped):
        raise _unreadable(where)
    whole = "".join(groups) if is_decimal else "".join([*groups, last])
    minor = int(Decimal(f"{whole}.{last if is_decimal else 0}").scaleb(digits))
    if minor > MOST_MINOR:
        raise Invalid.at(where, "This amount is too large.", code="money.too_large")
    return minor


def in_minor(amount: Decimal, currency: str) -> int:
    """An amount of the currency's usual unit in its smallest, rounded half to even.

    >>> in_minor(Decimal("12.5"), "EUR"), in_minor(Decimal(500), "JPY")
    (1250, 500)
    """
    return round(amount.scaleb(minor_digits(currency)))


def plain_amount(minor: int, currency: str) -> str:
    """The amount as it is typed into a field.

    >>> plain_amount(123450, "EUR"), plain_amount(1500, "JPY")
    ('1234.50', '1500')
    """
    digits = minor_digits(currency)
    return f"{Decimal(minor).scaleb(-digits):.{digits}f}"


def _unreadable(where: str) -> Invalid:
    return Invalid.at(where, "Write the amount as a number, such as 1 250 or 99.50.", code="money.unreadable")

"""Public holidays of countries and their parts, as the package `holidays` counts them. It says what is a holiday; what
follows from that for posts, a workspace decides."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from importlib.metadata import version

import holidays

from crosscut.kernel.errors import Invalid
from crosscut.kernel.phrases import phrase

ADDRESS = "https://github.com/vacanza/holidays"
_ENGLISH = "en_US"


@dataclass(frozen=True, kw_only=True)
class Holiday:
    """One of them."""

    on: date
    name: str  # in the asked language where the package has it, else in English, else in the country's own


def source() -> str:
    """Where the days come from, with the version that counted them.

    >>> source().startswith("holidays 0.")
    True
    """
    return f"holidays {version('holidays')}, {ADDRESS}"


@cache
def countries() -> Mapping[str, tuple[str, ...]]:
    """The codes of the countries that are known (ISO 3166-1), each with those of its parts (ISO 3166-2)."""
    known = holidays.list_supported_countries(include_aliases=False)
    return {code: tuple(parts) for code, parts in sorted(known.items())}


def check_place(country: str, part: str) -> None:
    """Raises Invalid for a country that is not known, or has no such part; with those it has."""
    if country not in countries():
        message = phrase("The holidays of “{country}” are not known. Use a code such as DE.", country=country)
        raise Invalid.at("country", message, code="holidays.country")
    if part and part not in countries()[country]:
        known = ", ".join(countries()[country]) or "-"
        message = phrase("{country} has no part “{part}”. There are: {known}.", country=country, part=part, known=known)
        raise Invalid.at("part", message, code="holidays.part")


def holidays_between(country: str, part: str, first: date, last: date, *, language: str = "") -> tuple[Holiday, ...]:
    """The holidays from `first` to `last`, in order; two of one day are one, with both names.

    >>> [one.name for one in holidays_between("DE", "BY", date(2026, 12, 25), date(2026, 12, 26), language="en")]
    ['Christmas Day', 'Second Day of Christmas']
    """
    years = range(first.year, last.year + 1)
    found = _of(country, part, tuple(years), _known_language(country, language))
    return tuple(Holiday(on=on, name=name) for on, name in sorted(found.items()) if first <= on <= last)


@cache
def _languages() -> Mapping[str, tuple[str, ...]]:
    return {code: tuple(names) for code, names in holidays.list_localized_countries(include_aliases=False).items()}


def _known_language(country: str, language: str) -> str:
    known = _languages().get(country, ())
    short = language.replace("-", "_").partition("_")[0]
    return next((name for name in (*known, _ENGLISH) if name.partition("_")[0] == short), _ENGLISH if known else "")


@cache
def _of(country: str, part: str, years: tuple[int, ...], language: str) -> Mapping[date, str]:
    found = holidays.country_holidays(country, subdiv=part or None, years=years, language=language or None)
    return {on: name.replace("; ", ", ") for on, name in found.items()}

"""Filters above a list: what an address asks for, and the chips that change it. Lists of pieces and of posts use it."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from django.http import QueryDict

LONGEST = 200  # characters of searched text
_DIGITS = 15  # of a number in an address: more than any row's
_PLACES = ("page", "after", "skip")  # where in its list somebody stood: a filter begins the list anew

Values = Iterable[tuple[str, str]]  # what the address says, and what a person reads


@dataclass(frozen=True, kw_only=True)
class Option:
    """One value of a filter."""

    label: str
    url: str  # where it is chosen
    is_on: bool


@dataclass(frozen=True, kw_only=True)
class Group:
    """One filter: a chip with a menu of its values, or a switch when it has one value only."""

    name: str  # its name in the address
    label: str
    chosen: str  # the label of what is chosen; empty for everything
    clear_url: str  # where it is taken off
    options: tuple[Option, ...]


def groups_of(
    choices: Mapping[str, tuple[str, Values]], query: QueryDict, *, switches: Iterable[str] = ()
) -> list[Group]:
    """The chips of the filters, by their names in the address.

    A filter with one value is left out unless it is on, or one of the `switches`, which are meant to have one.
    """
    groups = [_group(name, label, list(values), query) for name, (label, values) in choices.items()]
    return [group for group in groups if group.chosen or len(group.options) > 1 or group.name in switches]


def number_in(query: QueryDict, name: str) -> int | None:
    """The number in the address; None where there is none or what stands there is no number of a row.

    >>> [number_in(QueryDict(f"owner={text}", encoding="utf-8"), "owner") for text in ("7", "x", "²", "9" * 16, "")]
    [7, None, None, None, None]
    """
    text = query.get(name, "")
    return int(text) if text.isascii() and text.isdigit() and len(text) <= _DIGITS else None


def text_in(query: QueryDict, name: str, longest: int = LONGEST) -> str:
    """The words in the address, at most so many characters, without what no database stores.

    >>> text_in(QueryDict("q=%20reef%00%20", encoding="utf-8"), "q")
    'reef'
    """
    return query.get(name, "").replace("\0", "").strip()[:longest]


def address_with(query: QueryDict, name: str, value: str) -> str:
    """The same address with that filter set anew, from the list's beginning on; an empty value takes it off.

    >>> address_with(QueryDict("state=live&page=3", encoding="utf-8"), "state", "draft")
    '?state=draft'
    """
    changed = query.copy()
    for gone in (*_PLACES, name):
        changed.pop(gone, None)
    if value:
        changed[name] = value
    return f"?{changed.urlencode()}"


def _group(name: str, label: str, values: list[tuple[str, str]], query: QueryDict) -> Group:
    now = query.get(name, "")
    return Group(
        name=name,
        label=label,
        chosen=dict(values).get(now, ""),
        clear_url=address_with(query, name, ""),
        options=tuple(Option(label=text, url=address_with(query, name, key), is_on=key == now) for key, text in values),
    )

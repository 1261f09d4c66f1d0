"""Lists of a network's own posts in an order that it does not promise."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import datetime
from typing import Any

Row = Mapping[str, Any]


def made_since(
    pages: Iterable[list[dict[str, Any]]], since: datetime, made_at: Callable[[Row], datetime]
) -> Iterator[Row]:
    """The rows made since then, page by page. Only a page whose rows go from new to old may end the look.

    >>> days = [[{"at": datetime(2026, 11, 3)}, {"at": datetime(2026, 11, 1)}], [{"at": datetime(2026, 11, 9)}]]
    >>> [row["at"].day for row in made_since(days, datetime(2026, 11, 2), lambda row: row["at"])]
    [3]
    >>> [row["at"].day for row in made_since([days[0][::-1], days[1]], datetime(2026, 11, 2), lambda row: row["at"])]
    [3, 9]
    """
    for rows in pages:
        moments = [made_at(row) for row in rows]
        yield from (row for row, moment in zip(rows, moments, strict=True) if moment >= since)
        if moments and moments[-1] < min(since, moments[0]) and moments == sorted(moments, reverse=True):
            return

"""What every number means, from which date, and by which source. The definitions are data/metrics."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache
from typing import Any

from crosscut.kernel.errors import NotFound
from crosscut.kernel.phrases import Phrase, phrase
from crosscut.specs.citations import cite
from crosscut.specs.loading import DATA, frozen, read_data


@dataclass(frozen=True, kw_only=True)
class Definition:
    """One meaning of one metric, for a stretch of time."""

    key: str  # "bluesky.likes"
    name: str  # for a person: "Likes"
    meaning: str  # one sentence: what is counted, and what is not
    unit: str  # "count", "currency"
    is_running_total: bool  # each sample replaces the one before; else samples of different days are added
    is_additive: bool  # values of different posts may be added up
    of_thread: str = (
        ""  # of a post of several parts: "sum" of all, "sum_without_own" replies, the "first" part's; or none
    )
    denominators: tuple[str, ...] = ()  # metrics it may be divided by to make a rate
    valid_from: date | None = None  # the first day of this meaning; None: since the place has it
    valid_until: date | None = None  # the last day; None: still so
    source: tuple[str, ...]

    @property
    def citation(self) -> str:
        """Where the meaning comes from, on one line."""
        return cite(self.source)

    @property
    def thread_words(self) -> str:
        """What the number is where a post is a thread; empty where the place has none."""
        return _OF_THREAD.get(self.of_thread, "")

    def holds_on(self, day: date) -> bool:
        """Whether this meaning is the one of that day."""
        return (self.valid_from or day) <= day <= (self.valid_until or day)


_OF_THREAD: dict[str, Phrase] = {
    "sum": phrase("Of a thread, all parts together."),
    "sum_without_own": phrase("Of a thread, all parts together, without the parts themselves."),
    "first": phrase("Of a thread, its first part alone: who reads on would count several times."),
}


def of_parts(key: str, on: date, values: Sequence[int]) -> int:
    """A thread's number, from what was told of each of its parts in order. Raises what `definition` raises.

    >>> day = date(2026, 11, 22)
    >>> of_parts("bluesky.likes", day, [5, 2, 1]), of_parts("bluesky.replies", day, [3, 1, 0])
    (8, 2)
    """
    how = definition(key, on).of_thread
    if how == "sum":
        return sum(values)
    if how == "sum_without_own":  # each part but the last is answered by the next
        return max(sum(values) - (len(values) - 1), 0)
    return values[0]


def definition(key: str, on: date) -> Definition:
    """What the metric meant on that day. Raises NotFound for an unknown metric and for a day it did not exist.

    >>> definition("bluesky.likes", date(2026, 11, 22)).name
    'Likes'
    """
    meanings = definitions().get(key)
    if meanings is None:
        raise NotFound(
            phrase("There is no metric called “{key}”. There are: {known}.", key=key, known=", ".join(definitions()))
        )
    for meaning in meanings:
        if meaning.holds_on(on):
            return meaning
    raise NotFound(phrase("{key} was not defined on {on}.", key=key, on=on))


@cache
def definitions() -> dict[str, tuple[Definition, ...]]:
    """Every metric by its key, in alphabetical order, its meanings from the oldest to the newest."""
    read = {
        f"{path.stem}.{name}": tuple(_definition(f"{path.stem}.{name}", meaning) for meaning in meanings)
        for path in (DATA / "metrics").glob("*.yaml")
        for name, meanings in read_data(f"metrics/{path.stem}").items()
    }
    return dict(sorted(read.items()))


def breaks(key: str, days: Sequence[date]) -> tuple[date, ...]:
    """The days within that stretch on which the metric began to mean something else: a chart draws a line there.

    >>> breaks("bluesky.likes", [date(2026, 1, 1), date(2026, 12, 31)])
    ()
    """
    begins = (meaning.valid_from for meaning in definitions().get(key, ()))
    return tuple(day for day in begins if day is not None and min(days) < day <= max(days))


def _definition(key: str, data: dict[str, Any]) -> Definition:
    return Definition(key=key, **{name: frozen(value) for name, value in data.items()})

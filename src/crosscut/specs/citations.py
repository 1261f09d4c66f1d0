"""Where every figure comes from, how far it is trusted, and whether it is time to read it again."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from functools import cache

from crosscut.kernel.findings import Level
from crosscut.specs.loading import read_data, record


@dataclass(frozen=True, kw_only=True)
class Source:
    """One document."""

    key: str  # how data files name it: "bs_lex"
    title: str
    url: str  # an address, or repository@commit and path
    level: str  # "official", "official_mirror", "official_quoted", "house", "publisher_code", "secondary", "background"
    as_of: str = "unknown"  # date of the text read: YYYY, YYYY-MM, YYYY-MM-DD or "unknown"
    is_fixed: bool = False  # a dated text that does not change any more, such as a published standard
    note: str | None = None

    @property
    def citation(self) -> str:
        """Title, address and date on one line, for a finding."""
        return f"{self.title}, {self.url} (as of {self.as_of})"


@dataclass(frozen=True, kw_only=True)
class Stale:
    """A source that should be read again."""

    source: Source
    age_days: int | None  # since it was read; None when that is not known


@cache
def sources() -> dict[str, Source]:
    """Every source by its key."""
    return {key: record(Source, {"key": key, **data}) for key, data in read_data("sources")["sources"].items()}


def cite(keys: Iterable[str]) -> str:
    """The most trusted of the sources on one line, the first named among equals; empty for no source.

    >>> cite(["bs_app", "bs_lex"])
    'social-app constants, bluesky-social/social-app@008fe5ea src/lib/constants.ts (as of 2026)'
    """
    known = [sources()[key] for key in keys]
    return min(known, key=lambda source: not _may_block(source)).citation if known else ""


def trust(keys: Iterable[str]) -> Level:
    """BLOCK when one of the sources is the place's own word or ours, else ADVICE.

    >>> trust(["ig_tags5"]).value, trust(["ig_tags5", "ig_media"]).value
    ('advice', 'block')
    """
    return Level.BLOCK if any(_may_block(sources()[key]) for key in keys) else Level.ADVICE


def stale(on: date) -> tuple[Stale, ...]:
    """The sources to read again on that day, the oldest first, those of unknown date before all."""
    limit = read_data("sources")["stale_after_days"]
    aged = [
        Stale(source=source, age_days=_age_days(source, on)) for source in sources().values() if not source.is_fixed
    ]
    due = [item for item in aged if item.age_days is None or item.age_days > limit]
    return tuple(sorted(due, key=lambda item: -(item.age_days if item.age_days is not None else 10**6)))


def _may_block(source: Source) -> bool:
    return source.level in read_data("sources")["levels"]["block"]


def _age_days(source: Source, on: date) -> int | None:
    # The day is not always known: the first of the month or year is the careful reading.
    parts = source.as_of.split("-")
    if not parts[0].isdigit():
        return None
    year, month, day = (int(part) for part in (*parts, "1", "1")[:3])
    return (on - date(year, month, day)).days

"""What a search filters, sorts and counts by, of every asset of a workspace, as columns in memory.

PostgreSQL finds words; it cannot count a million rows by nine facets in the time of a keystroke. Columns can: a million
assets are some 100 megabytes of numbers, and a pass over one of them takes a millisecond. As in `alike`, the copy is
brought up to date before each use with what was written since, and remembers below which number all transactions had
ended. What is shown is read from the database again, as whoever asks may see it.
"""

from collections.abc import Callable
from dataclasses import dataclass, field, fields
from functools import cached_property, partial
from threading import Lock
from typing import Any

import numpy as np
import numpy.typing as npt
from django.db import connection
from psycopg import Cursor

from crosscut.apps.library.models import Asset
from crosscut.apps.library.snapshots import Kept, snapshot

KINDS = tuple(kind.value for kind in Asset.Kind)
ARCHIVED, NO_CREDIT, NO_ALT = 1, 2, 4
NEVER = 2**31 - 1  # the day on which a licence without an end ends
_LEFT_OVER = 0.2  # of the rows may be outdated before everything is read anew
_SMALL = 10_000
_KEPT = 200  # of what was made of the columns
_STRETCH = 65_536  # rows looked through at once, where the first suffice
ROW = np.dtype(
    [
        ("asset", ">i8"),
        ("created_us", ">i8"),  # since 1970
        ("taken_us", ">i8"),  # when it was made, as far as known; else when it came
        ("size_bytes", ">i8"),
        ("width_px", ">i4"),  # 0: has none
        ("height_px", ">i4"),
        ("duration_ms", ">i4"),  # -1: has none
        ("hues", ">i4"),  # bits of `colours.HUES`
        ("kind", ">i2"),  # place in KINDS
        ("flags", ">i2"),
    ]
)
PAIR = np.dtype([("asset", ">i8"), ("value", ">i8")])
TERM = np.dtype([("asset", ">i8"), ("starts", ">i4"), ("ends", ">i4")])  # days since 1970, both inclusive
_ASSETS = """
SELECT string_agg(
    int8send(id) || int8send(created_us) || int8send(coalesce(taken_us, created_us)) || int8send(size_bytes)
    || int4send(width_px) || int4send(height_px) || int4send(duration_ms) || int4send(hues)
    || int2send(kind::int2) || int2send(flags::int2), '')
FROM (
    SELECT asset.id, (extract(epoch FROM asset.created_at) * 1000000)::bigint AS created_us,
        (extract(epoch FROM looks.taken_at) * 1000000)::bigint AS taken_us,
        coalesce(version.size_bytes, 0) AS size_bytes, coalesce(version.width_px, 0) AS width_px,
        coalesce(version.height_px, 0) AS height_px, coalesce(version.duration_ms, -1) AS duration_ms,
        coalesce(looks.hues, 0) AS hues, array_position(%(kinds)s::text[], asset.kind::text) - 1 AS kind,
        (asset.archived_at IS NOT NULL)::int + 2 * (asset.credit = '')::int
            + 4 * (asset.kind = 'image' AND asset.alt_text = '')::int AS flags
    FROM library_asset AS asset
    LEFT JOIN library_version AS version ON version.id = asset.current_id
    LEFT JOIN library_fingerprint AS looks ON looks.version_id = asset.current_id
    WHERE asset.workspace_id = %(workspace)s AND asset.binned_at IS NULL AND {changed}
    ORDER BY asset.id
) AS row
"""
_TAGS = """
SELECT string_agg(int8send(asset.id) || int8send(hashtextextended(tag, 0)), '')
FROM library_asset AS asset, unnest(asset.tags) AS tag WHERE asset.workspace_id = %(workspace)s AND {changed}
"""
_SUBJECTS = """
SELECT string_agg(int8send(asset.id) || int8send(shown.subject_id), '')
FROM library_asset AS asset JOIN library_subject_assets AS shown ON shown.asset_id = asset.id
WHERE asset.workspace_id = %(workspace)s AND {changed}
"""
_LIVE = """
SELECT string_agg(int8send(asset.id) || int8send(hashtextextended(live.channel, 0)), '')
FROM library_asset AS asset JOIN library_liveon AS live ON live.asset_id = asset.id
WHERE asset.workspace_id = %(workspace)s AND {changed}
"""
_TERMS = """
SELECT string_agg(int8send(asset.id)
    || int4send(coalesce(licence.starts_on - DATE '1970-01-01', -2147483648))
    || int4send(coalesce(licence.ends_on - DATE '1970-01-01', 2147483647)), '')
FROM library_asset AS asset JOIN library_licence AS licence ON licence.asset_id = asset.id
WHERE asset.workspace_id = %(workspace)s AND licence.withdrawn_at IS NULL AND {changed}
"""
_CHANGED = "asset.id = ANY(%(touched)s)"  # by their numbers: no plan must read every asset for a few of them
_GONE = """SELECT asset_id FROM library_touched
WHERE workspace_id = %(workspace)s AND written_in >= %(from)s AND written_in <= %(to)s"""
FEW = 20  # a twentieth of all rows: up to then looking up each is quicker than reading all pairs
Mask = npt.NDArray[np.bool_]
Rows = npt.NDArray[np.intp]


@dataclass(frozen=True)
class Pairs:
    """Which rows have which values; a row may have several."""

    rows: npt.NDArray[np.int32]  # ascending
    codes: npt.NDArray[np.int32]  # places in `values`
    values: npt.NDArray[np.int64]  # each once: a tag's or channel's hash, a subject's number

    def having(self, value: int, size: int) -> Mask:
        """The rows that have the value."""
        mask = np.zeros(size, np.bool_)
        for code in np.flatnonzero(self.values == value):
            mask[self.rows[self.codes == code]] = True
        return mask

    def counted(self, mask: Mask, most: int) -> list[tuple[int, int]]:
        """The values that most of the rows have, and how many of them: the most frequent first."""
        counts = np.bincount(self._codes_of(mask), minlength=len(self.values))
        some = np.flatnonzero(counts)
        order = some[np.argsort(-counts[some], kind="stable")][:most]
        return [(int(self.values[code]), int(counts[code])) for code in order]

    def _codes_of(self, mask: Mask) -> npt.NDArray[np.int32]:
        rows = np.flatnonzero(mask).astype(np.int32)
        if len(rows) * FEW > len(mask):
            return self.codes[mask[self.rows]]
        starts = np.searchsorted(self.rows, rows)  # few of many: their pairs are looked up, the others not read
        sizes = np.searchsorted(self.rows, rows, side="right") - starts
        ends = np.cumsum(sizes)
        places = np.repeat(starts - (ends - sizes), sizes) + np.arange(ends[-1] if len(ends) else 0)
        return np.asarray(self.codes[places])

    def with_more(self, rows: npt.NDArray[np.int32], values: npt.NDArray[np.int64]) -> "Pairs":
        """These and further ones."""
        new = np.setdiff1d(values, self.values)
        known = np.concatenate([self.values, new])
        order = np.argsort(known)
        codes = order[np.searchsorted(known, values, sorter=order)].astype(np.int32)
        by_row = np.argsort(rows, kind="stable")  # newer rows come after all that were there
        return Pairs(np.concatenate([self.rows, rows[by_row]]), np.concatenate([self.codes, codes[by_row]]), known)


def _no_pairs() -> Pairs:
    return Pairs(np.zeros(0, np.int32), np.zeros(0, np.int32), np.zeros(0, np.int64))


@dataclass(frozen=True)
class Columns:
    """What is known of a workspace's assets at one moment. Rows that newer ones replaced are not alive."""

    table: npt.NDArray[Any] = field(default_factory=lambda: np.zeros(0, ROW.newbyteorder("=")))
    alive: Mask = field(default_factory=lambda: np.zeros(0, np.bool_))
    tags: Pairs = field(default_factory=_no_pairs)
    subjects: Pairs = field(default_factory=_no_pairs)
    term_rows: npt.NDArray[np.int32] = field(default_factory=lambda: np.zeros(0, np.int32))
    term_starts: npt.NDArray[np.int32] = field(default_factory=lambda: np.zeros(0, np.int32))
    term_ends: npt.NDArray[np.int32] = field(default_factory=lambda: np.zeros(0, np.int32))
    live: Pairs = field(default_factory=_no_pairs)  # channels, by the hash of their slug

    def __len__(self) -> int:
        return len(self.table)

    @cached_property
    def assets(self) -> npt.NDArray[np.int64]:
        """The assets' numbers, row by row, in one piece of memory."""
        return np.ascontiguousarray(self.table["asset"])

    @cached_property
    def kinds(self) -> npt.NDArray[np.int16]:
        """The kinds as places in KINDS."""
        return np.ascontiguousarray(self.table["kind"])

    @cached_property
    def flags(self) -> npt.NDArray[np.int16]:
        """ARCHIVED, NO_CREDIT, NO_ALT."""
        return np.ascontiguousarray(self.table["flags"])

    @cached_property
    def hues(self) -> npt.NDArray[np.int32]:
        """Bits of the colours' names."""
        return np.ascontiguousarray(self.table["hues"])

    @cached_property
    def years(self) -> npt.NDArray[np.int16]:
        """The year in which each was made."""
        at = np.ascontiguousarray(self.table["taken_us"]).astype("datetime64[us]")
        return (at.astype("datetime64[Y]").astype(np.int64) + 1970).astype(np.int16)

    @cached_property
    def _by_asset(self) -> tuple[npt.NDArray[np.int64], Rows]:
        order = np.argsort(self.assets, kind="stable")
        return self.assets[order], order

    def rows_of(self, assets: npt.NDArray[np.int64]) -> Rows:
        """The living rows of the assets, in the order of the assets; those that are not there are left out."""
        numbers, order = self._by_asset
        if not len(numbers):
            return np.zeros(0, np.intp)
        # Of an asset that was replaced the last row is the living one.
        places = np.searchsorted(numbers, assets, side="right") - 1
        rows: Rows = order[np.maximum(places, 0)]
        is_known: Mask = (places >= 0) & (self.assets[rows] == assets) & self.alive[rows]
        return np.asarray(rows[is_known], np.intp)

    def mask_of(self, assets: npt.NDArray[np.int64]) -> Mask:
        """The same as a mask, for many assets in any order."""
        lowest, rows = self.once("places", self._places)
        known = assets[(assets >= lowest) & (assets < lowest + len(rows))]
        mask = np.zeros(len(self) + 1, np.bool_)
        mask[rows[known - lowest]] = True  # the last is for numbers that no living row has
        return np.asarray(mask[:-1])

    def passing(self, assets: npt.NDArray[np.int64], mask: Mask) -> Mask:
        """Of each asset, in their order, whether its living row is in the mask."""
        lowest, rows = self.once("places", self._places)
        places = assets - lowest
        is_known = (places >= 0) & (places < len(rows))
        passes = np.zeros(len(assets), np.bool_)
        passes[is_known] = np.append(mask, False)[rows[places[is_known]]]
        return passes

    def _places(self) -> tuple[int, npt.NDArray[np.int32]]:
        """The living row of every number from the lowest to the highest asset; len(self) where there is none."""
        alive = np.flatnonzero(self.alive)
        numbers = self.assets[alive]
        lowest, highest = (int(numbers.min()), int(numbers.max())) if len(numbers) else (0, -1)
        rows = np.full(highest - lowest + 1, len(self), np.int32)
        rows[numbers - lowest] = alive
        return lowest, rows

    def ordered(self, column: str) -> Rows:
        """All rows by the column, largest first; the later asset first where it is equal."""

        def sorted_rows() -> Rows:
            _numbers, by_asset = self._by_asset
            return by_asset[np.argsort(self.table[column][by_asset], kind="stable")][::-1]

        rows: Rows = self.once(("order", column), sorted_rows)
        return rows

    def first_of(self, column: str, mask: Mask, most: int) -> Rows:
        """The first rows in the mask by the column: `most`, or fewer."""
        rows, found, parts = self.ordered(column), 0, []
        for start in range(0, len(rows), _STRETCH):
            stretch = rows[start : start + _STRETCH]
            parts.append(stretch[mask[stretch]])
            found += len(parts[-1])
            if found >= most:
                break
        return np.concatenate(parts)[:most] if parts else rows

    def once(self, name: object, make: Callable[[], Any]) -> Any:
        """What `make` makes of these columns, made the first time that it is asked for by this name."""
        made = self.__dict__.setdefault("_made", {})
        value = made.get(name)
        if value is None:
            value = made[name] = make()
            for old in list(made)[:-_KEPT]:
                made.pop(old, None)
        return value

    def licensed(self, today: int, *, until: int | None = None) -> Mask:
        """The rows with a licence that is valid on the day; with `until`, one that is valid beyond that day too."""

        def marked() -> Mask:
            valid = (self.term_starts <= today) & (self.term_ends >= today)
            if until is not None:
                valid &= self.term_ends > until
            mask = np.zeros(len(self), np.bool_)
            mask[self.term_rows[valid]] = True
            return mask

        mask: Mask = self.once(("licensed", today, until), marked)
        return mask

    def entered(self) -> Mask:
        """The rows with any licence that was not withdrawn."""

        def marked() -> Mask:
            mask = np.zeros(len(self), np.bool_)
            mask[self.term_rows] = True
            return mask

        mask: Mask = self.once("entered", marked)
        return mask

    def with_changes(self, changes: "_Changes") -> "Columns":
        """These, with the rows of the changed assets replaced."""
        alive = self.alive & ~np.isin(self.assets, changes.touched) if len(self) else self.alive
        table = np.concatenate([self.table, changes.table.astype(self.table.dtype)])
        grown = Columns(table, np.concatenate([alive, np.ones(len(changes.table), np.bool_)]))
        tags = self.tags.with_more(*grown.placed(changes.tags))
        subjects = self.subjects.with_more(*grown.placed(changes.subjects))
        rows, _assets = grown.placed_rows(changes.terms)
        return Columns(
            table,
            grown.alive,
            tags,
            subjects,
            np.concatenate([self.term_rows, rows]),
            np.concatenate([self.term_starts, changes.terms["starts"].astype(np.int32)]),
            np.concatenate([self.term_ends, changes.terms["ends"].astype(np.int32)]),
            self.live.with_more(*grown.placed(changes.live)),
        )

    def placed(self, pairs: npt.NDArray[Any]) -> tuple[npt.NDArray[np.int32], npt.NDArray[np.int64]]:
        """Rows and values of the pairs."""
        rows, is_known = self.placed_rows(pairs)
        return rows, pairs["value"].astype(np.int64)[is_known]

    def placed_rows(self, pairs: npt.NDArray[Any]) -> tuple[npt.NDArray[np.int32], Any]:
        """The row of each pair's asset."""
        assets = pairs["asset"].astype(np.int64)
        return self.rows_of(assets).astype(np.int32), slice(None)


@dataclass(frozen=True)
class _Changes:
    """What was read of the assets that changed."""

    touched: npt.NDArray[np.int64]
    table: npt.NDArray[Any]
    tags: npt.NDArray[Any]
    subjects: npt.NDArray[Any]
    terms: npt.NDArray[Any]
    live: npt.NDArray[Any]

    def are_within(self, before: "_Changes") -> bool:
        """Whether these say of each of their assets what the ones before said of it."""
        if not np.isin(self.touched, before.touched).all():
            return False
        pairs = ((getattr(self, one.name), getattr(before, one.name)) for one in fields(self)[1:])
        return all(np.array_equal(now, then[np.isin(then["asset"], self.touched)]) for now, then in pairs)


@dataclass
class _Copy:
    """The columns of one workspace in this process, and how far they have been read."""

    workspace_id: int
    lock: Lock = field(default_factory=Lock)
    columns: Columns = field(default_factory=Columns)
    ended_below: int = -1  # every transaction with a lower number had ended when this was read; -1: never read
    last_read: _Changes | None = None

    def fresh(self) -> Columns:
        """The columns after reading what was written since the last time; all of it the first time."""
        with self.lock:
            dead = len(self.columns) - int(self.columns.alive.sum())
            if dead > max(_SMALL, _LEFT_OVER * len(self.columns)):
                self.columns, self.ended_below = Columns(), -1
            # Asked for before the rows: what commits in between is read now and once more the next time.
            lowest, highest = snapshot()
            self._read(highest)
            self.ended_below = lowest
            return self.columns

    def _read(self, highest: int) -> None:
        values: dict[str, Any] = {
            "workspace": self.workspace_id,
            "from": self.ended_below,
            "to": highest,
            "kinds": list(KINDS),
        }
        is_first = self.ended_below < 0
        touched = np.zeros(0, np.int64)
        if not is_first:
            with connection.cursor() as cursor:
                cursor.execute(_GONE, values)
                touched = np.array([row[0] for row in cursor.fetchall()], np.int64)
            if not len(touched):
                return
            values["touched"] = touched.tolist()
        condition = "TRUE" if is_first else _CHANGED
        sentences = (_ASSETS, _TAGS, _SUBJECTS, _TERMS, _LIVE)
        read = tuple(_one_value(sql.format(changed=condition), values) for sql in sentences)
        table, tags, subjects, terms, live = (
            np.frombuffer(part, dtype) for part, dtype in zip(read, (ROW, PAIR, PAIR, TERM, PAIR), strict=True)
        )
        known = np.unique(table["asset"])
        parts = (part[np.isin(part["asset"], known)] for part in (tags, subjects, terms, live))
        changes = _Changes(touched, table, *parts)
        # As long as an older transaction is open, a backup's for hours, what was written since is read every time.
        if self.last_read and changes.are_within(self.last_read):
            return
        self.columns = self.columns.with_changes(changes)
        self.last_read = None if is_first else changes


def _one_value(sql: str, values: dict[str, Any]) -> bytes:
    """The bytes that the query answers with, as they are: PostgreSQL's text form of them would be twice as long."""
    connection.ensure_connection()
    with Cursor(connection.connection) as cursor:
        cursor.execute(sql, values, binary=True)
        row = cursor.fetchone()
        return bytes(row[0] or b"") if row else b""


_copies: Kept[_Copy] = Kept()


def columns_of(workspace_id: int) -> Columns:
    """What is known of the workspace's assets, as the database has it now."""
    return _copies.of(workspace_id, make=partial(_Copy, workspace_id)).fresh()

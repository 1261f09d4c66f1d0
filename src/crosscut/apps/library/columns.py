"""What a search filters, sorts and counts by, of every asset of a workspace, as columns in memory.

PostgreSQL finds words; it cannot count a million rows by nine facets in the time of a keystroke. Columns can: a million
assets are some 100 megabytes of numbers, and a pass over one of them takes a millisecond. The processes of a machine
share them (`in_memory`), and each brings them up to date before it uses them. What is shown is read from the database
again, as whoever asks may see it.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt

from crosscut.apps.library.in_memory.rows import Part, Rows
from crosscut.apps.library.models import Asset

KINDS = tuple(kind.value for kind in Asset.Kind)
ARCHIVED, NO_CREDIT, NO_ALT = 1, 2, 4
NEVER = 2**31 - 1  # the day on which a licence without an end ends
_KEPT = 200  # of what was made of the columns
_STRETCH = 65_536  # rows looked through at once, where the first suffice
FEW = 20  # a twentieth of all rows: up to then looking up each is quicker than reading all pairs
_NOWHERE = -1  # the row of an asset that has none: the last of a mask that is one longer
_INSERTED = 1000  # changed rows that are put into their places in an order; of more it is made anew
Mask = npt.NDArray[np.bool_]
Places = npt.NDArray[np.intp]
Numbers = npt.NDArray[np.int64]
Living = tuple[int, npt.NDArray[np.int32]]  # the lowest number of an asset, and from it on the living row of each


@dataclass(frozen=True)
class Pairs:
    """Which rows have which values; a row may have several."""

    pairs: Rows  # "row", ascending, and "code": the place in `values`
    values: Rows  # "value", each once: a tag's or channel's hash, a subject's number

    @classmethod
    def none(cls) -> "Pairs":
        """Without any."""
        nothing = np.zeros(0, np.int32)
        return cls(Rows.of([{"row": nothing, "code": nothing}]), Rows.of([{"value": np.zeros(0, np.int64)}]))

    def having(self, value: int, size: int) -> Mask:
        """The rows that have the value."""
        mask = np.zeros(size, np.bool_)
        for code in np.flatnonzero(self.values["value"] == value):
            mask[self.pairs["row"][self.pairs["code"] == code]] = True
        return mask

    def counted(self, mask: Mask, most: int) -> list[tuple[int, int]]:
        """The values that most of the rows have, and how many of them: the most frequent first."""
        counts = np.bincount(self._codes_of(mask), minlength=len(self.values))
        some = np.flatnonzero(counts)
        order = some[np.argsort(-counts[some], kind="stable")][:most]
        return [(int(self.values["value"][code]), int(counts[code])) for code in order]

    def _codes_of(self, mask: Mask) -> npt.NDArray[np.int32]:
        of_rows, codes = self.pairs["row"], self.pairs["code"]
        rows = np.flatnonzero(mask).astype(np.int32)
        if len(rows) * FEW > len(mask):
            return np.asarray(codes[mask[of_rows]])
        starts = np.searchsorted(of_rows, rows)  # few of many: their pairs are looked up, the others not read
        sizes = np.searchsorted(of_rows, rows, side="right") - starts
        ends = np.cumsum(sizes)
        places = np.repeat(starts - (ends - sizes), sizes) + np.arange(ends[-1] if len(ends) else 0)
        return np.asarray(codes[places])

    def with_more(self, rows: npt.NDArray[np.int32], values: Numbers) -> "Pairs":
        """These and further ones, of rows that come after all that were there."""
        known = self.values["value"]
        new = np.setdiff1d(values, known)
        every = self.values.with_more({"value": new}) if len(new) else self.values
        order = np.argsort(every["value"])
        codes = order[np.searchsorted(every["value"], values, sorter=order)].astype(np.int32)
        by_row = np.argsort(rows, kind="stable")
        return Pairs(self.pairs.with_more({"row": rows[by_row], "code": codes[by_row]}), every)


@dataclass(frozen=True, eq=False)
class Columns:
    """What is known of a workspace's assets at one moment. Rows that newer ones replaced are not alive."""

    rows: Rows  # as `column_source.COLUMNS` has them
    terms: Rows  # "row", "starts" and "ends" of licences, in days since 1970, both inclusive
    tags: Pairs
    subjects: Pairs
    live: Pairs  # channels, by the hash of their slug
    alive: Mask
    _made: dict[object, Any] = field(default_factory=dict)

    def __len__(self) -> int:
        return len(self.rows)

    @property
    def assets(self) -> Numbers:
        """The assets' numbers, row by row."""
        return self.rows["asset"]

    @property
    def kinds(self) -> npt.NDArray[np.int16]:
        """The kinds as places in KINDS."""
        return self.rows["kind"]

    @property
    def flags(self) -> npt.NDArray[np.int16]:
        """ARCHIVED, NO_CREDIT, NO_ALT."""
        return self.rows["flags"]

    @property
    def hues(self) -> npt.NDArray[np.int32]:
        """Bits of the colours' names."""
        return self.rows["hues"]

    @property
    def years(self) -> npt.NDArray[np.int16]:
        """The year in which each was made."""
        return self.rows["year"]

    def rows_of(self, assets: Numbers) -> Places:
        """The living rows of the assets, in the order of the assets; those that are not there are left out."""
        rows = self._living(assets)
        return np.asarray(rows[rows != _NOWHERE], np.intp)

    def mask_of(self, assets: Numbers) -> Mask:
        """The same as a mask, for many assets in any order."""
        mask = np.zeros(len(self) + 1, np.bool_)
        mask[self._living(assets)] = True
        return np.asarray(mask[:-1])

    def passing(self, assets: Numbers, mask: Mask) -> Mask:
        """Of each asset, in their order, whether its living row is in the mask."""
        return np.asarray(np.append(mask, False)[self._living(assets)])

    def _living(self, assets: Numbers) -> Places:
        """The living row of each asset; _NOWHERE of those that have none."""
        lowest, rows = self.once("places", self._places)
        places = assets - lowest
        is_known = (places >= 0) & (places < len(rows))
        found = np.full(len(assets), _NOWHERE, np.intp)
        found[is_known] = rows[places[is_known]]
        return found

    def _places(self) -> Living:
        """The living row of every asset, by number."""
        alive = np.flatnonzero(self.alive)
        numbers = self.assets[alive]
        lowest, highest = (int(numbers.min()), int(numbers.max())) if len(numbers) else (0, -1)
        rows = np.full(highest - lowest + 1, _NOWHERE, np.int32)
        rows[numbers - lowest] = alive
        return lowest, rows

    def ordered(self, column: str) -> Places:
        """All rows by the column, largest first; the later asset first where it is equal."""

        def smallest_first() -> Places:
            by_asset = np.argsort(self.assets, kind="stable")
            return by_asset[np.argsort(self.rows[column][by_asset], kind="stable")]

        order: Places = self.once(("order", column), smallest_first)
        return order[::-1]

    def first_of(self, column: str, mask: Mask, most: int) -> Places:
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
        value = self._made.get(name)
        if value is None:
            value = self._made[name] = make()
            for old in list(self._made)[:-_KEPT]:
                self._made.pop(old, None)
        return value

    def licensed(self, today: int, *, until: int | None = None) -> Mask:
        """The rows with a licence that is valid on the day; with `until`, one that is valid beyond that day too."""

        def marked() -> Mask:
            valid = (self.terms["starts"] <= today) & (self.terms["ends"] >= today)
            if until is not None:
                valid &= self.terms["ends"] > until
            mask = np.zeros(len(self), np.bool_)
            mask[self.terms["row"][valid]] = True
            return mask

        mask: Mask = self.once(("licensed", today, until), marked)
        return mask

    def entered(self) -> Mask:
        """The rows with any licence that was not withdrawn."""

        def marked() -> Mask:
            mask = np.zeros(len(self), np.bool_)
            mask[self.terms["row"]] = True
            return mask

        mask: Mask = self.once("entered", marked)
        return mask

    def with_changes(self, touched: Numbers, told: "Told") -> "Columns":
        """These, with the rows of the touched assets replaced: by those that are told of them, or by none."""
        alive = np.concatenate([self.alive, np.ones(len(told.rows["asset"]), np.bool_)])
        alive[self.rows_of(touched)] = False
        grown = Columns(
            rows=self.rows.with_more(told.rows),
            terms=self.terms.with_more(told.terms),
            tags=self.tags.with_more(*told.tags),
            subjects=self.subjects.with_more(*told.subjects),
            live=self.live.with_more(*told.live),
            alive=alive,
        )
        grown._keep_made(self, touched)
        return grown

    def _keep_made(self, before: "Columns", touched: Numbers) -> None:
        """Takes over what was made of the columns before and is mended faster than made anew."""
        new = np.arange(len(before), len(self))
        places = before._made.get("places")
        if places is not None:
            self._made["places"] = _moved(places, touched, self.assets[new], new)
        for name, made in list(before._made.items()):
            if isinstance(name, tuple) and name[0] == "order" and len(new) <= _INSERTED:
                self._made[name] = self._inserted(name[1], made, new)

    def _inserted(self, column: str, order: Places, new: Places) -> Places:
        """The order, smallest first, with the new rows in their places."""
        values, assets = self.rows[column], self.assets
        new = new[np.lexsort((assets[new], values[new]))]
        ordered = values[order]
        starts = np.searchsorted(ordered, values[new])
        ends = np.searchsorted(ordered, values[new], side="right")
        among = zip(new, starts, ends, strict=True)
        places = [start + np.searchsorted(assets[order[start:end]], assets[row]) for row, start, end in among]
        return np.insert(order, np.array(places, np.intp), new)


@dataclass(frozen=True, kw_only=True)
class Told:
    """What was read of some assets; rows are numbered as they will stand in the columns."""

    rows: Part
    terms: Part
    tags: tuple[npt.NDArray[np.int32], Numbers]  # rows and values
    subjects: tuple[npt.NDArray[np.int32], Numbers]
    live: tuple[npt.NDArray[np.int32], Numbers]


def _moved(before: Living, touched: Numbers, assets: Numbers, new: Places) -> Living:
    """The living rows after the touched ones left and the new ones came, each at its place in `new`."""
    lowest, rows = before
    ends = [lowest, lowest + len(rows) - 1] if len(rows) else []
    first, last = min([*ends, *assets.tolist()], default=0), max([*ends, *assets.tolist()], default=-1)
    moved = np.full(last - first + 1, _NOWHERE, np.int32)
    moved[lowest - first : lowest - first + len(rows)] = rows
    gone = touched[(touched >= first) & (touched <= last)] - first
    moved[gone] = _NOWHERE
    moved[assets - first] = new
    return first, moved

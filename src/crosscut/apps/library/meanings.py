"""Finding by meaning: what lies nearest to the words of a search, of all that a model understood.

A process keeps a bit of each number of each vector (`nearness`), so a million of them take some 90 MB of memory; of the
nearest the whole vectors are read from the database and judged exactly, so what is gone from there is never found. The
copy is brought up to date before each search, as that of `alike` is.

What is judged is how much nearer a vector lies to the words than to the words "a photo", which are near to everything:
pictures and texts lie in two clouds apart, so no distance would do for both.
"""

from collections import OrderedDict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from threading import Lock
from typing import Any

import numpy as np
from django.conf import settings
from django.db import connection
from django.utils.translation import gettext as _
from psycopg import Cursor

from crosscut.apps.library.columns import Columns, Mask
from crosscut.apps.library.nearness import JUDGED, Chunk, Places, Understood
from crosscut.apps.library.snapshots import Kept, snapshot
from crosscut.kernel.errors import CrosscutError
from crosscut.media import meaning
from crosscut.media.meaning import Model, Vectors

NEUTRAL = "a photo"  # what is near to everything
LEAST = 0.01  # by which something must be nearer to the words: less is lost in keeping vectors as bytes
MOST = 1000  # assets found by what they show, and as many by what they say
KEPT_QUERIES = 256
_AT_ONCE = 20_000  # rows read at once
_LEFT_OVER = 0.2  # of the copy may be outdated before it is read anew
_GROWN = 4  # times as many vectors: then what they have in common is taken anew
_SMALL = 10_000
_ROWS = """
SELECT meaning.version_id, version.asset_id, meaning.seen, meaning.told
FROM library_meaning AS meaning JOIN library_version AS version ON version.id = meaning.version_id
WHERE meaning.workspace_id = %(workspace)s AND meaning.model = %(model)s AND meaning.version_id > %(after)s AND {since}
ORDER BY meaning.version_id LIMIT %(most)s
"""
_SINCE = "meaning.written_in >= %(from)s AND meaning.written_in <= %(to)s"
_WHOLE = """
SELECT asset.id, asked.is_told,
    CASE WHEN asked.is_told THEN substring(meaning.told FROM asked.place * %(width)s + 1 FOR %(width)s)
        ELSE substring(meaning.seen FROM asked.place * %(width)s + 1 FOR %(width)s) END,
    CASE WHEN asked.is_told THEN meaning.told_at_ms[asked.place + 1] ELSE meaning.seen_at_ms[asked.place + 1] END
FROM unnest(%(versions)s::bigint[], %(told)s::boolean[], %(places)s::int[]) AS asked (version_id, is_told, place)
JOIN library_meaning AS meaning ON meaning.version_id = asked.version_id AND meaning.model = %(model)s
JOIN library_asset AS asset ON asset.current_id = meaning.version_id
WHERE asset.workspace_id = %(workspace)s AND asset.binned_at IS NULL
"""


@dataclass(frozen=True, kw_only=True)
class Alike:
    """An asset that is alike in meaning."""

    asset: int
    nearer: float  # by how much it lies nearer to the words than to anything
    at_ms: int  # where in the film or sound; -1 where it has no times


@dataclass(frozen=True, kw_only=True)
class Meant:
    """What was found by meaning."""

    shown: tuple[Alike, ...] = ()  # by what it shows, the nearest first
    told: tuple[Alike, ...] = ()  # by what is said about it or in it
    notes: tuple[str, ...] = ()  # for the person: why there is nothing, or not all

    def moments(self) -> dict[int, int]:
        """The assets with the moment (in ms, -1 for none) of what fits best."""
        best: dict[int, Alike] = {}
        for one in (*self.shown, *self.told):
            if one.asset not in best or one.nearer > best[one.asset].nearer:
                best[one.asset] = one
        return {asset: one.at_ms for asset, one in best.items()}


def model_in_use() -> Model | None:
    """The model that the installation's keeper named; None without one. Raises what `media.meaning.model_in` does."""
    return meaning.model_in(Path(settings.MEANING_MODEL)) if settings.MEANING_MODEL else None


def near(workspace_id: int, words: Sequence[str], columns: Columns, mask: Mask) -> Meant:
    """The assets in the mask that are alike in meaning; none without a model. Never fails: what is wrong is a note."""
    try:
        model = model_in_use()
        if model is None:
            return Meant()
        direction = _direction(model, " ".join(words))
    except CrosscutError as error:
        return Meant(notes=(_("Nothing was looked for by meaning: %(problem)s") % {"problem": error},))
    copy = _copy_of(workspace_id, model)
    nearest = copy.fresh(len(direction)).nearest(direction, partial(columns.passing, mask=mask))
    shown, told = _judged(workspace_id, model, nearest, direction)
    notes = (_("More is alike in meaning: the nearest %(most)d are shown.") % {"most": MOST},)
    is_cut = max(len(shown), len(told)) > MOST
    return Meant(shown=tuple(shown[:MOST]), told=tuple(told[:MOST]), notes=notes if is_cut else ())


def packed(vectors: Vectors) -> bytes:
    """The vectors as the database keeps them."""
    largest = np.abs(vectors).max(axis=1, keepdims=True, initial=0)
    return bytes(np.rint(vectors / np.where(largest > 0, largest, 1) * 127).astype(np.int8).tobytes())


def unpacked(raw: bytes, width: int) -> Vectors:
    """The same as vectors of length 1."""
    vectors = np.frombuffer(raw, np.int8).reshape(-1, width).astype(np.float32)
    lengths = np.linalg.norm(vectors, axis=1, keepdims=True)
    return np.asarray(vectors / np.where(lengths > 0, lengths, 1), np.float32)


def _direction(model: Model, text: str) -> Vectors:
    """From "a photo" to the words: how far a vector lies along it is by how much it is nearer to the words."""
    name = (model.sha256, text)
    with _queries_lock:
        known = _queries.get(name)
    if known is None:
        asked, neutral = meaning.standing(model).of_texts([text, NEUTRAL])
        known = asked - neutral
        with _queries_lock:
            _queries[name] = known
            while len(_queries) > KEPT_QUERIES:
                _queries.popitem(last=False)
    return known


def _judged(workspace_id: int, model: Model, nearest: Places, direction: Vectors) -> tuple[list[Alike], list[Alike]]:
    """The assets whose current version has one of these vectors, by what they show and by what they say.

    Each once, judged exactly, the nearest first; what is not near enough is left out.
    """
    width = len(direction)
    values = {"model": model.sha256, "workspace": workspace_id, "width": width}
    told = nearest.are_told.tolist()
    asked = {"versions": nearest.versions.tolist(), "told": told, "places": nearest.numbers.tolist()}
    rows = [row for row in _rows(_WHOLE, values | asked) if len(row[2]) == width]  # others were made anew meanwhile
    nearer = unpacked(b"".join(row[2] for row in rows), width) @ direction
    found: tuple[dict[int, Alike], dict[int, Alike]] = ({}, {})
    for place in np.argsort(-nearer, kind="stable"):
        asset, is_told, _raw, at_ms = rows[place]
        if nearer[place] > LEAST:
            found[is_told].setdefault(asset, Alike(asset=asset, nearer=float(nearer[place]), at_ms=at_ms))
    return list(found[False].values()), list(found[True].values())


@dataclass
class _Copy:
    """What was understood of one workspace by one model, in this process, and how far it has been read."""

    workspace_id: int
    model: str
    lock: Lock = field(default_factory=Lock)
    understood: Understood = field(default_factory=Understood)
    ended_below: int = -1  # every transaction with a lower number had ended when this was read; -1: never read
    middles: dict[bool, Vectors] = field(default_factory=dict)  # what pictures have in common, and what texts have
    first_size: int = 0  # vectors that were there when these were taken
    outdated: int = 0

    def fresh(self, width: int) -> Understood:
        """The vectors, of so many numbers, after reading what was written since the last time; all the first time."""
        with self.lock:
            size = len(self.understood)
            if self.outdated > max(_SMALL, _LEFT_OVER * size) or size > max(JUDGED, _GROWN * self.first_size):
                self.understood, self.ended_below, self.outdated, self.middles = Understood(), -1, 0, {}
            is_first = self.ended_below < 0
            # Asked for before the rows: what commits in between is read now and once more the next time.
            lowest, highest = snapshot()
            self._add([self._chunk(rows, width) for rows in self._read(highest)])
            self.ended_below = lowest
            if is_first:
                self.first_size = len(self.understood)
            return self.understood

    def _read(self, highest: int) -> Iterator[list[tuple[Any, ...]]]:
        since = "TRUE" if self.ended_below < 0 else _SINCE
        values = {"workspace": self.workspace_id, "model": self.model, "from": self.ended_below, "to": highest}
        after = 0
        while rows := _rows(_ROWS.format(since=since), {**values, "after": after, "most": _AT_ONCE}):
            yield rows
            after = rows[-1][0]

    def _chunk(self, rows: Sequence[tuple[int, int, bytes, bytes]], width: int) -> Chunk:
        counts = np.array([(len(seen) // width, len(told) // width) for _version, _asset, seen, told in rows], np.intp)
        vectors = unpacked(b"".join(seen + told for _version, _asset, seen, told in rows), width)
        are_told = np.repeat(np.tile([False, True], len(rows)), counts.ravel())
        for sort in (False, True):
            some = are_told == sort
            if some.any():
                vectors[some] -= self.middles.setdefault(sort, vectors[some].mean(axis=0))
        each = counts.sum(axis=1)
        versions, assets = (np.repeat(np.array([row[at] for row in rows], np.int64), each) for at in (0, 1))
        sizes = counts.ravel()
        places = np.arange(len(vectors)) - np.repeat(np.cumsum(sizes) - sizes, sizes)
        return Chunk.of(Places(versions, are_told, places.astype(np.int32)), assets, vectors)

    def _add(self, new: Sequence[Chunk]) -> None:
        """Whoever searches meanwhile has the chunks as they were; in those only replaced vectors are blotted out."""
        if not new:
            return
        fresh = Chunk.joined(new)
        self.outdated += sum(chunk.without(np.unique(fresh.which.versions)) for chunk in self.understood.chunks)
        *whole, tail = (*self.understood.chunks, fresh) if len(self.understood.chunks) < 2 else self.understood.chunks
        if tail is not fresh:
            tail = Chunk.joined([tail, fresh])
        chunks = (*whole, tail)
        if len(tail.assets) > _AT_ONCE and len(chunks) > 1:
            chunks = (Chunk.joined(chunks),)
        self.understood = Understood(chunks)


def _rows(sql: str, values: dict[str, Any]) -> list[tuple[Any, ...]]:
    """The rows with their bytes as they are: PostgreSQL's text form of them would be twice as long."""
    connection.ensure_connection()
    with Cursor(connection.connection) as cursor:
        return cursor.execute(sql, values, binary=True).fetchall()


_queries: "OrderedDict[tuple[str, str], Vectors]" = OrderedDict()
_queries_lock = Lock()
_copies: Kept[_Copy] = Kept()


def _copy_of(workspace_id: int, model: Model) -> _Copy:
    return _copies.of(workspace_id, model.sha256, make=partial(_Copy, workspace_id, model.sha256))

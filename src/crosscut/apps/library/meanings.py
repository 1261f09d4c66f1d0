"""Finding by meaning: what lies nearest to the words of a search, of all that a model understood.

The vectors of a workspace are in memory, which the processes of a machine share (`in_memory`), and each process brings
them up to date before a search. What was found is looked up in the database, so what is gone from there is never shown.

What is judged is how much nearer a vector lies to the words than to the words "a photo", which are near to everything:
pictures and texts lie in two clouds apart, so no distance would do for both.
"""

from collections import OrderedDict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
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
from crosscut.apps.library.in_memory.files import Groups
from crosscut.apps.library.in_memory.keeping import Subject
from crosscut.apps.library.in_memory.kept import Copy, Kept
from crosscut.apps.library.in_memory.moments import SINCE
from crosscut.apps.library.in_memory.rows import Part, Rows
from crosscut.apps.library.models import Meaning
from crosscut.apps.library.nearness import Understood
from crosscut.kernel.errors import CrosscutError
from crosscut.media import meaning
from crosscut.media.meaning import Model, Vectors

NEUTRAL = "a photo"  # what is near to everything
LEAST = 0.01  # by which something must be nearer to the words: less is lost in keeping vectors as bytes
MOST = 1000  # assets found by what they show, and as many by what they say
KEPT_QUERIES = 256
KIND = "meaning"
LAYOUT = 1  # raised when other columns are kept, or the same ones mean something else
_LOOKED_UP = 2 * MOST  # versions: an asset may have several, and only its current one counts
_AT_ONCE = 20_000  # rows read at once
_ROWS = """
SELECT meaning.version_id, version.asset_id, meaning.seen, meaning.told
FROM library_meaning AS meaning JOIN library_version AS version ON version.id = meaning.version_id
WHERE meaning.workspace_id = %(workspace)s AND meaning.model = %(model)s AND meaning.version_id > %(last)s AND {since}
ORDER BY meaning.version_id LIMIT %(most)s
"""
_FOUND = """
SELECT asked.rank, asset.id,
    CASE WHEN %(is_told)s THEN meaning.told_at_ms[asked.number + 1] ELSE meaning.seen_at_ms[asked.number + 1] END
FROM unnest(%(versions)s::bigint[], %(numbers)s::int[]) WITH ORDINALITY AS asked (version_id, number, rank)
JOIN library_meaning AS meaning ON meaning.version_id = asked.version_id AND meaning.model = %(model)s
JOIN library_asset AS asset ON asset.current_id = meaning.version_id
WHERE asset.workspace_id = %(workspace)s AND asset.binned_at IS NULL ORDER BY asked.rank
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
    understood = _understood(workspace_id, model, len(direction))
    may_be = columns.passing(understood.rows["asset"], mask)
    shown, told = (_nearest(workspace_id, model, understood, direction, may_be, is_told=sort) for sort in (False, True))
    notes = (_("More is alike in meaning: the nearest %(most)d are shown.") % {"most": MOST},)
    is_cut = max(len(shown), len(told)) > MOST
    return Meant(shown=tuple(shown[:MOST]), told=tuple(told[:MOST]), notes=notes if is_cut else ())


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


def _nearest(
    workspace_id: int, model: Model, understood: Understood, direction: Vectors, may_be: Mask, *, is_told: bool
) -> list[Alike]:
    """The assets in the mask by what they show, or by what is told of them: each once, the nearest first, MOST + 1."""
    of_sort = may_be & (understood.rows["is_told"] == is_told)
    rows, nearer = understood.nearest(direction, of_sort, least=LEAST)
    _versions, firsts = np.unique(understood.rows["version"][rows], return_index=True)
    firsts = np.sort(firsts)[:_LOOKED_UP]
    rows, nearer = rows[firsts], nearer[firsts]
    asked = {name: understood.rows[of][rows].tolist() for name, of in (("versions", "version"), ("numbers", "number"))}
    values = {"workspace": workspace_id, "model": model.sha256, "is_told": is_told, **asked}
    found: dict[int, Alike] = {}
    for rank, asset, at_ms in _answers(_FOUND, values):
        found.setdefault(asset, Alike(asset=asset, nearer=float(nearer[rank - 1]), at_ms=at_ms))
    return list(found.values())[: MOST + 1]


@dataclass(frozen=True, kw_only=True)
class MeaningSource:
    """What was understood of one workspace by one model."""

    workspace_id: int
    model: str  # its SHA-256
    width: int  # numbers of a vector

    @property
    def subject(self) -> Subject:
        """What its files are about."""
        return Subject(workspace_id=self.workspace_id, kind=kind_of(self.model), layout=LAYOUT)

    def whole(self) -> Groups:
        """Every vector."""
        return {"vectors": [self._part([]), *self._read("TRUE", {})]}

    def value(self, groups: Mapping[str, Rows]) -> Understood:
        """The vectors, to be searched."""
        return Understood(groups["vectors"])

    def changed(self, value: Understood, since: Mapping[str, Any]) -> tuple[Understood, int]:
        """The vectors with those that are new since; what was understood anew replaces what was."""
        count = 0
        for part in self._read(SINCE.format(column="meaning.written_in"), since):
            value, count = value.with_more(part), count + len(part["version"])
        return value, count

    def _read(self, since: str, values: Mapping[str, Any]) -> Iterator[Part]:
        asked = {"workspace": self.workspace_id, "model": self.model, "most": _AT_ONCE, "last": 0, **values}
        while rows := _answers(_ROWS.format(since=since), asked):
            yield self._part(rows)
            asked["last"] = rows[-1][0]

    def _part(self, rows: Sequence[tuple[int, int, bytes, bytes]]) -> Part:
        counts = np.array(
            [(len(seen) // self.width, len(told) // self.width) for _version, _asset, seen, told in rows], np.intp
        ).reshape(-1, 2)
        raw = b"".join(seen + told for _version, _asset, seen, told in rows)
        vectors = np.frombuffer(raw, np.int8).reshape(-1, self.width)
        each, sizes = counts.sum(axis=1), counts.ravel()
        places = np.arange(len(vectors)) - np.repeat(np.cumsum(sizes) - sizes, sizes)
        return {
            "version": np.repeat(np.array([row[0] for row in rows], np.int64), each),
            "asset": np.repeat(np.array([row[1] for row in rows], np.int64), each),
            "is_told": np.repeat(np.tile([False, True], len(rows)), sizes),
            "number": places.astype(np.int32),
            "length": np.maximum(np.linalg.norm(vectors.astype(np.float32), axis=1), 1e-6).astype(np.float32),
            "vector": vectors,
        }


def source_of(workspace_id: int, model: str) -> MeaningSource | None:
    """The vectors of the workspace by that model (its SHA-256); None while there are none."""
    rows = Meaning.objects.filter(workspace=workspace_id, model=model, seen_at_ms__len__gt=0)
    row = rows.values_list("seen", "seen_at_ms").first()
    if row is None:
        return None
    return MeaningSource(workspace_id=workspace_id, model=model, width=len(row[0]) // len(row[1]))


def kind_of(model_sha256: str) -> str:
    """How files with the vectors of a model are called."""
    return f"{KIND}-{model_sha256[:16]}"


def _answers(sql: str, values: Mapping[str, Any]) -> list[tuple[Any, ...]]:
    """The rows with their bytes as they are: PostgreSQL's text form of them would be twice as long."""
    connection.ensure_connection()
    with Cursor(connection.connection) as cursor:
        return cursor.execute(sql, values, binary=True).fetchall()


_queries: "OrderedDict[tuple[str, str], Vectors]" = OrderedDict()
_queries_lock = Lock()
_copies: Kept[Copy[Understood]] = Kept()


def _understood(workspace_id: int, model: Model, width: int) -> Understood:
    source = MeaningSource(workspace_id=workspace_id, model=model.sha256, width=width)
    return _copies.of(workspace_id, model.sha256, make=partial(Copy, source)).fresh()

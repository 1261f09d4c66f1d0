"""Where the columns of a search come from: every asset of a workspace, and those that changed."""

from collections.abc import Mapping
from functools import partial
from typing import Any

import numpy as np
import numpy.typing as npt
from django.db import connection
from psycopg import Cursor

from crosscut.apps.library.columns import KINDS, Columns, Pairs, Told
from crosscut.apps.library.in_memory.files import Groups
from crosscut.apps.library.in_memory.keeping import Subject
from crosscut.apps.library.in_memory.kept import Copy, Kept
from crosscut.apps.library.in_memory.moments import SINCE
from crosscut.apps.library.in_memory.rows import Part, Rows
from crosscut.apps.library.outlines import lengths_of, shapes_of, years_of

KIND = "columns"
LAYOUT = 1  # raised when columns are added, or mean something else
_ROW = np.dtype(
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
_PAIR = np.dtype([("asset", ">i8"), ("value", ">i8")])
_TERM = np.dtype([("asset", ">i8"), ("starts", ">i4"), ("ends", ">i4")])  # days since 1970, both inclusive
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
_TOUCHED = "SELECT asset_id FROM library_touched WHERE workspace_id = %(workspace)s AND {since}"
Numbers = npt.NDArray[np.int64]


class ColumnSource:
    """The columns of one workspace."""

    def __init__(self, workspace_id: int) -> None:
        self._workspace_id = workspace_id

    @property
    def subject(self) -> Subject:
        """What its files are about."""
        return Subject(workspace_id=self._workspace_id, kind=KIND, layout=LAYOUT)

    def whole(self) -> Groups:
        """Every asset."""
        told = self._read("TRUE", {}, 0)
        sorts = {"tags": told.tags, "subjects": told.subjects, "live": told.live}
        pairs = {name: Pairs.none().with_more(*found) for name, found in sorts.items()}
        rows = {name: pairs[name].pairs for name in sorts} | {f"{name} values": pairs[name].values for name in sorts}
        parts = {name: {column: one[column] for column in one} for name, one in rows.items()}
        return {name: [part] for name, part in {"rows": told.rows, "terms": told.terms, **parts}.items()}

    def value(self, groups: Mapping[str, Rows]) -> Columns:
        """The columns, all of them alive."""
        return Columns(
            rows=groups["rows"],
            terms=groups["terms"],
            tags=Pairs(groups["tags"], groups["tags values"]),
            subjects=Pairs(groups["subjects"], groups["subjects values"]),
            live=Pairs(groups["live"], groups["live values"]),
            alive=np.ones(len(groups["rows"]), np.bool_),
        )

    def changed(self, value: Columns, since: Mapping[str, Any]) -> tuple[Columns, int]:
        """The columns after the changes since, and how many assets these were of."""
        with connection.cursor() as cursor:
            cursor.execute(
                _TOUCHED.format(since=SINCE.format(column="written_in")), {"workspace": self._workspace_id, **since}
            )
            touched = np.array([row[0] for row in cursor.fetchall()], np.int64)
        if not len(touched):
            return value, 0
        told = self._read(_CHANGED, {"touched": touched.tolist()}, len(value))
        return value.with_changes(touched, told), len(touched)

    def _read(self, condition: str, values: Mapping[str, Any], first_row: int) -> Told:
        asked = {"workspace": self._workspace_id, "kinds": list(KINDS), **values}
        read = {
            sql: np.frombuffer(_one_value(sql.format(changed=condition), asked), kind)
            for sql, kind in ((_ASSETS, _ROW), (_TAGS, _PAIR), (_SUBJECTS, _PAIR), (_TERMS, _TERM), (_LIVE, _PAIR))
        }
        assets = read[_ASSETS]["asset"].astype(np.int64)
        terms, rows = _placed(read[_TERMS], assets, first_row)
        pairs = {sql: _placed(read[sql], assets, first_row) for sql in (_TAGS, _SUBJECTS, _LIVE)}
        tags, subjects, live = ((rows, part["value"].astype(np.int64)) for part, rows in pairs.values())
        return Told(
            rows=_columns_of(read[_ASSETS]),
            terms={"row": rows, **{name: terms[name].astype(np.int32) for name in ("starts", "ends")}},
            tags=tags,
            subjects=subjects,
            live=live,
        )


def _columns_of(table: npt.NDArray[Any]) -> Part:
    """The rows as they came, column by column, and what is worked out of them."""
    columns = {name: table[name].astype(table.dtype[name].newbyteorder("=")) for name in table.dtype.names or ()}
    return {
        **columns,
        "year": years_of(columns["taken_us"]),
        "shape": shapes_of(columns["width_px"], columns["height_px"]),
        "length": lengths_of(columns["duration_ms"]),
    }


def _placed(part: npt.NDArray[Any], assets: Numbers, first_row: int) -> tuple[npt.NDArray[Any], npt.NDArray[np.int32]]:
    """What is said of the assets (ascending), with the row of each; of others that came meanwhile nothing is kept."""
    of = part["asset"].astype(np.int64)
    places = np.searchsorted(assets, of)
    is_known = places < len(assets)
    is_known[is_known] = assets[places[is_known]] == of[is_known]
    return part[is_known], (places[is_known] + first_row).astype(np.int32)


def _one_value(sql: str, values: Mapping[str, Any]) -> bytes:
    """The bytes that the query answers with, as they are: PostgreSQL's text form of them would be twice as long."""
    connection.ensure_connection()
    with Cursor(connection.connection) as cursor:
        cursor.execute(sql, values, binary=True)
        row = cursor.fetchone()
        return bytes(row[0] or b"") if row else b""


_copies: Kept[Copy[Columns]] = Kept()


def columns_of(workspace_id: int) -> Columns:
    """What is known of the workspace's assets, as the database has it now."""
    return _copies.of(workspace_id, make=partial(Copy, ColumnSource(workspace_id))).fresh()

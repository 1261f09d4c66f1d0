"""What a workspace's pictures look like, in memory, and the search through it.

A million hashes are eight megabytes, and counting differing bits in all of them takes a few milliseconds: no index is
needed, and none can be out of step. The processes of a machine share them (`in_memory`), and each brings them up to
date before a search. Rows that are gone leave the copy late and are never shown, because whoever shows a hit reads its
row.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np
import numpy.typing as npt
from django.db import connection

from crosscut.apps.library.in_memory.files import Groups
from crosscut.apps.library.in_memory.keeping import Subject
from crosscut.apps.library.in_memory.kept import Copy, Kept
from crosscut.apps.library.in_memory.moments import SINCE
from crosscut.apps.library.in_memory.rows import Part, Rows
from crosscut.media.stills.fingerprints import PARTS

SAME_BITS = 8  # saved anew, made smaller, made a little brighter: at most so many of 64 differ (measured)
KIND = "looks"
LAYOUT = 1  # raised when other columns are kept, or the same ones mean something else
_BLOCK = 32_768  # rows looked through at once: what is made of them stays in the processor's cache
Hashes = npt.NDArray[np.uint64]
_ROWS = """
SELECT string_agg(int8send(version_id), ''), string_agg(int8send(whole), ''),
    string_agg(int2send(is_film::int::int2), ''),
    string_agg(CASE WHEN length(parts) = %(length)s THEN parts ELSE %(nothing)s END, '')
FROM (SELECT * FROM library_fingerprint WHERE workspace_id = %(workspace)s AND {since} ORDER BY version_id) AS rows
"""


@dataclass(frozen=True, kw_only=True, order=True)
class Near:
    """One version that looks like what was asked for. The nearest sort first."""

    bits: int  # of 64 that differ
    version_id: int
    frame: int = 0  # of a film, which of its FRAMES


@dataclass(frozen=True)
class Looks:
    """What a workspace's versions look like, as it was at one moment. A hash of 0 is never alike to anything."""

    rows: Rows  # "version", "whole", "is_film", and "parts": PARTS hashes each

    def __len__(self) -> int:
        return len(self.rows)

    def near(self, bits: int, *, within: int = SAME_BITS) -> list[Near]:
        """The stills whose whole picture is that alike, the nearest first."""
        if not bits:
            return []
        wholes = self.rows["whole"]
        apart: npt.NDArray[np.uint8] = np.bitwise_count(wholes ^ np.uint64(bits))
        apart[wholes == 0] = 64
        return sorted(self._listed(np.flatnonzero(apart <= within), apart))

    def cut_from(self, whole: int, parts: Iterable[int], *, within: int, most: int) -> list[Near]:
        """Stills that this one may be a part of, or that may be a part of it: the `most` nearest, to be looked at."""
        apart = self._cuts_apart(whole, [part for part in parts if part])
        rows = np.flatnonzero(apart <= within)
        return sorted(self._listed(rows[np.argsort(apart[rows], kind="stable")[:most]], apart))

    def films_like(self, parts: Iterable[int], *, least: float = 0.7) -> list[Near]:
        """The films that show the same pictures at the same parts of their length, at least at `least` of them."""
        mine = np.array(list(parts), np.uint64)
        rows = np.flatnonzero(self.rows["is_film"])
        theirs = self.rows["parts"][rows]
        both = (theirs != 0) & (mine != 0)
        counts = np.where(both, np.bitwise_count(theirs ^ mine), 64)
        same = (counts <= SAME_BITS).sum(axis=1)
        asked = np.maximum((theirs != 0).sum(axis=1), (mine != 0).sum())
        mean = np.where(counts <= SAME_BITS, counts, 0).sum(axis=1) // np.maximum(same, 1)
        is_like = (same > 0) & (same >= least * asked)
        apart = np.full(len(self), 64, np.uint8)
        apart[rows] = np.where(is_like, mean, 64)
        return sorted(self._listed(np.flatnonzero(apart <= SAME_BITS), apart))

    def frames_like(self, bits: int, *, within: int = SAME_BITS) -> list[Near]:
        """The films that show this picture somewhere, each with the frame."""
        if not bits:
            return []
        rows = np.flatnonzero(self.rows["is_film"])
        theirs = self.rows["parts"][rows]
        counts = np.where(theirs != 0, np.bitwise_count(theirs ^ np.uint64(bits)), np.uint8(64))
        apart, frames = counts.min(axis=1, initial=64), counts.argmin(axis=1)
        found = zip(rows.tolist(), apart.tolist(), frames.tolist(), strict=True)
        versions = self.rows["version"]
        return sorted(
            Near(version_id=int(versions[row]), bits=bits, frame=frame) for row, bits, frame in found if bits <= within
        )

    def with_more(self, part: Part) -> "Looks":
        """These and newer rows. Who searches meanwhile has them as they were, but for those that were replaced."""
        replaced = np.isin(self.rows["version"], part["version"])
        self.rows["whole"][replaced] = 0
        self.rows["parts"][replaced] = 0
        return Looks(self.rows.with_more(part))

    def _cuts_apart(self, whole: int, parts: Iterable[int]) -> npt.NDArray[np.uint8]:
        """The fewest bits by which a usual crop of the one differs from the whole of the other, either way round."""
        wholes, theirs = self.rows["whole"], self.rows["parts"]
        apart = np.full(len(wholes), 64, np.uint8)
        for start in range(0, len(wholes), _BLOCK):
            rows = slice(start, start + _BLOCK)
            if whole:
                counts = np.bitwise_count(theirs[rows] ^ np.uint64(whole))
                counts[theirs[rows] == 0] = 64
                np.minimum(apart[rows], counts.min(axis=1), out=apart[rows])
            for part in parts:
                np.minimum(apart[rows], np.bitwise_count(wholes[rows] ^ np.uint64(part)), out=apart[rows])
        apart[(wholes == 0) | self.rows["is_film"]] = 64
        return apart

    def _listed(self, rows: npt.NDArray[np.intp], apart: npt.NDArray[np.uint8]) -> list[Near]:
        versions = self.rows["version"]
        return [Near(version_id=int(versions[row]), bits=int(apart[row])) for row in rows]


class LookSource:
    """The looks of one workspace's versions."""

    def __init__(self, workspace_id: int) -> None:
        self._workspace_id = workspace_id

    @property
    def subject(self) -> Subject:
        """What its files are about."""
        return Subject(workspace_id=self._workspace_id, kind=KIND, layout=LAYOUT)

    def whole(self) -> Groups:
        """Every version."""
        return {"looks": [self._read("TRUE", {})]}

    def value(self, groups: Mapping[str, Rows]) -> Looks:
        """The rows, to be searched."""
        return Looks(groups["looks"])

    def changed(self, value: Looks, since: Mapping[str, Any]) -> tuple[Looks, int]:
        """The looks with those that are new since."""
        part = self._read(SINCE.format(column="written_in"), since)
        count = len(part["version"])
        return (value.with_more(part) if count else value), count

    def _read(self, since: str, values: Mapping[str, Any]) -> Part:
        asked = {"workspace": self._workspace_id, "length": 8 * PARTS, "nothing": bytes(8 * PARTS), **values}
        with connection.cursor() as cursor:
            cursor.execute(_ROWS.format(since=since), asked)
            versions, wholes, films, parts = (column or b"" for column in cursor.fetchone())
        return {
            "version": np.frombuffer(versions, ">i8").astype(np.int64),
            "whole": np.frombuffer(wholes, ">u8").astype(np.uint64),
            "is_film": np.frombuffer(films, ">i2").astype(np.bool_),
            "parts": np.frombuffer(parts, ">u8").astype(np.uint64).reshape(-1, PARTS),
        }


_copies: Kept[Copy[Looks]] = Kept()


def looks_of(workspace_id: int) -> Looks:
    """What the workspace's versions look like, as the database has it now."""
    return _copies.of(workspace_id, make=partial(Copy, LookSource(workspace_id))).fresh()

"""A copy in memory of what a workspace's pictures look like, and the search through it.

A million hashes are eight megabytes, and counting differing bits in all of them takes a few milliseconds: no index is
needed, and none can be out of step. The copy of a process is brought up to date before each search, by reading what
was written since: every row bears the number of the transaction that wrote it, and a copy remembers below which number
all transactions had ended when it was read. Rows that are gone leave the copy late and are never shown, because whoever
shows a hit reads its row.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import partial
from threading import Lock
from typing import Any

import numpy as np
import numpy.typing as npt
from django.db import connection

from crosscut.apps.library.snapshots import Kept, snapshot
from crosscut.media.stills.fingerprints import PARTS

SAME_BITS = 8  # saved anew, made smaller, made a little brighter: at most so many of 64 differ (measured)
_BLOCK = 32_768  # rows looked through at once: what is made of them stays in the processor's cache
_TAIL = 20_000  # rows that came since the copy was last put together
_LEFT_OVER = 0.2  # of the copy may be outdated before it is read anew
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
class _Chunk:
    """Some of the rows, column by column. A hash of 0 is never alike to anything."""

    versions: npt.NDArray[np.int64]
    wholes: Hashes
    films: npt.NDArray[np.bool_]
    parts: Hashes  # a row of PARTS for each

    @classmethod
    def read(cls, versions: bytes, wholes: bytes, films: bytes, parts: bytes) -> "_Chunk":
        return cls(
            np.frombuffer(versions, ">i8").astype(np.int64),
            np.frombuffer(wholes, ">u8").astype(np.uint64),
            np.frombuffer(films, ">i2").astype(np.bool_),
            np.frombuffer(parts, ">u8").astype(np.uint64).reshape(-1, PARTS),
        )

    @classmethod
    def joined(cls, chunks: "Iterable[_Chunk]") -> "_Chunk":
        columns = zip(*((each.versions, each.wholes, each.films, each.parts) for each in chunks), strict=True)
        versions, wholes, films, parts = (np.concatenate(column) for column in columns)
        return cls(versions, wholes, films, parts)

    def without(self, versions: npt.NDArray[np.int64]) -> int:
        """Blots out rows that newer ones replace; says how many."""
        replaced = np.isin(self.versions, versions)
        self.wholes[replaced] = 0
        self.parts[replaced] = 0
        return int(replaced.sum())

    def nearest(self, apart: npt.NDArray[np.uint8], within: int, most: int) -> list[Near]:
        """At most so many: of a wide search a tenth of all rows is near enough."""
        rows = np.flatnonzero(apart <= within)
        rows = rows[np.argsort(apart[rows], kind="stable")[:most]]
        return [Near(version_id=int(self.versions[row]), bits=int(apart[row])) for row in rows]

    def listed(self, apart: npt.NDArray[Any], within: int, frames: npt.NDArray[Any] | None = None) -> list[Near]:
        return [
            Near(
                version_id=int(self.versions[row]),
                bits=int(apart[row]),
                frame=0 if frames is None else int(frames[row]),
            )
            for row in np.flatnonzero(apart <= within)
        ]

    def wholes_apart(self, bits: int) -> npt.NDArray[np.uint8]:
        apart: npt.NDArray[np.uint8] = np.bitwise_count(self.wholes ^ np.uint64(bits))
        apart[self.wholes == 0] = 64
        return apart

    def cuts_apart(self, whole: int, parts: Iterable[int]) -> npt.NDArray[np.uint8]:
        """The fewest bits by which a usual crop of the one differs from the whole of the other, either way round."""
        apart = np.full(len(self.wholes), 64, np.uint8)
        for start in range(0, len(self.wholes), _BLOCK):
            rows = slice(start, start + _BLOCK)
            if whole:
                theirs = np.bitwise_count(self.parts[rows] ^ np.uint64(whole))
                theirs[self.parts[rows] == 0] = 64
                np.minimum(apart[rows], theirs.min(axis=1), out=apart[rows])
            for part in parts:
                np.minimum(apart[rows], np.bitwise_count(self.wholes[rows] ^ np.uint64(part)), out=apart[rows])
        apart[(self.wholes == 0) | self.films] = 64
        return apart

    def films_apart(self, parts: Hashes, least: float) -> npt.NDArray[np.uint8]:
        """How far films are that show the same at the same parts of their length, at `least` of them; others are 64."""
        apart = np.full(len(self.versions), 64, np.uint8)
        rows = np.flatnonzero(self.films)
        theirs = self.parts[rows]
        both = (theirs != 0) & (parts != 0)
        counts = np.where(both, np.bitwise_count(theirs ^ parts), 64)
        same = (counts <= SAME_BITS).sum(axis=1)
        asked = np.maximum((theirs != 0).sum(axis=1), (parts != 0).sum())
        mean = np.where(counts <= SAME_BITS, counts, 0).sum(axis=1) // np.maximum(same, 1)
        apart[rows] = np.where((same > 0) & (same >= least * asked), mean, 64)
        return apart

    def frames_apart(self, bits: int) -> tuple[npt.NDArray[np.uint8], npt.NDArray[np.intp]]:
        """How far the nearest frame of each film is from the picture, and which it is."""
        apart, frames = np.full(len(self.versions), 64, np.uint8), np.zeros(len(self.versions), np.intp)
        rows = np.flatnonzero(self.films)
        theirs = self.parts[rows]
        counts = np.where(theirs != 0, np.bitwise_count(theirs ^ np.uint64(bits)), np.uint8(64))
        apart[rows], frames[rows] = counts.min(axis=1, initial=64), counts.argmin(axis=1)
        return apart, frames


@dataclass(frozen=True)
class Looks:
    """What a workspace's versions look like, as it was at one moment."""

    chunks: tuple[_Chunk, ...] = ()

    def near(self, bits: int, *, within: int = SAME_BITS) -> list[Near]:
        """The stills whose whole picture is that alike, the nearest first."""
        if not bits:
            return []
        return sorted(near for chunk in self.chunks for near in chunk.listed(chunk.wholes_apart(bits), within))

    def cut_from(self, whole: int, parts: Iterable[int], *, within: int, most: int) -> list[Near]:
        """Stills that this one may be a part of, or that may be a part of it: the `most` nearest, to be looked at."""
        own = [part for part in parts if part]
        apart = ((chunk, chunk.cuts_apart(whole, own)) for chunk in self.chunks)
        found = (near for chunk, each in apart for near in chunk.nearest(each, within, most))
        return sorted(found)[:most]

    def films_like(self, parts: Iterable[int], *, least: float = 0.7) -> list[Near]:
        """The films that show the same pictures at the same parts of their length, at least at `least` of them."""
        mine = np.array(list(parts), np.uint64)
        return sorted(near for chunk in self.chunks for near in chunk.listed(chunk.films_apart(mine, least), SAME_BITS))

    def frames_like(self, bits: int, *, within: int = SAME_BITS) -> list[Near]:
        """The films that show this picture somewhere, each with the frame."""
        if not bits:
            return []
        seen = ((chunk, *chunk.frames_apart(bits)) for chunk in self.chunks)
        return sorted(near for chunk, apart, frames in seen for near in chunk.listed(apart, within, frames))


@dataclass
class _Copy:
    """The looks of one workspace in this process, and how far they have been read."""

    workspace_id: int
    lock: Lock = field(default_factory=Lock)
    looks: Looks = Looks()
    ended_below: int = -1  # every transaction with a lower number had ended when this was read; -1: never read
    outdated: int = 0  # rows of it that newer ones have replaced

    def fresh(self) -> Looks:
        """The looks after reading what was written since the last time; all of it the first time."""
        with self.lock:
            size = sum(len(chunk.versions) for chunk in self.looks.chunks)
            if self.outdated > _LEFT_OVER * max(_TAIL, size):
                self.looks, self.ended_below, self.outdated = Looks(), -1, 0
            # Asked for before the rows: what commits in between is read now and once more the next time.
            lowest, highest = snapshot()
            with connection.cursor() as cursor:
                cursor.execute(*self._rows_since(highest))
                columns = cursor.fetchone()
            if columns[0] is not None:
                self._add(_Chunk.read(*columns))
            self.ended_below = lowest
            return self.looks

    def _rows_since(self, highest: int) -> tuple[str, dict[str, Any]]:
        is_first = self.ended_below < 0
        # Numbers from another machine's backup are above all of ours: such rows were read the first time.
        since = "TRUE" if is_first else "written_in >= %(from)s AND written_in <= %(to)s"
        values = {"workspace": self.workspace_id, "from": self.ended_below, "to": highest}
        return _ROWS.format(since=since), values | {"length": 8 * PARTS, "nothing": bytes(8 * PARTS)}

    def _add(self, new: _Chunk) -> None:
        """Whoever searches meanwhile has the chunks as they were; in those only replaced rows are blotted out."""
        self.outdated += sum(chunk.without(new.versions) for chunk in self.looks.chunks)
        *whole, tail = (*self.looks.chunks, new) if len(self.looks.chunks) < 2 else self.looks.chunks
        if tail is not new:
            tail = _Chunk.joined([tail, new])
        chunks = (*whole, tail)
        if len(tail.versions) > _TAIL and len(chunks) > 1:
            chunks = (_Chunk.joined(chunks),)
        self.looks = Looks(chunks)


_copies: Kept[_Copy] = Kept()


def looks_of(workspace_id: int) -> Looks:
    """What the workspace's versions look like, as the database has it now."""
    return _copies.of(workspace_id, make=partial(_Copy, workspace_id)).fresh()

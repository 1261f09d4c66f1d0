"""Copies of rows that a process keeps in memory, and how they know what they have read already."""

from collections import OrderedDict
from collections.abc import Callable, Hashable
from threading import Lock
from typing import Generic, TypeVar

from django.db import connection

Copy = TypeVar("Copy")
KEPT_COPIES = 8

# Our own transaction may have a higher number than any that has ended: what it wrote itself is to be seen as well.
_SQL = """
SELECT pg_snapshot_xmin(s)::text::bigint,
    greatest(pg_snapshot_xmax(s)::text::bigint, pg_current_xact_id_if_assigned()::text::bigint)
FROM pg_current_snapshot() AS s
"""


def snapshot() -> tuple[int, int]:
    """The number below which every transaction has ended, and the highest whose rows can be seen now."""
    with connection.cursor() as cursor:
        cursor.execute(_SQL)
        lowest, highest = cursor.fetchone()
        return lowest, highest


class Kept(Generic[Copy]):
    """The copies that one process keeps, those used last."""

    def __init__(self) -> None:
        self._copies: OrderedDict[tuple[Hashable, ...], Copy] = OrderedDict()
        self._lock = Lock()

    def of(self, *name: Hashable, make: Callable[[], Copy]) -> Copy:
        """The copy of that name of the database in use; made now where there is none."""
        whole = (str(connection.settings_dict["NAME"]), *name)
        with self._lock:
            if whole not in self._copies:
                self._copies[whole] = make()
            self._copies.move_to_end(whole)
            while len(self._copies) > KEPT_COPIES:
                self._copies.popitem(last=False)
            return self._copies[whole]

"""Which transactions a copy of rows has seen, so that every change is read once, whatever else is open meanwhile.

Rows bear the number of the transaction that wrote them (`pg_current_xact_id`). A copy knows which transactions had not
ended when it was read: the next time it asks for what these wrote, and those that came after.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.db import connection

_SQL = """
SELECT pg_snapshot_xmax(s)::text::bigint, ARRAY(SELECT pg_snapshot_xip(s)::text::bigint),
    pg_current_xact_id_if_assigned()::text::bigint
FROM pg_current_snapshot() AS s
"""
# Numbers from another machine's backup are above all of ours: such rows were read the first time.
SINCE = "({column} = ANY(%(under_way)s::bigint[]) OR {column} BETWEEN %(after)s AND %(to)s)"


@dataclass(frozen=True, kw_only=True)
class Moment:
    """Which transactions had ended at one moment of the database."""

    after: int  # this one and all with higher numbers had not
    under_way: tuple[int, ...]  # nor had these lower ones
    own: int | None = None  # the asker's own, once it wrote something

    def since(self, before: "Moment") -> Mapping[str, Any]:
        """The values for SINCE: what may have been written after `before` and can be seen now.

        Our own transaction may have a higher number than any that has ended: what it wrote is to be seen as well.
        """
        under_way = {*before.under_way, *([before.own] if before.own else [])}
        return {"under_way": sorted(under_way), "after": before.after, "to": max(self.after, self.own or 0)}


def now() -> Moment:
    """This moment. Asked for before rows are read: what ends in between is read now and once more the next time."""
    with connection.cursor() as cursor:
        cursor.execute(_SQL)
        after, under_way, own = cursor.fetchone()
        return Moment(after=after, under_way=tuple(under_way), own=own)

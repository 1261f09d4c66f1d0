"""Between which transactions this moment stands: how the copies in memory know what they have read already."""

from django.db import connection

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

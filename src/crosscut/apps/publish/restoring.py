"""The note, in the database itself, that a backup is being brought back: while it is there, nothing is sent.

The rows of a backup come in one transaction of another program, the hold over what may be out already in one of ours.
Killed between the two, everything is there and nothing held: the note outlives the death and stops every send.
"""

from django.db import connection

from crosscut.kernel.phrases import phrase

SCHEMA = "crosscut_restoring"  # outside the schema that is emptied and filled; backups leave it out
HALF_RESTORED = phrase("A backup was brought back in part only. Run crosscut restore again: it ends what is left.")


def begin(stamp: str) -> None:
    """Notes that this backup is being brought back."""
    with connection.cursor() as cursor:
        cursor.execute("CREATE SCHEMA IF NOT EXISTS crosscut_restoring")
        cursor.execute("COMMENT ON SCHEMA crosscut_restoring IS %s", [stamp])


def end() -> None:
    """Takes the note away, in the transaction that holds what may be out."""
    with connection.cursor() as cursor:
        cursor.execute("DROP SCHEMA IF EXISTS crosscut_restoring")


def half_restored() -> str:
    """The stamp of the backup that is being brought back or was in part; empty without one."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT obj_description(to_regnamespace(%s), 'pg_namespace')", [SCHEMA])
        row = cursor.fetchone()
    return str(row[0] or "") if row else ""

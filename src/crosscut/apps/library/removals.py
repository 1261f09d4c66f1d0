"""Taking files away and copying them all, never both at once: a backup's files must outlive its reading the rows."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection

_LOCK = 7_215_403  # a PostgreSQL advisory lock: shared by backups, alone by who takes files away


@contextmanager
def files_stay() -> Iterator[None]:
    """Nobody takes a stored file away inside the block. Waits for who is taking some away now."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_lock_shared(%s)", [_LOCK])
    try:
        yield
    finally:
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_unlock_shared(%s)", [_LOCK])


@contextmanager
def may_remove() -> Iterator[bool]:
    """Whether files may be taken away inside the block; False while a backup is being written: then another time."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_lock(%s)", [_LOCK])
        row = cursor.fetchone()
    is_free = bool(row and row[0])
    try:
        yield is_free
    finally:
        if is_free:
            with connection.cursor() as cursor:
                cursor.execute("SELECT pg_advisory_unlock(%s)", [_LOCK])

"""A death, or a full disk, at a chosen step of what a process does with files and with the database.

A step is a call that changes the disk or a statement to the database; a moment is one of those steps before which
something else is kept than before the one before it: a call that changes the disk, the end of a transaction, or a
statement outside of any (for a full disk, a call that writes). To die anywhere else is to die at the next moment.

The dead do nothing more: what `finally` blocks would clear away stays, as after kill -9; only the database forgets the
open transaction, as it does then.
"""

import errno
import os
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Literal

import pytest
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.backends.utils import CursorWrapper

DISK = ("fsync", "replace", "unlink", "mkdir", "rmdir", "link")
WRITING = ("fsync", "mkdir", "link")
_LETTING_GO = ("ROLLBACK", "SELECT PG_ADVISORY_UNLOCK", "SELECT pg_advisory_unlock")


class Death(BaseException):
    """The process was killed."""


class Fate:
    """At which step it happens, and what."""

    def __init__(self, step: int, kind: str) -> None:
        self.left, self.kind, self.is_dead, self.has_struck = step, kind, False, False

    def meet(self, what: str, *, counts: bool = True) -> None:
        """Before each step. Those that count nothing are only kept from the dead."""
        if self.is_dead:
            raise Death(what)
        if not counts:
            return
        self.left -= 1
        if self.left > 0 or self.has_struck:
            return
        if self.kind == "kill":
            self.is_dead = self.has_struck = True
            raise Death(what)
        if what in WRITING:  # a full disk is met where something is written
            self.has_struck = True
            raise OSError(errno.ENOSPC, "No space left on device")


@contextmanager
def fated(
    monkeypatch: pytest.MonkeyPatch, step: int, kind: str, *, by: Literal["steps", "moments"] = "steps"
) -> Iterator[Fate]:
    """Everything inside meets its fate at that step or moment, counted from 1: "kill" or "full"."""
    fate = Fate(step, kind)
    execute, commit = CursorWrapper.execute, BaseDatabaseWrapper.commit

    def stated(self: Any, sql: Any, params: Any = None) -> Any:
        if not str(sql).startswith(_LETTING_GO):
            fate.meet("statement", counts=by == "steps" or (kind == "kill" and _is_kept_at_once(self, str(sql))))
        return execute(self, sql, params)

    def committed(self: Any) -> None:
        if by == "moments" and kind == "kill":
            try:
                fate.meet("commit")
            except Death:
                self.rollback()  # what the database does when the connection of a dead process breaks
                raise
        commit(self)

    with monkeypatch.context() as patch:
        patch.setattr(CursorWrapper, "execute", stated)
        patch.setattr(BaseDatabaseWrapper, "commit", committed)
        for name in DISK:
            counts = by == "steps" or kind == "kill" or name in WRITING
            patch.setattr(os, name, _fated(getattr(os, name), name, fate, counts=counts))
        yield fate


def _is_kept_at_once(cursor: Any, sql: str) -> bool:
    return not cursor.db.in_atomic_block and sql.lstrip().startswith(("INSERT", "UPDATE", "DELETE"))


def _fated(call: Any, name: str, fate: Fate, *, counts: bool) -> Any:
    def met(*given: Any, **named: Any) -> Any:
        fate.meet(name, counts=counts)
        return call(*given, **named)

    return met

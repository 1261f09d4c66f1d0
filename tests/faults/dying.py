"""A death, or a full disk, at a chosen step of what a process does with files and with the database.

A step is a call that changes the disk or a statement to the database. The dead do nothing more: what `finally` blocks
would clear away stays, as after kill -9; only the database forgets the open transaction, as it does then.
"""

import errno
import os
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from django.db.backends.utils import CursorWrapper

DISK = ("fsync", "replace", "unlink", "mkdir", "rmdir", "link")
_LETTING_GO = ("ROLLBACK", "SELECT PG_ADVISORY_UNLOCK", "SELECT pg_advisory_unlock")


class Death(BaseException):
    """The process was killed."""


class Fate:
    """At which step it happens, and what."""

    def __init__(self, step: int, kind: str) -> None:
        self.left, self.kind, self.is_dead, self.has_struck = step, kind, False, False

    def meet(self, what: str) -> None:
        """Before each step."""
        if self.is_dead:
            raise Death(what)
        self.left -= 1
        if self.left > 0 or self.has_struck:
            return
        if self.kind == "kill":
            self.is_dead = self.has_struck = True
            raise Death(what)
        if what in ("fsync", "mkdir", "link"):  # a full disk is met where something is written
            self.has_struck = True
            raise OSError(errno.ENOSPC, "No space left on device")


@contextmanager
def fated(monkeypatch: pytest.MonkeyPatch, step: int, kind: str) -> Iterator[Fate]:
    """Everything inside meets its fate at that step: "kill" or "full"."""
    fate = Fate(step, kind)
    execute = CursorWrapper.execute

    def stated(self: Any, sql: Any, params: Any = None) -> Any:
        if not str(sql).startswith(_LETTING_GO):
            fate.meet("statement")
        return execute(self, sql, params)

    with monkeypatch.context() as patch:
        patch.setattr(CursorWrapper, "execute", stated)
        for name in DISK:
            patch.setattr(os, name, _fated(getattr(os, name), name, fate))
        yield fate


def _fated(call: Any, name: str, fate: Fate) -> Any:
    def met(*given: Any, **named: Any) -> Any:
        fate.meet(name)
        return call(*given, **named)

    return met

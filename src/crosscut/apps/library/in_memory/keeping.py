"""Which files of rows there are, and whether they tell of this very database.

A file lies in the installation's folder under a name drawn by chance, and the database knows the names: what was put
back to an earlier state knows no later file, and one that was read into another server has other numbers of
transactions, which is asked too. Whatever is in doubt is made anew from the rows.
"""

import fcntl
import logging
import secrets
import socket
import time
import zlib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import connection

from crosscut.apps.library.in_memory import files
from crosscut.apps.library.in_memory.files import Groups, Mapped
from crosscut.apps.library.models import RowsFile

_OLD_S = 24 * 3600  # a younger file may be one whose row is about to be written
_ENDING = ".rows"
_LOCKS = 16  # files for it: two subjects may wait for each other, which harms nobody
_log = logging.getLogger(__name__)


@dataclass(frozen=True, kw_only=True)
class Subject:
    """What a file is about."""

    workspace_id: int
    kind: str  # of the rows: letters, digits and "-"
    layout: int  # how they are laid out


def newest(subject: Subject) -> Mapped | None:
    """The newest file about it on this machine that is whole and of this database; None without one."""
    for name in _rows_of(subject).order_by("-made_at").values_list("name", flat=True):
        try:
            found = files.read(_folder() / f"{name}{_ENDING}")
        except FileNotFoundError:
            continue
        except (OSError, ValueError) as fault:
            _log.warning("What was kept of %s is made anew: %s", subject.kind, fault)
            continue
        if found.about.get("layout") == subject.layout and found.about.get("database") == _database():
            return found
    return None


@contextmanager
def alone(subject: Subject) -> Iterator[None]:
    """Nobody else on this machine is inside the block for the same subject; others wait."""
    folder = _folder()
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    number = zlib.crc32(f"{subject.workspace_id} {subject.kind}".encode()) % _LOCKS
    with (folder / f"{number}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)  # the system lets go of it when we die
        yield


def keep(subject: Subject, about: Mapping[str, Any], groups: Groups) -> Mapped | None:
    """Writes a file about it in the place of older ones, and maps it; None where the disk does not take it."""
    name = secrets.token_hex(16)
    told = {**about, "layout": subject.layout, "database": _database()}
    try:
        size_bytes = files.write(_folder() / f"{name}{_ENDING}", told, groups)
        mapped = files.read(_folder() / f"{name}{_ENDING}")
    except (OSError, ValueError) as fault:
        _log.warning("What was read of %s cannot be kept: %s", subject.kind, fault)
        return None
    older = list(_rows_of(subject).values_list("name", flat=True))
    RowsFile.objects.create(
        name=name, workspace_id=subject.workspace_id, kind=subject.kind, place=_place(), size_bytes=size_bytes
    )
    _forget(older)
    return mapped


def kept_here() -> set[tuple[int, str]]:
    """The workspaces and kinds of which this machine has files."""
    return set(RowsFile.objects.filter(place=_place()).values_list("workspace_id", "kind"))


def sweep(kinds: frozenset[str]) -> int:
    """Takes away what is of no use on this machine: files that no row names, and those of other kinds; how many."""
    here = RowsFile.objects.filter(place=_place())
    gone = [name for name, kind in here.values_list("name", "kind") if kind not in kinds or not _path(name).exists()]
    _forget(gone)
    named = set(here.values_list("name", flat=True))
    left = [
        path
        for path in (_folder().iterdir() if _folder().is_dir() else ())
        if path.suffix != ".lock" and path.stem not in named and path.stat().st_mtime < time.time() - _OLD_S
    ]
    for path in left:
        path.unlink(missing_ok=True)
    return len(gone) + len(left)


def _forget(names: list[str]) -> None:
    """The row first: a row without its file is passed over, a file without its row is swept."""
    RowsFile.objects.filter(name__in=names).delete()
    for name in names:
        _path(name).unlink(missing_ok=True)


def _rows_of(subject: Subject) -> Any:
    return RowsFile.objects.filter(workspace=subject.workspace_id, kind=subject.kind, place=_place())


def _folder() -> Path:
    return Path(settings.ROWS_FOLDER)


def _path(name: str) -> Path:
    return _folder() / f"{name}{_ENDING}"


def _place() -> str:
    """This machine's folder, among those of others that use the same database."""
    return f"{socket.gethostname()}:{_folder()}"[-500:]


def _database() -> str:
    """Which database of which server this is: numbers of transactions mean nothing in another one."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT system_identifier || '/' || (SELECT oid FROM pg_database WHERE datname = current_database())"
            " FROM pg_control_system()"
        )
        return str(cursor.fetchone()[0])

"""Where files live: each under the hash of its content, in whatever place Django's default storage names.

A file is there whole or not at all: it is copied beside its place while it is hashed, forced to disk, and then renamed.
Equal files are stored once. What nothing refers to any more is taken away by `services.sweep`. Masters that nobody
uses may lie in a second, slower place, the cold store, from which they come back when they are asked for.
"""

import errno
import hashlib
import os
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from django.conf import settings
from django.core.files import File
from django.core.files.storage import Storage, default_storage, storages

from crosscut.apps.library import multiparts, objects
from crosscut.kernel.errors import Cancelled, Conflict, NotFound, Unavailable
from crosscut.kernel.phrases import phrase
from crosscut.kernel.progress import ShouldStop, never

_ASIDE = "old-"  # how a file is called while it is being taken away
INCOMING = "incoming"  # the folder, inside the storage's own disk, of files not yet whole
COLD = "cold"  # the name of the second place in the settings
_CHUNK_BYTES = 1024 * 1024
_YOUNG_S = 3600  # an object stored longer ago is stored again: who sweeps looks at its age
_GONE = phrase("The stored file is missing. Restore it from a backup or add it again.")
_NO_ROOM = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}


@dataclass(frozen=True, kw_only=True)
class Stored:
    """A file that is safely kept."""

    sha256: str  # of its content, hex: the name to ask for it by
    size_bytes: int


def name_of(sha256: str) -> str:
    """The storage's name for a file.

    >>> name_of("abcdef01")
    'ab/cd/abcdef01'
    """
    return f"{sha256[:2]}/{sha256[2:4]}/{sha256}"


def keep(path: Path, *, should_stop: ShouldStop = never) -> Stored:
    """Stores a copy of the file and says under which hash. The original stays.

    Raises Unavailable when the disk is full, Conflict when the file changed while it was read, Cancelled when asked
    to stop; in each case nothing half-done is left.
    """
    with plain_disk_errors(phrase("store {file}", file=path.name)):
        if _is_local():
            return _keep_on_disk(path, should_stop)
        return _keep_elsewhere(path, should_stop)


def keep_staged(name: str, sha256: str, size_bytes: int) -> None:
    """Stores an object of the same store, whose content was read and has this hash, without fetching it once more.

    Raises Unavailable when the store kept something else.
    """
    if not _is_fresh(name_of(sha256), size_bytes):
        multiparts.copy(default_storage, name, name_of(sha256))
    if default_storage.size(name_of(sha256)) != size_bytes:
        raise Unavailable(phrase("The file store kept only part of a file. Try again."), after_s=60)


class Away(Unavailable):
    """The file lies in the cold store: it must be brought back first."""

    code = "storage.cold"


def exists(sha256: str) -> bool:
    """Whether the file is stored, in the cold or not."""
    return is_warm(sha256) or is_cold(sha256)


def is_warm(sha256: str) -> bool:
    """Whether the file is at hand."""
    return default_storage.exists(name_of(sha256))


def is_cold(sha256: str) -> bool:
    """Whether the file lies in the cold store."""
    cold = cold_store()
    return cold is not None and cold.exists(name_of(sha256))


def cold_store() -> Storage | None:
    """The second place; None where none is set up."""
    return storages[COLD] if COLD in settings.STORAGES else None


def open_stored(sha256: str) -> IO[bytes]:
    """The stored file, opened for reading. Raises NotFound, and Away while it lies in the cold store."""
    name = name_of(sha256)
    if objects.is_bucket(default_storage):
        if not default_storage.exists(name):
            raise _missing(sha256)
        return objects.open_object(default_storage, name)
    try:
        file: IO[bytes] = default_storage.open(name, "rb")
    except FileNotFoundError as fault:
        raise _missing(sha256) from fault
    return file


def opened_anywhere(sha256: str) -> IO[bytes]:
    """The stored file, opened where it lies, the cold store included: for who copies it all. Raises NotFound."""
    cold = cold_store()
    if cold is not None and not is_warm(sha256) and is_cold(sha256):
        if objects.is_bucket(cold):
            return objects.open_object(cold, name_of(sha256))
        return cold.open(name_of(sha256), "rb")
    return open_stored(sha256)


def read_part(sha256: str, first: int, last: int) -> Iterator[bytes]:
    """The bytes from the first to the last, both counted, in pieces; nothing else is fetched.

    Raises NotFound and Away before the first piece is asked for.
    """
    if objects.is_bucket(default_storage):
        if not is_warm(sha256):
            raise _missing(sha256)
        return objects.read_part(default_storage, name_of(sha256), first, last)
    return _read_on(open_stored(sha256), first, last - first + 1)


def size_of(sha256: str) -> int:
    """How large the stored file is, in bytes. Raises NotFound, and Away while it lies in the cold store."""
    if not is_warm(sha256):
        raise _missing(sha256)
    return default_storage.size(name_of(sha256))


def signed_link(sha256: str, *, lasts_s: int, filename: str) -> str:
    """An address that gives the file for so many seconds without asking us; empty where the place has none."""
    if not objects.is_bucket(default_storage) or lasts_s <= 0:
        return ""
    return objects.signed_link(default_storage, name_of(sha256), lasts_s=lasts_s, filename=filename)


@contextmanager
def local_copy(sha256: str) -> Iterator[Path]:
    """A path at which the file can be read inside the block: the stored file itself when the storage is a local disk.

    Never write to it. A file in the cold store is brought back first, however long that takes. Raises NotFound.
    """
    if not is_warm(sha256) and is_cold(sha256):
        bring_back(sha256)
    if _is_local():
        path = Path(default_storage.path(name_of(sha256)))
        if not path.exists():
            raise NotFound(_GONE)
        yield path
        return
    with (
        plain_disk_errors(phrase("fetch a stored file")),
        tempfile.NamedTemporaryFile(dir=settings.UPLOAD_FOLDER, prefix="copy-") as copy,
    ):
        _fetch(sha256, copy)
        copy.flush()
        yield Path(copy.name)


def put_away(sha256: str) -> int:
    """Copies a file into the cold store and, when it is surely there, takes it from where it was. Its size in bytes.

    Killed half-way it is in both places, or in the first alone. Raises NotFound, Conflict for a file whose content
    is not what its name says, and Unavailable when the cold store has no room.
    """
    cold = cold_store()
    if cold is None:
        raise NotFound(phrase("No cold store is set up."))
    with plain_disk_errors(phrase("put a file into the cold store")), local_copy(sha256) as path:
        size_bytes = _carry(path, cold, sha256)
    default_storage.delete(name_of(sha256))
    return size_bytes


def bring_back(sha256: str) -> int:
    """Brings a file back from the cold store, where it stays until it is cleared away there. Its size in bytes."""
    cold = cold_store()
    if cold is None or not cold.exists(name_of(sha256)):
        raise NotFound(_GONE)
    with (
        plain_disk_errors(phrase("bring a file back from the cold store")),
        tempfile.TemporaryDirectory(dir=settings.UPLOAD_FOLDER, prefix="warm-") as folder,
    ):
        path = Path(folder) / "file"
        with cold.open(name_of(sha256), "rb") as source, path.open("wb") as target:
            for chunk in iter(lambda: source.read(_CHUNK_BYTES), b""):
                target.write(chunk)
        stored = keep(path)
    if stored.sha256 != sha256:
        raise Conflict(phrase("What lies in the cold store is not what was put there. Restore it from a backup."))
    cold.delete(name_of(sha256))
    return stored.size_bytes


def is_whole(sha256: str, *, should_stop: ShouldStop = never) -> bool:
    """Whether the stored content is what its name says. Reads all of it. Raises NotFound, Away, Cancelled."""
    digest = hashlib.sha256()
    with open_stored(sha256) as file:
        for chunk in iter(lambda: file.read(_CHUNK_BYTES), b""):
            if should_stop():
                raise Cancelled(phrase("Stopped on request."))
            digest.update(chunk)
    return digest.hexdigest() == sha256


def remove(sha256: str, *, is_old: Callable[[float], bool]) -> int:
    """Takes a file away when it is old by its time of storing, in seconds since 1970; says how many bytes that freed.

    The asker has made sure that nothing refers to it. A file that was stored again at this very moment stays: on disk
    it is moved aside first and looked at once more.
    """
    name = name_of(sha256)
    if not _is_local():
        if not is_old(default_storage.get_modified_time(name).timestamp()):
            return 0
        size_bytes = default_storage.size(name)
        default_storage.delete(name)
        return size_bytes
    return _remove_from_disk(Path(default_storage.path(name)), is_old)


def clear_leftovers(*, is_old: Callable[[float], bool], is_named: Callable[[str], bool]) -> int:
    """Takes away what killed work left half-stored on disk; how many files that were.

    A file that was being taken away when the work was killed goes back where a row names it.
    """
    if not _is_local():
        return 0
    incoming, count = Path(default_storage.path(INCOMING)), 0
    for path in list(incoming.iterdir()) if incoming.is_dir() else ():
        sha256 = path.name.removeprefix(_ASIDE)
        place = Path(default_storage.path(name_of(sha256)))
        if sha256 != path.name and is_named(sha256) and not place.exists():
            path.replace(place)
        elif is_old(path.stat().st_ctime):
            path.unlink(missing_ok=True)
            count += 1
    return count


def size_if_old(sha256: str, *, is_old: Callable[[float], bool]) -> int:
    """How many bytes `remove` would free now."""
    name = name_of(sha256)
    stored_at = default_storage.get_modified_time(name).timestamp()
    return default_storage.size(name) if is_old(stored_at) else 0


def stored_hashes() -> Iterator[str]:
    """The hash of every file that is at hand, in no order."""
    for first in _folders(""):
        for second in _folders(first):
            yield from default_storage.listdir(f"{first}/{second}")[1]


def _missing(sha256: str) -> Unavailable | NotFound:
    if is_cold(sha256):
        return Away("This file lies in the cold store and is being brought back. Try again in a minute.", after_s=60)
    return NotFound(_GONE)


def _read_on(file: IO[bytes], first: int, length_bytes: int) -> Iterator[bytes]:
    with file:
        file.seek(first)
        while length_bytes and (chunk := file.read(min(_CHUNK_BYTES // 16, length_bytes))):
            length_bytes -= len(chunk)
            yield chunk


def _fetch(sha256: str, target: IO[bytes]) -> None:
    if objects.is_bucket(default_storage):
        if not is_warm(sha256):
            raise NotFound(_GONE)
        objects.fetch(default_storage, name_of(sha256), target)
        return
    with open_stored(sha256) as source:
        for chunk in iter(lambda: source.read(_CHUNK_BYTES), b""):
            target.write(chunk)


def _carry(path: Path, cold: Storage, sha256: str) -> int:
    """Writes the file into the cold store under its hash, and reads it back to be sure."""
    stored = _copy(path, lambda chunk: None, never)
    if stored.sha256 != sha256:
        raise Conflict(phrase("The stored file is not what its name says. Restore it from a backup; it was not moved."))
    name = name_of(sha256)
    if cold.exists(name):
        cold.delete(name)  # a copy that was broken off
    with path.open("rb") as source:
        cold.save(name, File(source))
    digest = hashlib.sha256()
    with cold.open(name, "rb") as copied:
        for chunk in iter(lambda: copied.read(_CHUNK_BYTES), b""):
            digest.update(chunk)
    if digest.hexdigest() != sha256:
        raise Unavailable(
            phrase("The cold store kept something else than it was given. The file was not moved."), after_s=600
        )
    return stored.size_bytes


@contextmanager
def plain_disk_errors(doing: str) -> Iterator[None]:
    """Turns a full disk inside the block into Unavailable, with what to do."""
    try:
        yield
    except OSError as fault:
        if fault.errno not in _NO_ROOM:
            raise
        message = phrase(
            "There is no room left to {act}. Free some disk space and try again; nothing was lost.", act=doing
        )
        raise Unavailable(message, after_s=60) from fault


def hash_of(path: Path, *, should_stop: ShouldStop = never) -> str:
    """The SHA-256 of a file's bytes, hex. Raises what `keep` raises."""
    return _copy(path, lambda chunk: None, should_stop).sha256


def _is_local() -> bool:
    try:
        default_storage.path("x")
    except NotImplementedError:
        return False
    return True


def _folders(name: str) -> list[str]:
    try:
        return [folder for folder in default_storage.listdir(name)[0] if len(folder) == 2]
    except FileNotFoundError:  # nothing was ever stored
        return []


def _keep_on_disk(path: Path, should_stop: ShouldStop) -> Stored:
    incoming = Path(default_storage.path(INCOMING))
    incoming.mkdir(mode=0o700, parents=True, exist_ok=True)
    descriptor, draft_name = tempfile.mkstemp(dir=incoming)
    draft = Path(draft_name)
    try:
        with os.fdopen(descriptor, "wb") as target:
            stored = _copy(path, target.write, should_stop)
            target.flush()
            os.fsync(target.fileno())
        place = Path(default_storage.path(name_of(stored.sha256)))
        place.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        draft.replace(place)
        _sync_folder(place.parent)
    finally:
        draft.unlink(missing_ok=True)
    return stored


def _keep_elsewhere(path: Path, should_stop: ShouldStop) -> Stored:
    """An object store writes whole objects: the name must be known first, so the file is read twice."""
    stored = _copy(path, lambda chunk: None, should_stop)
    name = name_of(stored.sha256)
    if not _is_fresh(name, stored.size_bytes):
        with path.open("rb") as source:
            default_storage.save(name, File(source))
    if default_storage.size(name) != stored.size_bytes:
        raise Unavailable(phrase("The file store kept only part of {file}. Try again.", file=path.name), after_s=60)
    return stored


def _is_fresh(name: str, size_bytes: int) -> bool:
    """Whether the object is there, whole, and so young that no sweep takes it before its row is written."""
    if not default_storage.exists(name) or default_storage.size(name) != size_bytes:
        return False
    return time.time() - default_storage.get_modified_time(name).timestamp() < _YOUNG_S


def _copy(path: Path, write: Callable[[bytes], object], should_stop: ShouldStop) -> Stored:
    digest, size_bytes = hashlib.sha256(), 0
    with path.open("rb") as source:
        expected_bytes = os.fstat(source.fileno()).st_size
        while size_bytes <= expected_bytes and (chunk := source.read(_CHUNK_BYTES)):
            if should_stop():
                raise Cancelled(phrase("Stopped on request."))
            digest.update(chunk)
            size_bytes += len(chunk)
            write(chunk)
    if size_bytes != expected_bytes:
        raise Conflict(
            phrase(
                "{file} changed while it was being read. Wait until it is finished, then add it again.", file=path.name
            )
        )
    return Stored(sha256=digest.hexdigest(), size_bytes=size_bytes)


def _sync_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _remove_from_disk(path: Path, is_old: Callable[[float], bool]) -> int:
    if not is_old(path.stat().st_mtime):
        return 0
    aside = Path(default_storage.path(INCOMING)) / f"{_ASIDE}{path.name}"
    aside.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    path.replace(aside)
    status = aside.stat()
    if not is_old(status.st_mtime):  # stored again between the two looks
        aside.replace(path)
        return 0
    aside.unlink()
    return status.st_size

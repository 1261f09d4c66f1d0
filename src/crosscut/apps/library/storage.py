"""Where files live: each under the hash of its content, in whatever place Django's default storage names.

A file is there whole or not at all: it is copied beside its place while it is hashed, forced to disk, and then renamed.
Equal files are stored once. What nothing refers to any more is taken away by `services.sweep`.
"""

import errno
import hashlib
import os
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from django.conf import settings
from django.core.files import File
from django.core.files.storage import default_storage

from crosscut.kernel.errors import Cancelled, Conflict, NotFound, Unavailable
from crosscut.kernel.progress import ShouldStop, never

INCOMING = "incoming"  # the folder, inside the storage's own disk, of files not yet whole
_CHUNK_BYTES = 1024 * 1024
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
    with plain_disk_errors(f"store {path.name}"):
        if _is_local():
            return _keep_on_disk(path, should_stop)
        return _keep_elsewhere(path, should_stop)


def exists(sha256: str) -> bool:
    """Whether the file is stored."""
    return default_storage.exists(name_of(sha256))


def open_stored(sha256: str) -> IO[bytes]:
    """The stored file, opened for reading. Raises NotFound."""
    try:
        file: IO[bytes] = default_storage.open(name_of(sha256), "rb")
    except FileNotFoundError as fault:
        raise NotFound("The stored file is missing. Restore it from a backup or add it again.") from fault
    return file


@contextmanager
def local_copy(sha256: str) -> Iterator[Path]:
    """A path at which the file can be read inside the block: the stored file itself when the storage is a local disk.

    Never write to it. Raises NotFound.
    """
    if _is_local():
        path = Path(default_storage.path(name_of(sha256)))
        if not path.exists():
            raise NotFound("The stored file is missing. Restore it from a backup or add it again.")
        yield path
        return
    with (
        plain_disk_errors("fetch a stored file"),
        tempfile.NamedTemporaryFile(dir=settings.UPLOAD_FOLDER, prefix="copy-") as copy,
        open_stored(sha256) as source,
    ):
        for chunk in iter(lambda: source.read(_CHUNK_BYTES), b""):
            copy.write(chunk)
        copy.flush()
        yield Path(copy.name)


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


def stored_hashes() -> Iterator[str]:
    """The hash of every stored file, in no order."""
    for first in _folders(""):
        for second in _folders(first):
            yield from default_storage.listdir(f"{first}/{second}")[1]


@contextmanager
def plain_disk_errors(doing: str) -> Iterator[None]:
    """Turns a full disk inside the block into Unavailable, with what to do."""
    try:
        yield
    except OSError as fault:
        if fault.errno not in _NO_ROOM:
            raise
        message = f"There is no room left to {doing}. Free some disk space and try again; nothing was lost."
        raise Unavailable(message, after_s=60) from fault


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
    if not default_storage.exists(name) or default_storage.size(name) != stored.size_bytes:
        with path.open("rb") as source:
            default_storage.save(name, File(source))
    if default_storage.size(name) != stored.size_bytes:
        raise Unavailable(f"The file store kept only part of {path.name}. Try again.", after_s=60)
    return stored


def _copy(path: Path, write: Callable[[bytes], object], should_stop: ShouldStop) -> Stored:
    digest, size_bytes = hashlib.sha256(), 0
    with path.open("rb") as source:
        expected_bytes = os.fstat(source.fileno()).st_size
        while size_bytes <= expected_bytes and (chunk := source.read(_CHUNK_BYTES)):
            if should_stop():
                raise Cancelled("Stopped on request.")
            digest.update(chunk)
            size_bytes += len(chunk)
            write(chunk)
    if size_bytes != expected_bytes:
        raise Conflict(f"{path.name} changed while it was being read. Wait until it is finished, then add it again.")
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
    aside = Path(default_storage.path(INCOMING)) / f"old-{path.name}"
    aside.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    path.replace(aside)
    status = aside.stat()
    if not is_old(status.st_mtime):  # stored again between the two looks
        aside.replace(path)
        return 0
    aside.unlink()
    return status.st_size

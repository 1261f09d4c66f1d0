"""A folder of ours that may be killed at any moment: each file is whole, old or new, and one writes at a time."""

import errno
import fcntl
import hashlib
import os
import shutil
import time
from collections.abc import Iterator
from contextlib import contextmanager
from math import inf
from pathlib import Path
from typing import IO

from crosscut.channels.protocol import PostMedia, Still
from crosscut.kernel.errors import Rejected, RetryLater
from crosscut.kernel.phrases import phrase

PART = ".part"  # how a file is called until it is whole
WAITS_S = 10.0  # for another process of ours to let go of a folder: one that was stopped half-way never does
_ASKS_AGAIN_S = 0.02
_NO_ROOM = {errno.ENOSPC, errno.EDQUOT}


@contextmanager
def locked(folder: Path, *, not_after_s: float = inf) -> Iterator[None]:
    """The folder for this process alone; made if it is missing. The system lets go of it when the process dies.

    Raises RetryLater when the folder cannot be written, when another process does not let go of it, and when it is had
    after `not_after_s` on the monotonic clock; Rejected when it cannot be made at all.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
        lock = (folder / ".lock").open("a")
    except OSError as error:
        raise trouble(error, folder) from error
    with lock:
        _hold(lock, folder)
        if time.monotonic() >= not_after_s:
            raise RetryLater(phrase("The time for this try is over; nothing was written."))
        yield


def _hold(lock: IO[str], folder: Path) -> None:
    until_s = time.monotonic() + WAITS_S
    while True:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            if time.monotonic() >= until_s:
                raise RetryLater(
                    phrase("Another process of ours has the folder {folder} and does not let go of it.", folder=folder)
                ) from None
            time.sleep(_ASKS_AGAIN_S)
        else:
            return


def trouble(error: OSError, folder: Path) -> RetryLater | Rejected:
    """What a failed write before anything was published means."""
    if error.errno in _NO_ROOM:
        return RetryLater(
            phrase("The disk of {folder} is full. Make room; nothing was published.", folder=folder), after_s=300
        )
    if isinstance(error, (PermissionError, NotADirectoryError, FileExistsError)):
        return Rejected(
            phrase(
                "The folder {folder} cannot be written: {strerror}. Give this user the right to write there.",
                folder=folder,
                strerror=error.strerror,
            )
        )
    reason = error.strerror or str(error)
    return RetryLater(
        phrase("The folder {folder} cannot be written now: {reason}.", folder=folder, reason=reason), after_s=60
    )


def write(path: Path, content: bytes, *, is_durable: bool = False) -> bool:
    """Whether the file had to be written: it is replaced as a whole, and left alone when it already says this.

    A durable file is on the disk when this returns and survives a loss of power.
    """
    if path.is_file() and path.stat().st_size == len(content) and path.read_bytes() == content:
        return False
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_name(f".{path.name[:60]}.{os.getpid()}{PART}")
    try:
        with part.open("wb") as file:
            file.write(content)
            if is_durable:
                _to_disk(file.fileno())
        part.replace(path)
    except BaseException:
        part.unlink(missing_ok=True)
        raise
    if is_durable:
        _folder_to_disk(path.parent)
    return True


def keep(media: PostMedia | Still, folder: Path) -> str:
    """The name under which the folder holds the file: its content's hash, and the ending of its own name.

    Raises Rejected when the file is not the one that was approved, RetryLater when it is not at hand.
    """
    name = media.sha256[:32] + Path(media.filename).suffix.lower()[:8]
    path = folder / name
    if path.is_file() and path.stat().st_size == media.size_bytes:
        return name
    if not media.path.is_file():
        raise RetryLater(phrase("The file {filename} is not at hand; nothing was published.", filename=media.filename))
    folder.mkdir(parents=True, exist_ok=True)
    part = folder / f".{name}.{os.getpid()}{PART}"
    try:
        _copy_checked(media, part)
        part.replace(path)
    except BaseException:
        part.unlink(missing_ok=True)
        raise
    return name


def sweep(folder: Path) -> None:
    """Removes what a killed process left unfinished. Only for the holder of the lock."""
    for part in folder.rglob(f".*{PART}"):
        part.unlink(missing_ok=True)


def remove_empty(folder: Path, root: Path) -> None:
    """Removes the folder and those above it, up to the root, as far as they are empty."""
    while folder != root and folder.is_dir() and not any(folder.iterdir()):
        folder.rmdir()
        folder = folder.parent


def _copy_checked(media: PostMedia | Still, path: Path) -> None:
    with media.path.open("rb") as source, path.open("wb") as target:
        shutil.copyfileobj(source, target, 1 << 20)
        target.flush()
        _to_disk(target.fileno())
    with path.open("rb") as copied:
        found = hashlib.file_digest(copied, "sha256").hexdigest()
    if found != media.sha256:
        raise Rejected(
            phrase(
                "The file {filename} is not the one that was approved: its content has changed.",
                filename=media.filename,
            )
        )


def _to_disk(descriptor: int) -> None:
    os.fsync(descriptor)


def _folder_to_disk(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        _to_disk(descriptor)
    finally:
        os.close(descriptor)

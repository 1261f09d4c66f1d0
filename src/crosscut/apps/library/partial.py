"""Files that are here in part: they only grow, at their end, and say themselves how long they are."""

import fcntl
import hashlib
import os
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from crosscut.apps.library.storage import plain_disk_errors
from crosscut.kernel.errors import Conflict, Invalid, NotFound
from crosscut.kernel.phrases import phrase

ALGORITHMS = ("sha256", "sha1")  # tus 1.0 asks for sha1; a browser's own is sha256


@dataclass(frozen=True, kw_only=True)
class Checksum:
    """What a piece must come to."""

    algorithm: str  # of ALGORITHMS
    digest: bytes


class Mismatch(Invalid):
    """The piece is not what its sender says it is; none of it was kept."""


def begin(path: Path) -> None:
    """An empty file, in a folder of its own."""
    with plain_disk_errors(phrase("receive {file}", file=path.name)):
        path.parent.mkdir(mode=0o700)
        path.touch(mode=0o600, exist_ok=False)


def size_of(path: Path) -> int:
    """How many bytes are here. Raises NotFound when the file is gone."""
    try:
        return path.stat().st_size
    except FileNotFoundError as fault:
        raise NotFound(phrase("This upload is over. Send the file again from its beginning.")) from fault


def cut_back(path: Path, size_bytes: int) -> None:
    """Takes away what stands after that many bytes."""
    with _alone_with(path) as descriptor:
        if os.fstat(descriptor).st_size > size_bytes:
            os.ftruncate(descriptor, size_bytes)


def append(path: Path, pieces: Iterable[bytes], *, at_byte: int, most_bytes: int) -> int:
    """How long the file is when the pieces stand in it from `at_byte` on, forced to disk.

    What came before an interruption stays: sending goes on from there. The file is locked for each piece and not while
    one waits for the network, so a connection that died without a word never stands in the way of the next one.
    Raises Conflict when the file does not end where the next piece begins, Invalid when it would grow beyond
    `most_bytes`, Unavailable when the disk is full.
    """
    end = at_byte
    with plain_disk_errors(phrase("receive {file}", file=path.name)):
        try:
            for piece in pieces:
                end = _add(path, piece, end, most_bytes)
        finally:
            _force_to_disk(path)
    return end


def append_proven(path: Path, pieces: Iterable[bytes], *, at_byte: int, most_bytes: int, checksum: Checksum) -> int:
    """As `append`, but all of it or nothing: what does not come to the checksum is taken away again.

    Raises Mismatch too.
    """
    digest = hashlib.new(checksum.algorithm, usedforsecurity=False)
    try:
        end = append(path, _heard(pieces, digest.update), at_byte=at_byte, most_bytes=most_bytes)
    except Conflict:  # what stands there now is another connection's
        raise
    except BaseException:
        cut_back(path, at_byte)
        raise
    if digest.digest() != checksum.digest:
        cut_back(path, at_byte)
        raise Mismatch("This piece arrived changed. It was not kept: send it again.")
    return end


def _heard(pieces: Iterable[bytes], hear: Callable[[bytes], None]) -> Iterator[bytes]:
    for piece in pieces:
        hear(piece)
        yield piece


def _add(path: Path, piece: bytes, at_byte: int, most_bytes: int) -> int:
    with _alone_with(path) as descriptor:
        if os.fstat(descriptor).st_size != at_byte:
            raise Conflict(
                phrase("Another connection goes on with this upload, or it ends elsewhere. Ask where it ends.")
            )
        if at_byte + len(piece) > most_bytes:
            raise Invalid.at("Upload-Length", phrase("More bytes came than were announced."), code="upload.too_long")
        os.lseek(descriptor, 0, os.SEEK_END)
        rest = memoryview(piece)
        while rest:
            rest = rest[os.write(descriptor, rest) :]
    return at_byte + len(piece)


def _force_to_disk(path: Path) -> None:
    with _alone_with(path) as descriptor:
        os.fsync(descriptor)


@contextmanager
def _alone_with(path: Path) -> Iterator[int]:
    """The file opened for writing, locked against every other process of ours."""
    try:
        descriptor = os.open(path, os.O_RDWR)
    except FileNotFoundError as fault:
        raise NotFound(phrase("This upload is over. Send the file again from its beginning.")) from fault
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield descriptor
    finally:
        os.close(descriptor)

"""How a backup folder is laid out, and the record of one backup.

files/ab/cd/HASH     every stored file once, however many backups name it
dumps/STAMP.dump     the database at one moment, as pg_dump's custom format writes it
backups/STAMP.json   the record of one backup; written last: without it there is no backup
"""

import fcntl
import hashlib
import json
import os
import re
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from crosscut.apps.library.storage import name_of
from crosscut.kernel.errors import Conflict, Invalid, NotFound
from crosscut.kernel.records import as_data, from_data

FORMAT = 1  # raised when an older reader would misunderstand
_STAMP = re.compile(r"\d{8}T\d{6}Z")
_CHUNK_BYTES = 1 << 20
_FOLDERS = ("files", "dumps", "backups")


@dataclass(frozen=True, kw_only=True)
class Backup:
    """One backup."""

    format: int  # FORMAT of who wrote it
    stamp: str  # "20261130T020000Z": when the database was read, UTC
    version: str  # of Crosscut
    dump_sha256: str
    files: dict[str, int]  # every stored file that a row named at that moment, with its size in bytes
    lost: tuple[str, ...]  # of these, those that were missing from the store already
    public: dict[str, str]  # the folders of our own channels: path in them to the hash of the file
    has_secret_key: bool  # else accounts must be connected again after a restore


class Keep:
    """A folder with backups."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    @contextmanager
    def writing(self) -> Iterator[None]:
        """The folder, for one writer alone: made where it is missing, without what a killed writer left behind.

        Raises Conflict while somebody else writes a backup into it, or forgets some.
        """
        for name in _FOLDERS:
            (self.folder / name).mkdir(mode=0o700, parents=True, exist_ok=True)
        with (self.folder / ".lock").open("w") as lock:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)  # the system lets go of it when we die
            except BlockingIOError as taken:
                raise Conflict(f"Another backup is being written into {self.folder}. Wait until it is done.") from taken
            self._clear_away()
            yield

    def _clear_away(self) -> None:
        """Takes away parts of files, and databases whose record was never written."""
        known = set(self.stamps())
        for path in [part for name in ("", *_FOLDERS) for part in (self.folder / name).glob("*.part")]:
            path.unlink(missing_ok=True)
        for path in self.folder.glob("dumps/*.dump"):
            if path.stem not in known:
                path.unlink(missing_ok=True)

    def path_of(self, sha256: str) -> Path:
        """Where a stored file lies."""
        return self.folder / "files" / name_of(sha256)

    def dump_of(self, stamp: str) -> Path:
        """Where the database of a backup lies."""
        return self.folder / "dumps" / f"{stamp}.dump"

    def has(self, sha256: str, size_bytes: int | None = None) -> bool:
        """Whether the file is kept, of that size where one is given."""
        path = self.path_of(sha256)
        return path.is_file() and (size_bytes is None or path.stat().st_size == size_bytes)

    def take(self, sha256: str, source: IO[bytes]) -> int:
        """Keeps a file under its hash, whole or not at all; its size. Raises Conflict when it is another."""
        place = self.path_of(sha256)
        part = self.folder / "files" / f"{sha256}.{os.getpid()}.part"
        digest = hashlib.sha256()
        try:
            with part.open("wb") as target:
                while chunk := source.read(_CHUNK_BYTES):
                    digest.update(chunk)
                    target.write(chunk)
                target.flush()
                os.fsync(target.fileno())
            if digest.hexdigest() != sha256:
                raise Conflict(f"The stored file {sha256} is not what its name says. Restore it from an older backup.")
            place.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            part.replace(place)
        finally:
            part.unlink(missing_ok=True)
        return place.stat().st_size

    def write(self, backup: Backup) -> None:
        """Writes the record: from now on the backup is there."""
        record = json.dumps(as_data(backup), indent=1, sort_keys=True)
        put_whole(self.folder / "backups" / f"{backup.stamp}.json", record.encode())

    def stamps(self) -> list[str]:
        """The backups there are, oldest first."""
        return sorted(path.stem for path in self.folder.glob("backups/*.json") if _STAMP.fullmatch(path.stem))

    def read(self, stamp: str = "") -> Backup:
        """The backup of that stamp, else the newest. Raises NotFound, and Invalid for one that cannot be read."""
        known = self.stamps()
        wanted = stamp or (known[-1] if known else "")
        if wanted not in known:
            there = ", ".join(known) or "none"
            raise NotFound(f"There is no backup {wanted or 'at all'} in {self.folder}. There are: {there}.")
        path = self.folder / "backups" / f"{wanted}.json"
        try:
            found = from_data(Backup, json.loads(path.read_bytes()))
        except ValueError as error:
            raise Invalid.at(str(path), f"{path} cannot be read: {error}.") from error
        if found.format != FORMAT:
            raise Invalid.at(str(path), f"This backup has format {found.format}; this version reads {FORMAT}.")
        return found

    def forget_all_but(self, count: int) -> list[str]:
        """Removes the oldest backups beyond so many, and the files that no other one names; the stamps that went."""
        with self.writing():
            return self._forget_all_but(count)

    def _forget_all_but(self, count: int) -> list[str]:
        gone, stay = self.stamps()[:-count], [self.read(stamp) for stamp in self.stamps()[-count:]]
        for stamp in gone:
            (self.folder / "backups" / f"{stamp}.json").unlink()
            self.dump_of(stamp).unlink(missing_ok=True)
        named = {sha256 for backup in stay for sha256 in (*backup.files, *backup.public.values())}
        for path in self.folder.glob("files/*/*/*"):  # also those that a killed writer took for nothing
            if path.name not in named:
                path.unlink()
        return gone

    def room_bytes(self) -> int:
        """How much is free where the backups lie."""
        return shutil.disk_usage(self.folder).free


def put_whole(place: Path, content: bytes) -> None:
    """Writes a file that only its owner may read, whole or not at all, in the place of what was there."""
    part = place.with_name(f"{place.name}.part")
    part.unlink(missing_ok=True)
    try:
        part.touch(mode=0o600)
        with part.open("wb") as target:
            target.write(content)
            target.flush()
            os.fsync(target.fileno())
        part.replace(place)
    finally:
        part.unlink(missing_ok=True)

"""Made files, kept by what they were made of: the same recipe on the same version is never rendered twice.

    cache = Cache(folder, max_bytes=20 * 10**9)
    kept = cache.find(version_sha256, recipe)        what was made before, checked, or None
    kept = cache.keep(version_sha256, recipe, path, facts)

The name of an entry is the SHA-256 of version, recipe and engine (the recipe's digest has the engine's number in it).
An entry is a file with a record beside it; the record is written last, so a file without one never counts. Each look
compares size and hash, and what does not match is removed, to be made again. Any number of processes may use a folder
at once: names are moved into place whole, one process at a time makes the files of a version (`making`), and nothing
is swept while somebody looks.
"""

import fcntl
import hashlib
import json
import os
import shutil
import tempfile
import time
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from pydantic import ValidationError

from crosscut.kernel.errors import Cancelled, Invalid, Unavailable
from crosscut.kernel.facts import MediaFacts
from crosscut.kernel.phrases import phrase
from crosscut.kernel.progress import ShouldStop, never
from crosscut.kernel.records import as_data, canonical_json, digest, from_data
from crosscut.media.beside import making_beside
from crosscut.media.recipes import Recipe, suffix_of

DEFAULT_BYTES = 20_000_000_000
CHUNK_BYTES = 1 << 20
ASK_AGAIN_S = 0.2  # while another process makes the same
LEFTOVER_S = 24 * 3600  # a file without a record is somebody's half-done work for so long


@dataclass(frozen=True, kw_only=True)
class Kept:
    """A made file in the cache."""

    path: Path
    sha256: str
    size_bytes: int
    facts: MediaFacts | None  # None for what a probe does not read, such as peaks


@dataclass(frozen=True, kw_only=True)
class _Record:
    """What stands beside a kept file."""

    version_sha256: str
    recipe_digest: str
    sha256: str
    size_bytes: int
    facts: MediaFacts | None


def sha256_of(path: Path) -> str:
    """The SHA-256 of the file's bytes, in hex."""
    found = hashlib.sha256()
    with path.open("rb") as file:
        while chunk := file.read(CHUNK_BYTES):
            found.update(chunk)
    return found.hexdigest()


class Cache:
    """A folder of made files, bounded in size; the longest unused ones go first."""

    def __init__(self, folder: Path, *, max_bytes: int = DEFAULT_BYTES) -> None:
        self.folder = folder.resolve()  # FFmpeg runs elsewhere
        self.max_bytes = max_bytes
        try:
            (folder / "locks").mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise Invalid.at(
                str(folder), phrase("The cache cannot be kept there: {strerror}.", strerror=error.strerror)
            ) from error

    def find(self, version_sha256: str, recipe: Recipe) -> Kept | None:
        """What the recipe made of that version before, whole and unchanged; None when it has to be made."""
        path = self._path(version_sha256, recipe)
        with self._lock("sweep", fcntl.LOCK_SH):
            record = _read(_beside(path))
            if record is None:
                return None
            if not _is_whole(path, record):
                _remove(path)
                return None
            os.utime(_beside(path))
        return Kept(path=path, sha256=record.sha256, size_bytes=record.size_bytes, facts=record.facts)

    def keep(self, version_sha256: str, recipe: Recipe, made: Path, facts: MediaFacts | None) -> Kept:
        """Takes over the file `made`, which is gone from where it was. Raises Unavailable when the disk is full."""
        path = self._path(version_sha256, recipe)
        record = _Record(
            version_sha256=version_sha256,
            recipe_digest=recipe.digest,
            sha256=sha256_of(made),
            size_bytes=made.stat().st_size,
            facts=facts,
        )
        try:
            path.parent.mkdir(exist_ok=True)
            with tempfile.TemporaryDirectory(dir=self.folder, prefix=".keeping-") as folder:
                arriving = Path(folder) / path.name
                shutil.move(made, arriving)
                arriving.replace(path)
                note = Path(folder) / "record.json"
                note.write_text(canonical_json(as_data(record)), encoding="utf-8")
                note.replace(_beside(path))
        except OSError as error:
            raise Unavailable(phrase("The cache cannot take the file: {strerror}.", strerror=error.strerror)) from error
        return Kept(path=path, sha256=record.sha256, size_bytes=record.size_bytes, facts=facts)

    def deliver(self, version_sha256: str, recipe: Recipe, to: Path) -> Kept | None:
        """Copies what was made to the target, whole or not at all; None when it is not there."""
        kept = self.find(version_sha256, recipe)
        if kept is None:
            return None
        with making_beside(to) as folder:
            copy = folder / to.name
            try:
                shutil.copyfile(kept.path, copy)
            except FileNotFoundError:  # swept this moment
                return None
            copy.replace(to)
        return kept

    @contextmanager
    def making(self, version_sha256: str, *, should_stop: ShouldStop = never) -> Iterator[None]:
        """While it lasts, no other process makes files of that version here. Raises Cancelled while it waits."""
        with self._lock(version_sha256[:32], fcntl.LOCK_EX, should_stop=should_stop):
            yield

    def sweep(self, *, spare: Collection[Path] = ()) -> int:
        """Removes what was longest unused until the rest is within the bound; returns the bytes freed.

        What is in `spare` stays even when that is too much. Half-done work of processes that died goes after a day.
        """
        with self._lock("sweep", fcntl.LOCK_EX):
            notes = sorted(self.folder.glob("??/*.json"), key=lambda note: (note.stat().st_mtime_ns, note.name))
            self._sweep_leftovers({note.stem for note in notes})
            entries = [(path, path.stat().st_size) for note in notes if (path := _file_of(note)).exists()]
            total = sum(size_bytes for _, size_bytes in entries)
            freed = 0
            for path, size_bytes in entries:
                if total - freed <= self.max_bytes:
                    break
                if path not in spare:
                    _remove(path)
                    freed += size_bytes
        return freed

    def clear(self) -> None:
        """Removes the whole folder: for a cache that only bridges an interruption."""
        shutil.rmtree(self.folder, ignore_errors=True)

    def _sweep_leftovers(self, known: set[str]) -> None:
        before = time.time() - LEFTOVER_S
        for path in self.folder.glob("??/*"):
            if path.name.partition(".")[0] not in known and path.stat().st_mtime < before:
                path.unlink(missing_ok=True)
        for folder in self.folder.glob(".*-*"):
            if folder.stat().st_mtime < before:
                shutil.rmtree(folder, ignore_errors=True)

    def _path(self, version_sha256: str, recipe: Recipe) -> Path:
        key = digest({"version": version_sha256, "recipe": recipe.digest})
        return self.folder / key[:2] / f"{key}{suffix_of(recipe)}"

    @contextmanager
    def _lock(self, name: str, kind: int, *, should_stop: ShouldStop = never) -> Iterator[None]:
        with (self.folder / "locks" / name).open("a") as file:
            while True:
                try:
                    fcntl.flock(file, kind | fcntl.LOCK_NB)
                    break
                except BlockingIOError:
                    if should_stop():
                        raise Cancelled(phrase("Stopped on request.")) from None
                    time.sleep(ASK_AGAIN_S)
            yield


def _beside(path: Path) -> Path:
    return path.with_suffix(".json") if path.suffix != ".json" else path.with_suffix(".record.json")


def _file_of(note: Path) -> Path:
    siblings = (path for path in note.parent.glob(f"{note.name.partition('.')[0]}.*") if path != note)
    return next(siblings, note.with_suffix(".gone"))


def _read(note: Path) -> _Record | None:
    try:
        return from_data(_Record, json.loads(note.read_text(encoding="utf-8")))
    except (OSError, ValueError, ValidationError):
        return None


def _is_whole(path: Path, record: _Record) -> bool:
    try:
        return path.stat().st_size == record.size_bytes and sha256_of(path) == record.sha256
    except OSError:
        return False


def _remove(path: Path) -> None:
    _beside(path).unlink(missing_ok=True)  # first: a file without its record never counts
    path.unlink(missing_ok=True)

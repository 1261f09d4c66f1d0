"""The folder or ZIP that a workspace travels in: members by name, written once, read by name and never unpacked."""

import hashlib
import shutil
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Protocol

from crosscut.kernel.errors import Conflict, Invalid, NotFound

MANIFEST = "manifest.json"
_CHUNK_BYTES = 1 << 20
_LONG_AGO = (1980, 1, 1, 0, 0, 0)  # the first moment a ZIP knows: equal content makes equal files


class Writer(Protocol):
    """Takes members, each once."""

    def put(self, name: str, content: bytes) -> None: ...
    def copy(self, name: str, source: IO[bytes]) -> None: ...


class Reader(Protocol):
    """Gives members by their name."""

    def open(self, name: str) -> IO[bytes]: ...
    def has(self, name: str) -> bool: ...


@contextmanager
def writing(place: Path) -> Iterator[Writer]:
    """A place to write into: a ZIP when the name ends so, else a folder. Nothing is left of one that was broken off.

    Raises Conflict when there is something already.
    """
    if place.exists() and (not place.is_dir() or any(place.iterdir())):
        raise Conflict(f"{place} is there already and not empty. Name another place.")
    part = place.with_name(f".{place.name}.part")
    _clear(part)
    try:
        part.parent.mkdir(parents=True, exist_ok=True)
        if place.suffix.lower() == ".zip":
            with zipfile.ZipFile(part, "x", zipfile.ZIP_STORED, allowZip64=True) as archive:
                yield _ZipWriter(archive)
        else:
            part.mkdir()
            yield _FolderWriter(part)
        if place.is_dir():
            place.rmdir()
        part.replace(place)
    finally:
        _clear(part)


@contextmanager
def reading(place: Path) -> Iterator[Reader]:
    """What was written before. Raises NotFound, and Invalid for what is no workspace."""
    if place.is_dir():
        found: Reader = _FolderReader(place)
        _demand_manifest(found, place)
        yield found
        return
    if not place.is_file():
        raise NotFound(f"There is nothing at {place}.")
    try:
        archive = zipfile.ZipFile(place)
    except zipfile.BadZipFile as error:
        raise Invalid.at(str(place), f"This is no ZIP file: {error}.") from error
    with archive:
        found = _ZipReader(archive)
        _demand_manifest(found, place)
        yield found


def sha256_of(source: IO[bytes]) -> str:
    """The hash of what is left to read."""
    return hashlib.file_digest(source, "sha256").hexdigest()  # type: ignore[arg-type]


class _FolderWriter:
    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def put(self, name: str, content: bytes) -> None:
        path = self._folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)

    def copy(self, name: str, source: IO[bytes]) -> None:
        path = self._folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("xb") as target:
            shutil.copyfileobj(source, target, _CHUNK_BYTES)


class _ZipWriter:
    def __init__(self, archive: zipfile.ZipFile) -> None:
        self._archive = archive

    def put(self, name: str, content: bytes) -> None:
        self._archive.writestr(zipfile.ZipInfo(name, _LONG_AGO), content, zipfile.ZIP_DEFLATED)

    def copy(self, name: str, source: IO[bytes]) -> None:
        with self._archive.open(zipfile.ZipInfo(name, _LONG_AGO), "w", force_zip64=True) as target:
            shutil.copyfileobj(source, target, _CHUNK_BYTES)


class _FolderReader:
    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def open(self, name: str) -> IO[bytes]:
        if not self.has(name):
            raise Invalid.at(name, f"{name} is missing.")
        return (self._folder / name).open("rb")

    def has(self, name: str) -> bool:
        return (self._folder / name).is_file()


class _ZipReader:
    def __init__(self, archive: zipfile.ZipFile) -> None:
        self._archive, self._names = archive, set(archive.namelist())

    def open(self, name: str) -> IO[bytes]:
        if not self.has(name):
            raise Invalid.at(name, f"{name} is missing.")
        return self._archive.open(name)

    def has(self, name: str) -> bool:
        return name in self._names


def _demand_manifest(found: Reader, place: Path) -> None:
    if not found.has(MANIFEST):
        raise Invalid.at(str(place), f"There is no {MANIFEST} in it: this is no exported workspace.")


def _clear(part: Path) -> None:
    if part.is_dir():
        shutil.rmtree(part)
    else:
        part.unlink(missing_ok=True)

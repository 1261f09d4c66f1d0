"""Reads ZIP archives. What an entry says of its own size is never believed: only what comes out is counted."""

import stat
import zipfile
import zlib
from pathlib import Path, PurePosixPath

from crosscut.kernel.errors import Damaged, Invalid
from crosscut.kernel.phrases import phrase
from crosscut.media.archives import ArchiveLimits, Unpacked

_READ_BYTES = 1024 * 1024
_RUBBISH = frozenset({"__MACOSX", "Thumbs.db", "desktop.ini", ".DS_Store"})
_UNREADABLE = (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError, ValueError, OSError)


class _Tally:
    """How much has come out so far."""

    def __init__(self, path: Path, limits: ArchiveLimits) -> None:
        self._name, self._limits = path.name, limits
        self._most_bytes = max(limits.ratio_from_bytes, path.stat().st_size * limits.ratio)
        self.bytes = 0

    def add(self, size_bytes: int) -> None:
        """Raises Invalid when it is too much."""
        self.bytes += size_bytes
        if self.bytes > self._most_bytes:
            message = phrase("It grows without end when it is unpacked, as a ZIP bomb does. Nothing of it was taken.")
            raise Invalid.at(self._name, message, code="archive.bomb")
        if self.bytes > self._limits.total_bytes:
            message = phrase(
                "More is inside than can be taken at once. Make several archives of it, or send the files."
            )
            raise Invalid.at(self._name, message, code="archive.too_large")


def unpack(path: Path, folder: Path, limits: ArchiveLimits) -> list[Unpacked]:
    """Writes every file of the archive into the folder and says what became of each entry."""
    try:
        with zipfile.ZipFile(path) as archive:
            entries = [entry for entry in archive.infolist() if _is_wanted(entry)]
            if len(entries) > limits.files:
                message = phrase(
                    "{entries:,} files are inside; at most {files:,} are taken at once.",
                    entries=len(entries),
                    files=limits.files,
                )
                raise Invalid.at(path.name, message, code="archive.too_many")
            tally = _Tally(path, limits)
            return [_take(archive, entry, folder / f"{number:05}", tally) for number, entry in enumerate(entries)]
    except _UNREADABLE as fault:
        raise Damaged(
            path, phrase("The archive cannot be read: it is broken or of a kind that is not known.")
        ) from fault


def _is_wanted(entry: zipfile.ZipInfo) -> bool:
    parts = PurePosixPath(entry.filename.replace("\\", "/")).parts
    is_link = stat.S_ISLNK(entry.external_attr >> 16)
    is_hidden = any(part.startswith(".") and part != ".." for part in parts)
    return not (entry.is_dir() or is_link or is_hidden or _RUBBISH & set(parts))


def _take(archive: zipfile.ZipFile, entry: zipfile.ZipInfo, place: Path, tally: _Tally) -> Unpacked:
    if entry.flag_bits & 0x1:
        return Unpacked(name=entry.filename, place="", problem="It is locked with a password. Unpack it by hand.")
    try:
        with archive.open(entry) as source, place.open("xb") as target:
            while chunk := source.read(_READ_BYTES):
                tally.add(len(chunk))
                target.write(chunk)
    except _UNREADABLE as fault:
        place.unlink(missing_ok=True)
        if isinstance(fault, OSError) and fault.errno:  # the disk is full or broken: not the entry's fault
            raise
        return Unpacked(name=entry.filename, place="", problem="It is broken inside the archive.")
    return Unpacked(name=entry.filename, place=place.name)

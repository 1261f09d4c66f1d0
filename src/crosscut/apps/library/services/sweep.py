"""Freeing the room of files that nothing refers to any more. Masters and files in use are never touched."""

import shutil
import time
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

from django.conf import settings

from crosscut.apps.library import storage
from crosscut.apps.library.models import Arrival, Rendition, Version

AGE_S = 24 * 3600  # a younger file may belong to work that has not noted it yet
_GROUP = 1000  # hashes asked about at once


@dataclass(frozen=True, kw_only=True)
class Swept:
    """What a sweep took away."""

    files: int  # stored files
    size_bytes: int  # their room
    leftovers: int  # files and folders of work that was killed


def sweep_files() -> Swept:
    """Deletes stored files that no version and no rendition names, and what killed work left in the upload folder."""

    def is_old(stored_at_s: float) -> bool:
        return stored_at_s < time.time() - AGE_S

    freed = [storage.remove(sha256, is_old=is_old) for group in _groups() for sha256 in _unnamed(group)]
    leftovers = [_delete(path) for path in _unclaimed() if is_old(path.stat().st_mtime)]
    return Swept(files=sum(size > 0 for size in freed), size_bytes=sum(freed), leftovers=len(leftovers))


def _groups() -> Iterator[list[str]]:
    hashes = storage.stored_hashes()
    while group := list(islice(hashes, _GROUP)):
        yield group


def _unnamed(hashes: list[str]) -> set[str]:
    versions = Version.objects.filter(sha256__in=hashes).values_list("sha256", flat=True)
    renditions = Rendition.objects.filter(sha256__in=hashes).values_list("sha256", flat=True)
    return set(hashes) - set(versions) - set(renditions)


def _unclaimed() -> list[Path]:
    """What lies in the upload folder and belongs to no file that still waits."""
    waiting = {str(Path(path).parent) for path in Arrival.objects.exclude(path="").values_list("path", flat=True)}
    return [path for path in Path(settings.UPLOAD_FOLDER).iterdir() if str(path) not in waiting]


def _delete(path: Path) -> Path:
    if path.is_dir():
        shutil.rmtree(path)
    else:
        path.unlink(missing_ok=True)
    return path

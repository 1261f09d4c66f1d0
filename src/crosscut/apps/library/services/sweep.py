"""Sweeps: freeing what nothing refers to any more, and finding rows whose file is gone or is not what it was.

Masters and files in use are never touched. Each sweep can be tried without changing anything.
"""

import shutil
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from fractions import Fraction
from itertools import islice
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db.models import QuerySet
from django.utils import timezone
from procrastinate.contrib.django import app

from crosscut.apps.accounts.models import Member
from crosscut.apps.accounts.permissions import demand
from crosscut.apps.library import staging, storage
from crosscut.apps.library.models import Arrival, Paper, Rendition, Upload, Version
from crosscut.apps.library.queries.rooms import named
from crosscut.apps.library.removals import may_remove
from crosscut.apps.library.services.rooms import take_away
from crosscut.apps.work.models import Job
from crosscut.apps.work.services import plan_job
from crosscut.kernel.errors import Cancelled, NotFound
from crosscut.kernel.phrases import phrase
from crosscut.kernel.progress import Progress, Report, ShouldStop, ignore, never

CHECK = "library.check_storage"  # the task's name; tasks.py holds the task
AGE_S = 24 * 3600  # a younger file may belong to work that has not noted it yet
_GROUP = 1000  # hashes asked about at once
_TOLD = 200  # findings named one by one; the rest are counted


@dataclass(frozen=True, kw_only=True)
class Swept:
    """What a sweep took away, or would."""

    files: int  # stored files
    size_bytes: int  # their room
    leftovers: int  # files and folders of work that was killed, objects and parts in the store too


@dataclass(kw_only=True)
class Integrity:
    """What a look through all rows found."""

    checked: int = 0
    cold: int = 0  # lie in the cold store: known to be there, not read
    missing: list[str] = field(default_factory=list)  # rows without their file, in words
    changed: list[str] = field(default_factory=list)  # rows whose file is not what it was
    mended: int = 0  # derived files of these: taken away, to be made again


def sweep_files(*, is_dry: bool = False) -> Swept:
    """Deletes stored files that no row names, and what killed work left in the upload folder; or only counts them.

    Nothing at all while a backup is being written.
    """
    with may_remove() as is_free:
        return _sweep(is_dry=is_dry) if is_free or is_dry else Swept(files=0, size_bytes=0, leftovers=0)


def _sweep(*, is_dry: bool) -> Swept:
    def is_old(stored_at_s: float) -> bool:
        return stored_at_s < time.time() - AGE_S

    take, clear = (storage.size_if_old, Path) if is_dry else (storage.remove, _delete)
    freed = [take(sha256, is_old=is_old) for group in _groups() for sha256 in _unnamed(group)]
    half = 0 if is_dry else storage.clear_leftovers(is_old=is_old, is_named=lambda sha256: bool(named([sha256])))
    leftovers = [clear(path) for path in _unclaimed() if is_old(path.stat().st_mtime)]
    half += len(leftovers) + staging.sweep(is_old=is_old, is_dry=is_dry)
    return Swept(files=sum(size > 0 for size in freed), size_bytes=sum(freed), leftovers=half)


def plan_check(by: Member, *, is_deep: bool, is_dry: bool) -> Job:
    """A job that sweeps and looks through everything stored: for orphans, missing files, changed files.

    `is_deep` reads every file and compares its hash; `is_dry` changes nothing.
    """
    demand(by, "workspace")
    label = "Looking through what is stored" + (" (changes nothing)" if is_dry else "")
    job = plan_job(by, kind="storage", label=label, subject="storage")
    app.configure_task(CHECK, queue="media").defer(job_id=job.pk, is_deep=is_deep, is_dry=is_dry)
    return job


def check_storage(
    report: Report = ignore, should_stop: ShouldStop = never, *, is_deep: bool, is_dry: bool
) -> dict[str, Any]:
    """What both sweeps found, as the job keeps it."""
    report(Progress(done=Fraction(0), label="Looking for files that nothing names"))
    swept = sweep_files(is_dry=is_dry)
    found = check_rows(report, should_stop, is_deep=is_deep, is_dry=is_dry)
    return {
        "orphans": swept.files,
        "orphan_bytes": swept.size_bytes,
        "leftovers": swept.leftovers,
        "checked": found.checked,
        "cold": found.cold,
        "missing": found.missing[:_TOLD],
        "missing_count": len(found.missing),
        "changed": found.changed[:_TOLD],
        "changed_count": len(found.changed),
        "mended": found.mended,
        "is_deep": is_deep,
        "is_dry": is_dry,
    }


def check_rows(report: Report = ignore, should_stop: ShouldStop = never, *, is_deep: bool, is_dry: bool) -> Integrity:
    """Looks for the file of every row. Derived files that are lost or changed are marked to be made again."""
    kinds: tuple[QuerySet[Any], ...] = (
        Version.objects.all(),
        Rendition.objects.filter(freed_at=None),
        Paper.objects.all(),
    )
    total, found = max(1, sum(rows.count() for rows in kinds)), Integrity()
    for rows in kinds:
        for row in rows.order_by("pk").only("pk", "sha256", "size_bytes").iterator(chunk_size=_GROUP):
            if should_stop():
                raise Cancelled(
                    phrase("Stopped on request. What was found so far is lost; nothing was changed half-way.")
                )
            trouble = _trouble(row, found, should_stop, is_deep=is_deep)
            if trouble and isinstance(row, Rendition) and not is_dry:
                found.mended += _mark_for_making(row)
            found.checked += 1
            if not found.checked % 100:
                report(Progress(done=Fraction(found.checked, total + 1), label="Looking for the file of every row"))
    return found


def _trouble(row: Any, found: Integrity, should_stop: ShouldStop, *, is_deep: bool) -> bool:
    """Whether its file is lost or changed; noted in what was found."""
    try:
        if storage.size_of(row.sha256) != row.size_bytes or (
            is_deep and not storage.is_whole(row.sha256, should_stop=should_stop)
        ):
            found.changed.append(_named(row))
            return True
    except storage.Away:
        found.cold += 1
    except NotFound:
        found.missing.append(_named(row))
        return True
    return False


def _named(row: Any) -> str:
    return f"{type(row).__name__.lower()} {row.pk}: {row.sha256}"


def _mark_for_making(row: Rendition) -> int:
    """The row says first that there is no file, then the bad one goes, if no other row names it."""
    Rendition.objects.filter(sha256=row.sha256).update(freed_at=timezone.now())
    take_away([row.sha256])
    return 1


def _groups() -> Iterator[list[str]]:
    hashes = storage.stored_hashes()
    while group := list(islice(hashes, _GROUP)):
        yield group


def _unnamed(hashes: list[str]) -> set[str]:
    return set(hashes) - named(hashes)


def _unclaimed() -> list[Path]:
    """What lies in the upload folder and belongs to no file that still waits."""
    waiting = {str(Path(path).parent) for path in Arrival.objects.exclude(path="").values_list("path", flat=True)}
    coming = {key.hex for key in Upload.objects.filter(arrival=None).values_list("key", flat=True)}
    inside = Path(settings.UPLOAD_FOLDER).iterdir()
    return [path for path in inside if str(path) not in waiting and path.name not in coming]


def _delete(path: Path) -> Path:
    if path.is_dir():
        shutil.rmtree(path)
    else:
        path.unlink(missing_ok=True)
    return path

"""Bringing a backup back into an empty installation, and single files back into a running one.

Files come first and rows last, in one transaction: killed anywhere before, the installation is still empty and the
same command does it again. Killed after, nothing is sent (`publish.restoring`) and the same command ends what is left.
What was due after the backup may be out already: nothing is sent until a person has looked.
"""

import shutil
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path, PurePosixPath

from django.conf import settings
from django.db import DatabaseError, connection, transaction
from django.utils import timezone

from crosscut.apps.accounts.models import Workspace
from crosscut.apps.library import storage
from crosscut.apps.library.models import ColdFile, Paper, Rendition, Version
from crosscut.apps.publish import restoring
from crosscut.apps.publish.models import Hold, Target
from crosscut.apps.readers.services.doubting import doubt_what_may_be_out
from crosscut.kernel.errors import Conflict, Invalid
from crosscut.site.portable.parcel import sha256_of
from crosscut.site.safekeeping import programs
from crosscut.site.safekeeping.kept import Backup, Keep, put_whole
from crosscut.site.safekeeping.save import SECRET_NAME

Tell = Callable[[str], None]
_MAY_BE_OUT = (
    "This was due after the backup that was brought back, so it may be out. Look at the account; then schedule it "
    "anew, or cancel it."
)


def bring_back(folder: Path, *, stamp: str = "", tell: Tell = lambda words: None) -> Backup:
    """The installation as that backup, or the newest one, has it: files, database, public folders, and the key if kept.

    Raises Conflict when there is anything in this installation, NotFound without such a backup, Invalid when it is
    damaged; nothing is changed then.
    """
    keep, half = Keep(folder), restoring.half_restored()
    is_loaded = bool(half) and not _is_empty()
    backup = keep.read(half if is_loaded else stamp)
    if not is_loaded:
        _demand_empty()
        _check_dump(keep, backup)
        _load(keep, backup, tell)
    _hold_what_may_be_out(backup)
    return backup


def _load(keep: Keep, backup: Backup, tell: Tell) -> None:
    with storage.plain_disk_errors("bring the backup back"):
        _files(keep, backup, tell)
        _public(keep, backup)
        if backup.has_secret_key:
            put_whole(settings.HOME / SECRET_NAME, (keep.folder / SECRET_NAME).read_bytes())
        tell("Reading the database")
        restoring.begin(backup.stamp)
        _empty_schema()
        programs.load(keep.dump_of(backup.stamp))


def bring_files_back(folder: Path, *, tell: Tell = lambda words: None) -> dict[str, int]:
    """Puts files that this installation lost or that changed back from the backups; says how many, and how many not."""
    keep, found = Keep(folder), {"whole": 0, "brought_back": 0, "not_in_backup": 0}
    rows = (Version.objects, Rendition.objects.filter(freed_at=None), Paper.objects)
    names = {sha256 for one in rows for sha256 in one.values_list("sha256", flat=True)}
    for number, sha256 in enumerate(sorted(names), 1):
        if storage.is_cold(sha256) or (storage.is_warm(sha256) and storage.is_whole(sha256)):
            found["whole"] += 1
        elif keep.has(sha256):
            _put_back(keep, sha256)
            found["brought_back"] += 1
        else:
            found["not_in_backup"] += 1
        if not number % 100:
            tell(f"{number:,} of {len(names):,} files")
    return found


def _is_empty() -> bool:
    try:
        with transaction.atomic():
            return not Workspace.objects.exists()
    except DatabaseError:  # not even tables
        return True


def _demand_empty() -> None:
    if not _is_empty():
        raise Conflict(
            "There is something in this installation. A backup is brought back into an empty one: name another folder "
            "with CROSSCUT_HOME, or another DATABASE_URL."
        )


def _check_dump(keep: Keep, backup: Backup) -> None:
    place = keep.dump_of(backup.stamp)
    if not place.is_file():
        raise Invalid.at(str(place), f"{place} is missing: this backup cannot be brought back. Use an older one.")
    with place.open("rb") as dumped:
        if sha256_of(dumped) != backup.dump_sha256:
            raise Invalid.at(str(place), f"{place} is damaged: it is not what was written. Use an older backup.")
    missing = [sha256 for sha256 in backup.files if sha256 not in backup.lost and not keep.has(sha256)]
    if missing:
        message = f"{len(missing):,} files are missing from the backup, the first is {missing[0]}. Use an older one."
        raise Invalid.at(str(keep.folder), message)
    if any(PurePosixPath(name).is_absolute() or ".." in PurePosixPath(name).parts for name in backup.public):
        raise Invalid.at(str(keep.folder), "A public file in it would lie outside its folder.")


def _files(keep: Keep, backup: Backup, tell: Tell) -> None:
    for number, sha256 in enumerate(backup.files, 1):
        if sha256 not in backup.lost and not storage.is_warm(sha256):
            _put_back(keep, sha256)
        if not number % 100:
            tell(f"{number:,} of {len(backup.files):,} files")


def _put_back(keep: Keep, sha256: str) -> None:
    stored = storage.keep(keep.path_of(sha256))
    if stored.sha256 != sha256:
        raise Invalid.at(str(keep.path_of(sha256)), "This file in the backup is damaged. Use an older backup.")


def _public(keep: Keep, backup: Backup) -> None:
    """The public folders, each file whole or not there."""
    for name, sha256 in backup.public.items():
        place = Path(settings.PUBLIC_FOLDER) / name
        place.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        part = place.with_name(f".{place.name}.restored")
        try:
            shutil.copyfile(keep.path_of(sha256), part)
            part.replace(place)
        finally:
            part.unlink(missing_ok=True)


def _empty_schema() -> None:
    """The database without a table of ours. It holds no data: `_demand_empty` looked."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("DROP SCHEMA public CASCADE")
        cursor.execute("CREATE SCHEMA public")


@transaction.atomic
def _hold_what_may_be_out(backup: Backup) -> None:
    """Blocks what was due since the backup, and holds everything until somebody has looked what went out."""
    taken_at = datetime.strptime(backup.stamp, "%Y%m%dT%H%M%SZ").replace(tzinfo=UTC)
    State = Target.State  # noqa: N806 - the name it has everywhere
    waiting = Target.objects.filter(
        state__in=(State.SCHEDULED, State.STAGING), due_at__gte=taken_at, due_at__lte=timezone.now()
    )
    waiting.update(state=State.BLOCKED, problem=_MAY_BE_OUT, needs_person=True)
    Target.objects.filter(state=State.PARTLY).update(problem=_MAY_BE_OUT, needs_person=True)
    reason = f"Brought back from the backup of {taken_at:%d %B %Y, %H:%M} UTC: posts sent later may be out already."
    for workspace in Workspace.objects.all():
        Hold.objects.create(workspace=workspace, scope=Hold.Scope.WORKSPACE, reason=reason)
        doubt_what_may_be_out(workspace)
    ColdFile.objects.all().delete()  # everything lies in the warm now
    restoring.end()

"""Writing a backup: the database at one moment, and every file that it names then. What is kept is not copied again."""

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from importlib.metadata import version
from pathlib import Path
from typing import Literal

from django.conf import settings
from django.db import connection, transaction
from django.utils import timezone

from crosscut.apps.library import storage
from crosscut.apps.library.models import Paper, Rendition, Version
from crosscut.apps.library.removals import files_stay
from crosscut.kernel.errors import Conflict, Invalid, NotFound, Unavailable
from crosscut.site.home import secret_key
from crosscut.site.portable.parcel import sha256_of
from crosscut.site.safekeeping import programs
from crosscut.site.safekeeping.kept import FORMAT, Backup, Keep, put_whole

SECRET_NAME = "secret.key"  # noqa: S105 - a file's name
Tell = Callable[[str], None]
WithKey = Literal["with", "without"]


def back_up(
    folder: Path, *, with_key: Literal["with", "without"] = "without", tell: Tell = lambda words: None
) -> Backup:
    """A backup of the whole installation in the folder, beside those before it. Work goes on meanwhile.

    The database is read at one moment; until the files it names are copied, nobody takes a file away, and files are
    never changed: so the two fit together. `with_key` "with" also keeps the key that account logins are sealed with.
    Raises Unavailable when the disk is full; then there is no new backup, and the older ones are whole.
    """
    if Path(settings.HOME).is_relative_to(folder.absolute()) or folder.absolute().is_relative_to(settings.HOME):
        raise Invalid.at("--to", "Keep backups outside the installation's own folder, better on another disk.")
    keep = Keep(folder)
    with storage.plain_disk_errors("write the backup"), keep.writing():
        with files_stay():
            stamp, files = _database(keep, tell)
            lost = _copy_files(keep, files, tell)
            public = _copy_public(keep, tell)
        if with_key == "with":
            put_whole(folder / SECRET_NAME, secret_key().encode())
        with keep.dump_of(stamp).open("rb") as dumped:
            dump_sha256 = sha256_of(dumped)
        backup = Backup(
            format=FORMAT,
            stamp=stamp,
            version=version("crosscut"),
            dump_sha256=dump_sha256,
            files=files,
            lost=tuple(lost),
            public=public,
            has_secret_key=(folder / SECRET_NAME).exists(),
        )
        keep.write(backup)
    return backup


def _database(keep: Keep, tell: Tell) -> tuple[str, dict[str, int]]:
    """The dump and the files that its rows name, both of the same moment."""
    with _snapshot() as snapshot:
        stamp = timezone.now().strftime("%Y%m%dT%H%M%SZ")
        place = keep.dump_of(stamp)
        if place.exists():  # it is another backup's, which must stay whole
            raise Conflict("A backup was written this very second. Try again.")
        part = place.with_suffix(".part")
        tell("Writing the database")
        try:
            programs.dump(part, snapshot=snapshot)
            _force_to_disk(part)
            part.replace(place)
        except BaseException:
            part.unlink(missing_ok=True)
            raise
        rows = (Version.objects, Rendition.objects.filter(freed_at=None), Paper.objects)
        files = {sha256: size for found in rows for sha256, size in found.values_list("sha256", "size_bytes")}
    return stamp, dict(sorted(files.items()))


def _force_to_disk(path: Path) -> None:
    with path.open("rb") as file:
        os.fsync(file.fileno())


@contextmanager
def _snapshot() -> Iterator[str]:
    """A moment of the database that another program can read, too."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY")
        cursor.execute("SET LOCAL idle_in_transaction_session_timeout = 0")
        cursor.execute("SELECT pg_export_snapshot()")
        row = cursor.fetchone()
        yield str(row[0]) if row else ""


def _copy_files(keep: Keep, files: dict[str, int], tell: Tell) -> list[str]:
    """Copies what is not kept yet; names what the store itself has lost."""
    missing = [sha256 for sha256, size_bytes in files.items() if not keep.has(sha256, size_bytes)]
    _demand_room(keep, sum(files[sha256] for sha256 in missing))
    tell(f"{len(missing):,} of {len(files):,} files are new")
    lost = []
    for number, sha256 in enumerate(missing, 1):
        try:
            with storage.opened_anywhere(sha256) as source:
                keep.take(sha256, source)
        except NotFound:
            lost.append(sha256)
        if not number % 100:
            tell(f"{number:,} of {len(missing):,} copied")
    return lost


def _copy_public(keep: Keep, tell: Tell) -> dict[str, str]:
    """The folders of our own channels: their items are the posts themselves."""
    root, found = Path(settings.PUBLIC_FOLDER), {}
    for path in sorted(root.rglob("*")):
        if not path.is_file() or path.name.endswith(".part") or path.name == ".lock":
            continue
        try:
            with path.open("rb") as source:
                sha256 = sha256_of(source)
            if not keep.has(sha256):
                with path.open("rb") as source:
                    keep.take(sha256, source)
        except FileNotFoundError:  # taken down between listing and reading
            continue
        found[str(path.relative_to(root))] = sha256
    tell(f"{len(found):,} public files")
    return found


def _demand_room(keep: Keep, needed_bytes: int) -> None:
    """Raises Unavailable, before a file is copied, when the backup's disk cannot hold them."""
    free_bytes = keep.room_bytes()
    if needed_bytes > free_bytes:
        raise Unavailable(
            f"The backup needs {needed_bytes / 1e9:,.1f} GB and {keep.folder} has {free_bytes / 1e9:,.1f} GB free. "
            "Make room there; the older backups are whole."
        )

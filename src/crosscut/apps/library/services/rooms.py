"""Budgets of what files take: said by a lead, kept by giving back the room of what can be made again."""

import time
from collections.abc import Iterable
from datetime import date, timedelta

from django.conf import settings
from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from procrastinate.contrib.django import app

from crosscut.apps.accounts.models import Member, Workspace
from crosscut.apps.accounts.permissions import demand
from crosscut.apps.accounts.services.audit import record
from crosscut.apps.library import storage
from crosscut.apps.library.models import ColdFile, Rendition, StorageBudget, StorageClass, StorageDay, Version
from crosscut.apps.library.queries import today_in
from crosscut.apps.library.queries.rooms import idle_renditions, named, rooms_of, taken_by, unused_masters
from crosscut.apps.library.removals import may_remove
from crosscut.kernel.errors import Conflict, Invalid, NotFound, Unavailable
from crosscut.kernel.phrases import phrase

WARM = "library.warm"  # the task's name; tasks.py holds the task
_COOLED_AT_ONCE = 500  # files a night: the rest another night
FRESH_S = 600  # a file stored later may belong to work that has not noted it yet
_ROOMY = 9, 10  # of its budget, what a sort takes after it was brought within it


@transaction.atomic
def set_budget(by: Member, storage_class: str, limit_bytes: int | None) -> None:
    """How much that sort of the workspace's files may take; None for no limit. Raises Invalid."""
    demand(by, "workspace")
    if storage_class not in StorageClass.values:
        message = phrase("There are {known}.", known=", ".join(StorageClass.values))
        raise Invalid.at("storage_class", message, code="storage.class")
    if limit_bytes is not None and not 0 < limit_bytes < 2**62:
        raise Invalid.at("limit_bytes", phrase("A budget is at least one byte; null for none."), code="storage.budget")
    rows = StorageBudget.objects.filter(workspace=by.workspace_id, storage_class=storage_class)
    if limit_bytes is None:
        rows.delete()
    else:
        rows.update_or_create(
            workspace_id=by.workspace_id, storage_class=storage_class, defaults={"limit_bytes": limit_bytes}
        )
    record("storage.budget_set", by.workspace, by=by, storage_class=storage_class, limit_bytes=limit_bytes)


def demand_room(workspace: Workspace, size_bytes: int) -> None:
    """Raises Invalid, naming the budget, when that many bytes of masters more would exceed it."""
    budget = StorageBudget.objects.filter(workspace=workspace, storage_class=StorageClass.MASTERS).first()
    if budget is None:
        return
    used_bytes = taken_by(workspace, StorageClass.MASTERS)[0]
    if used_bytes + size_bytes > budget.limit_bytes:
        words = phrase(
            "There is no room: of {limit} for masters {used} are taken. Ask a lead for more, or empty the bin.",
            limit=_in_gb(budget.limit_bytes),
            used=_in_gb(used_bytes),
        )
        raise Invalid.at("files", words, code="storage.full", limit_bytes=budget.limit_bytes, used_bytes=used_bytes)


def keep_within(workspace: Workspace) -> int:
    """Gives back the room of derived files that nobody used for longest, of each sort over its budget. Freed bytes."""
    freed_bytes = 0
    for room in rooms_of(workspace):
        if room.storage_class is StorageClass.MASTERS or not room.over_bytes or room.limit_bytes is None:
            continue
        wanted_bytes = room.size_bytes - room.limit_bytes * _ROOMY[0] // _ROOMY[1]
        freed_bytes += free_some(idle_renditions(workspace, room.storage_class).iterator(), wanted_bytes)
    return freed_bytes


def free_some(renditions: Iterable[Rendition], wanted_bytes: int) -> int:
    """Gives back the room of these until so many bytes are free; says how many are."""
    freed_bytes = 0
    for rendition in renditions:
        if freed_bytes >= wanted_bytes:
            break
        freed_bytes += free(rendition)
    return freed_bytes


def free(rendition: Rendition) -> int:
    """Takes a derived file away and remembers that it can be made again: first the row says so, then the file goes.

    The file stays while another row needs the same bytes.
    """
    Rendition.objects.filter(pk=rendition.pk).update(freed_at=timezone.now())
    return take_away([rendition.sha256])


def take_away(hashes: Iterable[str]) -> int:
    """Takes away those of the files that no row names; the freed bytes. What must wait is left to the nightly sweep:
    a file so young that its row may be about to be written, and all of them while a backup is being written.
    """
    wanted = set(hashes)
    with may_remove() as is_free:
        if not is_free:
            return 0
        return sum(_take_away(sha256) for sha256 in wanted - named(wanted))


def _take_away(sha256: str) -> int:
    if storage.is_warm(sha256):
        return storage.remove(sha256, is_old=is_settled)
    cold = storage.cold_store()
    if cold is None or not storage.is_cold(sha256):
        return 0
    name = storage.name_of(sha256)
    size_bytes = cold.size(name)
    cold.delete(name)
    ColdFile.objects.filter(sha256=sha256).delete()
    return size_bytes


def is_settled(stored_at_s: float) -> bool:
    """Whether whoever stored a file at that time has written its row by now, or never will."""
    return stored_at_s < time.time() - FRESH_S


def note_use(row: Version | Rendition) -> None:
    """Somebody, or a job, asked for the file today."""
    today = timezone.now().date()
    if row.used_on != today:
        type(row).objects.filter(Q(used_on=None) | Q(used_on__lt=today), pk=row.pk).update(used_on=today)
        row.used_on = today


def note_day(workspace: Workspace) -> None:
    """Keeps what each sort takes today."""
    day = today_in(workspace)
    for storage_class in StorageClass:
        size_bytes, file_count = taken_by(workspace, storage_class)
        StorageDay.objects.update_or_create(
            workspace=workspace,
            storage_class=storage_class,
            day=day,
            defaults={"size_bytes": size_bytes, "file_count": file_count},
        )


def cool_down(*, today: date | None = None) -> int:
    """Moves masters that nobody asked for in a long while into the cold store. Returns how many; 0 without one."""
    if storage.cold_store() is None:
        return 0
    before = (today or timezone.now().date()) - timedelta(days=settings.COLD_AFTER_DAYS)
    with may_remove() as is_free:
        return sum(_cool(sha256) for sha256 in unused_masters(before, limit=_COOLED_AT_ONCE)) if is_free else 0


def _cool(sha256: str) -> bool:
    try:
        size_bytes = storage.put_away(sha256)
    except (NotFound, Conflict, Unavailable):  # the integrity sweep tells of it
        return False
    ColdFile.objects.update_or_create(sha256=sha256, defaults={"size_bytes": size_bytes, "wanted_at": None})
    return True


def ask_back(sha256: str) -> ColdFile:
    """Has a file brought back from the cold store soon; asked twice, it is brought once."""
    with transaction.atomic():
        row, _is_new = ColdFile.objects.select_for_update().get_or_create(sha256=sha256, defaults={"size_bytes": 0})
        if row.wanted_at is None:
            row.wanted_at = timezone.now()
            row.save(update_fields=["wanted_at"])
            app.configure_task(WARM, queue="media", lock=f"warm:{sha256}").defer(sha256=sha256)
    return row


def warm(sha256: str) -> None:
    """Brings the file back. It counts as used today, so that it stays for a while."""
    if not storage.is_warm(sha256):
        storage.bring_back(sha256)
    today = timezone.now().date()
    with transaction.atomic():
        Version.objects.filter(sha256=sha256).update(used_on=today)
        ColdFile.objects.filter(sha256=sha256).delete()


def _in_gb(size_bytes: int) -> str:
    return f"{size_bytes / 1e9:,.1f} GB"

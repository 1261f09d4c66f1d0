"""What the files of a workspace take, and which rows name a file."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.db.models import Count, Max, Q, QuerySet, Sum

from crosscut.apps.accounts.models import Workspace
from crosscut.apps.library.models import (
    ColdFile,
    Paper,
    Rendition,
    RowsFile,
    SplitPart,
    StorageBudget,
    StorageClass,
    StorageDay,
    Version,
)

PREVIEWS = ("thumbnail", "waveform", "poster", "proxy")  # what our own pages show, by purpose
TREND_DAYS = 90


@dataclass(frozen=True, kw_only=True)
class Room:
    """What one sort of a workspace's files takes."""

    storage_class: StorageClass
    size_bytes: int  # equal files once
    file_count: int
    limit_bytes: int | None  # None: no budget
    regenerable_bytes: int  # of it, what can be given back and is made again when it is asked for

    @property
    def used_permille(self) -> int:
        """How full the budget is, 0 to 1000; 0 without one."""
        return min(1000, self.size_bytes * 1000 // self.limit_bytes) if self.limit_bytes else 0

    @property
    def over_bytes(self) -> int:
        """By how much the budget is exceeded."""
        return max(0, self.size_bytes - self.limit_bytes) if self.limit_bytes is not None else 0


def rooms_of(workspace: Workspace) -> list[Room]:
    """One for each sort of files."""
    limits = dict(StorageBudget.objects.filter(workspace=workspace).values_list("storage_class", "limit_bytes"))
    found = []
    for storage_class in StorageClass:
        size_bytes, file_count = taken_by(workspace, storage_class)
        free = 0 if storage_class is StorageClass.MASTERS else _sum(idle_renditions(workspace, storage_class))[0]
        found.append(
            Room(
                storage_class=storage_class,
                size_bytes=size_bytes,
                file_count=file_count,
                limit_bytes=limits.get(storage_class),
                regenerable_bytes=min(free, size_bytes),
            )
        )
    return found


def taken_by(workspace: Workspace, storage_class: StorageClass) -> tuple[int, int]:
    """How many bytes and files of that sort are stored for the workspace, equal files once."""
    if storage_class is StorageClass.MASTERS:
        masters = Version.objects.filter(asset__workspace=workspace).order_by().values("sha256", "size_bytes")
        papers = Paper.objects.filter(workspace=workspace).order_by().values("sha256", "size_bytes")
        sizes, papers_sizes = _sum(masters), _sum(papers)
        return sizes[0] + papers_sizes[0], sizes[1] + papers_sizes[1]
    return _sum(renditions_of_class(workspace, storage_class))


def renditions_of_class(workspace: Workspace, storage_class: StorageClass) -> QuerySet[Rendition]:
    """The derived files of that sort that are there."""
    rows = Rendition.objects.filter(version__asset__workspace=workspace, freed_at=None)
    is_preview = Q(purpose__in=PREVIEWS)
    return rows.filter(is_preview if storage_class is StorageClass.PREVIEWS else ~is_preview)


def idle_renditions(workspace: Workspace, storage_class: StorageClass) -> QuerySet[Rendition]:
    """Those of them whose room may be given back, the longest unused first.

    Thumbnails stay: they are small, and every page shows them. What was sent stays as long as its post may be live:
    it is what the public's copy is compared with.
    """
    rows = renditions_of_class(workspace, storage_class).exclude(purpose="thumbnail")
    return rows.exclude(sha256__in=sent_hashes(workspace)).order_by("used_on", "created_at", "id")


def sent_hashes(workspace: Workspace) -> list[str]:
    """The files of posts that are out or on their way. Posts are downstream: they are reached by their relations."""
    targets = workspace.targets.exclude(state__in=("refused", "cancelled", "recalled"))
    lists = targets.exclude(attempts=None).values_list("attempts__files", flat=True)
    return list({sha256 for files in lists for sha256 in files or ()})


def named(hashes: Collection[str]) -> set[str]:
    """Those of the hashes that some row names: of a master, a derived file that is there, a part of one, a paper."""
    rows = (Version.objects, Rendition.objects.filter(freed_at=None), SplitPart.objects, Paper.objects)
    return {name for found in rows for name in found.filter(sha256__in=hashes).values_list("sha256", flat=True)}


def trend_of(workspace: Workspace, today: date) -> list[tuple[date, dict[str, int]]]:
    """What each sort took on each of the last days of which it was noted, oldest first."""
    rows = StorageDay.objects.filter(workspace=workspace, day__gt=today - timedelta(days=TREND_DAYS))
    days: dict[date, dict[str, int]] = {}
    for row in rows.order_by("day"):
        days.setdefault(row.day, {})[row.storage_class] = row.size_bytes
    return list(days.items())


def cold_of(workspace: Workspace) -> tuple[int, int]:
    """How many bytes and files of the workspace's masters lie in the cold store."""
    hashes = Version.objects.filter(asset__workspace=workspace).values("sha256")
    found = ColdFile.objects.filter(sha256__in=hashes).aggregate(size=Sum("size_bytes"), count=Count("pk"))
    return found["size"] or 0, found["count"]


def ready_bytes_of(workspace: Workspace) -> int:
    """What is kept as files of what searches have in memory of the workspace, on all machines."""
    return RowsFile.objects.filter(workspace=workspace).aggregate(size=Sum("size_bytes"))["size"] or 0


def cold_among(hashes: Iterable[str]) -> dict[str, ColdFile]:
    """Which of the files lie in the cold store."""
    return {row.sha256: row for row in ColdFile.objects.filter(sha256__in=list(hashes))}


def unused_masters(before: date, *, limit: int) -> list[str]:
    """The hashes of masters that nobody asked for since that day and that are not in the cold yet, largest first."""
    rows = Version.objects.exclude(sha256__in=ColdFile.objects.values("sha256")).order_by()
    grouped = rows.values("sha256").annotate(used=Max("used_on"), stored=Max("created_at"), size=Max("size_bytes"))
    idle = grouped.filter(Q(used=None) | Q(used__lt=before), stored__date__lt=before)
    return list(idle.order_by("-size", "sha256").values_list("sha256", flat=True)[:limit])


def _sum(rows: QuerySet[Any, Any]) -> tuple[int, int]:
    """Bytes and number of the files that the rows name, equal ones once."""
    each = rows.order_by().values("sha256").annotate(size=Max("size_bytes"))
    found = each.aggregate(total=Sum("size"), count=Count("sha256"))
    return found["total"] or 0, found["count"]

"""Archives among the files that arrive: what is inside becomes files that arrive, each for itself."""

import shutil
import tempfile
from pathlib import Path

from django.conf import settings
from django.db import transaction

from crosscut.apps.library import incoming
from crosscut.apps.library.models import Arrival, ArrivalEvent
from crosscut.apps.library.storage import plain_disk_errors
from crosscut.kernel.errors import Conflict, Unavailable, Unsupported
from crosscut.kernel.phrases import phrase
from crosscut.kernel.progress import ShouldStop
from crosscut.media import archives
from crosscut.media.archives import ArchiveLimits, Unpacked

DEEPEST = 2  # an archive in an archive
_SPARE_BYTES = 500_000_000  # what unpacking leaves free
_TOLD = 5  # entries that are named when they could not be taken out


def is_archive(arrival: Arrival) -> bool:
    """Whether the file that arrived is a ZIP archive."""
    path = Path(arrival.path)
    return path.is_file() and archives.is_archive(path)


def unpack(arrival: Arrival, should_stop: ShouldStop) -> None:
    """Makes an arrival of each file inside, on the same job.

    Killed at any moment and run again, nothing arrives twice: the arrivals and the archive's end are one transaction,
    and what was written before it belongs to nothing and is swept. Raises what `archives.unpack` raises, and
    Unsupported for an archive too deep inside others.
    """
    if _depth(arrival) >= DEEPEST:
        raise Unsupported(
            phrase("It is an archive in an archive in an archive. Unpack it by hand and add what is inside.")
        )
    path = Path(arrival.path)
    with (
        plain_disk_errors(phrase("unpack {file}", file=arrival.filename)),
        tempfile.TemporaryDirectory(dir=settings.UPLOAD_FOLDER, prefix="unpack-") as folder,
    ):
        entries = archives.unpack(path, Path(folder), _limits(), should_stop=should_stop)
        inside = [_arrival(arrival, entry, Path(folder) / entry.place) for entry in entries if entry.place]
        _enter(arrival, inside, [entry for entry in entries if not entry.place])
    incoming.forget(path)


@transaction.atomic
def _enter(arrival: Arrival, inside: list[Arrival], failed: list[Unpacked]) -> None:
    path = "" if incoming.is_ours(Path(arrival.path)) else arrival.path
    rows = Arrival.objects.filter(pk=arrival.pk, state=Arrival.State.READING)
    if not rows.update(state=Arrival.State.UNPACKED, problem=_words(len(inside), failed), path=path):
        raise Conflict(phrase("{filename} was unpacked by another worker.", filename=arrival.filename))
    stored = Arrival.objects.bulk_create(inside, batch_size=1000)
    steps = [ArrivalEvent(arrival=row, step=ArrivalEvent.Step.RECEIVED, words=arrival.filename) for row in stored]
    steps.append(ArrivalEvent(arrival=arrival, step=ArrivalEvent.Step.UNPACKED))
    ArrivalEvent.objects.bulk_create(steps, batch_size=1000)


def _arrival(archive: Arrival, entry: Unpacked, place: Path) -> Arrival:
    path = incoming.adopt(place, entry.name)
    return Arrival(
        workspace_id=archive.workspace_id,
        job_id=archive.job_id,
        inside_of=archive,
        filename=path.name,
        path=str(path),
        size_bytes=path.stat().st_size,
        created_by_id=archive.created_by_id,
    )


def _limits() -> ArchiveLimits:
    room_bytes = shutil.disk_usage(settings.UPLOAD_FOLDER).free - _SPARE_BYTES
    if room_bytes <= 0:
        raise Unavailable(phrase("There is no room left to unpack it. Free some disk space and try again."), after_s=60)
    return ArchiveLimits(total_bytes=min(settings.MAX_UPLOAD_BYTES, room_bytes))


def _depth(arrival: Arrival) -> int:
    depth, above = 0, arrival.inside_of
    while above is not None:
        depth, above = depth + 1, above.inside_of
    return depth


def _words(count: int, failed: list[Unpacked]) -> str:
    words = f"{count} files were inside." if count != 1 else "One file was inside."
    if not failed:
        return words
    told = "; ".join(f"{incoming.safe_name(entry.name)}: {entry.problem}" for entry in failed[:_TOLD])
    return f"{words} {len(failed)} could not be taken out: {told}"[:1000]

"""Files on their way in: taking note of them, and starting the work of reading them."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from procrastinate.contrib.django import app

from crosscut.apps.accounts.models import Member
from crosscut.apps.accounts.permissions import demand
from crosscut.apps.accounts.services.audit import record
from crosscut.apps.library import incoming, queries
from crosscut.apps.library.models import Arrival, ArrivalEvent, Asset
from crosscut.apps.library.services import sidecars
from crosscut.apps.library.services.rooms import demand_room
from crosscut.apps.library.services.turns import FOLDER, HEAVY, SOON, lane
from crosscut.apps.work.models import Job
from crosscut.apps.work.services import plan_job
from crosscut.kernel.errors import Conflict, CrosscutError, Invalid, NotFound
from crosscut.kernel.phrases import phrase

INGEST = "library.ingest"  # the tasks' names; tasks.py holds the tasks
LARGER = "library.larger_previews"
_OPEN, _FOLDER, _SHOWN = "library", "library:folder", "library:previews"  # what a job is about, and how far it is
_MANY = 50  # from so many files on, nobody sits and waits


@dataclass(frozen=True, kw_only=True)
class Incoming:
    """One file that somebody brings."""

    path: Path  # where its bytes are now
    filename: str  # what the person calls it
    sha256: str = ""  # of the file as it was sent, hex, where the sender said so
    size_bytes: int | None = None  # of one that lies in the store until it is read; None of one that is here


@transaction.atomic
def receive(by: Member, files: Sequence[Incoming], *, asset: Asset | None = None) -> list[Arrival]:
    """One arrival per file, all on a job that reads them soon. With an asset, each becomes a new version of it.

    Files that follow while the member's earlier ones are still being read join their job.
    """
    demand(by, "draft")
    if not files:
        raise Invalid.at("files", phrase("Choose at least one file."))
    demand_room(by.workspace, sum(_size_of(file) for file in files))
    job = _open_job(by) if asset is None else None
    if job is None:
        label = f"Reading a new version of {asset.title}" if asset else ""
        job = plan_job(by, kind="ingest", label=label, subject=f"asset:{asset.pk}" if asset else _OPEN)
        _defer(job)
    arrivals = _note_all(_arrival(by, job, file, asset) for file in files)
    if asset is None:
        _relabel(job)
    return arrivals


def receive_uploads(by: Member, uploads: "Sequence[UploadedFile[Any]]", *, asset: Asset | None = None) -> list[Arrival]:
    """Keeps the bytes of uploads and takes note of them as `receive` does; when that fails, the bytes go again."""
    demand(by, "draft")
    kept: list[Incoming] = []
    try:
        for upload in uploads:
            kept.append(Incoming(path=incoming.settle(upload), filename=str(upload.name)))
        return receive(by, kept, asset=asset)
    except CrosscutError:
        for file in kept:
            incoming.forget(file.path)
        raise


@transaction.atomic
def ingest_paths(by: Member, paths: Iterable[Path]) -> Job:
    """A job that takes in files and whole folders from this machine's disk, with their captions and licences.

    Raises NotFound for a path that is not there, Invalid when nothing is in it or a `licences.yaml` is wrong; then
    nothing at all was started.
    """
    demand(by, "draft")
    files = [file for path in paths for file in _files_under(path)]
    for folder in {file.parent for file in files}:
        sidecars.licences_in(folder)
    if not files:
        raise Invalid.at("paths", phrase("There are no files in it."))
    demand_room(by.workspace, sum(file.stat().st_size for file in files))
    job = plan_job(by, kind="ingest", label="", subject=_FOLDER if len(files) > _MANY else _OPEN)
    _note_all(_arrival(by, job, Incoming(path=file.absolute(), filename=file.name), None) for file in files)
    _relabel(job)
    _defer(job)
    return job


def add_version(by: Member, asset: Asset, path: Path, *, filename: str = "") -> Arrival:
    """The arrival of a file that becomes the asset's newest version once it was read."""
    if asset.workspace_id != by.workspace_id:
        raise NotFound(phrase("There is no such asset in this workspace."))
    return receive(by, [Incoming(path=path, filename=filename or path.name)], asset=asset)[0]


@transaction.atomic
def retry(by: Member, arrival_id: int) -> Arrival:
    """Reads a file again that was set aside or left over when the work stopped."""
    demand(by, "draft")
    arrival = _waiting_still(by, arrival_id)
    job = plan_job(by, kind="ingest", label=f"Adding {arrival.filename}", subject=_OPEN)
    arrival.job, arrival.state, arrival.problem, arrival.tries = job, Arrival.State.WAITING, "", 0
    arrival.save(update_fields=["job", "state", "problem", "tries"])
    ArrivalEvent.objects.create(arrival=arrival, step=ArrivalEvent.Step.RETRIED)
    _defer(job)
    return arrival


@transaction.atomic
def discard(by: Member, arrival_id: int) -> Arrival:
    """Deletes the bytes of a file that was set aside or left over. The note of it stays."""
    demand(by, "draft")
    arrival = _waiting_still(by, arrival_id)
    path = Path(arrival.path)
    arrival.state, arrival.path, arrival.problem = Arrival.State.REFUSED, "", arrival.problem or "Discarded."
    arrival.save(update_fields=["state", "path", "problem"])
    record("arrival.discarded", arrival, by=by)
    transaction.on_commit(lambda: incoming.forget(path))
    return arrival


@transaction.atomic
def go_on(job_id: int) -> None:
    """Hands out the next slice of a job that has not ended: reading while files wait, else the larger previews.

    From then on no file joins it: the job is locked, as it is where files join.
    """
    job = Job.objects.select_for_update().get(pk=job_id)
    if job.ended_at:
        return
    if job.arrivals.filter(state__in=[Arrival.State.WAITING, Arrival.State.READING]).exists():
        _defer(job)
        return
    if job.subject in (_OPEN, _FOLDER):
        job.subject = _SHOWN
        job.save(update_fields=["subject"])
    app.configure_task(LARGER, queue="media", lock=lane("heavy", job.pk), priority=HEAVY).defer(job_id=job.pk)


def priority_of(job_id: int) -> int:
    """How soon the job's files are read."""
    return FOLDER if Job.objects.filter(pk=job_id, subject=_FOLDER).exists() else SOON


@transaction.atomic
def pick_up_leftovers(job_id: int) -> None:
    """Starts a new job for files that joined a job in the moment it was done."""
    job = Job.objects.select_related("member__workspace").get(pk=job_id)
    waiting = job.arrivals.filter(state=Arrival.State.WAITING)
    if job.state != Job.State.DONE or not waiting.exists():
        return
    following = plan_job(job.member or job.workspace, kind="ingest", label="", subject=_OPEN)
    waiting.update(job=following)
    _relabel(following)
    _defer(following)


def _arrival(by: Member, job: Job, file: Incoming, asset: Asset | None) -> Arrival:
    return Arrival(
        workspace_id=by.workspace_id,
        job=job,
        filename=incoming.safe_name(file.filename),
        path=str(file.path),
        size_bytes=_size_of(file),
        sha256=file.sha256,
        asset=asset,
        created_by=by,
    )


def _size_of(file: Incoming) -> int:
    return file.path.stat().st_size if file.size_bytes is None else file.size_bytes


def _note_all(arrivals: Iterable[Arrival]) -> list[Arrival]:
    """The arrivals, stored with the first step of their story."""
    stored = Arrival.objects.bulk_create(arrivals, batch_size=1000)
    received = (ArrivalEvent(arrival=arrival, step=ArrivalEvent.Step.RECEIVED) for arrival in stored)
    ArrivalEvent.objects.bulk_create(received, batch_size=1000)
    return stored


def _open_job(by: Member) -> Job | None:
    """The member's job that still takes in files. It is locked, so it cannot end before we are done."""
    jobs = Job.objects.filter(workspace=by.workspace_id, member=by, kind="ingest", subject=_OPEN, ended_at=None)
    return jobs.filter(is_cancel_requested=False).order_by("-id").select_for_update().first()


def _relabel(job: Job) -> None:
    count = job.arrivals.count()
    first = job.arrivals.order_by("id").values_list("filename", flat=True).first()
    job.label = f"Adding {first}"[:200] if count == 1 else f"Adding {count} files"
    job.save(update_fields=["label"])


def _defer(job: Job) -> None:
    is_folder = job.subject == _FOLDER
    lock, priority = (lane("folder", job.pk), FOLDER) if is_folder else (f"ingest:{job.pk}", SOON)
    app.configure_task(INGEST, queue="media", lock=lock, priority=priority).defer(job_id=job.pk)


def _files_under(path: Path) -> list[Path]:
    if path.is_file():
        return [path]
    if not path.is_dir():
        raise NotFound(phrase("{path} is not there. Give the path of a file or a folder.", path=str(path)))
    inside = sorted(file for file in path.rglob("*") if file.is_file() and file.name != sidecars.LICENCES)
    return [file for file in inside if not any(part.startswith(".") for part in file.relative_to(path).parts)]


def _waiting_still(by: Member, arrival_id: int) -> Arrival:
    arrival = queries.arrival_for(by, arrival_id)
    if not can_retry(arrival):
        raise Conflict(
            phrase(
                "{filename} is not set aside: {state}.",
                filename=arrival.filename,
                state=arrival.get_state_display().lower(),
            )
        )
    return arrival


def can_retry(arrival: Arrival) -> bool:
    """Whether its bytes are still kept and nobody is at work on them."""
    return arrival.state == Arrival.State.QUARANTINED or is_stopped(arrival)


def is_stopped(arrival: Arrival) -> bool:
    """Whether the file was still waiting or being read when the work on it ended."""
    is_under_way = arrival.state in (Arrival.State.WAITING, Arrival.State.READING)
    return is_under_way and (arrival.job is None or arrival.job.ended_at is not None)

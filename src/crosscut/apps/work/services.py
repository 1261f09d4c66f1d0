"""Starting, following and stopping long work."""

import time
from collections.abc import Callable
from fractions import Fraction
from typing import Any

from django.db import transaction
from django.utils import timezone

from crosscut.apps.accounts.models import Member, Workspace
from crosscut.apps.accounts.permissions import demand
from crosscut.apps.accounts.services.audit import record
from crosscut.apps.work.models import Job
from crosscut.apps.work.queries import job_for
from crosscut.kernel.errors import Cancelled, Conflict, CrosscutError
from crosscut.kernel.phrases import phrase
from crosscut.kernel.progress import Progress, Report, ShouldStop

_BEAT_S = 0.5  # progress is written at most this often


def plan_job(by: Member | Workspace, *, kind: str, label: str, subject: str = "") -> Job:
    """A job that waits for a worker. Call it in the transaction that defers the work."""
    member, workspace = (by, by.workspace) if isinstance(by, Member) else (None, by)
    return Job.objects.create(workspace=workspace, member=member, kind=kind, label=label[:200], subject=subject)


def run_job(job_id: int, work: Callable[[Report, ShouldStop], dict[str, Any] | None]) -> bool:
    """Whether the job has ended after this work, its row kept true: running, then done, failed or cancelled.

    Work in slices answers None when there is more to do: the job stays under way, and the caller defers the next slice.
    Safe to call again after a worker died: a job that ended stays as it is. Our own errors end it with their
    words; any other exception ends it too and is raised on, so that it is logged as the fault it is.
    """
    now = timezone.now()
    job = Job.objects.filter(pk=job_id).first()
    if job is None or job.ended_at:
        return True
    Job.objects.filter(pk=job_id).update(state=Job.State.RUNNING, started_at=job.started_at or now, beat_at=now)
    try:
        result = work(_reporter(job_id), lambda: _is_cancelled(job_id))
    except Cancelled:
        _end(job_id, Job.State.CANCELLED)
    except CrosscutError as error:
        _end(job_id, Job.State.FAILED, problem=str(error))
    except Exception:  # the row must not stay "running"; the fault itself is raised on
        _end(job_id, Job.State.FAILED, problem="Something went wrong inside Crosscut. The log has the details.")
        raise
    else:
        if result is None:
            return False
        _end(job_id, Job.State.DONE, result=result)
    return True


@transaction.atomic
def cancel_job(by: Member, job_id: int) -> Job:
    """The job, asked to stop at its next step; ended at once when nobody has begun.

    Whoever started it may, and whoever may hold publishing. Raises Conflict when it has ended already.
    """
    job = _steered(by, job_id)
    job.is_cancel_requested = True
    if job.state == Job.State.WAITING:
        job.state, job.ended_at = Job.State.CANCELLED, timezone.now()
    job.save(update_fields=["is_cancel_requested", "state", "ended_at"])
    record("job.cancelled", job, by=by)
    return job


def keep_note(job_id: int, note: dict[str, Any]) -> None:
    """Keeps what a job that is run again needs to know of its first run. Its result takes the note's place."""
    Job.objects.filter(pk=job_id, ended_at=None).update(result={"note": note})


def note_of(job_id: int) -> dict[str, Any]:
    """What was kept with the job; empty when nothing was."""
    result = Job.objects.values_list("result", flat=True).get(pk=job_id)
    note: dict[str, Any] = result.get("note", {})
    return note


@transaction.atomic
def pause_job(by: Member, job_id: int) -> Job:
    """The job, asked to rest: what it is doing stands still and takes no time, and nothing that was done is lost.

    Whoever started it may, and whoever may hold publishing. Raises Conflict for work that cannot rest or has ended.
    """
    job = _steered(by, job_id)
    if job.kind not in Job.PAUSABLE:
        raise Conflict(phrase("This work cannot rest: stop it, and start it again later."))
    return _set_pause(job, by, wanted=True)


@transaction.atomic
def resume_job(by: Member, job_id: int) -> Job:
    """The job, going on where it rested. Raises Conflict when it has ended."""
    return _set_pause(_steered(by, job_id), by, wanted=False)


def pause_asked(job_id: int) -> ShouldStop:
    """Says whether the job is to rest now. For work that can."""
    return lambda: Job.objects.filter(pk=job_id, is_pause_requested=True, is_cancel_requested=False).exists()


def _steered(by: Member, job_id: int) -> Job:
    """The job, locked, when the member may steer it and it has not ended."""
    job = Job.objects.select_for_update().get(pk=job_for(by, job_id).pk)
    if job.member_id != by.pk:
        demand(by, "hold")
    if job.ended_at:
        raise Conflict(phrase("This work has ended already."))
    return job


def _set_pause(job: Job, by: Member, *, wanted: bool) -> Job:
    if job.is_pause_requested != wanted:
        job.is_pause_requested = wanted
        job.save(update_fields=["is_pause_requested"])
        record("job.paused" if wanted else "job.resumed", job, by=by)
    return job


def time_left_s(job: Job) -> float | None:
    """Seconds until the work is done at the present speed, or None while nobody can tell."""
    if not job.started_at or not job.done_permille or job.ended_at:
        return None
    elapsed_s = (timezone.now() - job.started_at).total_seconds()
    return elapsed_s * (1000 - job.done_permille) / job.done_permille


def _reporter(job_id: int) -> Report:
    last_at = 0.0

    def report(progress: Progress) -> None:
        nonlocal last_at
        if time.monotonic() - last_at < _BEAT_S and progress.done < 1:
            return
        last_at = time.monotonic()
        permille = int(min(max(progress.done, Fraction(0)), Fraction(1)) * 1000)
        Job.objects.filter(pk=job_id).update(done_permille=permille, step=progress.label[:200], beat_at=timezone.now())

    return report


def _is_cancelled(job_id: int) -> bool:
    return Job.objects.filter(pk=job_id, is_cancel_requested=True).exists()


def _end(job_id: int, state: str, *, problem: str = "", result: dict[str, Any] | None = None) -> None:
    fields: dict[str, Any] = {"state": state, "ended_at": timezone.now(), "problem": problem[:1000]}
    if state == Job.State.DONE:
        fields |= {"done_permille": 1000, "result": result or {}}
    Job.objects.filter(pk=job_id, ended_at=None).update(**fields)

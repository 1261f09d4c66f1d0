"""Making previews that are missing: of what just came in, and of everything there is. In slices, never twice."""

from fractions import Fraction
from typing import Any

from django.db import transaction
from django.db.models import QuerySet
from procrastinate.contrib.django import app

from crosscut.apps.accounts.models import Member
from crosscut.apps.accounts.permissions import demand
from crosscut.apps.accounts.services.audit import record
from crosscut.apps.library import queries
from crosscut.apps.library.models import Arrival, ArrivalEvent, Version
from crosscut.apps.library.services import derive, fingerprints
from crosscut.apps.library.services.turns import BULK, Turn, lane
from crosscut.apps.work.models import Job
from crosscut.apps.work.services import plan_job
from crosscut.kernel.errors import Cancelled, Damaged, Invalid, Unsupported
from crosscut.kernel.phrases import phrase
from crosscut.kernel.progress import Progress, Report, ShouldStop, ignore

REMAKE = "library.remake_previews"  # the task's name; tasks.py holds the task
_GROUP = 100  # versions looked at together


@transaction.atomic
def plan_remake(by: Member) -> Job:
    """A job that makes every preview that is missing in the workspace, behind everything that somebody waits for."""
    demand(by, "workspace")
    job = plan_job(by, kind="previews", label="Making missing previews", subject="library")
    record("library.previews_asked", job, by=by)
    defer_remake(job.pk)
    return job


def defer_remake(job_id: int) -> None:
    """Hands its next slice to a worker."""
    app.configure_task(REMAKE, queue="media", lock=lane("bulk", job_id), priority=BULK).defer(job_id=job_id)


def remake(job_id: int, report: Report, should_stop: ShouldStop) -> dict[str, Any] | None:
    """One slice of it; None when there is more."""
    job = Job.objects.select_related("workspace").get(pk=job_id)
    versions = queries.current_versions(job.workspace)
    return {} if make_missing(job_id, versions, report, should_stop, turn=Turn(BULK, job_id)) else None


def make_first(version: Version, arrival: Arrival, should_stop: ShouldStop) -> None:
    """The thumbnail of a file that was just entered, where it was not made while reading."""
    for preview in derive.missing_previews(version):
        if preview.label == "thumbnail" and not _make(version, preview, ignore, should_stop):
            ArrivalEvent.objects.create(arrival=arrival, step=ArrivalEvent.Step.PREVIEWED)


def are_missing(job_id: int) -> bool:
    """Whether previews of what came in with the job are still to be made."""
    return any(derive.missing_previews(version) for version in came_in_with(job_id).iterator())


def came_in_with(job_id: int) -> QuerySet[Version]:
    """The files that came in with the job; of duplicates their twins, so that adding again mends what is missing."""
    arrivals = Arrival.objects.filter(job=job_id, state__in=[Arrival.State.STORED, Arrival.State.DUPLICATE])
    return Version.objects.filter(pk__in=arrivals.values("asset__current")).order_by("pk")


def make_missing(
    job_id: int, versions: QuerySet[Version], report: Report, should_stop: ShouldStop, *, turn: Turn
) -> bool:
    """Whether all are made that can be. Stops between two when others wait; the next slice goes on behind the last one.

    One that cannot be made costs its asset nothing: it is said at its arrival.
    """
    noted = Job.objects.get(pk=job_id).result  # others may keep there what their job is about
    done = noted.get("previews", {"at": 0, "count": 0})
    total = max(1, versions.count())
    while group := list(versions.filter(pk__gt=done["at"]).select_related("asset").order_by("pk")[:_GROUP]):
        for version in group:
            if should_stop():
                raise Cancelled(phrase("Stopped on request. What is already in the library stays."))
            _make_all(job_id, version, _within(report, done["count"], total), should_stop)
            done = {"at": version.pk, "count": done["count"] + 1}
            if turn.is_over():
                Job.objects.filter(pk=job_id).update(result={**noted, "previews": done})
                return False
    return True


def _make_all(job_id: int, version: Version, report: Report, should_stop: ShouldStop) -> None:
    fingerprints.take_missing([version], should_stop=should_stop)
    for preview in derive.missing_previews(version):
        label = f"Making the {preview.label} of {version.filename}"
        report(Progress(done=Fraction(0), label=label))
        if problem := _make(version, preview, _saying(report, label), should_stop):
            Arrival.objects.filter(job=job_id, asset=version.asset_id).update(problem=problem[:1000])


def _make(version: Version, preview: derive.Preview, report: Report, should_stop: ShouldStop) -> str:
    """Why the preview could not be made; empty when it was."""
    try:
        derive.make(version, preview.recipe, purpose=preview.label, report=report, should_stop=should_stop)
    except (Damaged, Invalid, Unsupported) as error:
        return derive.no_preview(preview.label, error)
    return ""


def _within(report: Report, number: int, total: int) -> Report:
    """Reports one version's progress as that of the job: reading is its first half, previews the second."""
    half = Fraction(1, 2)

    def within(progress: Progress) -> None:
        done = half + half * (min(number, total - 1) + progress.done) / total
        report(Progress(done=done, label=progress.label))

    return within


def _saying(report: Report, label: str) -> Report:
    return lambda progress: report(Progress(done=progress.done, label=label))

"""Looking through films for flashes that can harm people: once for each version, in the background."""

from collections.abc import Iterable
from fractions import Fraction
from typing import Any

from procrastinate.contrib.django import app

from crosscut.apps.accounts.models import Member, Workspace
from crosscut.apps.library import storage
from crosscut.apps.library.models import Asset, Version
from crosscut.apps.work.models import Job
from crosscut.apps.work.services import plan_job
from crosscut.kernel.errors import NotFound
from crosscut.kernel.facts import Screening
from crosscut.kernel.progress import Progress, Report, ShouldStop
from crosscut.kernel.records import as_data, from_data
from crosscut.media.screen import screen

SCREEN = "library.screen"  # the task's name; tasks.py holds the task


def screening_of(version: Version) -> Screening | None:
    """What the look through the version's film found; None while nobody has looked, and for all that is no film."""
    return from_data(Screening, version.screening) if version.screening else None


def is_being_screened(version: Version) -> bool:
    """Whether a look through the version's film is waiting or under way."""
    return Job.objects.filter(
        kind="screen", subject=f"version:{version.pk}", state__in=[Job.State.WAITING, Job.State.RUNNING]
    ).exists()


def plan_screening(by: Member | Workspace, version: Version) -> Job | None:
    """A job that looks through the film soon; None where there is none. Call it where the version is made."""
    if version.asset.kind != Asset.Kind.VIDEO:
        return None
    label = f"Looking for flashes in {version.filename}"
    job = plan_job(by, kind="screen", label=label, subject=f"version:{version.pk}")
    app.configure_task(SCREEN, queue="media", lock=f"screen:{version.pk}").defer(job_id=job.pk, version_id=version.pk)
    return job


def look_through(version_id: int, report: Report, should_stop: ShouldStop) -> dict[str, Any]:
    """Keeps with the version what was found and says how much it was. A film that was looked through is left alone.

    The same bytes are never looked through twice. Raises NotFound when the film is gone, and what `screen` raises.
    """
    version = Version.objects.filter(pk=version_id).first()
    if version is None:
        raise NotFound("The film was taken out of the library meanwhile.")
    report(Progress(done=Fraction(0), label="Looking through the whole film"))
    found = screening_of(version) or _twin(version) or _look(version, should_stop)
    Version.objects.filter(pk=version_id).update(screening=as_data(found))
    return {"flashes": len(found.flashes), "near_flashes": len(found.near_flashes)}


def _twin(version: Version) -> Screening | None:
    """What was found in the same bytes elsewhere."""
    rows: Iterable[Version] = Version.objects.filter(sha256=version.sha256, screening__isnull=False)[:1]
    return next((screening_of(row) for row in rows), None)


def _look(version: Version, should_stop: ShouldStop) -> Screening:
    with storage.local_copy(version.sha256) as path:
        return screen(path, should_stop=should_stop)

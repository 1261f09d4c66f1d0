"""Looking through films for flashes that can harm people: once for each version and rule, in the background."""

from collections.abc import Iterable
from fractions import Fraction
from typing import Any

from django.db import transaction
from django.db.models import QuerySet
from procrastinate.contrib.django import app

from crosscut.apps.accounts.models import Member, Workspace
from crosscut.apps.accounts.permissions import demand
from crosscut.apps.library import storage
from crosscut.apps.library.models import Asset, OtherLook, Version
from crosscut.apps.library.queries import version_for
from crosscut.apps.library.services.turns import HEAVY, lane
from crosscut.apps.work.models import Job
from crosscut.apps.work.services import plan_job
from crosscut.kernel.errors import Conflict, NotFound, Unsupported
from crosscut.kernel.facts import Screening
from crosscut.kernel.phrases import phrase
from crosscut.kernel.progress import Progress, Report, ShouldStop
from crosscut.kernel.records import as_data, from_data
from crosscut.media.screen import screen
from crosscut.media.screens import flash_profile

SCREEN = "library.screen"  # the task's name; tasks.py holds the task
USUAL = "wcag"  # the rule that preflight asks for; what it found is kept with the version itself


def screening_of(version: Version, profile: str = USUAL) -> Screening | None:
    """What the look through the version's film found by that rule; None while nobody has looked, and for no film."""
    if profile == USUAL:
        return from_data(Screening, version.screening) if version.screening else None
    row = version.other_looks.filter(profile=profile).first()
    return from_data(Screening, row.screening) if row else None


def is_being_screened(version: Version, profile: str = USUAL) -> bool:
    """Whether a look through the version's film by that rule is waiting or under way."""
    return _jobs(version, profile).filter(state__in=[Job.State.WAITING, Job.State.RUNNING]).exists()


def why_it_failed(version: Version, profile: str = USUAL) -> str:
    """What the last look that failed or was stopped said; empty when none did."""
    last = _jobs(version, profile).order_by("-id").first()
    return last.problem if last and last.state == Job.State.FAILED else ""


def plan_screening(by: Member | Workspace, version: Version, profile: str = USUAL) -> Job | None:
    """A job that looks through the film soon; None where there is none. Call it where the version is made."""
    if version.asset.kind != Asset.Kind.VIDEO:
        return None
    label = f"Looking for flashes in {version.filename}"
    job = plan_job(by, kind="screen", label=label, subject=_subject(version, profile))
    task = app.configure_task(SCREEN, queue="media", lock=lane("heavy", version.pk), priority=HEAVY)
    task.defer(job_id=job.pk, version_id=version.pk, profile=profile)
    return job


@transaction.atomic
def look_again(by: Member, version_id: int, profile: str = USUAL) -> Job:
    """A job that looks through the film by that rule: anew where a look failed, the one under way when there is one.

    Raises Conflict when it was looked through by that rule, Unsupported when it is no film, Invalid for no such rule.
    """
    demand(by, "draft")
    flash_profile(profile)
    version = Version.objects.select_for_update(of=("self",)).get(pk=version_for(by, version_id).pk)
    under_way = _jobs(version, profile).filter(state__in=[Job.State.WAITING, Job.State.RUNNING]).first()
    if under_way:
        return under_way
    if screening_of(version, profile):
        raise Conflict(phrase("It was looked through by this rule already: the same bytes show the same again."))
    if job := plan_screening(by, version, profile):
        return job
    raise Unsupported(phrase("Only films are looked through for flashes; sound was listened to when it came in."))


def look_through(version_id: int, profile: str, report: Report, should_stop: ShouldStop) -> dict[str, Any]:
    """Keeps with the version what was found and says how much it was. A film that was looked through is left alone.

    The same bytes are never looked through twice by one rule. Raises NotFound when the film is gone, and what `screen`
    raises.
    """
    version = Version.objects.filter(pk=version_id).first()
    if version is None:
        raise NotFound(phrase("The film was taken out of the library meanwhile."))
    report(Progress(done=Fraction(0), label="Looking through the whole film"))
    found = screening_of(version, profile) or _twin(version, profile) or _look(version, profile, should_stop)
    if profile == USUAL:
        Version.objects.filter(pk=version_id).update(screening=as_data(found))
    else:
        OtherLook.objects.update_or_create(version=version, profile=profile, defaults={"screening": as_data(found)})
    return {"flashes": len(found.flashes), "near_flashes": len(found.near_flashes)}


def _jobs(version: Version, profile: str) -> QuerySet[Job]:
    return Job.objects.filter(kind="screen", subject=_subject(version, profile))


def _subject(version: Version, profile: str) -> str:
    return f"version:{version.pk}" + (f":{profile}" if profile != USUAL else "")


def _twin(version: Version, profile: str) -> Screening | None:
    """What was found in the same bytes elsewhere."""
    rows: Iterable[Version] = Version.objects.filter(sha256=version.sha256).exclude(pk=version.pk)[:20]
    return next((found for row in rows if (found := screening_of(row, profile))), None)


def _look(version: Version, profile: str, should_stop: ShouldStop) -> Screening:
    with storage.local_copy(version.sha256) as path:
        return screen(path, profile=profile, should_stop=should_stop)

"""Films seen through a moving window: made once for each shape, and what posts are then made of."""

import tempfile
from dataclasses import dataclass, replace
from fractions import Fraction
from pathlib import Path

from django.conf import settings
from django.db import transaction
from procrastinate.contrib.django import app

from crosscut.apps.accounts.models import Member
from crosscut.apps.accounts.permissions import demand
from crosscut.apps.library import storage
from crosscut.apps.library.models import Rendition, Version
from crosscut.apps.library.queries import version_for
from crosscut.apps.library.services.derive import Marks, facts_of, made_before, note, previews_made
from crosscut.apps.library.services.framing import Lead, camera_of, framing_of, lead_in, look_of
from crosscut.apps.library.services.signing import sign_made
from crosscut.apps.work.models import Job
from crosscut.apps.work.services import plan_job
from crosscut.kernel.errors import NotFound, Unsupported
from crosscut.kernel.facts import MediaFacts
from crosscut.kernel.phrases import phrase
from crosscut.kernel.progress import Progress, Report, ShouldStop, ignore, never
from crosscut.media.provenance import Action
from crosscut.media.recipes import Purpose, Recipe, VideoPart
from crosscut.media.reframe import reframe

FRAME = "library.frame"  # the task's name; tasks.py holds the task
WHOLE, PREVIEW = "reframed", "preview"  # purposes: in the master's size, and of the page's proxy
LOOKING = Fraction(2, 3)  # of the work, where the film was not looked at before


@dataclass(frozen=True, kw_only=True)
class _Film:
    """What is seen through the window."""

    sha256: str
    facts: MediaFacts


def reframed(version: Version, lead: Lead, *, report: Report = ignore, should_stop: ShouldStop = never) -> Rendition:
    """The film in the lead's shape, in the master's size, made now unless it was before.

    Raises Unsupported for what has no moving pictures, Damaged, Unavailable or Cancelled.
    """
    film = _Film(sha256=version.sha256, facts=facts_of(version))
    return _made(version, lead, film, WHOLE, report, should_stop)


def recipe_of(lead: Lead) -> Recipe:
    """The name under which a film seen by the lead is kept."""
    return Recipe(purpose=Purpose.POST, media_type="video/mp4", video=VideoPart(crf=18), beside=(lead.name,))


@transaction.atomic
def order_preview(by: Member, version_id: int, aspect: Fraction) -> Job:
    """A job that looks at the film and shows it in that shape, as the camera is led now."""
    demand(by, "draft")
    version = version_for(by, version_id)
    if not facts_of(version).video:
        raise Unsupported(phrase("Only films have a camera; a still has one focal point."))
    subject = subject_of(version)
    under_way = Job.objects.filter(kind="frame", subject=subject, ended_at=None).first()
    if under_way:
        return under_way
    label = phrase("Looking at {filename} for another shape", filename=version.filename)
    job = plan_job(by, kind="frame", label=label, subject=subject)
    task = app.configure_task(FRAME, queue="media", lock=f"frame:{version.pk}")
    task.defer(job_id=job.pk, version_id=version.pk, aspect=str(aspect))
    return job


def subject_of(version: Version) -> str:
    """What jobs that look at the version are about."""
    return f"version:{version.pk}"


def preview(version_id: int, aspect: str, report: Report, should_stop: ShouldStop) -> dict[str, int]:
    """Looks at the film and makes the preview; answers which rendition it is."""
    version = Version.objects.select_related("asset").filter(pk=version_id).first()
    if version is None:
        raise NotFound(phrase("The film was taken out of the library meanwhile."))
    lead = lead_in(framing_of(version), Fraction(aspect))
    proxy = previews_made(version, version.renditions.all()).get("proxy")
    source = proxy or version
    film = _Film(sha256=source.sha256, facts=facts_of(source))
    return {"rendition": _made(version, lead, film, PREVIEW, report, should_stop).pk}


def preview_made(version: Version, lead: Lead) -> Rendition | None:
    """The preview as the camera is led; None while there is none."""
    return made_before(version, recipe_of(lead), PREVIEW)


def _made(
    version: Version, lead: Lead, film: _Film, purpose: str, report: Report, should_stop: ShouldStop
) -> Rendition:
    recipe = recipe_of(lead)
    if before := made_before(version, recipe, purpose):
        return before
    report(Progress(done=Fraction(0), label="Looking at the film"))
    stream = film.facts.video[0]
    seen = replace(look_of(version, should_stop=should_stop), width_px=stream.width_px, height_px=stream.height_px)

    def tell(progress: Progress) -> None:
        report(Progress(done=LOOKING + progress.done * (1 - LOOKING), label=progress.label))

    with (
        storage.plain_disk_errors(phrase("show the film in another shape")),
        storage.local_copy(film.sha256) as path,
        tempfile.TemporaryDirectory(dir=settings.UPLOAD_FOLDER, prefix="make-") as folder,
    ):
        out = Path(folder) / "reframed.mp4"
        camera = camera_of(seen, lead)
        made = reframe(path, lead.aspect, out, camera=camera, report=tell, should_stop=should_stop)
        by = _sign(out, version, purpose, should_stop)
        stored = storage.keep(out, should_stop=should_stop)
    facts = replace(made.facts, loudness=facts_of(version).loudness if made.sound == "copied" else None)
    return note(version, recipe, stored, purpose=purpose, made=(recipe, facts), marks=Marks(signed_by=by))


def _sign(out: Path, version: Version, purpose: str, should_stop: ShouldStop) -> str:
    """Posts may get this very file, so it is signed; previews are for our own page only."""
    if purpose != WHOLE:
        return ""
    with storage.local_copy(version.sha256) as master:
        return sign_made(out, version, master, (Action.CROPPED, Action.TRANSCODED), should_stop=should_stop)

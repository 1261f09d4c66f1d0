"""Making the files that the posts of a piece need, now and not only shortly before they go out."""

from collections.abc import Mapping
from fractions import Fraction
from typing import Any

from django.db import transaction
from procrastinate.contrib.django import app

from crosscut.apps.accounts.models import Member
from crosscut.apps.accounts.permissions import demand
from crosscut.apps.accounts.services.audit import subject_of
from crosscut.apps.library.models import Version
from crosscut.apps.library.services.focusing import focus_at
from crosscut.apps.library.services.framing import focus_in
from crosscut.apps.library.services.packing import Want, renditions_for
from crosscut.apps.preflight.burning import words_to_burn
from crosscut.apps.produce.kinds import post_type_key
from crosscut.apps.produce.models import Piece
from crosscut.apps.produce.services.freeze import content_of, media_for
from crosscut.apps.produce.threads import part_views
from crosscut.apps.work.models import Job
from crosscut.apps.work.queries import running_for
from crosscut.apps.work.services import pause_asked, plan_job
from crosscut.channels.protocol import CanHoldEpisodes
from crosscut.channels.registry import adapter
from crosscut.kernel.facts import Kind, MediaRequirement
from crosscut.kernel.progress import Progress, Report, ShouldStop
from crosscut.media.recipes import Focus
from crosscut.specs.requirements import requirement

MAKE = "preflight.make"  # the task's name; tasks.py holds the task


@transaction.atomic
def ask_to_make(by: Member, piece: Piece) -> Job:
    """The job that makes every file the posts of the piece need; the one under way when there is one already."""
    demand(by, "draft")
    Piece.objects.select_for_update().get(pk=piece.pk)  # two clicks are one job
    if job := job_under_way(by, piece):
        return job
    job = plan_job(by, kind="render", label=f"Making the files of {piece.title}", subject=subject_of(piece))
    app.configure_task(MAKE, queue="media", lock=f"make:{piece.pk}").defer(job_id=job.pk)
    return job


def job_under_way(member: Member, piece: Piece) -> Job | None:
    """The job that is making the piece's files, or None."""
    return running_for(member).filter(kind="render", subject=subject_of(piece)).first()


def make_files(job_id: int, report: Report, should_stop: ShouldStop) -> dict[str, Any]:
    """Makes what is not there yet; answers how many files were needed. What fails is said with the job."""
    subject = Job.objects.values_list("subject", flat=True).get(pk=job_id)
    piece = Piece.objects.get(pk=int(subject.partition(":")[2]))
    wanted = _wanted(content_of(piece))
    for at, (version, wants) in enumerate(wanted):
        part = _part_of(report, at, len(wanted))
        renditions_for(version, wants, report=part, should_stop=should_stop, should_pause=pause_asked(job_id))
    return {"files": sum(len(wants) for _version, wants in wanted)}


def _wanted(content: dict[str, Any]) -> list[tuple[Version, list[Want]]]:
    """What all posts need, by the version it is made of: what is decoded together is made together."""
    versions = Version.objects.in_bulk([media["version"] for media in content["media"]])
    found: dict[int, list[Want]] = {}
    views = [(slug, view) for slug in content["outlets"] for view in part_views(content, slug)]
    for slug, view in views:
        outlet = view["outlets"][slug]
        key = post_type_key(slug, outlet["post_type"])
        for media in media_for(view, slug):
            need = None if _is_episode(slug, media) else requirement(key, Kind(media["kind"]))
            captions = words_to_burn(outlet, key, media, content["language"])
            if need is not None:
                found.setdefault(media["version"], []).append(want_for(need, media, captions))
    return [(versions[pk], wants) for pk, wants in found.items()]


def _is_episode(slug: str, media: dict[str, Any]) -> bool:
    """Whether the channel sends the sound as a finished episode, with its number and show in it, never this file.

    That one is made for one account and moment, shortly before it goes out.
    """
    return media["kind"] == Kind.AUDIO and isinstance(adapter(slug), CanHoldEpisodes)


def want_for(need: MediaRequirement, media: Mapping[str, Any], captions: str = "") -> Want:
    """What a post needs of a file, as the piece was written or frozen."""
    return Want(
        need=need,
        focus=focus_of(media),
        captions=captions,
        framing=media.get("framing", {}),
        said=media.get("said", {}),
    )


def focus_of(media: Mapping[str, Any]) -> Focus | None:
    """What a crop keeps: the point set for this piece, else the picture's own; None lets the engine decide."""
    return focus_at(*media["focus"]) if media["focus"] else focus_in(media.get("framing", {}))


def _part_of(report: Report, at: int, count: int) -> Report:
    """Tells one file's progress as a part of all."""

    def part(progress: Progress) -> None:
        report(Progress(done=(at + progress.done) / Fraction(count), label=f"{progress.label} ({at + 1} of {count})"))

    return part

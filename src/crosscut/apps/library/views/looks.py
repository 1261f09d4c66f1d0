"""What a look through a film or a sound found, what mends it, and the work that makes other versions."""

import json
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from crosscut.apps.accounts.access import MemberRequest, members_only
from crosscut.apps.accounts.models import Member
from crosscut.apps.accounts.permissions import can
from crosscut.apps.library import queries, sightings
from crosscut.apps.library.models import Asset, Version
from crosscut.apps.library.services import remaking, screening
from crosscut.apps.library.services.derive import facts_of, previews_made
from crosscut.apps.library.services.remaking.ordering import as_read, as_written
from crosscut.apps.work.models import Job
from crosscut.apps.work.services import time_left_s
from crosscut.kernel.errors import Invalid

SHOWN = 100  # findings on the page; the API has them all
WORKS = 3  # pieces of work on the page, the newest
STRIP = 1000  # units of the strip that shows where in the film something is


@members_only
@require_GET
def panel(request: MemberRequest, asset_id: int) -> HttpResponse:
    """The findings by the rule that was asked for."""
    row = queries.asset_for(request.member, asset_id)
    profile = request.GET.get("profile", screening.USUAL)
    if profile not in sightings.profile_names():
        profile = screening.USUAL
    context: dict[str, Any] = {"asset": row, "version": row.current, "can_draft": can(request.member, "draft")}
    if row.current:
        made = list(row.current.renditions.all())
        context |= {"proxy": previews_made(row.current, made).get("proxy"), **panel_of(row.current, profile)}
    return render(request, "library/looks.html", context)


@members_only
@require_POST
def look_again(request: MemberRequest, version_id: int) -> HttpResponse:
    """Starts a look through the film, anew or by another rule."""
    version = queries.version_for(request.member, version_id)
    screening.look_again(request.member, version_id, request.POST.get("profile", screening.USUAL))
    messages.success(request, _("It is being looked through. What is found appears here."))
    return redirect("asset-section", version.asset_id, "checks")


@members_only
@require_POST
def remake(request: MemberRequest, version_id: int) -> HttpResponse:
    """Starts the work that makes another version or asset of it."""
    version = queries.version_for(request.member, version_id)
    remaking.order(request.member, version_id, as_read(_written(request)))
    messages.success(request, _("The work has begun. The file as it is now stays."))
    return redirect("asset-section", version.asset_id, "checks")


@members_only
@require_GET
def works(request: MemberRequest, asset_id: int) -> HttpResponse:
    """The work on the asset as it stands. What it made is shown when a person asks: nothing jumps under their hands."""
    row = queries.asset_for(request.member, asset_id)
    return render(request, "library/works.html", {"asset": row, "works": works_on(request.member, row)})


@dataclass(frozen=True, kw_only=True)
class Works:
    """The work on an asset, as its page shows it."""

    jobs: list[dict[str, Any]]  # as the component takes them
    done: list[tuple[Job, list[str]]]  # what ended well, with what was done
    is_busy: bool


def works_on(member: Member, row: Asset) -> Works:
    """The newest work that makes something of the asset."""
    jobs = list(remaking.jobs_of(member, row)[:WORKS])
    under_way = [job for job in jobs if job.state != Job.State.DONE]
    return Works(
        jobs=[_job(job) for job in under_way],
        done=[(job, job.result.get("said", [])) for job in jobs if job.state == Job.State.DONE],
        is_busy=any(job.ended_at is None for job in jobs),
    )


def panel_of(version: Version, profile: str = screening.USUAL) -> dict[str, Any]:
    """What the section shows; empty for what cannot be looked through or listened to."""
    if version.asset.kind not in (Asset.Kind.VIDEO, Asset.Kind.AUDIO):
        return {}
    found = sightings.found_in(version, profile)
    shown = sightings.shown(found or (), profile)
    return {
        "looks": {
            "is_film": version.asset.kind == Asset.Kind.VIDEO,
            "is_known": found is not None,
            "is_pending": screening.is_being_screened(version, profile),
            "problem": screening.why_it_failed(version, profile),
            "findings": [(one, [_way(way) for way in one.ways]) for one in shown[:SHOWN]],
            "more": max(0, len(shown) - SHOWN),
            "marks": _marks(version, shown),
            "profile": profile,
            "profiles": sightings.profile_names(),
            "sound": sightings.sound_in_words(version),
        }
    }


def _way(way: sightings.Way) -> tuple[str, str]:
    """What to do, and the operation as the form sends it; empty where a person has to do it elsewhere."""
    return way.words, json.dumps(as_written(way.operation)) if way.operation else ""


def _marks(version: Version, shown: list[sightings.Shown]) -> list[tuple[str, str, str]]:
    """Where on the strip each finding is: its sort, start and width."""
    length_s = float(facts_of(version).duration_s or 0)
    if not length_s:
        return []
    return [
        (
            "grave" if one.is_grave else "other",
            f"{min(STRIP, one.start_s / length_s * STRIP):.1f}",
            f"{max(3.0, (one.end_s - one.start_s) / length_s * STRIP):.1f}",
        )
        for one in shown
        if one.end_s - one.start_s < length_s * 0.99  # what holds for the whole film has no place in it
    ]


def _written(request: MemberRequest) -> dict[str, Any]:
    """The operation in the form's hidden field."""
    try:
        data = json.loads(request.POST.get("operation", ""))
    except ValueError:
        data = None
    if not isinstance(data, dict):
        raise Invalid.at("operation", _("Choose what is to be done."))
    return data


def _job(job: Job) -> dict[str, Any]:
    names = ("pk", "label", "state", "done_permille", "step", "problem")
    return {**{name: getattr(job, name) for name in names}, "left_s": time_left_s(job), "cancel_url": ""}

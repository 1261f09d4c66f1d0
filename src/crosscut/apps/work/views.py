"""What is running, as every page's menu shows it."""

from types import SimpleNamespace

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_POST

from crosscut.apps.accounts.access import MemberRequest, members_only
from crosscut.apps.accounts.models import Member
from crosscut.apps.accounts.permissions import can
from crosscut.apps.work import queries, services
from crosscut.apps.work.models import Job

SHOWN = 12  # in the menu; the API has them all


@members_only
def running(request: MemberRequest) -> HttpResponse:
    """Work under way, then what ended a little while ago."""
    rows = queries.recent_for(request.member)[:SHOWN]
    return render(request, "work/running.html", {"jobs": [_shown(row, request.member) for row in rows]})


@require_POST
@members_only
def cancel(request: MemberRequest, job_id: int) -> HttpResponse:
    """Asks for it to stop; the menu reads itself again."""
    services.cancel_job(request.member, job_id)
    return HttpResponse(status=204, headers={"HX-Trigger": "jobs-changed"})


@require_POST
@members_only
def pause(request: MemberRequest, job_id: int) -> HttpResponse:
    """Lets it rest; the menu reads itself again."""
    services.pause_job(request.member, job_id)
    return HttpResponse(status=204, headers={"HX-Trigger": "jobs-changed"})


@require_POST
@members_only
def resume(request: MemberRequest, job_id: int) -> HttpResponse:
    """Lets it go on; the menu reads itself again."""
    services.resume_job(request.member, job_id)
    return HttpResponse(status=204, headers={"HX-Trigger": "jobs-changed"})


def _shown(job: Job, member: Member) -> SimpleNamespace:
    """The job as its component takes it."""
    is_mine = job.member_id == member.pk or can(member, "hold")
    is_stoppable = is_mine and not job.ended_at and not job.is_cancel_requested
    return SimpleNamespace(
        pk=job.pk,
        label=job.label,
        done_permille=job.done_permille,
        step=job.step,
        state=job.state,
        problem=job.problem,
        left_s=services.time_left_s(job),
        cancel_url=reverse("job-cancel", args=[job.pk]) if is_stoppable else "",
        is_paused=job.is_pause_requested and not job.ended_at,
        pause_url=reverse("job-pause", args=[job.pk]) if is_stoppable and job.kind in Job.PAUSABLE else "",
        resume_url=reverse("job-resume", args=[job.pk]) if is_stoppable else "",
    )

"""Long work, as far as the asker may see it."""

from datetime import timedelta

from django.db.models import Count, F, Q, QuerySet
from django.utils import timezone

from crosscut.apps.accounts.models import Member
from crosscut.apps.work.models import Job
from crosscut.kernel.errors import NotFound
from crosscut.kernel.phrases import phrase


def jobs_for(member: Member, *, state: str = "", kind: str = "") -> QuerySet[Job]:
    """The workspace's long work, newest first, in one state or of one kind where asked; none for guests."""
    wanted = {name: value for name, value in (("state", state), ("kind", kind)) if value}
    rows = Job.objects.filter(workspace=member.workspace_id, **wanted).order_by("-created_at", "-id")
    return rows.none() if member.role == "guest" else rows


def running_for(member: Member) -> QuerySet[Job]:
    """What is waiting or running now."""
    return jobs_for(member).filter(state__in=[Job.State.WAITING, Job.State.RUNNING])


def recent_for(member: Member) -> QuerySet[Job]:
    """What is waiting or running, and what ended in the last quarter of an hour."""
    lately = timezone.now() - timedelta(minutes=15)
    return (
        jobs_for(member)
        .filter(Q(ended_at=None) | Q(ended_at__gte=lately))
        .order_by(F("ended_at").desc(nulls_first=True), "-id")
    )


def job_for(member: Member, job_id: int) -> Job:
    """One job. Raises NotFound."""
    row = jobs_for(member).filter(pk=job_id).first()
    if row is None:
        raise NotFound(phrase("There is no such work in this workspace."))
    return row


def count_by_state() -> dict[str, int]:
    """How many jobs of the whole installation are in each state: numbers for its keeper, not rows."""
    counted = dict(Job.objects.values_list("state").annotate(Count("pk")))
    return {state: counted.get(state, 0) for state in Job.State.values}

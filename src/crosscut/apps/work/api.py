"""Long work for programs."""

from django.db.models import QuerySet
from ninja import Query, Router
from ninja.pagination import paginate

from crosscut.apps.accounts.access import ApiRequest
from crosscut.apps.work import queries, services
from crosscut.apps.work.models import Job
from crosscut.apps.work.schemas import JobFilter, JobOut

router = Router(tags=["jobs"])


@router.get("/jobs", response=list[JobOut], summary="Long work")
@paginate
def list_jobs(request: ApiRequest, wanted: Query[JobFilter]) -> QuerySet[Job]:
    """Newest first."""
    return queries.jobs_for(request.auth, state=wanted.state, kind=wanted.kind)


@router.get("/jobs/{int:job_id}", response=JobOut, summary="One piece of work")
def get_job(request: ApiRequest, job_id: int) -> Job:
    """With how far it is."""
    return queries.job_for(request.auth, job_id)


@router.post("/jobs/{int:job_id}/cancel", response=JobOut, summary="Stop it")
def post_job_cancel(request: ApiRequest, job_id: int) -> Job:
    """Whoever started it, or a senior. It stops at its next step."""
    return services.cancel_job(request.auth, job_id)


@router.post("/jobs/{int:job_id}/pause", response=JobOut, summary="Let it rest")
def post_job_pause(request: ApiRequest, job_id: int) -> Job:
    """Renders only: it stands still, takes no time, and loses nothing. Whoever started it, or a senior."""
    return services.pause_job(request.auth, job_id)


@router.post("/jobs/{int:job_id}/resume", response=JobOut, summary="Let it go on")
def post_job_resume(request: ApiRequest, job_id: int) -> Job:
    """Where it rested."""
    return services.resume_job(request.auth, job_id)

"""Finding work on files that got stuck, and sending it again."""

from datetime import timedelta

from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from procrastinate.contrib.django.models import ProcrastinateJob

from crosscut.apps.library.models import Arrival, ArrivalEvent
from crosscut.apps.library.services import arrive, previews
from crosscut.apps.work.models import Job

QUIET = timedelta(minutes=2)  # since the last sign of life; longer than any step says nothing while it is alive
_TASKS = (arrive.INGEST, arrive.LARGER, previews.REMAKE)


def send_again() -> int:
    """Hands out every unended job that no entry of the queue is about, and says how many there were.

    An entry that a dead worker holds is not ours to see to: the sweep of dead workers hands it out again.
    """
    before = timezone.now() - QUIET
    is_quiet = Q(beat_at__lt=before) | Q(beat_at=None, created_at__lt=before)
    jobs = Job.objects.filter(is_quiet, kind__in=["ingest", "previews"], ended_at=None)
    return sum(_send(job) for job in jobs if not _is_queued(job))


def _is_queued(job: Job) -> bool:
    entries = ProcrastinateJob.objects.filter(task_name__in=_TASKS, status__in=["todo", "doing"])
    return entries.filter(args__job_id=job.pk).exists()


@transaction.atomic
def _send(job: Job) -> bool:
    if job.kind == "previews":
        previews.defer_remake(job.pk)
    else:
        waiting = job.arrivals.filter(state__in=[Arrival.State.WAITING, Arrival.State.READING])
        step = ArrivalEvent.Step.SENT_AGAIN
        ArrivalEvent.objects.bulk_create(ArrivalEvent(arrival=arrival, step=step) for arrival in waiting)
        arrive.go_on(job.pk)
    return True

"""Who comes first in the queue, and how long anybody may keep a worker.

What a person waits for goes before whole folders, and those before work on everything. Long and bulk work shares a few
lanes (locks of the queue), so that workers are left for what comes in between; and it works in slices: when others
wait, it goes behind them.
"""

import os
import time

from django.db.models import Q
from django.utils import timezone
from procrastinate.contrib.django.models import ProcrastinateJob

from crosscut.apps.work.models import Job

SOON = 0  # as posts that are due: a person is looking at the page
HEAVY = -5  # films' proxies, looks through whole films
FOLDER = -10  # whole folders and what watched places bring
BULK = -20  # work on everything there is
SLICE_S = 3.0  # how long work goes on while others wait
LANES = max(1, (os.cpu_count() or 2) // 2)  # of each sort of long work at once


def lane(sort: str, number: int) -> str:
    """The lock that work of this sort shares with others of it.

    >>> lane("bulk", 7).startswith("bulk:")
    True
    """
    return f"{sort}:{number % LANES}"


def is_taking_in() -> bool:
    """Whether files are being taken into a library: what nobody waits for leaves them the processors."""
    return Job.objects.filter(kind="ingest", state=Job.State.RUNNING).exists()


class Turn:
    """A worker's time with one piece of work: as long as nobody else waits, else a slice."""

    def __init__(self, priority: int, job_id: int) -> None:
        self._priority, self._job_id = priority, job_id
        self._until_s = time.monotonic() + SLICE_S

    def is_over(self) -> bool:
        """Whether others wait who come first, or as soon, and have waited for a slice."""
        if time.monotonic() < self._until_s:
            return False
        if _others_wait(self._priority, self._job_id):
            return True
        self._until_s = time.monotonic() + SLICE_S
        return False


def _others_wait(priority: int, job_id: int) -> bool:
    is_due = Q(scheduled_at=None) | Q(scheduled_at__lte=timezone.now())
    waiting = ProcrastinateJob.objects.filter(is_due, status="todo", priority__gte=priority)
    return waiting.exclude(args__contains={"job_id": job_id}).exists()

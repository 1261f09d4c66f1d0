"""The job worker: takes jobs from the database and runs them, until a signal asks to stop."""

import asyncio
import os
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import django
from procrastinate import App
from procrastinate.connector import BaseConnector
from procrastinate.exceptions import ConnectorException
from procrastinate.jobs import Job, Status
from procrastinate.manager import JobManager
from procrastinate.psycopg_connector import PsycopgConnector
from psycopg import OperationalError

JOBS_AT_ONCE = 2  # jobs are renders and network calls: one of each may wait without holding up the other
LOOK_EVERY_S = 1.0  # bounds how late a job that becomes due is started (a new job is told of at once)
REPORT_EVERY_S = 1.0  # how often it says that it lives; the sweeper takes silence for death, see publish/timing.py
GRACE_S = 10.0  # after this a job under way is ended; it is taken up again or settled by the sweeper
FINISH_WAITS_S = (0.2, 0.5, 1, 2, 4, 8, 15)  # for a database that is away


class PatientJobs(JobManager):
    """Says that a job has ended also when the database was away at that moment.

    Without it such a job stays "under way" for as long as its worker lives, and nobody takes it up.
    """

    async def finish_job(self, job: Job, status: Status, delete_job: bool) -> None:  # noqa: FBT001 the library's own form
        for wait_s in FINISH_WAITS_S:
            try:
                return await super().finish_job(job, status, delete_job)
            except ConnectorException as error:
                if not isinstance(error.__cause__, OperationalError):
                    raise
                await asyncio.sleep(wait_s)
        return await super().finish_job(job, status, delete_job)


class TaskAwareConnector(PsycopgConnector):
    """Connections of the worker's own for fetching and ending jobs; Django's for what a task defers.

    So a job that a task defers is in the task's own transaction. On the worker's connections it would be out at once:
    about rows that another worker cannot see yet, which then finds nothing to do, or that are rolled back.
    """

    def __init__(self, *, django: BaseConnector, **how: Any) -> None:
        super().__init__(**how)
        self._django = django

    def get_sync_connector(self) -> BaseConnector:
        """What tasks use: they run in threads and defer without waiting."""
        return self._django


@contextmanager
def queue_of_a_worker() -> Iterator[App]:
    """The queue as a worker takes jobs from it. Django must be set up."""
    from procrastinate.contrib.django import app  # it exists once Django is set up
    from procrastinate.contrib.django.utils import connector_params

    connector = TaskAwareConnector(django=app.connector, kwargs=connector_params())
    with app.replace_connector(connector) as queue:
        ours, queue.job_manager = queue.job_manager, PatientJobs(connector)
        try:
            yield queue
        finally:
            queue.job_manager = ours


def work(name: str, jobs_at_once: int = JOBS_AT_ONCE) -> None:
    """Run jobs. Returns after SIGTERM or SIGINT, when the jobs under way have ended or had their time."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "crosscut.site.settings")
    django.setup()
    from crosscut.apps.publish.timing import timing

    with queue_of_a_worker() as queue:
        queue.run_worker(
            name=name,
            concurrency=jobs_at_once,
            fetch_job_polling_interval=LOOK_EVERY_S,
            abort_job_polling_interval=LOOK_EVERY_S,
            update_heartbeat_interval=REPORT_EVERY_S,
            stalled_worker_timeout=timing().dead_worker_s,
            shutdown_graceful_timeout=GRACE_S,
        )

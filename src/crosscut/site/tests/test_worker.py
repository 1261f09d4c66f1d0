"""A worker says that a job has ended, and what a job defers is bound to the job's own transaction."""

import asyncio
from collections.abc import Iterator
from contextlib import suppress
from typing import Any

import psycopg
import pytest
from django.db import connection, transaction
from procrastinate.contrib.django import app
from procrastinate.exceptions import ConnectorException
from procrastinate.jobs import Job, Status
from procrastinate.manager import JobManager
from psycopg import OperationalError, errors

from crosscut.site import worker
from crosscut.site.worker import PatientJobs, queue_of_a_worker

JOB = Job(id=1, queue="publish", lock=None, queueing_lock=None, task_name="send")


def _finishing(monkeypatch: pytest.MonkeyPatch, causes: list[Exception]) -> list[int]:
    """Makes finishing fail for those reasons, one after another; what comes back counts the tries."""
    tries: list[int] = []

    async def finish_job(self: JobManager, job: Job, status: Status, delete_job: bool) -> None:
        tries.append(len(tries))
        if causes:
            raise ConnectorException from causes.pop(0)

    monkeypatch.setattr(JobManager, "finish_job", finish_job)
    monkeypatch.setattr(worker, "FINISH_WAITS_S", (0.0, 0.0, 0.0))
    return tries


def _finish() -> None:
    asyncio.run(PatientJobs(None).finish_job(JOB, Status.SUCCEEDED, delete_job=False))  # type: ignore[arg-type]


def test_it_waits_for_the_database(monkeypatch: pytest.MonkeyPatch) -> None:
    tries = _finishing(monkeypatch, [OperationalError("gone"), OperationalError("starting up")])
    _finish()
    assert len(tries) == 3


def test_it_does_not_insist_where_the_job_was_taken_away(monkeypatch: pytest.MonkeyPatch) -> None:
    tries = _finishing(monkeypatch, [errors.RaiseException("Job was not found")])
    with pytest.raises(ConnectorException):
        _finish()
    assert len(tries) == 1


def test_it_gives_up_in_the_end(monkeypatch: pytest.MonkeyPatch) -> None:
    tries = _finishing(monkeypatch, [OperationalError("gone")] * 9)
    with pytest.raises(ConnectorException):
        _finish()
    assert len(tries) == 4


@pytest.fixture
def seen_early() -> Iterator[list[bool]]:
    """A job "tests.first" that defers "tests.second", and whether others saw that one before the transaction ended."""
    seen: list[bool] = []

    def first(*, fails: bool) -> None:
        with suppress(LookupError), transaction.atomic():
            app.configure_task("tests.second", queue="tests-second").defer()
            with psycopg.connect(**connection.get_connection_params()) as outside:
                seen.append(_is_waiting(outside.cursor()))
            if fails:
                raise LookupError
        connection.close()

    app.task(name="tests.first", queue="tests-first")(first)
    yield seen
    del app.tasks["tests.first"]
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM procrastinate_jobs WHERE task_name LIKE 'tests.%'")  # no model: no flush empties it


def _is_waiting(cursor: Any) -> bool:
    cursor.execute("SELECT EXISTS (SELECT FROM procrastinate_jobs WHERE task_name = 'tests.second')")
    return bool(cursor.fetchone()[0])


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("fails", [False, True])
def test_what_a_job_defers_is_in_its_own_transaction(seen_early: list[bool], fails: bool) -> None:
    app.configure_task("tests.first", queue="tests-first").defer(fails=fails)
    with queue_of_a_worker() as queue:
        queue.run_worker(queues=["tests-first"], wait=False, install_signal_handlers=False)
    with connection.cursor() as cursor:
        assert (seen_early, _is_waiting(cursor)) == ([False], not fails)

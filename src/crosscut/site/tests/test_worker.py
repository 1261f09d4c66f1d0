"""A worker says that a job has ended, also when the database was away at that moment."""

import asyncio

import pytest
from procrastinate.exceptions import ConnectorException
from procrastinate.jobs import Job, Status
from procrastinate.manager import JobManager
from psycopg import OperationalError, errors

from crosscut.site import worker
from crosscut.site.worker import PatientJobs

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

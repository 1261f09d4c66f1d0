"""The ticker: looks at the ledger every second and hands what is due to the workers.

The calendar lives in our own tables; the queue only ever holds what is due now. The ticker may run twice or not at all
for a while: every task checks the ledger again under a lock before it does anything.
"""

import threading
import time
from collections.abc import Callable

import structlog
from asgiref.sync import async_to_sync
from django.db import DatabaseError, close_old_connections, connection, transaction
from django.utils import timezone
from procrastinate.contrib.django import app
from procrastinate.exceptions import AlreadyEnqueued
from procrastinate.tasks import Task

from crosscut.apps.publish import tasks
from crosscut.apps.publish.models import Target
from crosscut.apps.publish.queries import due_targets
from crosscut.apps.publish.services import canary, recall, settle

State = Target.State
_log = structlog.get_logger(__name__)
_TASKS = {
    State.SCHEDULED: tasks.send_target,
    State.UNKNOWN: tasks.settle_target,
    State.SENT: tasks.prove_target,
    State.PROVEN: tasks.prove_target,
    State.RECALLING: tasks.recall_target,
}
_LOCK = 7_215_402  # one ticker at a time: a PostgreSQL advisory lock


def tick() -> int:
    """One look at the ledger. Returns how many targets were handed to workers."""
    settle.lose_overdue()
    handed = sum(_defer(_TASKS[State(state)], target_id) for target_id, state in due_targets(timezone.now()))
    singer = canary.hatch()
    if singer is not None:
        tasks.sing.defer(canary_id=singer.pk)
    return handed


def sweep_dead_workers() -> int:
    """Takes back what dead workers held: the ledger doubts their sends, the queue runs their jobs again."""
    stalled = list(async_to_sync(app.job_manager.get_stalled_jobs)())
    for job in stalled:
        if job.task_name == tasks.send_target.name:
            settle.lose(int(str(job.task_kwargs["target_id"])), "The worker that was sending it stopped.")
        async_to_sync(app.job_manager.retry_job)(job)
    return len(stalled)


def run_forever(stop: threading.Event, *, every_s: float = 1.0) -> None:
    """Ticks until `stop` is set, through any loss of the database."""
    beats: list[tuple[float, Callable[[], int]]] = [
        (every_s, tick),
        (10.0, sweep_dead_workers),
        (30.0, recall.enforce_rights),
    ]
    due = {name: 0.0 for _, name in beats}
    while not stop.is_set():
        for wait_s, beat in beats:
            if time.monotonic() >= due[beat]:
                due[beat] = time.monotonic() + wait_s
                _quietly(beat)
        stop.wait(every_s / 4)


def _quietly(beat: Callable[[], int]) -> None:
    close_old_connections()
    try:
        if _is_the_ticker():
            beat()
    except DatabaseError as error:
        _log.warning("ticker_waits_for_database", error=str(error).split("\n")[0])
        connection.close()
    except Exception:  # noqa: BLE001 - a worker loop: one bad row must not stop the others' posts
        _log.exception("ticker_fault", beat=beat.__name__)


def _is_the_ticker() -> bool:
    """Whether this process holds the ticker's lock, which lives as long as its connection."""
    with connection.cursor() as cursor:
        cursor.execute(
            "select exists(select 1 from pg_locks where locktype='advisory' and pid=pg_backend_pid() and objid=%s)"
            " or pg_try_advisory_lock(%s)",
            [_LOCK, _LOCK],
        )
        row = cursor.fetchone()
    return bool(row and row[0])


def _defer(task: Task, target_id: int) -> bool:  # type: ignore[type-arg]
    try:
        with transaction.atomic():
            task.configure(queueing_lock=f"{task.name}:{target_id}").defer(target_id=target_id)
    except AlreadyEnqueued:
        return False
    return True

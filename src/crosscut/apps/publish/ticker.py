"""The ticker: looks at the ledger every second and hands what is due to the workers.

The calendar lives in our own tables; the queue only ever holds what is due now. The ticker may run twice or not at all
for a while: every task checks the ledger again under a lock before it does anything.
"""

import json
import math
import threading
import time
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import structlog
from asgiref.sync import async_to_sync
from django.db import DatabaseError, InterfaceError, close_old_connections, connection, transaction
from django.utils import timezone
from procrastinate.contrib.django import app
from procrastinate.contrib.django.models import ProcrastinateJob
from procrastinate.exceptions import ConnectorException, UniqueViolation
from procrastinate.jobs import Job, Status
from procrastinate.tasks import Task

from crosscut.apps.accounts.queries import accounts_to_renew
from crosscut.apps.preflight.foreign_calendars import due_calendars
from crosscut.apps.preflight.tasks import read_calendar
from crosscut.apps.produce.services.link_checks import due_checks
from crosscut.apps.publish import tasks
from crosscut.apps.publish.due import (
    WORK_STATES,
    count_accounts,
    due_posts,
    due_targets,
    is_rush,
    jobs_by_target,
    targets_of_job,
)
from crosscut.apps.publish.models import Target
from crosscut.apps.publish.queries import due_series, stale_forecasts
from crosscut.apps.publish.services import canary, live, recall, settle, takedowns
from crosscut.apps.publish.timing import timing
from crosscut.apps.work.queueing import enqueue

State = Target.State
_log = structlog.get_logger(__name__)
_TASKS: dict[State, Task[Any, Any, Any]] = {
    State.STAGING: tasks.stage_target,
    State.PARTLY: tasks.go_on_target,
    State.HANDED: tasks.remind_target,
    State.UNKNOWN: tasks.settle_target,
    State.SENT: tasks.prove_target,
    State.PROVEN: tasks.prove_target,
    State.RECALLING: tasks.recall_target,
}
_SENDING = (tasks.send_posts.name, tasks.go_on_target.name)
_LEDGER = {task.name for task in _TASKS.values()}
_LANES = 4  # jobs that send at once, of all workers
_OF_A_LANE = 16  # accounts
_READS_WAIT = timedelta(minutes=2)  # in a rush, with what is only read back
_READS = 100  # handed out at once: more than workers read in a second
_AHEAD = timedelta(seconds=1)  # workers are called before posts are due, and wait for them
_LOCK = 7_215_402  # one ticker at a time: a PostgreSQL advisory lock
_SWEEP_EVERY_S = 2.0
_FORECAST_EVERY_S = 5.0
_LINKS_EVERY_S = 10.0
_SERIES_EVERY_S = 10.0
_ZONES_EVERY_S = 24 * 3600.0  # and when it starts
_database_lost_at = float("-inf")  # on the monotonic clock


def tick() -> int:
    """One look at the ledger. Returns how many targets were handed to workers."""
    settle.lose_overdue()
    now = timezone.now()
    lanes = min(_LANES, math.ceil(count_accounts(due_posts(now + _AHEAD)) / _OF_A_LANE))
    handed = sum(enqueue(tasks.send_posts, lane=lane) for lane in range(lanes))
    due = due_targets(now, WORK_STATES)
    due += due_targets(now - _READS_WAIT if is_rush() else now, Target.LIVE_STATES, limit=_READS)
    handed += sum(enqueue(_TASKS[State(state)], target_id=target_id) for target_id, state in due)
    singer = canary.hatch()
    if singer is not None:
        tasks.sing.defer(canary_id=singer.pk)
    return handed


def sweep_dead_workers() -> int:
    """Takes back what dead workers held, and what workers gave up half-way. Returns how many jobs and sends.

    The ledger takes its own back and hands it out anew; other jobs are run again.
    """
    silence_s = timing().dead_worker_s
    if time.monotonic() - _database_lost_at < silence_s:
        return 0  # nobody could report while the database was away: that is no sign of death
    stalled = list(async_to_sync(app.job_manager.get_stalled_jobs)(seconds_since_heartbeat=silence_s))
    for job in stalled:
        _take_back(job)
    forsaken = _forsaken()
    for target_id in forsaken:
        settle.lose(target_id, "The worker that was sending it gave up.")
    return len(stalled) + len(forsaken)


def renew_logins() -> int:
    """Hands logins that are past half of their life to workers. Returns how many."""
    return sum(enqueue(tasks.renew_login, account_id=pk) for pk in accounts_to_renew(timezone.now()))


def forecast() -> int:
    """Hands planned posts that must be judged anew to a worker, some at a time. Returns 1 when there are any."""
    return int(not is_rush() and bool(stale_forecasts(1)) and enqueue(tasks.forecast_stale))


def extend_series() -> int:
    """Hands series with dates that have come within reach to workers. Returns how many."""
    return sum(enqueue(tasks.extend_series, series_id=pk) for pk in due_series(timezone.now()))


def read_calendars() -> int:
    """Hands calendars kept elsewhere that are to be read again to workers. Returns how many."""
    return sum(enqueue(read_calendar, calendar_id=pk) for pk in due_calendars())


def check_links() -> int:
    """Hands addresses that must be looked at to a worker, some at a time. Returns 1 when there are any."""
    return int(due_checks().exists() and enqueue(tasks.check_links))


def resolve_times() -> int:
    """Has the moments of planned posts worked out anew, as an installation of new zone rules asks for."""
    return int(enqueue(tasks.resolve_times))


def _take_back(job: Job) -> None:
    """Safe to call again when it is interrupted: the job is closed last."""
    if job.task_name in _SENDING:
        for target_id in targets_of_job(job.id):
            settle.lose(target_id, "The worker that was sending it stopped.")
        if job.task_name in _LEDGER:
            settle.hurry(_target_of(job))
    elif job.task_name in _LEDGER:
        settle.hurry(_target_of(job))
    elif _run_again(job):
        return
    async_to_sync(app.job_manager.finish_job)(job, Status.FAILED, False)


def _target_of(job: Job) -> int:
    """The target a job is about. Through Django the queue's own JSON arrives as text."""
    told: Any = job.task_kwargs
    return int((json.loads(told) if isinstance(told, str) else told)["target_id"])


def _run_again(job: Job) -> bool:
    """False when the same work waits in the queue already."""
    try:
        with transaction.atomic():
            async_to_sync(app.job_manager.retry_job)(job)
    except UniqueViolation:
        return False
    return True


def _forsaken() -> list[int]:
    """Targets that are being sent and that no job is about: it ended half-way, as when the database went away."""
    sending = jobs_by_target()  # before the jobs are read
    if not sending:
        return []
    jobs = ProcrastinateJob.objects.filter(task_name__in=_SENDING, status="doing")
    busy = set(jobs.values_list("id", flat=True))
    return [target_id for target_id, job in sending.items() if job not in busy]


def run_forever(stop: threading.Event, *, every_s: float = 1.0) -> None:
    """Ticks until `stop` is set, through any loss of the database."""
    beats: list[tuple[float, Callable[[], int]]] = [
        (every_s, tick),
        (_SWEEP_EVERY_S, sweep_dead_workers),
        (30.0, recall.enforce_rights),
        (30.0, live.note_live),
        (_FORECAST_EVERY_S, forecast),
        (_LINKS_EVERY_S, check_links),
        (30.0, renew_logins),
        (_SERIES_EVERY_S, extend_series),
        (30.0, read_calendars),
        (30.0, takedowns.watch_placements),
        (_ZONES_EVERY_S, resolve_times),
    ]
    due = {name: 0.0 for _, name in beats}
    while not stop.is_set():
        for wait_s, beat in beats:
            if time.monotonic() >= due[beat]:
                due[beat] = time.monotonic() + wait_s
                _quietly(beat)
        stop.wait(every_s / 4)


def _quietly(beat: Callable[[], int]) -> None:
    global _database_lost_at
    close_old_connections()
    try:
        if _is_the_ticker():
            beat()
    except (DatabaseError, InterfaceError, ConnectorException) as error:
        _database_lost_at = time.monotonic()
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

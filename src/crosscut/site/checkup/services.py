"""How the running parts are: the database, the jobs, the workers."""

import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import psycopg

from crosscut.site.checkup.outcome import Outcome, advice, fine, missing
from crosscut.site.supervisor import state

Connection = psycopg.Connection[tuple[Any, ...]]
MOST_SKEW_S = 2.0  # schedules are kept by the database's clock and shown by ours
# A worker reports every second (site/worker.py), and the sweeper gives it up sooner than this (publish/timing.py).
SILENT_AFTER_S = 30.0
LATE_AFTER_S = 60.0  # a job that is due and still waiting

STALLED = """
SELECT count(*) FROM procrastinate_jobs job LEFT JOIN procrastinate_workers worker ON worker.id = job.worker_id
WHERE job.status = 'doing' AND (worker.id IS NULL OR worker.last_heartbeat < now() - make_interval(secs => %s))
"""
LATE = """
SELECT count(*) FROM procrastinate_jobs
WHERE status = 'todo' AND scheduled_at < now() - make_interval(secs => %s)
"""
WORKERS = "SELECT count(*) FROM procrastinate_workers WHERE last_heartbeat > now() - make_interval(secs => %s)"


def services(home: Path, url: str | None) -> list[Outcome]:
    """How the parts are. `url` is the database's address; None when nothing runs, and that is all there is to say."""
    if url is None:
        return [advice("Running", "no", "Run `crosscut up`, or `make run` in a checkout.")]
    try:
        with psycopg.connect(url, connect_timeout=5, autocommit=True) as connection:
            checks: list[Callable[[Connection], Outcome]] = [_clock, _jobs, _workers]
            return [_running(home), *(check(connection) for check in checks)]
    except psycopg.OperationalError as error:
        said = str(error).strip().splitlines()[0]
        return [_running(home), missing("Database", said, "Start it: `crosscut up`; or correct DATABASE_URL.")]


def _running(home: Path) -> Outcome:
    running = state.running(home)
    if running is None:
        return advice(
            "Running", "no supervisor of ours", "Run `crosscut up`, unless another supervisor runs the parts."
        )
    down = [child.name for child in running.children if child.pid is None]
    again = [f"{child.name} {child.restarts}×" for child in running.children if child.restarts]
    if down:
        log = home / "log"
        return missing(
            "Running", f"down at this moment: {', '.join(down)}", f"It is started again by itself; see {log}."
        )
    return fine("Running", f"at {running.desk_url}" + (f"; started again: {', '.join(again)}" if again else ""))


def _clock(connection: Connection) -> Outcome:
    before = time.time()
    (theirs,) = connection.execute("SELECT extract(epoch FROM clock_timestamp())::float8").fetchone() or (0.0,)
    skew_s = theirs - (before + time.time()) / 2
    if abs(skew_s) > MOST_SKEW_S:
        return missing(
            "Clock", f"the database's differs by {skew_s:+.1f} s", "Set both by NTP: schedules depend on it."
        )
    return fine("Clock", f"{abs(skew_s) * 1000:.0f} ms from the database's")


def _jobs(connection: Connection) -> Outcome:
    try:
        (stalled,) = connection.execute(STALLED, [SILENT_AFTER_S]).fetchone() or (0,)
        (late,) = connection.execute(LATE, [LATE_AFTER_S]).fetchone() or (0,)
    except psycopg.errors.UndefinedTable:
        return missing("Jobs", "the tables are not there yet", "Run `crosscut up`, or `crosscut manage migrate`.")
    if stalled or late:
        return missing(
            "Jobs", f"{stalled} left by dead workers, {late} late", "Workers take them up; see that some run."
        )
    return fine("Jobs", "none stalled, none late")


def _workers(connection: Connection) -> Outcome:
    try:
        (alive,) = connection.execute(WORKERS, [SILENT_AFTER_S]).fetchone() or (0,)
    except psycopg.errors.UndefinedTable:
        alive = 0
    if alive:
        return fine("Workers", f"{alive} reported in the last {SILENT_AFTER_S:.0f} s")
    return missing("Workers", "none reported lately", "Run `crosscut up`, or `crosscut worker`.")

"""The job worker: takes jobs from the database and runs them, until a signal asks to stop."""

import os

import django

JOBS_AT_ONCE = 2  # jobs are renders and network calls: one of each may wait without holding up the other
LOOK_EVERY_S = 1.0  # bounds how late a job that becomes due is started (a new job is told of at once)
GRACE_S = 10.0  # after this a job under way is ended; it is taken up again or settled by the sweeper


def work(name: str, jobs_at_once: int = JOBS_AT_ONCE) -> None:
    """Run jobs. Returns after SIGTERM or SIGINT, when the jobs under way have ended or had their time."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "crosscut.site.settings")
    django.setup()
    from procrastinate.contrib.django import app  # it exists once Django is set up

    with app.replace_connector(app.connector.get_worker_connector()) as worker:  # type: ignore[attr-defined]
        worker.run_worker(
            name=name,
            concurrency=jobs_at_once,
            fetch_job_polling_interval=LOOK_EVERY_S,
            abort_job_polling_interval=LOOK_EVERY_S,
            shutdown_graceful_timeout=GRACE_S,
        )

"""Work for the workers."""

from procrastinate.contrib.django import app

from crosscut.apps.preflight import making
from crosscut.apps.work.services import run_job


@app.task(name=making.MAKE, queue="media")
def make_files(job_id: int) -> None:
    """Makes the files that a piece's posts need."""
    run_job(job_id, lambda report, should_stop: making.make_files(job_id, report, should_stop))

"""Work for the workers."""

from procrastinate.contrib.django import app

from crosscut.apps.preflight import foreign_calendars, making
from crosscut.apps.work.services import run_job


@app.task(name=making.MAKE, queue="media")
def make_files(job_id: int) -> None:
    """Makes the files that a piece's posts need."""
    run_job(job_id, lambda report, should_stop: making.make_files(job_id, report, should_stop))


@app.task(queue="proof", priority=-10)
def read_calendar(calendar_id: int) -> None:
    """A calendar kept elsewhere, once more."""
    foreign_calendars.read_again(calendar_id)

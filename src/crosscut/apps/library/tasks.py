"""Work for the workers."""

from procrastinate.contrib.django import app

from crosscut.apps.library.services import arrive, fingerprints, ingest, screening, sweep
from crosscut.apps.work.services import run_job


@app.task(name=arrive.INGEST, queue="media")
def ingest_files(job_id: int) -> None:
    """Takes in the files of a job."""
    run_job(job_id, lambda report, should_stop: ingest.take_in(job_id, report, should_stop))
    arrive.pick_up_leftovers(job_id)


@app.task(name=screening.SCREEN, queue="media")
def screen_film(job_id: int, version_id: int) -> None:
    """Looks through a film for flashes."""
    run_job(job_id, lambda report, should_stop: screening.look_through(version_id, report, should_stop))


@app.periodic(cron="23 3 * * *")
@app.task(name="library.sweep", queue="media", queueing_lock="library.sweep")
def sweep_files(timestamp: int) -> None:
    """Every night, frees the room of files that nothing refers to any more."""
    sweep.sweep_files()


@app.periodic(cron="*/5 * * * *")
@app.task(name="library.fingerprints", queue="media", queueing_lock="library.fingerprints", priority=-10)
def take_fingerprints(timestamp: int) -> None:
    """Looks at versions that nobody looked at yet, some at a time and after everything that a person waits for."""
    fingerprints.fill()

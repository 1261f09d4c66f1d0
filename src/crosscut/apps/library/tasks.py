"""Work for the workers."""

from typing import Any

from procrastinate.contrib.django import app

from crosscut.apps.accounts.models import Workspace
from crosscut.apps.library.models import Rendition
from crosscut.apps.library.services import (
    arrive,
    bins,
    cards,
    derive,
    duplicates,
    fetch,
    fingerprints,
    guest_previews,
    ingest,
    intake,
    meaning,
    postings,
    previews,
    ready,
    reframing,
    remaking,
    rooms,
    screening,
    seen_words,
    splitting,
    stuck,
    sweep,
    uploads,
    ways,
)
from crosscut.apps.library.services.turns import BULK, Turn, lane
from crosscut.apps.work.services import run_job


@app.task(name=arrive.INGEST, queue="media")
def ingest_files(job_id: int) -> None:
    """Takes in the files of a job, or a slice of them."""
    turn = Turn(arrive.priority_of(job_id), job_id)
    if not run_job(job_id, lambda report, should_stop: ingest.take_in(job_id, report, should_stop, turn=turn)):
        arrive.go_on(job_id)
    arrive.pick_up_leftovers(job_id)


@app.task(name=arrive.LARGER, queue="media")
def make_larger_previews(job_id: int) -> None:
    """Makes what films and sounds of a job need beside their thumbnails, or a slice of it."""
    if not run_job(job_id, lambda report, should_stop: ingest.make_larger(job_id, report, should_stop)):
        arrive.go_on(job_id)
    arrive.pick_up_leftovers(job_id)


@app.task(name=fetch.FETCH, queue="media")
def fetch_file(job_id: int, url: str) -> None:
    """Brings a file from an address."""
    run_job(job_id, lambda report, should_stop: fetch.fetch(job_id, url, report, should_stop))


@app.task(name=previews.REMAKE, queue="media")
def remake_previews(job_id: int) -> None:
    """Makes previews that are missing in a workspace, or a slice of them."""
    if not run_job(job_id, lambda report, should_stop: previews.remake(job_id, report, should_stop)):
        previews.defer_remake(job_id)


@app.periodic(cron="* * * * *")
@app.task(name="library.send_again", queue="media", queueing_lock="library.send_again")
def send_stuck_again(timestamp: int) -> None:
    """Every minute, finds work that got stuck and hands it out again."""
    stuck.send_again()


@app.task(name=screening.SCREEN, queue="media")
def screen_film(job_id: int, version_id: int, profile: str = screening.USUAL) -> None:
    """Looks through a film for flashes."""
    run_job(job_id, lambda report, should_stop: screening.look_through(version_id, profile, report, should_stop))


@app.task(name=reframing.FRAME, queue="media")
def frame_film(job_id: int, version_id: int, aspect: str) -> None:
    """Looks at a film and shows it in another shape."""
    run_job(job_id, lambda report, should_stop: reframing.preview(version_id, aspect, report, should_stop))


@app.task(name=remaking.REMAKE, queue="media")
def remake(job_id: int, version_id: int, operation: dict[str, Any]) -> None:
    """Makes another version, or another asset, of a version."""
    run_job(job_id, lambda report, should_stop: remaking.run(job_id, version_id, operation, report, should_stop))


@app.task(name=splitting.HELP, queue="media")
def help_with_render(render_id: int) -> None:
    """Makes parts of a long film as long as there are any."""
    splitting.help_along(render_id)


@app.task(name=derive.REMAKE, queue="media")
def remake_rendition(rendition_id: int) -> None:
    """Makes a derived file again whose room was given back."""
    rendition = Rendition.objects.filter(pk=rendition_id).select_related("version__asset").first()
    if rendition is not None:
        derive.make_again(rendition)


@app.task(name=rooms.WARM, queue="media")
def warm_file(sha256: str) -> None:
    """Brings a file back from the cold store."""
    rooms.warm(sha256)


@app.task(name=sweep.CHECK, queue="media")
def check_storage(job_id: int, is_deep: bool, is_dry: bool) -> None:  # noqa: FBT001 - how the queue hands them over
    """Looks through everything stored."""
    run_job(
        job_id, lambda report, should_stop: sweep.check_storage(report, should_stop, is_deep=is_deep, is_dry=is_dry)
    )


@app.task(name=intake.READ, queue="media")
def read_intake(job_id: int, intake_id: int) -> None:
    """Reads metadata that somebody brought, and notes what it would change."""
    run_job(job_id, lambda report, should_stop: intake.read_in(intake_id, report, should_stop))


@app.task(name=intake.APPLY, queue="media")
def apply_intake(job_id: int, intake_id: int) -> None:
    """Applies what was confirmed."""
    run_job(job_id, lambda report, should_stop: intake.apply_rows(intake_id, report, should_stop))


@app.periodic(cron="23 3 * * *")
@app.task(name="library.sweep", queue="media", queueing_lock="library.sweep")
def sweep_files(timestamp: int) -> None:
    """Every night: empties the bin of what is old, frees unneeded room, moves unused masters, notes what is taken."""
    bins.empty_old()
    sweep.sweep_files()
    rooms.cool_down()
    for workspace in Workspace.objects.all():
        rooms.keep_within(workspace)
        rooms.note_day(workspace)


@app.periodic(cron="11 4 * * *")
@app.task(
    name="library.keep_ready", queue="media", queueing_lock="library.keep_ready", lock=lane("bulk", 0), priority=BULK
)
def keep_ready(timestamp: int) -> None:
    """Every night, makes anew what searches have in memory, where much was written since."""
    ready.keep_ready()


@app.periodic(cron="41 * * * *")
@app.task(name="library.keep_within", queue="media", queueing_lock="library.keep_within")
def keep_within_budgets(timestamp: int) -> None:
    """Every hour, gives back the room of derived files where a budget is exceeded."""
    for workspace in Workspace.objects.exclude(storage_budgets=None):
        rooms.keep_within(workspace)


@app.periodic(cron="*/5 * * * *")
@app.task(name="library.fingerprints", queue="media", queueing_lock="library.fingerprints", priority=-10)
def take_fingerprints(timestamp: int) -> None:
    """Looks at versions that nobody looked at yet, some at a time and after everything that a person waits for."""
    fingerprints.fill()


@app.periodic(cron="* * * * *")
@app.task(
    name="library.read_words", queue="media", queueing_lock="library.read_words", lock=lane("bulk", 0), priority=BULK
)
def read_words(timestamp: int) -> None:
    """Every minute, reads words that stand in some pictures and films, where the engine for it is installed."""
    seen_words.read_some()


@app.periodic(cron="* * * * *")
@app.task(
    name="library.understand", queue="media", queueing_lock="library.understand", lock=lane("bulk", 0), priority=BULK
)
def understand(timestamp: int) -> None:
    """Every minute, understands what some assets mean, where a model for it is named."""
    meaning.make_some()


@app.periodic(cron="* * * * *")
@app.task(
    name="library.post_words",
    queue="media",
    queueing_lock="library.post_words",
    lock="library.post_words",
    priority=-10,
)
def post_words(timestamp: int) -> None:
    """Every minute, writes down where words occur in assets that changed, where many did."""
    postings.post_words()


@app.periodic(cron="* * * * *")
@app.task(name="library.compare", queue="media", queueing_lock="library.compare", priority=-10)
def compare_versions(timestamp: int) -> None:
    """Every minute, compares what came in with what is there: so duplicates are known before anybody asks."""
    duplicates.compare_new()


@app.periodic(cron="*/10 * * * *")
@app.task(name="library.sweep_uploads", queue="media", queueing_lock="library.sweep_uploads")
def sweep_uploads(timestamp: int) -> None:
    """Every ten minutes, ends uploads that nobody went on with and finishes those that lack only their end."""
    uploads.sweep_uploads()


@app.periodic(cron="* * * * *")
@app.task(name="library.look_everywhere", queue="media", queueing_lock="library.look_everywhere", lock="library.ways")
def look_everywhere(timestamp: int) -> None:
    """Every minute, looks into the places from which files come by themselves."""
    ways.look_everywhere()


@app.task(name=cards.COMPARE, queue="media")
def compare_card(job_id: int, card_id: int) -> None:
    """Reads a camera card once more and says what the library lacks of it."""
    run_job(job_id, lambda report, should_stop: cards.compare(card_id, report, should_stop))


@app.task(name=guest_previews.MARK, queue="media")
def mark_previews(link_id: int) -> None:
    """Makes the marked previews that a guest's link still lacks."""
    guest_previews.make_previews(link_id)

"""What workers do for publishing. The queue never retries a send: the ledger decides what happens next."""

from procrastinate import JobContext
from procrastinate.contrib.django import app

from crosscut.apps.accounts.services import renewing
from crosscut.apps.produce.services import link_checks
from crosscut.apps.publish.models import Target
from crosscut.apps.publish.services import (
    canary,
    clocks,
    forecast,
    going_on,
    post,
    prove,
    recall,
    remind,
    send,
    series,
    settle,
    stage,
)
from crosscut.apps.publish.services import post_import as posts_in
from crosscut.apps.work.queueing import enqueue
from crosscut.apps.work.services import run_job

ON_TIME = 10  # a post that is due and one that must come down go before all reading back, and before the media's jobs


@app.task(queue="publish", priority=ON_TIME, pass_context=True)
def send_posts(context: JobContext, lane: int) -> None:
    """Sends whatever is due, for a turn, and has the next one begun while there is more."""
    if send.send_due(job=context.job.id):
        enqueue(send_posts, lane=lane)


@app.task(queue="publish", priority=ON_TIME, pass_context=True)
def go_on_target(context: JobContext, target_id: int) -> None:
    """The next part of a thread, or what has to be done before it."""
    going_on.go_on(target_id, job=context.job.id)


@app.task(queue="publish")
def stage_target(target_id: int) -> None:
    stage.stage(target_id)


@app.task(queue="publish")
def remind_target(target_id: int) -> None:
    """The team's chat, that a post waits for somebody."""
    remind.remind(target_id)


@app.task(queue="publish")
def renew_login(account_id: int) -> None:
    """The account's login, before it ends. Waits while a post of it is being sent."""
    if not Target.objects.filter(account=account_id, state=Target.State.SENDING).exists():
        renewing.renew(account_id)


@app.task(queue="publish")
def settle_target(target_id: int) -> None:
    settle.settle(target_id)


@app.task(queue="proof")
def prove_target(target_id: int) -> None:
    prove.prove(target_id)


@app.task(queue="publish", priority=ON_TIME)
def recall_target(target_id: int) -> None:
    recall.recall(target_id)


@app.task(queue="media")
def prepare(target_id: int) -> None:
    """Renders what the target needs well before it is due."""
    target = Target.objects.select_related("edition", "account").filter(pk=target_id).first()
    if target is not None:
        post.render_for(target)


@app.task(queue="proof")
def forecast_stale() -> None:
    """Judges some of the planned posts anew. The ticker asks again while there are more."""
    forecast.judge_stale()


@app.task(queue="publish")
def extend_series(series_id: int) -> None:
    """Makes the posts of a series whose dates have come within reach."""
    series.extend(series_id)


@app.task(name="publish.post_import", queue="media")
def post_import(job_id: int, import_id: int, what: str) -> None:
    """Reads a table of posts, makes them, or takes them back."""
    run_job(job_id, lambda report, should_stop: posts_in.work(import_id, what, report, should_stop))


@app.task(queue="proof", lock="links", priority=-10)
def check_links() -> None:
    """Looks at some of the addresses that posts lead to. The ticker asks again while there are more."""
    link_checks.check_due()


@app.task(queue="proof")
def resolve_times() -> None:
    """Works out anew when planned posts are due, where the rules of their zones changed."""
    clocks.resolve_anew()


@app.task(queue="publish")
def sing(canary_id: int) -> None:
    canary.sing(canary_id)

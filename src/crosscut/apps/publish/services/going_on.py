"""A thread of which some parts are out: its next part, one step at a time, until all are out or a person is asked."""

from contextlib import ExitStack
from datetime import timedelta

import structlog
from django.db import transaction
from django.utils import timezone

from crosscut.apps.accounts.models import Member
from crosscut.apps.accounts.services.audit import record
from crosscut.apps.accounts.services.connections import context_for
from crosscut.apps.produce.services.approve import demand_publishable
from crosscut.apps.publish.models import Attempt, Copy, Target
from crosscut.apps.publish.services import parts, send, stage
from crosscut.apps.publish.services.patience import patiently
from crosscut.apps.publish.services.post import post_of
from crosscut.apps.publish.services.which import which_post
from crosscut.apps.publish.timing import timing
from crosscut.channels.protocol import Sent
from crosscut.channels.registry import adapter
from crosscut.kernel.errors import Conflict, CrosscutError
from crosscut.kernel.phrases import phrase

State = Target.State
_log = structlog.get_logger(__name__)


def go_on(target_id: int, *, job: int | None = None) -> None:
    """The next step of a thread: a name for what only a person saw, a step of staging, or the next part itself.

    `job` is the queue's number of the work.
    """
    target = Target.objects.select_related("account", "edition").filter(pk=target_id, state=State.PARTLY).first()
    if target is None or target.needs_person:
        return
    made = parts.out_of(target)
    unnamed = next((one for one in made.values() if not one.remote_id), None)
    if unnamed is not None:
        _name(target, unnamed)
    elif len(made) == 1 and _may_be_anothers(target, made[1]):
        soon = timezone.now() + timedelta(seconds=timing().between_reads_s)
        Target.objects.filter(pk=target_id, state=State.PARTLY).update(next_at=soon)
    elif stage.is_under_way(target):
        stage.stage(target_id)
    else:
        send.send(target_id, job=job)


@transaction.atomic
def send_the_rest(by: Member, target: Target) -> Target:
    """Lets a thread that was stopped go on with its next part. Raises Conflict when nothing is to be said, or when it
    must be said first which of two posts is ours, and NotAllowed without a needed approval.
    """
    row = Target.objects.select_for_update(of=("self",)).select_related("edition__piece__workspace", "account")
    held = row.get(pk=target.pk, workspace=by.workspace_id)
    if held.state != State.PARTLY or not held.needs_person:
        raise Conflict(phrase("Nothing waits here: it is {state}.", state=held.get_state_display().lower()))
    if held.copies.filter(state=Copy.State.OPEN).exists():
        raise Conflict(phrase("A part may be out twice. Say first which post is ours."))
    demand_publishable(by, held.edition)
    held.needs_person, held.problem, held.next_at = False, "", timezone.now()
    held.save(update_fields=["needs_person", "problem", "next_at"])
    record("post.sent_on", held, by=by, part=parts.next_part(held))
    return held


@transaction.atomic
def leave_out_comment(by: Member, target: Target) -> Target:
    """Lets a post be live without the first comment that could not be written. Raises Conflict where none waits for
    that, and NotAllowed for whoever may not publish it.
    """
    row = Target.objects.select_for_update(of=("self",)).select_related("edition__piece__workspace", "account")
    held = row.get(pk=target.pk, workspace=by.workspace_id)
    if held.state != State.PARTLY or not (held.needs_person and parts.awaits_comment(held)):
        raise Conflict(phrase("No first comment waits here: it is {state}.", state=held.get_state_display().lower()))
    demand_publishable(by, held.edition)
    held.part_count, held.has_comment = held.part_count - 1, False
    held.state, held.needs_person, held.problem, held.next_at = State.SENT, False, "", timezone.now()
    held.save(update_fields=["part_count", "has_comment", "state", "needs_person", "problem", "next_at"])
    record("post.comment_left_out", held, by=by)
    return held


def _may_be_anothers(target: Target, first: Attempt) -> bool:
    """Whether the first part was found by reading while another post with its words is still in doubt.

    What was found may be that one's: it is given back then, and nothing of ours may stand below it.
    """
    if first.state != Attempt.State.CONFIRMED:
        return False
    others = Target.objects.filter(account=target.account_id, remote_id="", attempts__sent_at__isnull=False)
    doubtful = others.exclude(pk=target.pk).exclude(state__in=Target.CLOSED_STATES).select_related("edition").distinct()
    return any(_first_words(other, target) == _first_words(target, target) for other in doubtful)


def _first_words(target: Target, on: Target) -> str:
    words: str = target.edition.content["outlets"][on.account.channel]["text"]
    return words


def _name(target: Target, made: Attempt) -> None:
    """Asks the channel how it calls a part that a person saw: the next one can only answer what has a name."""
    found: Sent | None = None
    why = "The channel does not know the part before it by its address."
    try:
        with ExitStack() as files, context_for(target.account) as context:
            post = post_of(target, files, made.part)
            found = which_post(adapter(target.account.channel), context, target, post, made)
    except CrosscutError as error:
        why = str(error)
    except Exception as error:  # noqa: BLE001 - a plug-in's fault must not keep a person from being told
        _log.exception("channel_fault", channel=target.account.channel, target=target.pk)
        why = f"Reading broke off: {type(error).__name__}."
    patiently(lambda: _write_down(target.pk, made.pk, found, why))


@transaction.atomic
def _write_down(target_id: int, attempt_id: int, found: Sent | None, why: str) -> None:
    row = Target.objects.select_for_update(of=("self",)).get(pk=target_id)
    made = Attempt.objects.get(pk=attempt_id)
    if row.state != State.PARTLY or made.remote_id:
        return
    if found is None:
        parts.stop(row, State.BLOCKED, why)
    else:
        made.remote_id, made.url, made.answer = found.remote_id, found.url or made.url, dict(found.answer)
        made.save(update_fields=["remote_id", "url", "answer"])
        if made.part == 1:
            row.remote_id, row.url = made.remote_id, made.url
    row.save(update_fields=["state", "problem", "needs_person", "remote_id", "url"])

"""Sending a target, once.

    scheduled → (staging →) sending: attempt prepared → sent (committed) → the network call → the answer is written down

Nothing leaves before "sent" is committed, so whatever dies at whatever moment, the ledger knows whether something may
be out. Only a definite refusal makes the target sendable again; everything else is unknown and `settle` reads it back.
"""

import os
import socket
from contextlib import ExitStack
from datetime import timedelta
from typing import Any

import structlog
from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from crosscut.apps.accounts.models import Account
from crosscut.apps.accounts.services.audit import record
from crosscut.apps.accounts.services.connections import context_for, note_exchange
from crosscut.apps.preflight.services import blocking_now, is_passing
from crosscut.apps.produce.services.approve import demand_publishable
from crosscut.apps.publish.models import Attempt, Copy, Target
from crosscut.apps.publish.queries import hold_on
from crosscut.apps.publish.services import allowance, copies, hand, parts, stage
from crosscut.apps.publish.services.patience import patiently
from crosscut.apps.publish.services.post import digest_of, files_of, post_of
from crosscut.apps.publish.timing import timing
from crosscut.channels.protocol import Post, Sent
from crosscut.channels.registry import adapter, is_by_hand
from crosscut.kernel.errors import CrosscutError, NotAllowed, OutcomeUnknown, ReconnectNeeded, Rejected, RetryLater
from crosscut.kernel.findings import Finding
from crosscut.kernel.phrases import phrase

State = Target.State
Outcome = Sent | CrosscutError
_PREPARING = timedelta(hours=1)  # rendering what is missing may take long; a dead worker is noticed earlier
_GIVE_UP_AFTER = timedelta(hours=24)  # of "try again later"
_PASSES_AFTER_S = 5  # until what goes away by itself, a film that is still looked through, is looked at again
_LOOKS_FOR_ROOM_S = 120
_WAITS_ITS_TURN_S = 2  # while the account sends another post, or a hold is on
_log = structlog.get_logger(__name__)


def send(target_id: int) -> bool:
    """Sends the target if it is due, cleared and not held. Says whether the channel was asked.

    Does nothing when it is not in a state to be sent.
    """
    attempt = _claim(target_id)
    if attempt is None:
        return False
    with ExitStack() as files:
        try:
            post = post_of(attempt.target, files, attempt.part)
        except CrosscutError as error:
            _block(attempt, f"The files could not be made ready: {error}")
            return False
        if not _mark_sent(attempt, post):
            return False
        outcome = _call(attempt, post)
        patiently(lambda: write_down(attempt.pk, outcome))
    return True


def call_next(target_id: int) -> int | None:
    """The post of the same account that waited for this one, if there is one: it may be sent at once."""
    now = timezone.now()
    soon = now + timedelta(seconds=_WAITS_ITS_TURN_S)
    account = Target.objects.filter(pk=target_id).values("account")
    waiting = Target.objects.filter(account__in=account, state=State.SCHEDULED, due_at__lte=now, next_at__lte=soon)
    first = waiting.exclude(pk=target_id).order_by("due_at", "pk").values_list("pk", flat=True).first()
    is_free = first and waiting.filter(pk=first).update(next_at=now)
    return first if is_free else None


@transaction.atomic
def _claim(target_id: int) -> Attempt | None:
    """A prepared attempt, or None with the reason written into the target."""
    target = _locked(target_id)
    now = timezone.now()
    if target is None or not _is_waiting(target) or target.next_at > now:
        return None
    if hold_on(target) or _is_busy(target):
        _later(target, seconds=_WAITS_ITS_TURN_S)
        return None
    if reason := _obstacle(target):
        _stop(target, reason)
        return None
    if findings := blocking_now(target.edition, target.account.channel, target.post_type):
        _wait_or_stop(target, findings)
        return None
    if is_by_hand(target.account.channel):
        hand.over(target)
        return None
    if not _has_all(target):
        return None
    target.state, target.problem = State.SENDING, ""
    target.save(update_fields=["state", "problem"])
    return Attempt.objects.create(
        target=target,
        number=target.attempts.count() + 1,
        part=parts.next_part(target),
        digest="",
        worker=f"{socket.gethostname()}:{os.getpid()}",
        deadline_at=now + _PREPARING,
    )


def _is_waiting(target: Target) -> bool:
    """Whether it, or its next part, is to be sent. Of a thread that was stopped a person says when it goes on."""
    return target.state == State.SCHEDULED or (target.state == State.PARTLY and not target.needs_person)


def _locked(target_id: int) -> Target | None:
    rows = Target.objects.select_for_update(of=("self", "account"), skip_locked=True)
    related = rows.select_related("edition__piece__workspace", "edition__piece__campaign", "account", "created_by")
    return related.filter(pk=target_id).first()


def _is_busy(target: Target) -> bool:
    """Whether the account is sending something else, or overdue posts should not go out in a heap."""
    others = Target.objects.filter(account=target.account_id).exclude(pk=target.pk)
    if others.filter(state=State.SENDING).exists():
        return True
    now, waits = timezone.now(), timing()
    is_overdue = target.due_at < now - timedelta(minutes=5)
    return is_overdue and others.filter(sent_at__gt=now - timedelta(seconds=waits.spacing_s)).exists()


def _obstacle(target: Target) -> str:
    """Why this must not go out now, in plain words; empty when nothing stands in the way."""
    if target.account.state != Account.State.CONNECTED:
        return f"{target.account.name} must be connected again first."
    if not target.attempts.exists() and target.due_at < timezone.now() - timedelta(seconds=timing().late_s):
        return "This was due while nothing could be sent. Send it now or choose another time."
    try:
        if target.created_by:
            demand_publishable(target.created_by, target.edition)
    except NotAllowed as error:
        return str(error)
    return ""


def _has_all(target: Target) -> bool:
    """Whether only publishing is left: the channel has what it takes beforehand, there is room, and it is time."""
    left = allowance.left_of(target.account)
    has_room = left is None or (left.free_at is None and _has_room_for_all(target, left))
    if stage.is_needed(target) or (not has_room and target.staged_at):
        stage.begin(target)
        return False
    if left and not has_room:
        target.problem = allowance.words(target.account, left)
        target.save(update_fields=["problem"])
        _later(target, seconds=_LOOKS_FOR_ROOM_S)
    elif target.due_at > timezone.now():
        target.next_at = target.due_at
        target.save(update_fields=["next_at"])
        return False
    return has_room


def _has_room_for_all(target: Target, left: allowance.Left) -> bool:
    """Whether the allowance lasts for all parts, so that none waits a day for the next; unless it never would."""
    return bool(target.parts_out) or not left.total - left.used < target.part_count <= left.total


def _wait_or_stop(target: Target, findings: tuple[Finding, ...]) -> None:
    """Looks again soon where everything that stands in the way goes away by itself."""
    reason = " ".join(finding.message for finding in findings)
    if all(is_passing(finding) for finding in findings):
        target.problem = reason[:1000]
        target.save(update_fields=["problem"])
        _later(target, seconds=_PASSES_AFTER_S)
    else:
        _stop(target, reason)


def _later(target: Target, *, seconds: float) -> None:
    target.next_at = timezone.now() + timedelta(seconds=seconds)
    target.save(update_fields=["next_at"])


def _stop(target: Target, reason: str) -> None:
    parts.stop(target, State.BLOCKED, reason)
    target.save(update_fields=["state", "problem", "needs_person"])
    record("post.blocked", target, by=target.workspace, reason=reason)


def _block(attempt: Attempt, reason: str) -> None:
    """Nothing has left: the attempt is closed and the target waits for a person."""
    with transaction.atomic():
        if Attempt.objects.filter(pk=attempt.pk, state=Attempt.State.PREPARED).update(
            state=Attempt.State.REFUSED, problem=reason[:1000], answered_at=timezone.now()
        ):
            _stop(attempt.target, reason)


@transaction.atomic
def _mark_sent(attempt: Attempt, post: Post) -> bool:
    """Commits that from now on the post may be out. False: somebody took the attempt away or a hold came."""
    target = (
        Target.objects.select_for_update(of=("self",))
        .select_related("piece", "account", "edition")
        .get(pk=attempt.target_id)
    )
    now = timezone.now()
    still_ours = Attempt.objects.select_for_update().filter(pk=attempt.pk, state=Attempt.State.PREPARED).exists()
    if not still_ours or target.state != State.SENDING:
        return False
    if hold_on(target):
        Attempt.objects.filter(pk=attempt.pk).update(state=Attempt.State.REFUSED, problem="Held before it left.")
        target.next_at = now
        parts.wait_for_turn(target)
        target.save(update_fields=["state", "next_at"])
        return False
    attempt.state, attempt.sent_at = Attempt.State.SENT, now
    attempt.digest, attempt.files = digest_of(post), files_of(post)
    attempt.deadline_at = now + timing().window(sum(media.size_bytes for media in post.media))
    attempt.save(update_fields=["state", "sent_at", "digest", "files", "deadline_at"])
    return True


def _call(attempt: Attempt, post: Post) -> Outcome:
    account = attempt.target.account
    try:
        with context_for(account, deadline_at=attempt.deadline_at) as context:
            return adapter(account.channel).publish(context, post)
    except CrosscutError as error:
        return error
    except Exception as error:  # noqa: BLE001 - a plug-in's fault must not lose the ledger: it may have sent
        _log.exception("channel_fault", channel=account.channel, target=attempt.target_id)
        return OutcomeUnknown(
            phrase("The connection to {account} broke off: {fault}.", account=account.name, fault=type(error).__name__),
            key=post.key,
        )


@transaction.atomic
def write_down(attempt_id: int, outcome: Outcome) -> None:
    """Writes the channel's answer into the ledger. Safe to call twice, and after somebody began to settle."""
    attempt = Attempt.objects.select_related("target").get(pk=attempt_id)
    target = (
        Target.objects.select_for_update(of=("self",)).select_related("account", "workspace").get(pk=attempt.target_id)
    )
    attempt.refresh_from_db(fields=["state"])
    if attempt.state == Attempt.State.ACCEPTED:
        return
    if attempt.state == Attempt.State.CONFIRMED:
        if isinstance(outcome, Sent):
            _correct(target, attempt, outcome)
        return
    if isinstance(outcome, Sent):
        accept(target, attempt, outcome, state=Attempt.State.ACCEPTED)
    elif attempt.state == Attempt.State.SENT:
        _refuse_or_doubt(target, attempt, outcome)
    note_exchange(target.account, isinstance(outcome, Sent), "" if isinstance(outcome, Sent) else outcome)


def accept(target: Target, attempt: Attempt, sent: Sent, *, state: Attempt.State) -> None:
    """The channel has it: closes the attempt well and hands the target to proving. Call it with the target locked.

    `sent.remote_id` is empty where a person saw the post and nobody knows yet how the channel calls it.
    """
    if attempt.state == Attempt.State.REFUSED and not _make_room(target, attempt):
        _tell_of_late(target, attempt, sent)
        return
    if state == Attempt.State.ACCEPTED:
        _give_back(target, sent)
    now = timezone.now()
    attempt.state, attempt.answered_at = state, now
    attempt.remote_id, attempt.url, attempt.answer = sent.remote_id, sent.url, dict(sent.answer)
    attempt.save(update_fields=["state", "answered_at", "remote_id", "url", "answer"])
    copies.forget_copy(target, sent)
    target.problem, target.next_at, target.proof_tries = copies.words_for(target), now, 0
    before, target.needs_person = State(target.state), bool(target.problem)
    is_all = parts.note_out(target, attempt, sent)
    target.state = State.SENT if is_all else State.PARTLY
    if target.part_count > 1:
        _go_on_with_thread(target, before)
    target.save()
    record("post.sent", target, by=target.workspace, url=sent.url, attempt=attempt.number, part=attempt.part)


def _go_on_with_thread(target: Target, before: str) -> None:
    """Makes way for the next part. One that was called off, or is being taken down, does not go on. Does not save."""
    stage.forget(target)
    target.stagings = 0
    if before in (State.RECALLING, State.RECALLED):
        target.state = State(before)
        _recall_again(target)
    elif before in Target.CLOSED_STATES:
        parts.stop(target, before, "It had been called off, and a part of it turned out to be out.")


def _give_back(target: Target, sent: Sent) -> None:
    """Another target with the same words may have been settled by finding this very post: it was mistaken."""
    there = Q(state__in=(*Target.LIVE_STATES, State.PARTLY)) | Q(state=State.RECALLING, part_count=1)
    others = Target.objects.filter(there, account=target.account_id, remote_id=sent.remote_id)
    for other in others.exclude(pk=target.pk).filter(attempts__state=Attempt.State.CONFIRMED, attempts__part=1):
        confirmed = other.attempts.filter(state=Attempt.State.CONFIRMED, part=1)
        confirmed.update(state=Attempt.State.UNKNOWN, remote_id="", url="")
        other.parts_out = len(parts.out_of(other))
        if other.state != State.RECALLING:  # else it goes on being taken down: its own is looked for
            other.state = State.UNKNOWN
        other.problem, other.next_at = "What was found was another post's.", timezone.now()
        other.remote_id, other.url, other.sent_at = "", "", None
        other.save(update_fields=["state", "problem", "next_at", "remote_id", "url", "sent_at", "parts_out"])


def _make_room(target: Target, attempt: Attempt) -> bool:
    """Whether an attempt that was given up can be taken back: no later one may be out. One not yet sent is stopped."""
    later = target.attempts.filter(part=attempt.part).exclude(pk=attempt.pk)
    later.filter(state=Attempt.State.PREPARED).update(
        state=Attempt.State.REFUSED, problem="An earlier try turned out to have succeeded. Nothing had left."
    )
    is_free = target.state not in Target.CLOSED_STATES or not _has_twin(target)
    return is_free and not later.exclude(state=Attempt.State.REFUSED).exists()


def _has_twin(target: Target) -> bool:
    """Whether another post of the same piece is on its way to the same account, or live there."""
    others = Target.objects.exclude(pk=target.pk).exclude(state__in=Target.CLOSED_STATES)
    return others.filter(piece=target.piece_id, account=target.account_id, occurrence=target.occurrence).exists()


def _tell_of_late(target: Target, attempt: Attempt, sent: Sent) -> None:
    """An earlier try succeeded as well. Where it made a second post, a person must take one down."""
    attempt.remote_id, attempt.url, attempt.answer = sent.remote_id, sent.url, dict(sent.answer)
    attempt.problem = "The answer came after this try had been given up: it went out."
    attempt.save(update_fields=["remote_id", "url", "answer", "problem"])
    record("post.late_answer", target, by=target.workspace, url=sent.url, attempt=attempt.number)
    known = target if attempt.part == 1 else parts.out_of(target).get(attempt.part)
    if known is None or not copies.is_same_post(known, sent):
        _tell_of_copy(target, attempt, sent)


def _tell_of_copy(target: Target, attempt: Attempt, sent: Sent) -> None:
    """Two posts are out. What is being taken down, or was, takes the second one along; all else asks a person."""
    if target.state in (State.RECALLING, State.RECALLED):
        copies.note_copy(target, attempt, sent, state=Copy.State.REMOVING)
        target.next_at = timezone.now()
        _recall_again(target)
    else:
        copies.note_copy(target, attempt, sent)
        target.needs_person, target.problem = True, copies.words_for(target)
        target.state = State.SENT if target.state == State.PROVEN else target.state
    target.save(update_fields=["state", "needs_person", "problem", "next_at"])


def _correct(target: Target, attempt: Attempt, sent: Sent) -> None:
    """The channel's own answer to a try that reading, or a person, had confirmed: it knows best which post it made.

    What was found before is another's, or an earlier try's; the latter makes two.
    """
    before = Sent(remote_id=attempt.remote_id, url=attempt.url)
    if before.remote_id == sent.remote_id:
        return
    _give_back(target, sent)
    attempt.state, attempt.answered_at = Attempt.State.ACCEPTED, timezone.now()
    attempt.remote_id, attempt.url, attempt.answer = sent.remote_id, sent.url, dict(sent.answer)
    attempt.save(update_fields=["state", "answered_at", "remote_id", "url", "answer"])
    target.next_at = timezone.now()
    if attempt.part == 1:
        target.remote_id, target.url = sent.remote_id, sent.url or target.url
    _recall_again(target)
    target.save(update_fields=["state", "problem", "needs_person", "remote_id", "url", "next_at"])
    left_before = target.attempts.filter(state=Attempt.State.REFUSED, sent_at__isnull=False, part=attempt.part)
    if before.remote_id and left_before.exists():
        _tell_of_copy(target, attempt, before)


def _recall_again(target: Target) -> None:
    """What was taken down turned out to be there still: it goes as well, unless another post has its place by now."""
    if target.state == State.RECALLED and _has_twin(target):
        target.needs_person, target.problem = True, copies.TWICE.format(target.url or target.remote_id)
    elif target.state == State.RECALLED:
        target.state = State.RECALLING


def fall_back(target: Target, attempt: Attempt) -> bool:
    """Whether an earlier try's post now stands for what `attempt` did not make. Call it with the target locked.

    Without this it would be sent once more beside what a late answer has told to be out.
    """
    earlier = target.copies.filter(attempt__state=Attempt.State.REFUSED, attempt__part=attempt.part)
    first = earlier.filter(state=Copy.State.OPEN).first()
    if first is None:
        return False
    sent = Sent(remote_id=first.remote_id, url=first.url, answer=first.attempt.answer)
    accept(target, first.attempt, sent, state=Attempt.State.ACCEPTED)
    return True


def _refuse_or_doubt(target: Target, attempt: Attempt, error: CrosscutError) -> None:
    now = timezone.now()
    is_definite = isinstance(error, RetryLater | Rejected | ReconnectNeeded)
    attempt.state = Attempt.State.REFUSED if is_definite else Attempt.State.UNKNOWN
    attempt.problem, attempt.answered_at = str(error)[:1000], now
    attempt.save(update_fields=["state", "problem", "answered_at"])
    if is_definite and fall_back(target, attempt):
        return
    target.problem, target.next_at = str(error)[:1000], now
    target.kept = _kept(error) or target.kept
    if stage.is_lost(error):
        stage.forget(target)
    if isinstance(error, RetryLater) and now - target.due_at < _GIVE_UP_AFTER:
        target.next_at = now + timedelta(seconds=max(error.after_s, 1))
        parts.wait_for_turn(target)
    elif isinstance(error, ReconnectNeeded):
        parts.stop(target, State.BLOCKED, target.problem)
    elif is_definite:
        parts.stop(target, State.REFUSED, target.problem)
    else:
        target.state = State.UNKNOWN
    target.save()
    record(f"post.{target.state}", target, by=target.workspace, problem=str(error), attempt=attempt.number)


def _kept(error: CrosscutError) -> dict[str, Any]:
    """What the channel has prepared for the next try, such as an uploaded film it is still looking at."""
    told = (problem.values.get("kept") for problem in error.problems if problem.code == "channel.still_processing")
    return next((dict(kept) for kept in told if kept), {})

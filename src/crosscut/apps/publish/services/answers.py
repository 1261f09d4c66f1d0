"""Writing down what channels answered: taken, refused, or nobody knows; and what comes late.

Everything here is safe to repeat, and to do after somebody else has begun to settle.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils import timezone

from crosscut.apps.accounts.services.audit import record, record_all
from crosscut.apps.accounts.services.connections import note_exchange, note_exchanges
from crosscut.apps.publish.models import Attempt, Copy, Target
from crosscut.apps.publish.services import copies, parts, stage
from crosscut.apps.publish.services.rows import write_each
from crosscut.channels.protocol import Sent
from crosscut.kernel.errors import CrosscutError, ReconnectNeeded, Rejected, RetryLater

State = Target.State
Outcome = Sent | CrosscutError
_GIVE_UP_AFTER = timedelta(hours=24)  # of "try again later"
_TAKEN_DOWN = (
    "It was out, and was taken down in the place of another post with the same words. "
    "Take it down here too and plan it again, if it should be out."
)
_OF_ATTEMPT = ("state", "answered_at", "remote_id", "url", "answer")
_OF_TARGET = (
    *("state", "problem", "needs_person", "remote_id", "url", "sent_at", "next_at", "proof_tries"),
    *("parts_out", "kept", "staged_at", "staging_since", "stagings"),  # of a thread, between two parts
)


@dataclass(frozen=True, kw_only=True)
class Taken:
    """A post that its channel has."""

    target: Target  # locked
    attempt: Attempt
    sent: Sent  # its name is empty where a person saw it and nobody knows yet how the channel calls it


@transaction.atomic
def write_down(outcomes: Mapping[int, Outcome]) -> None:
    """Writes the channels' answers into the ledger, by the attempt's id. Safe to call twice, and after settling began.

    What is taken is written in one go, however much it is; everything else is rare, and written one by one.
    """
    taken: list[Taken] = []
    for target, attempt in _held(outcomes):
        outcome = outcomes[attempt.pk]
        if attempt.state == Attempt.State.ACCEPTED:
            continue
        if attempt.state == Attempt.State.CONFIRMED:
            if isinstance(outcome, Sent):
                _correct(target, attempt, outcome)
        elif isinstance(outcome, Sent):
            taken.append(Taken(target=target, attempt=attempt, sent=outcome))
        else:
            if attempt.state == Attempt.State.SENT:
                _refuse_or_doubt(target, attempt, outcome)
            note_exchange(target.account, False, outcome)
    accept(taken, state=Attempt.State.ACCEPTED)
    note_exchanges([one.target.account for one in taken])


def _held(outcomes: Mapping[int, Outcome]) -> list[tuple[Target, Attempt]]:
    """The attempts with their targets, which are locked, in the order in which everybody locks them."""
    about = dict(Attempt.objects.filter(pk__in=outcomes).values_list("pk", "target"))
    rows = Target.objects.select_for_update(of=("self",)).select_related("account", "workspace", "piece")
    targets = {row.pk: row for row in rows.filter(pk__in=about.values()).order_by("pk")}
    attempts = Attempt.objects.filter(pk__in=about).order_by("target", "number")  # as they are now
    return [(targets[attempt.target_id], attempt) for attempt in attempts]


def accept(taken: Sequence[Taken], *, state: Attempt.State) -> None:
    """The channels have them: closes the attempts well and hands the targets to proving."""
    good = [one for one in taken if not _is_late(one)]
    gone = _give_back(good) if state == Attempt.State.ACCEPTED else set()
    asked = dict.fromkeys(gone, _TAKEN_DOWN) | copies.forget_copies({one.target.pk: one.sent for one in good})
    now = timezone.now()
    for one in good:
        attempt, sent = one.attempt, one.sent
        attempt.state, attempt.answered_at = state, now
        attempt.remote_id, attempt.url, attempt.answer = sent.remote_id, sent.url, dict(sent.answer)
    write_each([one.attempt for one in good], _OF_ATTEMPT)
    for one in good:
        one.target.problem, one.target.next_at, one.target.proof_tries = asked.get(one.target.pk, ""), now, 0
        _note_out(one)
    write_each([one.target for one in good], _OF_TARGET)
    record_all("post.sent", [(one.target, one.target.workspace, _told(one)) for one in good])


def _note_out(one: Taken) -> None:
    """The post, or that part of it, is out. Does not save."""
    target, before = one.target, State(one.target.state)
    target.needs_person = bool(target.problem)
    is_all = parts.note_out(target, one.attempt, one.sent)
    target.state = State.SENT if is_all else State.PARTLY
    if target.part_count > 1:
        _go_on_with_thread(target, before)


def _go_on_with_thread(target: Target, before: str) -> None:
    """Makes way for the next part. One that was called off, or is being taken down, does not go on. Does not save."""
    stage.forget(target)
    target.stagings = 0
    if before in (State.RECALLING, State.RECALLED):
        target.state = State(before)
        _recall_again(target)
    elif before in Target.CLOSED_STATES:
        parts.stop(target, before, "It had been called off, and a part of it turned out to be out.")


def _told(one: Taken) -> dict[str, Any]:
    return {"url": one.sent.url, "attempt": one.attempt.number, "part": one.attempt.part}


def _is_late(one: Taken) -> bool:
    """Whether the answer comes after its try was given up and another is out; then it is told to a person."""
    if one.attempt.state != Attempt.State.REFUSED or _make_room(one.target, one.attempt):
        return False
    _tell_of_late(one.target, one.attempt, one.sent)
    return True


def _give_back(taken: Sequence[Taken]) -> set[int]:
    """Other targets with the same words may have been settled by finding one of these very posts: mistaken.

    Which of these were taken down in the place of such another one, by their ids.
    """
    named = {(one.target.account_id, one.sent.remote_id): one.target.pk for one in taken if one.sent.remote_id}
    gone: set[int] = set()
    if not named:
        return gone
    accounts, names = zip(*named, strict=True)
    there = Q(state__in=(*Target.LIVE_STATES, State.PARTLY, State.RECALLING, State.RECALLED))
    others = Target.objects.filter(there, account__in=accounts, remote_id__in=names)
    for other in others.filter(attempts__state=Attempt.State.CONFIRMED, attempts__part=1):
        owner = named.get((other.account_id, other.remote_id))
        if owner in (None, other.pk):
            continue
        confirmed = other.attempts.filter(state=Attempt.State.CONFIRMED, part=1)
        confirmed.update(state=Attempt.State.UNKNOWN, remote_id="", url="")
        other.parts_out = len(parts.out_of(other))
        other.problem, other.next_at = "What was found was another post's.", timezone.now()
        if other.state == State.RECALLED:
            gone.add(owner)
            other.state = State.RECALLED if _has_twin(other) else State.RECALLING  # its own may be there
        elif other.state != State.RECALLING:  # else it goes on being taken down: its own is looked for
            other.state = State.UNKNOWN
        other.remote_id, other.url, other.sent_at = "", "", None
        other.save(update_fields=["state", "problem", "next_at", "remote_id", "url", "sent_at", "parts_out"])
    return gone


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
    return _twins(target).exists()


def _twins(target: Target) -> QuerySet[Target]:
    """That other post; the database knows one at most."""
    others = Target.objects.exclude(pk=target.pk).exclude(state__in=Target.CLOSED_STATES)
    return others.filter(piece=target.piece_id, account=target.account_id, occurrence=target.occurrence)


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
    if target.state in Target.CLOSED_STATES and _has_twin(target):
        _tell_twin(target, attempt, sent)
        return
    if target.state in (State.RECALLING, State.RECALLED):
        copies.note_copy(target, attempt, sent, state=Copy.State.REMOVING)
        target.next_at = timezone.now()
        _recall_again(target)
    else:
        copies.note_copy(target, attempt, sent)
        target.needs_person, target.problem = True, copies.words_for(target)
        target.state = State.SENT if target.state == State.PROVEN else target.state
    target.save(update_fields=["state", "needs_person", "problem", "next_at"])


def _tell_twin(target: Target, attempt: Attempt, sent: Sent) -> None:
    """Of what was called off a post is out, and the piece went its way again to the same account: that one's person
    sees both. One that has not left waits until it is said which of them stays.
    """
    _give_back([Taken(target=target, attempt=attempt, sent=sent)])
    twin = _twins(target).select_for_update(of=("self",)).select_related("account", "workspace").get()
    state = Copy.State.REMOVING if twin.state == State.RECALLING else Copy.State.OPEN
    copies.note_copy(twin, attempt, sent, state=state)
    if twin.state == State.RECALLING:
        twin.next_at = timezone.now()
    elif twin.state in (*Target.WAITING_STATES, *Target.LIVE_STATES, State.PARTLY):
        twin.needs_person, twin.problem = True, copies.words_for(twin)
        twin.state = _until_decided(twin)
    twin.save(update_fields=["state", "needs_person", "problem", "next_at"])
    target.needs_person, target.problem = False, copies.HAS_TWIN.format(sent.url or sent.remote_id)
    target.save(update_fields=["needs_person", "problem"])
    record("post.blocked" if twin.state == State.BLOCKED else "post.late_answer", twin, by=twin.workspace, url=sent.url)


def _until_decided(twin: Target) -> State:
    if twin.state in Target.WAITING_STATES:
        return State.BLOCKED
    return State.SENT if twin.state == State.PROVEN else State(twin.state)


def adopt(target: Target, copy: Copy) -> None:
    """The target's post, or that part of it, is the one that was told late. Call it with the target locked."""
    attempt = copy.attempt
    if attempt.target_id != target.pk:
        attempt = _as_own(target, attempt)
    sent = Sent(remote_id=copy.remote_id, url=copy.url, answer=copy.attempt.answer)
    accept([Taken(target=target, attempt=attempt, sent=sent)], state=Attempt.State.CONFIRMED)


def _as_own(target: Target, attempt: Attempt) -> Attempt:
    """The try that another target made, as one of this target's."""
    told = {"digest": attempt.digest, "files": attempt.files, "worker": attempt.worker, "sent_at": attempt.sent_at}
    return Attempt.objects.create(
        target=target,
        number=target.attempts.count() + 1,
        part=attempt.part,
        state=Attempt.State.CONFIRMED,
        deadline_at=attempt.deadline_at,
        **told,
    )


def _correct(target: Target, attempt: Attempt, sent: Sent) -> None:
    """The channel's own answer to a try that reading, or a person, had confirmed: it knows best which post it made.

    What was found before is another's, or an earlier try's; the latter makes two.
    """
    before = Sent(remote_id=attempt.remote_id, url=attempt.url)
    if before.remote_id == sent.remote_id:
        return
    _give_back([Taken(target=target, attempt=attempt, sent=sent)])
    attempt.state, attempt.answered_at = Attempt.State.ACCEPTED, timezone.now()
    attempt.remote_id, attempt.url, attempt.answer = sent.remote_id, sent.url, dict(sent.answer)
    attempt.save(update_fields=["state", "answered_at", "remote_id", "url", "answer"])
    target.next_at = timezone.now()
    if attempt.part == 1:
        target.remote_id, target.url = sent.remote_id, sent.url or target.url
    if target.state == State.RECALLED and _has_twin(target):
        _tell_twin(target, attempt, sent)
    else:
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
    adopt(target, first)
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

"""Sending posts, each once: one or hundreds, side by side, and one at a time of each account.

    scheduled → (staging →) sending: attempt prepared → sent (committed) → the network call → the answer is written down

Nothing leaves before "sent" is committed, so whatever dies at whatever moment, the ledger knows whether something may
be out. Only a definite refusal makes a target sendable again; everything else is unknown and `settle` reads it back.

One thread asks the ledger, for all that is at its turn together; the channels are called in threads beside it. An
account's next post is marked only when the last one's answer is written down, so a death leaves one of each in doubt,
and a hold stops all that is not under way.
"""

import threading
import time
from collections.abc import Mapping, Sequence
from concurrent.futures import ALL_COMPLETED, FIRST_COMPLETED, Future, wait
from contextlib import ExitStack
from datetime import timedelta
from functools import partial
from typing import Any, Protocol

import structlog
from django.db import InterfaceError, OperationalError, transaction
from django.db.models import Case, Min, Value, When
from django.utils import timezone

from crosscut.apps.accounts.services.connections import context_of
from crosscut.apps.produce.services.freeze import media_for
from crosscut.apps.publish.due import due_posts, first_of_each_account
from crosscut.apps.publish.holding import holds_now
from crosscut.apps.publish.models import Attempt, Target
from crosscut.apps.publish.services.answers import Outcome, write_down
from crosscut.apps.publish.services.claim import claim, stop
from crosscut.apps.publish.services.patience import patiently
from crosscut.apps.publish.services.post import claimed_of, digest_of, files_of, post_of
from crosscut.apps.publish.services.rows import write_each
from crosscut.apps.publish.services.side_by_side import SideBySide
from crosscut.apps.publish.timing import timing
from crosscut.channels.protocol import Post
from crosscut.channels.registry import adapter
from crosscut.kernel.errors import CrosscutError, OutcomeUnknown
from crosscut.kernel.phrases import phrase

State = Target.State
_MOST = 64  # posts under way of one process
_AT_ONCE = 25  # taken in one go: what is left is for another process
_TURN_S = 5.0  # how long a worker takes what comes before it makes room for other work
_AHEAD_S = 1.5  # what is due that soon is waited for
_LOOKS_S = 0.25  # how often it looks for what has come due, while channels take their time
_PAUSE_S = 0.05  # at least, where what is due cannot be taken
_GATHERS_S = 0.02  # for which an answer waits for others, to be written down with them
_taking = threading.Lock()  # one at a time in a process: two would only share its one processor
_log = structlog.get_logger(__name__)


def send(*target_ids: int, job: int | None = None) -> int:
    """Sends those of the targets that are due, cleared and not held. Returns how often a channel was asked.

    Does nothing where one is not in a state to be sent. `job` is the queue's number of the work they are sent by.
    """
    with SideBySide(_MOST) as threads:
        return _Desk(threads, _These(target_ids), job).work()


def send_due(*, job: int | None = None) -> bool:
    """The same for whatever is due, for as long as a worker's turn lasts. Says whether there is more.

    `job` is the queue's number of the turn. Does nothing where this process is at it already.
    """
    if not _taking.acquire(blocking=False):
        return False
    with ExitStack() as turn, SideBySide(_MOST) as threads:
        turn.callback(_taking.release)
        _Desk(threads, _Due(turn), job).work()
    return due_posts(timezone.now()).exists()


class _Source(Protocol):
    """Where posts to be sent come from."""

    def next(self, busy: set[int], most: int) -> list[int]:
        """Ids of targets to be looked at now, one of each account that is not busy."""
        ...

    def waits(self) -> bool:
        """Whether there may be more, asked while nothing is under way; waits for it."""
        ...


class _These:
    """Certain posts, each looked at once."""

    def __init__(self, target_ids: Sequence[int]) -> None:
        self._left = set(target_ids)

    def next(self, busy: set[int], most: int) -> list[int]:
        rows = Target.objects.filter(pk__in=self._left).exclude(account__in=busy)
        found = first_of_each_account(rows, most) if self._left else []
        self._left -= set(found)
        if not found and not busy:
            self._left.clear()
        return found

    def waits(self) -> bool:
        return bool(self._left)


class _Due:
    """Whatever is due, until the turn is over; what is due in a moment is waited for."""

    def __init__(self, turn: ExitStack) -> None:
        self._turn, self._until_s = turn, time.monotonic() + _TURN_S

    def next(self, busy: set[int], most: int) -> list[int]:
        if self._is_over():
            return []
        return first_of_each_account(due_posts(timezone.now()).exclude(account__in=busy), min(most, _AT_ONCE))

    def waits(self) -> bool:
        now = timezone.now()
        soon = due_posts(now + timedelta(seconds=_AHEAD_S)).aggregate(at=Min("next_at"))["at"]
        if soon is None or self._is_over():
            return False
        time.sleep(min(max((soon - now).total_seconds(), _PAUSE_S), _LOOKS_S))
        return True

    def _is_over(self) -> bool:
        if time.monotonic() < self._until_s:
            return False
        self._turn.close()  # another job of this process may take what comes now
        return True


class _Desk:
    """Posts under way, and the one thread that asks the ledger about them."""

    def __init__(self, threads: SideBySide, source: _Source, job: int | None = None) -> None:
        self._threads, self._source, self._job = threads, source, job
        self._made: dict[Future[Post | None], Attempt] = {}  # posts whose files are made ready
        self._called: dict[Future[Outcome], Attempt] = {}  # and those that channels are handed
        self._files: dict[int, ExitStack] = {}  # by attempt, for as long as it is under way
        self._count = 0

    def work(self) -> int:
        """Takes, marks, calls and writes down until nothing is left. Returns how often a channel was asked."""
        try:
            while self._takes() or self._is_busy() or self._source.waits():
                if self._is_busy():
                    self._collect()
        except Exception:
            self._write_down(self._rest())  # what channels have said is true, whatever became of us
            raise
        return self._count

    def _is_busy(self) -> bool:
        return bool(self._made or self._called)

    def _takes(self) -> bool:
        """Whether anything more is under way."""
        under_way = [*self._made.values(), *self._called.values()]
        most = _MOST - len(under_way)
        found = self._source.next({one.target.account_id for one in under_way}, most) if most else []
        if not found:
            return False
        attempts = claim(found, job=self._job)
        words, claimed = [], claimed_of([one.target for one in attempts])
        for attempt in attempts:
            files = self._files[attempt.pk] = ExitStack()
            given = attempt, files, claimed[attempt.target_id]
            if _may_take_long(attempt):
                self._made[self._threads.begin(_made_ready, *given)] = attempt
            else:
                words.append((attempt, _made_ready(*given)))
        self._leave(words)
        return bool(attempts)

    def _leave(self, made: Sequence[tuple[Attempt, Post | None]]) -> None:
        """Marks what may leave, and hands it over once that is committed."""
        posts = [(attempt, post) for attempt, post in made if post]
        marked = mark_sent(posts) if posts else []
        for attempt, post in made:
            if attempt in marked:
                self._called[self._threads.begin(_call, attempt, post)] = attempt
                self._count += 1
            else:
                self._files.pop(attempt.pk).close()

    def _collect(self) -> None:
        """Waits for what comes first, and deals with all that has come."""
        pending: list[Future[Any]] = [*self._made, *self._called]
        if wait(pending, _LOOKS_S, FIRST_COMPLETED).done:
            wait(pending, _GATHERS_S, ALL_COMPLETED)
        self._leave([(self._made.pop(one), one.result()) for one in list(self._made) if one.done()])
        self._write_down([one for one in self._called if one.done()])

    def _rest(self) -> list[Future[Outcome]]:
        return list(wait(self._called).done)

    def _write_down(self, answered: Sequence[Future[Outcome]]) -> None:
        attempts = {self._called.pop(one).pk: one for one in answered}
        outcomes = {pk: one.result() for pk, one in attempts.items()}
        if outcomes:
            _written_down(outcomes)
        for pk in outcomes:
            self._files.pop(pk).close()


def _may_take_long(attempt: Attempt) -> bool:
    """Whether files may have to be made, or earlier parts read, before it can leave."""
    target = attempt.target
    return target.part_count > 1 or bool(media_for(target.edition.content, target.account.channel))


def _made_ready(attempt: Attempt, files: ExitStack, claimed: Sequence[str]) -> Post | None:
    """The post, its files kept as long as `files` is open; None, with the reason in the target, if there is none."""
    try:
        return post_of(attempt.target, files, attempt.part, claimed)
    except (OperationalError, InterfaceError):  # the database is away: that says nothing of the post
        raise
    except CrosscutError as error:
        _block(attempt, f"The files could not be made ready: {error}")
    except Exception as error:  # noqa: BLE001 - one post that cannot be made must not stop the others
        _log.exception("post_not_made", target=attempt.target_id)
        _block(attempt, f"It could not be made ready: {type(error).__name__}.")
    return None


@transaction.atomic
def _block(attempt: Attempt, reason: str) -> None:
    """Nothing has left: the attempt is closed and the target waits for a person."""
    open_one = Attempt.objects.filter(pk=attempt.pk, state=Attempt.State.PREPARED)
    if open_one.update(state=Attempt.State.REFUSED, problem=reason[:1000], answered_at=timezone.now()):
        stop(attempt.target, reason)


@transaction.atomic
def mark_sent(posts: Sequence[tuple[Attempt, Post]]) -> list[Attempt]:
    """Commits that from now on these posts may be out. Left out is what somebody took away, and what a hold stops."""
    targets = _locked([attempt.target_id for attempt, _post in posts])
    for attempt, _post in posts:
        targets[attempt.target_id].edition = attempt.target.edition  # of what is being sent it cannot change
    ids = [attempt.pk for attempt, _post in posts]
    ours = Attempt.objects.select_for_update().filter(pk__in=ids, state=Attempt.State.PREPARED).order_by("pk")
    open_ids, holds = set(ours.values_list("pk", flat=True)), holds_now()
    taken = [(one, post) for one, post in posts if one.pk in open_ids and targets[one.target_id].state == State.SENDING]
    held = [one for one, _post in taken if holds.on(targets[one.target_id])]
    _take_back(held)
    marked = []
    for attempt, post in taken:
        if attempt not in held:
            _mark(attempt, post)
            attempt.target.account = targets[attempt.target_id].account  # as it is now: its login may be a new one
            marked.append(attempt)
    write_each(marked, ("state", "sent_at", "digest", "files", "deadline_at"))
    return marked


def _locked(target_ids: Sequence[int]) -> dict[int, Target]:
    rows = Target.objects.select_for_update(of=("self",)).select_related("piece", "account")
    return {row.pk: row for row in rows.filter(pk__in=target_ids).order_by("pk")}


def _take_back(held: Sequence[Attempt]) -> None:
    """A hold came before they left."""
    if not held:
        return
    ids = [one.pk for one in held]
    Attempt.objects.filter(pk__in=ids).update(state=Attempt.State.REFUSED, problem="Held before it left.")
    targets = Target.objects.filter(pk__in=[one.target_id for one in held])
    waits = Case(When(parts_out__gt=0, then=Value(State.PARTLY)), default=Value(State.SCHEDULED))
    targets.update(state=waits, next_at=timezone.now())  # the same as parts.wait_for_turn


def _mark(attempt: Attempt, post: Post) -> None:
    """Does not save."""
    now = timezone.now()
    attempt.state, attempt.sent_at = Attempt.State.SENT, now
    attempt.digest, attempt.files = digest_of(post), files_of(post)
    attempt.deadline_at = now + timing().window(sum(media.size_bytes for media in post.media))


def _call(attempt: Attempt, post: Post) -> Outcome:
    """What the channel answers. Nothing here asks the database."""
    account = attempt.target.account
    try:
        with context_of(account, deadline_at=attempt.deadline_at) as context:
            return adapter(account.channel).publish(context, post)
    except CrosscutError as error:
        return error
    except Exception as error:  # noqa: BLE001 - a plug-in's fault must not lose the ledger: it may have sent
        _log.exception("channel_fault", channel=account.channel, target=attempt.target_id)
        return OutcomeUnknown(
            phrase("The connection to {account} broke off: {fault}.", account=account.name, fault=type(error).__name__),
            key=post.key,
        )


def _written_down(outcomes: Mapping[int, Outcome]) -> None:
    """Writes them down together; where that fails, each alone, so that one bad answer costs no other's."""
    try:
        patiently(lambda: write_down(outcomes))
    except Exception:
        if len(outcomes) == 1:
            raise
        for pk, outcome in outcomes.items():
            try:
                patiently(partial(write_down, {pk: outcome}))
            except Exception:  # noqa: BLE001 - it stays "sent", and is settled by reading the channel back
                _log.exception("answer_not_written", attempt=pk)

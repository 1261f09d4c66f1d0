"""Sending posts, each once: one or hundreds, side by side, and one at a time of each account.

    scheduled → (staging →) sending: attempt prepared → sent (committed) → the network call → the answer is written down

Nothing leaves before "sent" is committed, so whatever dies at whatever moment, the ledger knows whether something may
be out. Only a definite refusal makes a target sendable again; everything else is unknown and `settle` reads it back.

One thread asks the ledger, for all that is at its turn together; the channels are called in threads beside it. An
account's next post is marked only when the last one's answer is written down, so a death leaves one of each in doubt,
and a hold stops all that is not under way. What was taken and waits for more than a moment, behind another of its
account or for its time, is put back.
"""

import math
import threading
import time
from collections import deque
from collections.abc import Collection, Mapping, Sequence
from concurrent.futures import ALL_COMPLETED, FIRST_COMPLETED, Future, wait
from contextlib import ExitStack
from datetime import timedelta
from functools import partial
from typing import Any, NamedTuple, Protocol

import structlog
from django.db import InterfaceError, OperationalError, transaction
from django.db.models import Case, Min, Value, When
from django.utils import timezone

from crosscut.apps.accounts.models import Account
from crosscut.apps.accounts.services.connections import context_of
from crosscut.apps.publish.due import due_posts, lines_of_accounts
from crosscut.apps.publish.holding import holds_now
from crosscut.apps.publish.models import Attempt, Target
from crosscut.apps.publish.services.answers import Outcome, write_down
from crosscut.apps.publish.services.claim import AHEAD, BEHIND, claim, is_words_alone, put_back, stop
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
_MOST = 64  # accounts with posts under way of one process
_AT_LEAST = 8  # accounts taken in one go: of more no more than half, so that another process gets its share
_JUDGED_S = 2.0  # for which what claiming said of a post holds while it waits for the one before it
_TURN_S = 5.0  # how long a worker takes what comes before it makes room for other work
_AHEAD_S = 1.5  # what is due that soon is waited for
_LOOKS_S = 0.25  # how often it looks for what has come due, while something is under way
_PAUSE_S = 0.05  # at least, where what is due cannot be taken
_GATHERS_S = 0.06  # for which an answer waits for others, to be written down with them
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

    def next(self, busy: set[int], most: int) -> list[list[int]]:
        """Ids of targets to be looked at now, the first few of each of so many accounts that are not busy."""
        ...

    def share(self, accounts: int) -> int:
        """Of how many of so many accounts posts are taken in one go."""
        ...

    def waits(self) -> bool:
        """Whether there may be more, asked while nothing is under way; waits for it."""
        ...


class _These:
    """Certain posts, each looked at once."""

    def __init__(self, target_ids: Sequence[int]) -> None:
        self._left = set(target_ids)

    def next(self, busy: set[int], most: int) -> list[list[int]]:
        rows = Target.objects.filter(pk__in=self._left).exclude(account__in=busy)
        found = lines_of_accounts(rows, most, each=1 + BEHIND) if self._left else []
        self._left.difference_update(*found)
        if not found and not busy:
            self._left.clear()
        return found

    def share(self, accounts: int) -> int:
        return accounts

    def waits(self) -> bool:
        return bool(self._left)


class _Due:
    """Whatever is due, until the turn is over; what is due in a moment is waited for."""

    def __init__(self, turn: ExitStack) -> None:
        self._turn, self._until_s = turn, time.monotonic() + _TURN_S

    def next(self, busy: set[int], most: int) -> list[list[int]]:
        if self._is_over():
            return []
        return lines_of_accounts(due_posts(timezone.now() + AHEAD).exclude(account__in=busy), most, each=1 + BEHIND)

    def share(self, accounts: int) -> int:
        return max(_AT_LEAST, math.ceil(accounts / 2))

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


class _Judged(NamedTuple):
    """A post that may leave when its turn comes, and when that was found out, by the clock that only runs on."""

    attempt: Attempt
    judged_s: float


class _Desk:
    """Posts under way, and the one thread that asks the ledger about them."""

    def __init__(self, threads: SideBySide, source: _Source, job: int | None = None) -> None:
        self._threads, self._source, self._job = threads, source, job
        self._waiting: dict[int, deque[_Judged]] = {}  # words alone, by account, in their order
        self._made: dict[Future[Post | None], Attempt] = {}  # posts whose files are made ready
        self._called: dict[Future[Outcome], Attempt] = {}  # and those that channels are handed
        self._files: dict[int, ExitStack] = {}  # by attempt, for as long as it is under way
        self._looks_s = 0.0  # when it looks again, by the clock that only runs on
        self._count = 0

    def work(self) -> int:
        """Takes, marks, calls and writes down until nothing is left. Returns how often a channel was asked."""
        try:
            while self._takes() or self._is_busy() or self._source.waits():
                self._leave()
                self._collect()
        except Exception:
            self._write_down(self._rest())  # what channels have said is true, whatever became of us
            raise
        return self._count

    def _is_busy(self) -> bool:
        return bool(self._waiting or self._made or self._called)

    def _takes(self) -> bool:
        """Whether anything more is under way."""
        busy = self._waiting.keys() | {one.target.account_id for one in (*self._made.values(), *self._called.values())}
        most = _MOST - len(busy)
        if not most or (busy and time.monotonic() < self._looks_s):
            return False
        self._looks_s = time.monotonic() + _LOOKS_S
        lines = self._source.next(busy, most)
        found, share = [pk for line in lines for pk in line], self._source.share(len(lines))
        attempts, judged_s = claim(found, job=self._job, most=share) if found else [], time.monotonic()
        words = [one for one in attempts if is_words_alone(one.target)]
        for attempt in words:
            self._waiting.setdefault(attempt.target.account_id, deque()).append(_Judged(attempt, judged_s))
        self._make_ready([one for one in attempts if one not in words])
        return bool(attempts)

    def _make_ready(self, attempts: Sequence[Attempt]) -> None:
        """Has posts made beside, which may take long."""
        claimed = claimed_of([one.target for one in attempts]) if attempts else {}
        for attempt in attempts:
            files = self._files[attempt.pk] = ExitStack()
            made = self._threads.begin(_made_ready, attempt, files, claimed[attempt.target_id])
            self._made[made] = attempt

    def _leave(self) -> None:
        """Marks what has its turn, and hands it over once that is committed."""
        made = [(self._made.pop(one), one.result()) for one in list(self._made) if one.done()]
        made += self._words_at_their_turn()
        posts = [(attempt, post) for attempt, post in made if post]
        marked = mark_sent(posts) if posts else []
        for attempt, post in made:
            if attempt in marked:
                self._called[self._threads.begin(_call, attempt, post)] = attempt
                self._count += 1
            else:
                self._files.pop(attempt.pk).close()

    def _words_at_their_turn(self) -> list[tuple[Attempt, Post | None]]:
        """The next of each account that is due and whose last one is answered."""
        self._put_back_old()
        now = timezone.now()
        turns = [line.popleft().attempt for line in self._free() if line[0].attempt.target.next_at <= now]
        self._waiting = {account_id: line for account_id, line in self._waiting.items() if line}
        claimed = claimed_of([one.target for one in turns]) if turns else {}
        for attempt in turns:
            self._files[attempt.pk] = ExitStack()
        return [(one, _made_ready(one, self._files[one.pk], claimed[one.target_id])) for one in turns]

    def _free(self) -> list[deque[_Judged]]:
        """What waits in accounts whose last post is answered."""
        busy = {one.target.account_id for one in self._called.values()}
        return [line for account_id, line in self._waiting.items() if account_id not in busy]

    def _put_back_old(self) -> None:
        """What was judged too long ago has to be judged anew."""
        since_s = time.monotonic() - _JUDGED_S
        self._put_back({account_id for account_id, line in self._waiting.items() if line[0].judged_s < since_s})

    def _put_back(self, accounts: Collection[int]) -> None:
        """What waits for its turn in those accounts waits in the ledger again."""
        lines = [self._waiting.pop(account_id) for account_id in accounts if account_id in self._waiting]
        if lines:
            put_back([one.attempt for line in lines for one in line])

    def _collect(self) -> None:
        """Waits for what comes first, and writes down all that has come."""
        pending: list[Future[Any]] = [*self._made, *self._called]
        if not pending:
            time.sleep(self._until_next_s())
        elif wait(pending, self._until_next_s(), FIRST_COMPLETED).done:
            wait(pending, _GATHERS_S, ALL_COMPLETED)
        self._write_down([one for one in self._called if one.done()])

    def _until_next_s(self) -> float:
        """How long until it looks again, or something that waits for its time is due."""
        now = timezone.now()
        waits_s = [(line[0].attempt.target.next_at - now).total_seconds() for line in self._free()]
        return max(min([_LOOKS_S, *waits_s]), 0.0)

    def _rest(self) -> list[Future[Outcome]]:
        return list(wait(self._called).done)

    def _write_down(self, answered: Sequence[Future[Outcome]]) -> None:
        attempts = {one: self._called.pop(one) for one in answered}
        outcomes = {attempt.pk: one.result() for one, attempt in attempts.items()}
        lost = _not_written_down(outcomes) if outcomes else set()
        self._put_back({one.target.account_id for one in attempts.values() if one.pk in lost})
        for pk in outcomes:
            self._files.pop(pk).close()


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
    """Commits that from now on these posts may be out.

    Left out is what somebody took away, what a hold stops, and what an account has that must be connected again.
    """
    targets = _locked([attempt.target_id for attempt, _post in posts])
    for attempt, _post in posts:
        targets[attempt.target_id].edition = attempt.target.edition  # of what is being sent it cannot change
    ids = [attempt.pk for attempt, _post in posts]
    ours = Attempt.objects.select_for_update().filter(pk__in=ids, state=Attempt.State.PREPARED).order_by("pk")
    open_ids, holds = set(ours.values_list("pk", flat=True)), holds_now()
    taken = [(one, post) for one, post in posts if one.pk in open_ids and targets[one.target_id].state == State.SENDING]
    held = [one for one, _post in taken if holds.on(targets[one.target_id])]
    _take_back(held)
    cut_off = [one for one, _post in taken if targets[one.target_id].account.state != Account.State.CONNECTED]
    if cut_off:
        put_back(cut_off)
    marked = []
    for attempt, post in taken:
        if attempt not in held and attempt not in cut_off:
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


def _not_written_down(outcomes: Mapping[int, Outcome]) -> set[int]:
    """Writes them down together; where that fails, each alone, so that one bad answer costs no other's.

    Which could not be: they stay "sent", and are settled by reading the channel back.
    """
    lost = set()
    try:
        patiently(lambda: write_down(outcomes))
    except Exception:
        if len(outcomes) == 1:
            raise
        for pk, outcome in outcomes.items():
            try:
                patiently(partial(write_down, {pk: outcome}))
            except Exception:  # noqa: BLE001 - the others' answers are true all the same
                _log.exception("answer_not_written", attempt=pk)
                lost.add(pk)
    return lost

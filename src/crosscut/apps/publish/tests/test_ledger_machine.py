"""The ledger under any order of sends, deaths, freezes, late answers, readings, holds and recalls.

The world of this test takes every post it is handed: it knows no idempotency. What keeps it at one post is the ledger
alone, with what the guarded client promises (no byte leaves after the deadline) and what the channel is believed to do
(what left is stored within the quiet time).
"""

from contextlib import ExitStack, suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import pytest
from django.db import transaction
from django.utils import timezone
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)
from tests.cast import Cast

from crosscut.apps.publish.models import Attempt, Target
from crosscut.apps.publish.services import parts
from crosscut.apps.publish.services import prove as proving
from crosscut.apps.publish.services import recall as recalling
from crosscut.apps.publish.services import send as sending
from crosscut.apps.publish.services import settle as settling
from crosscut.apps.publish.services.answers import Outcome
from crosscut.apps.publish.services.going_on import send_the_rest
from crosscut.apps.publish.services.hold import lift_hold, place_hold
from crosscut.apps.publish.services.post import post_of
from crosscut.apps.publish.services.schedule import cancel, reschedule, schedule
from crosscut.apps.publish.tests.world import World, account_of, answered, claimed, fresh, marked, most_out, scheduled
from crosscut.apps.publish.timing import timing
from crosscut.channels.protocol import Post, Sent
from crosscut.kernel.errors import Conflict, CrosscutError, OutcomeUnknown, Rejected, RetryLater

State = Target.State
pytestmark = pytest.mark.django_db
ENDS = (State.PROVEN, State.CANCELLED, State.RECALLED, State.REFUSED)
ANSWERS: dict[str, CrosscutError | RuntimeError] = {
    "cut": OutcomeUnknown("The line was cut."),
    "fault": RuntimeError("a fault inside the adapter"),
    "later": RetryLater("Come back later.", after_s=30),
    "never": Rejected("We do not want this."),
}


@dataclass
class Worker:
    """One that is frozen or slow: it goes on whenever the machine says so, or never."""

    target: int
    attempt: Attempt
    post: Post
    stage: str = "prepared"  # then "sent", "left" (the bytes are under way), "stored"
    answer: Sent | None = None


@dataclass
class Reader:
    """One that has read the channel and has not written down yet what it saw."""

    attempt: Attempt
    seen: Sent | CrosscutError | None
    lease_until: datetime


class Ledger(RuleBasedStateMachine):
    """Two posts with the same words on one account; in some runs each is a thread, whose later parts are alike."""

    cast: Cast
    world: World
    clock: list[datetime]  # the time that `timezone.now` tells

    @initialize(knows_keys=st.booleans(), parts=st.sampled_from([1, 1, 3]))
    def begin(self, knows_keys: bool, parts: int) -> None:
        self.world.posts, self.world.on_publish, self.world.after_publish = {}, None, None
        self.world.on_find, self.world.knows_keys = None, knows_keys
        self.workers: list[Worker] = []
        self.readers: list[Reader] = []
        self.hold = 0
        self.block = transaction.atomic()  # each run leaves the database as it was
        self.block.__enter__()
        account = account_of(self.cast.workspace)
        self.targets = [scheduled(self.cast, account=account, parts=parts).pk for _ in range(2)]

    def target(self, index: int) -> Target:
        return fresh(Target(pk=self.targets[index]))

    @rule(seconds=st.sampled_from([1, 5, 20, 61, 100]))
    def time_passes(self, seconds: int) -> None:
        """What has left is stored before it can be believed absent."""
        until = self.clock[0] + timedelta(seconds=seconds)
        for worker in self.workers:
            if worker.stage == "left" and until >= worker.attempt.deadline_at:
                self.store(worker)
        self.clock[0] = until

    @rule(index=st.integers(0, 1), answer=st.sampled_from(["", "", "cut", *ANSWERS]), is_stored=st.booleans())
    def send(self, index: int, answer: str, is_stored: bool) -> None:
        """A worker sends, and the channel keeps the post or not before it answers."""
        is_stored = is_stored and not isinstance(ANSWERS.get(answer), RetryLater | Rejected)
        act = _raising(ANSWERS[answer]) if answer else None
        self.world.on_publish, self.world.after_publish = (None, act) if is_stored else (act, None)
        sending.send(self.targets[index])
        self.world.on_publish = self.world.after_publish = None

    @rule(index=st.integers(0, 1), steps=st.integers(0, 3))
    def take(self, index: int, steps: int) -> None:
        """A worker takes the post and freezes after so many steps: prepared, sent, left, stored."""
        attempt = claimed(Target(pk=self.targets[index]))
        if attempt is not None:
            with ExitStack() as files:
                post = post_of(attempt.target, files, attempt.part)
            worker = Worker(target=self.targets[index], attempt=attempt, post=post)
            self.workers.append(worker)
            for _ in range(steps):
                self.step(worker)

    @precondition(lambda self: self.workers)
    @rule(pick=st.integers(0, 9))
    def go_on(self, pick: int) -> None:
        """A frozen worker takes its next step."""
        self.step(self.workers[pick % len(self.workers)])

    def step(self, worker: Worker) -> None:
        if worker not in self.workers:
            return
        if worker.stage == "prepared":
            worker.stage = "sent"
            if not marked(worker.attempt, worker.post):
                self.workers.remove(worker)
        elif worker.stage == "sent":
            worker.stage = "left"
            if self.clock[0] >= worker.attempt.deadline_at:  # the guarded client
                self.answer(worker, RetryLater("The time for this try is over; this request was not sent."))
        elif worker.stage == "left":
            self.store(worker)
        else:
            assert worker.answer
            self.answer(worker, worker.answer)

    def store(self, worker: Worker) -> None:
        worker.stage, worker.answer = "stored", self.world.keep(worker.post)

    def answer(self, worker: Worker, outcome: Outcome) -> None:
        self.workers.remove(worker)
        answered(worker.attempt, outcome)

    @precondition(lambda self: any(worker.stage != "left" for worker in self.workers))
    @rule(pick=st.integers(0, 9))
    def die(self, pick: int) -> None:
        """A frozen worker is killed; what has left arrives nevertheless."""
        mortal = [worker for worker in self.workers if worker.stage != "left"]
        self.workers.remove(mortal[pick % len(mortal)])

    @rule(index=st.integers(0, 1))
    def give_up(self, index: int) -> None:
        """The sweeper takes a silent worker for dead; it may be mistaken."""
        settling.lose(self.targets[index], "The worker stopped.")

    @rule()
    def doubt(self) -> None:
        settling.lose_overdue()

    @rule(index=st.integers(0, 1), is_readable=st.booleans())
    def settle(self, index: int, is_readable: bool) -> None:
        self.world.on_find = None if is_readable else _raising(RetryLater("down"))
        settling.settle(self.targets[index])
        self.world.on_find = None

    @rule(index=st.integers(0, 1))
    def read(self, index: int) -> None:
        """A worker reads the channel and freezes before it says what it saw."""
        attempt = settling._claim(self.targets[index])
        if attempt is not None:
            reader = Reader(attempt=attempt, seen=settling._look(attempt), lease_until=attempt.target.next_at)
            self.readers.append(reader)

    @precondition(lambda self: self.readers)
    @rule(pick=st.integers(0, 9), times=st.integers(1, 2))
    def conclude(self, pick: int, times: int) -> None:
        """A frozen reader says what it saw, twice where it cannot know whether the database took it."""
        reader = self.readers.pop(pick % len(self.readers))
        for _ in range(times):
            settling._conclude(reader.attempt, reader.seen, lease_until=reader.lease_until)

    @rule(index=st.integers(0, 1))
    def hurry(self, index: int) -> None:
        settling.hurry(self.targets[index])

    @rule(index=st.integers(0, 1))
    def prove(self, index: int) -> None:
        proving.prove(self.targets[index])

    @rule(index=st.integers(0, 1), whim=st.integers(0, 4))
    def take_down(self, index: int, whim: int) -> None:
        if whim:  # seldom: it ends the post
            return
        try:
            recalling.ask_recall(self.cast.senior, self.target(index), reason="Wrong picture.")
        except Conflict:
            return
        recalling.recall(self.targets[index])

    @rule(index=st.integers(0, 1), whim=st.integers(0, 4))
    def change_of_mind(self, index: int, whim: int) -> None:
        if whim:
            return
        try:
            cancel(self.cast.senior, self.target(index))
        except Conflict:
            return

    @rule(index=st.integers(0, 1))
    def schedule_again(self, index: int) -> None:
        """A second click, or a second program: the same piece, on the same account, once more."""
        row = self.target(index)
        wall_time = self.clock[0].replace(tzinfo=None)
        try:
            again = schedule(self.cast.senior, row.piece, row.account, wall_time=wall_time, zone="UTC")
        except Conflict:
            return
        assert row.state in Target.CLOSED_STATES, f"one more beside one that is {row.state}"
        self.targets[index] = again.pk

    @rule(index=st.integers(0, 1))
    def send_the_rest(self, index: int) -> None:
        """Somebody lets a thread go on that was stopped."""
        with suppress(Conflict):
            send_the_rest(self.cast.senior, self.target(index))

    @rule(whim=st.integers(0, 3))
    def hold_or_lift(self, whim: int) -> None:
        if whim and not self.hold:
            return
        if self.hold:
            lift_hold(self.cast.senior, self.hold)
            self.hold = 0
        else:
            self.hold = place_hold(self.cast.senior, reason="A storm.").pk

    @invariant()
    def there_is_never_more_than_was_asked_for(self) -> None:
        if not hasattr(self, "targets"):
            return
        rows = [self.target(index) for index in range(2)]
        assert len(self.world.posts) <= sum(map(most_out, rows)), [(row.state, row.parts_out) for row in rows]
        live = [row.remote_id for row in rows if row.state in Target.LIVE_STATES]
        assert len(set(live)) == len(live) and set(live) <= set(self.world.posts), live
        for row in rows:
            self.every_part_is_there_once(row)

    def every_part_is_there_once(self, row: Target) -> None:
        keys = [post.key for post in self.world.posts.values() if post.key.startswith(row.key)]
        if self.world.knows_keys:
            story = list(row.attempts.values_list("part", "state", "problem"))
            assert len(keys) == len(set(keys)) and len(keys) <= most_out(row), (row.state, story)
        if row.state in (State.PARTLY, *Target.LIVE_STATES):
            names = [made.remote_id for made in parts.out_of(row).values()]
            answered = [self.world.posts[name].parent for name in names]
            assert [parent and parent.remote_id for parent in answered] == [None, *names][:-1], (row.state, names)

    def teardown(self) -> None:
        """Every worker dies; then the ledger comes to the truth by itself."""
        if not hasattr(self, "targets"):
            return
        try:
            self.come_to_the_truth()
        finally:
            transaction.set_rollback(True)
            self.block.__exit__(None, None, None)

    def come_to_the_truth(self) -> None:
        if self.hold:
            lift_hold(self.cast.senior, self.hold)
        for worker in [worker for worker in self.workers if worker.stage == "left"]:
            self.store(worker)
        for _ in range(40):
            if all(self.target(index).state in ENDS for index in range(2)):
                break
            self.clock[0] += timedelta(seconds=95)
            settling.lose_overdue()
            for index, pk in enumerate(self.targets):
                settling.lose(pk, "The worker stopped.")
                if self.target(index).state == State.PARTLY and self.target(index).needs_person:
                    send_the_rest(self.cast.senior, self.target(index))
                if self.target(index).state == State.BLOCKED:
                    wall_time = self.clock[0].replace(tzinfo=None)
                    reschedule(self.cast.senior, self.target(index), wall_time=wall_time, zone="UTC")
                for step in (sending.send, settling.settle, proving.prove, recalling.recall):
                    step(pk)
            self.there_is_never_more_than_was_asked_for()
        rows = [self.target(index) for index in range(2)]
        assert all(row.state in ENDS for row in rows), [(row.state, row.problem) for row in rows]
        assert len(self.world.posts) == sum(row.part_count for row in rows if row.state == State.PROVEN)


def _raising(error: Exception):
    def act() -> None:
        raise error

    return act


def test_no_order_of_events_makes_two_posts_or_a_lie(cast: Cast, world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    Ledger.cast, Ledger.world, Ledger.clock = cast, world, [datetime.now(UTC)]
    monkeypatch.setattr(timezone, "now", lambda: Ledger.clock[0])
    assert timing().lease_s > timing().between_reads_s
    run_state_machine_as_test(
        Ledger,
        settings=settings(
            max_examples=40, stateful_step_count=30, deadline=None, suppress_health_check=list(HealthCheck)
        ),
    )

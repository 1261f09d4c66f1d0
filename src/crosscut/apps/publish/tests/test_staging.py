"""Channels that take a post in steps: each resumable, none of them public, the poll a job of the ticker's."""

from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone
from tests.cast import Cast

from crosscut.apps.accounts.models import Account
from crosscut.apps.publish import tasks, ticker
from crosscut.apps.publish.due import due_posts
from crosscut.apps.publish.models import Allowance, Hold, Target
from crosscut.apps.publish.services import allowance, going_on, prove, recall, schedule, send, settle, stage
from crosscut.apps.publish.services import post as posts
from crosscut.apps.publish.tests.world import World, account_of, due, fresh, scheduled
from crosscut.channels import registry
from crosscut.channels.protocol import STAGED_LOST, Context, Post, Quota, Sent, Staged
from crosscut.kernel.errors import CrosscutError, Problem, ReconnectNeeded, Rejected, RetryLater, Unsupported

State = Target.State
AHEAD_S = 600


@dataclass
class Steps(World):
    """A channel that wants a box made, then looked at until it is ready, then published."""

    boxes: dict[str, int] = field(default_factory=dict)  # by name: how often it must still be looked at
    looks: int = 2
    steps: int = 0
    on_stage: Any = None
    quota: Quota | None = None
    asked: int = 0
    by_hand: bool = False

    def stage(self, context: Context, post: Post) -> Staged:
        self.steps += 1
        if self.on_stage:
            self.on_stage()
        box = post.extra["kept"].get("box")
        if box is None:
            box = f"box-{len(self.boxes) + 1}"
            self.boxes[box] = self.looks
            return Staged(kept={"box": box}, is_ready=False, after_s=30)
        self.boxes[box] -= 1
        return Staged(kept={"box": box}, is_ready=self.boxes[box] <= 0, after_s=30)

    def publish(self, context: Context, post: Post) -> Sent:
        box = post.extra["kept"].get("box")
        if self.boxes.get(box, 1) > 0:
            raise _lost()
        return super().publish(context, post)

    def quotas(self, context: Context) -> tuple[Quota, ...]:
        self.asked += 1
        return (self.quota,) if self.quota else ()

    def delete(self, context: Context, remote_id: str) -> None:
        if self.by_hand:
            raise Unsupported("Steps lets no program take posts down: do it there by hand.")
        super().delete(context, remote_id)


def _lost() -> RetryLater:
    return RetryLater("The box is gone.", after_s=5, problems=[Problem(code=STAGED_LOST, message="The box is gone.")])


@pytest.fixture
def steps(monkeypatch: pytest.MonkeyPatch) -> Steps:
    """The channel in place of the practice network."""
    made, known = Steps(), replace(registry.channel("practice"), stages_ahead_s=AHEAD_S)

    @contextmanager
    def context_for(account: Account, **limits: Any) -> Any:
        yield None

    for module in (send, settle, prove, recall, stage):
        monkeypatch.setattr(module, "adapter", lambda slug: made)
        monkeypatch.setattr(module, "context_of" if module is send else "context_for", context_for)
    monkeypatch.setattr(stage, "channel", lambda slug: known)
    monkeypatch.setattr(posts, "requirement", lambda key, kind: None)
    return made


def _go(target: Target) -> Target:
    """One look of the ticker at the target, and what it hands out."""
    row = due(target)
    if row.state == State.SCHEDULED:
        send.send(row.pk)
    elif row.state == State.PARTLY:
        going_on.go_on(row.pk)
    else:
        ticker._TASKS[State(row.state)](target_id=row.pk)
    return fresh(target)


def _until(target: Target, state: str, *, most: int = 12) -> Target:
    for _ in range(most):
        row = _go(target)
        if row.state == state:
            return row
    raise AssertionError(f"it is {row.state}: {row.problem}")


def test_a_post_is_brought_there_step_by_step_and_published_once(cast: Cast, steps: Steps):
    target = scheduled(cast)
    row = _go(target)
    assert row.state == State.STAGING and not row.attempts.exists() and steps.steps == 0
    row = _go(target)
    assert (row.state, row.kept, steps.steps) == (State.STAGING, {"box": "box-1"}, 1)
    assert not steps.posts
    row = _until(target, State.SCHEDULED)
    assert row.staged_at and not steps.posts
    row = _until(target, State.PROVEN)
    assert len(steps.posts) == 1 and row.attempts.count() == 1 and len(steps.boxes) == 1


def test_it_is_begun_ahead_of_its_time_and_goes_out_at_its_time(cast: Cast, steps: Steps):
    target = scheduled(cast)
    due_at = timezone.now() + timedelta(minutes=5)
    Target.objects.filter(pk=target.pk).update(due_at=due_at, next_at=stage.begins_at(target.account, due_at))
    assert fresh(target).next_at == due_at - timedelta(seconds=AHEAD_S)
    assert due_posts(timezone.now()).get() == target
    row = _until(target, State.SCHEDULED)
    assert row.next_at == due_at and row.staged_at
    assert _go(target).next_at == due_at and not steps.posts, "ready is not yet due"


def test_the_poll_waits_as_long_as_the_channel_asks_and_no_job_waits_meanwhile(cast: Cast, steps: Steps):
    target = scheduled(cast)
    _go(target)
    row = _go(target)
    wait_s = (row.next_at - timezone.now()).total_seconds()
    assert 25 < wait_s <= 30
    tasks.stage_target(target_id=target.pk)
    assert steps.steps == 1, "it was not its time"


def test_a_worker_that_dies_in_a_step_costs_that_step_alone(cast: Cast, steps: Steps):
    class Killed(BaseException):
        pass

    def die() -> None:
        raise Killed

    target = scheduled(cast)
    _go(target)
    _go(target)
    steps.on_stage = die
    with pytest.raises(Killed):
        _go(target)
    steps.on_stage = None
    assert fresh(target).next_at > timezone.now() + timedelta(minutes=5), "leased to the worker that died"
    settle.hurry(target.pk)
    assert fresh(target).next_at <= timezone.now()
    _until(target, State.PROVEN)
    assert len(steps.posts) == 1 and len(steps.boxes) == 1


def test_a_late_step_of_a_dead_worker_says_nothing(cast: Cast, steps: Steps):
    target = scheduled(cast)
    _go(target)
    claimed = stage._claim(due(target).pk)
    assert claimed is not None
    lease = claimed.next_at
    _go(target)
    stage._write_down(target.pk, Staged(kept={"box": "another"}, is_ready=True), lease_until=lease)
    assert fresh(target).kept == {"box": "box-1"} and fresh(target).state == State.STAGING


def test_a_post_taken_back_meanwhile_stays_taken_back(cast: Cast, steps: Steps):
    target = scheduled(cast)
    _go(target)
    claimed = stage._claim(due(target).pk)
    assert claimed is not None
    schedule.cancel(cast.senior, target)
    stage._write_down(target.pk, Staged(kept={}, is_ready=True), lease_until=claimed.next_at)
    assert fresh(target).state == State.CANCELLED


def test_a_box_that_never_gets_ready_is_made_anew_and_given_up_in_the_end(cast: Cast, steps: Steps):
    steps.looks = 10**6
    target = scheduled(cast)
    for _ in range(stage._BEGUNS):
        _go(target)
        _go(target)
        Target.objects.filter(pk=target.pk).update(staging_since=timezone.now() - timedelta(hours=1))
        row = _go(target)
    assert row.state == State.REFUSED and "did not finish" in row.problem
    assert len(steps.boxes) == stage._BEGUNS and not steps.posts


def test_a_login_that_ends_uses_up_none_of_the_times_a_box_is_made(cast: Cast, steps: Steps):
    target, made = scheduled(cast), steps.stage
    for _ in range(stage._BEGUNS + 1):
        steps.stage = lambda context, post: (_ for _ in ()).throw(ReconnectNeeded("No."))  # type: ignore[method-assign]
        _until(target, State.BLOCKED)
        Account.objects.update(state=Account.State.CONNECTED)
        Target.objects.filter(pk=target.pk).update(
            state=State.SCHEDULED, next_at=timezone.now()
        )  # a person sends it on
    steps.stage = made  # type: ignore[method-assign]
    assert _until(target, State.PROVEN).stagings == 1


def test_what_gets_further_with_every_step_is_not_begun_anew_however_long_it_takes(cast: Cast, steps: Steps):
    parts = iter(range(1, 9))
    steps.stage = lambda context, post: Staged(kept={"parts": next(parts)}, is_ready=False)  # type: ignore[method-assign]
    target = scheduled(cast)
    _go(target)
    for _ in range(4):
        Target.objects.update(staging_since=timezone.now() - timedelta(minutes=31))
        row = _go(target)
    assert (row.stagings, row.kept) == (1, {"parts": 4})


def test_a_box_that_is_gone_when_it_is_to_be_published_is_made_anew(cast: Cast, steps: Steps):
    target = scheduled(cast)
    _go(target)
    _until(target, State.SCHEDULED)
    steps.boxes["box-1"] = 99
    row = _go(target)
    assert row.state == State.SCHEDULED and row.kept == {} and row.staged_at is None
    _until(target, State.PROVEN)
    assert len(steps.posts) == 1


@pytest.mark.parametrize(
    ("error", "state"),
    [
        (Rejected("Too wide."), State.REFUSED),
        (ReconnectNeeded("The token ended."), State.BLOCKED),
        (RetryLater("Busy."), State.STAGING),
        (RuntimeError("a plug-in's fault"), State.STAGING),
    ],
)
def test_what_goes_wrong_in_a_step_is_told_and_nothing_is_out(cast: Cast, steps: Steps, error: Exception, state: str):
    def fail() -> None:
        raise error

    target = scheduled(cast)
    _go(target)
    steps.on_stage = fail
    row = _go(target)
    assert row.state == state and row.problem and not steps.posts
    assert isinstance(error, CrosscutError) is (str(error) in row.problem)


def test_a_hold_stops_the_next_step(cast: Cast, steps: Steps):
    target = scheduled(cast)
    _go(target)
    Hold.objects.create(workspace=cast.workspace, reason="Wait.", placed_by=cast.senior)
    _go(target)
    assert steps.steps == 0


def test_an_answer_that_got_lost_is_settled_by_reading_and_the_same_box_is_used(cast: Cast, steps: Steps):
    def cut() -> None:
        raise RuntimeError("cut")

    target = scheduled(cast)
    _go(target)
    _until(target, State.SCHEDULED)
    steps.after_publish = cut
    row = _go(target)
    assert row.state == State.UNKNOWN and row.kept == {"box": "box-1"}
    steps.after_publish = None
    _until(target, State.PROVEN)
    assert len(steps.posts) == 1


def test_a_post_waits_while_the_allowance_is_used_up_and_goes_when_there_is_room(cast: Cast, steps: Steps):
    steps.quota = Quota(name="posts", used=50, total=50, window_s=86_400)
    target = scheduled(cast)
    _go(target)
    row = _go(target)
    assert row.state == State.STAGING and "50 posts in 24 hours" in row.problem
    assert fresh(target).account.problem == "", "waiting is no fault of the account's"
    steps.quota = replace(steps.quota, used=49)
    Allowance.objects.update(told_at=timezone.now() - timedelta(minutes=6))
    _until(target, State.PROVEN)
    assert len(steps.posts) == 1


def test_our_own_posts_count_from_the_moment_the_channel_told(cast: Cast, steps: Steps):
    steps.quota = Quota(name="posts", used=48, total=50, window_s=86_400)
    account = account_of(cast.workspace)
    for number in range(2):
        _until(scheduled(cast, text=f"Post {number}.", account=account), State.PROVEN)
    left = allowance.left_of(account)
    assert left is not None and left.used == 50 and left.free_at
    third = scheduled(cast, text="One more.", account=account)
    for _ in range(3):
        row = _go(third)
    assert row.state == State.STAGING and "50 posts" in row.problem


def test_where_a_program_may_not_delete_a_person_is_asked_and_reading_tells(cast: Cast, steps: Steps):
    target = scheduled(cast)
    row = _until(target, State.PROVEN)
    steps.by_hand = True
    recall.ask_recall(cast.senior, row, reason="Wrong picture.")
    row = _go(target)
    assert row.state == State.RECALLING and row.needs_person and "by hand" in row.problem
    steps.posts.clear()
    assert _go(target).state == State.RECALLED


def test_moving_a_post_drops_what_is_kept_for_its_old_time(cast: Cast, steps: Steps):
    target = scheduled(cast)
    _go(target)
    _until(target, State.SCHEDULED)
    later = (timezone.now() + timedelta(days=2)).replace(tzinfo=None)
    row = schedule.reschedule(cast.senior, target, wall_time=later, zone="UTC")
    assert row.kept == {} and row.staged_at is None
    assert row.next_at == row.due_at - timedelta(seconds=AHEAD_S)

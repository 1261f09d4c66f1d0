"""What is taken back from workers that are gone, and whose word counts when several have looked."""

import time
from datetime import timedelta
from unittest.mock import MagicMock, patch

import pytest
from django.db import connection
from django.utils import timezone
from tests.cast import Cast

from crosscut.apps.publish import tasks, ticker
from crosscut.apps.publish.models import Attempt, Target
from crosscut.apps.publish.services import settle as settling
from crosscut.apps.publish.services.prove import prove
from crosscut.apps.publish.services.recall import ask_recall, recall
from crosscut.apps.publish.services.send import send
from crosscut.apps.publish.services.settle import lose, settle
from crosscut.apps.publish.tests.world import World, account_of, answered, claimed, due, fresh, marked, scheduled
from crosscut.apps.publish.timing import timing
from crosscut.channels.protocol import Post, Sent
from crosscut.kernel.errors import OutcomeUnknown

State = Target.State
pytestmark = pytest.mark.django_db


def _raising(error: Exception):
    def act() -> None:
        raise error

    return act


def _job(task, *, silent_s: float | None, **about: int) -> int:
    """A job under way on a worker that was last heard so long ago; None for one that was never."""
    job_id = int(task.defer(**about))
    with connection.cursor() as cursor:
        worker_id = None
        if silent_s is not None:
            cursor.execute(
                "INSERT INTO procrastinate_workers (last_heartbeat) VALUES (now() - make_interval(secs => %s))"
                " RETURNING id",
                [silent_s],
            )
            (worker_id,) = cursor.fetchone()
        cursor.execute(
            "UPDATE procrastinate_jobs SET status = 'doing', worker_id = %s WHERE id = %s", [worker_id, job_id]
        )
    return job_id


def _sent_by_a_job(target: Target, *, silent_s: float) -> int:
    """The queue's number of a job that is sending the target, on such a worker."""
    job_id = _job(tasks.send_posts, lane=0, silent_s=silent_s)
    Attempt.objects.filter(pk=_sending(target).pk).update(job=job_id)
    return job_id


def _status(job_id: int) -> str:
    with connection.cursor() as cursor:
        cursor.execute("SELECT status FROM procrastinate_jobs WHERE id = %s", [job_id])
        return str(cursor.fetchone()[0])


def _sending(target: Target) -> Attempt:
    attempt = claimed(target)
    assert attempt and marked(attempt, _a_post(target))
    return attempt


def _a_post(target: Target) -> Post:
    return Post(key=target.key, post_type="text", text="The reef is waking up.", due_at=target.due_at)


def _unknown(target: Target) -> Attempt:
    attempt = _sending(target)
    lose(target.pk, "The worker stopped.")
    Attempt.objects.filter(pk=attempt.pk).update(deadline_at=timezone.now() - timedelta(hours=1))
    being_read = settling._claim(due(target).pk)
    assert being_read
    return being_read


def test_a_dead_workers_send_is_doubted_and_its_job_closed(cast: Cast, world: World) -> None:
    target = scheduled(cast)
    job_id = _sent_by_a_job(target, silent_s=timing().dead_worker_s + 1)
    assert ticker.sweep_dead_workers() == 1
    assert fresh(target).state == State.UNKNOWN and _status(job_id) == "failed"
    assert ticker.sweep_dead_workers() == 0


def test_a_worker_that_reports_is_left_alone(cast: Cast, world: World) -> None:
    target = scheduled(cast)
    job_id = _sent_by_a_job(target, silent_s=timing().dead_worker_s - 3)
    assert ticker.sweep_dead_workers() == 0
    assert fresh(target).state == State.SENDING and _status(job_id) == "doing"


def test_silence_while_the_database_was_away_is_no_sign_of_death(cast: Cast, world: World, monkeypatch) -> None:
    target = scheduled(cast)
    _sent_by_a_job(target, silent_s=600)
    monkeypatch.setattr(ticker, "_database_lost_at", time.monotonic())
    assert ticker.sweep_dead_workers() == 0
    assert fresh(target).state == State.SENDING


def test_a_send_whose_job_ended_half_way_is_doubted(cast: Cast, world: World) -> None:
    target = scheduled(cast)
    assert claimed(target)  # and here the database went away: the job failed and the worker lives
    assert ticker.sweep_dead_workers() == 1
    assert fresh(target).state == State.SCHEDULED


def test_what_a_dead_worker_was_looking_at_is_looked_at_again_at_once(cast: Cast, world: World) -> None:
    target = scheduled(cast)
    _unknown(target)
    job_id = _job(tasks.settle_target, target_id=target.pk, silent_s=None)
    assert fresh(target).next_at > timezone.now()
    assert ticker.sweep_dead_workers() == 1
    assert fresh(target).next_at <= timezone.now() and _status(job_id) == "failed"


def test_other_work_of_a_dead_worker_is_run_again_once(cast: Cast, world: World) -> None:
    target = scheduled(cast)
    stalled = _job(tasks.prepare.configure(queueing_lock="once"), target_id=target.pk, silent_s=None)
    tasks.prepare.configure(queueing_lock="once").defer(target_id=target.pk)
    other = _job(tasks.prepare, target_id=target.pk, silent_s=None)
    assert ticker.sweep_dead_workers() == 2
    assert (_status(stalled), _status(other)) == ("failed", "todo")  # the first waits in the queue already


def test_a_reading_counts_once_however_often_it_is_written_down(cast: Cast, world: World) -> None:
    target = scheduled(cast)
    attempt = _unknown(target)
    lease_until = attempt.target.next_at
    for _ in range(3):
        settling._conclude(attempt, None, lease_until=lease_until)
    attempt.refresh_from_db()
    assert attempt.absences == 1 and fresh(target).state == State.UNKNOWN


def test_a_reader_that_was_replaced_cannot_call_the_post_absent(cast: Cast, world: World) -> None:
    target = scheduled(cast)
    slow = _unknown(target)
    lease_until = slow.target.next_at
    settle(due(target).pk)
    settling._conclude(slow, None, lease_until=lease_until)
    slow.refresh_from_db()
    assert slow.absences == 1 and fresh(target).state == State.UNKNOWN


def test_a_reading_from_before_the_deadline_says_nothing_however_late_it_is_told(cast: Cast, world: World) -> None:
    target = scheduled(cast)
    attempt = _unknown(target)
    Attempt.objects.filter(pk=attempt.pk).update(deadline_at=timezone.now() + timedelta(seconds=30))
    with patch.object(timezone, "now", return_value=timezone.now() + timedelta(minutes=2)):
        settling._conclude(attempt, None, lease_until=attempt.target.next_at)
    attempt.refresh_from_db()
    assert attempt.absences == 0


def test_of_two_posts_with_the_same_words_each_is_found_once(cast: Cast, world: World) -> None:
    world.knows_keys = False
    account = account_of(cast.workspace)
    first, second = scheduled(cast, account=account), scheduled(cast, account=account)
    send(first.pk)
    world.on_publish = _raising(OutcomeUnknown("cut off"))  # the second never arrived
    send(second.pk)
    settle(due(second).pk)
    assert fresh(first).state == State.SENT and fresh(second).state == State.UNKNOWN


def _taken_for_anothers(cast: Cast, world: World) -> tuple[Target, Target, Attempt, Sent]:
    """Two posts with the same words: the second is settled by finding the first one's, whose answer comes later."""
    world.knows_keys = False
    account = account_of(cast.workspace)
    first, second = scheduled(cast, account=account), scheduled(cast, account=account)
    attempt = _sending(first)
    lose(first.pk, "The worker stopped.")
    sent = world.keep(_a_post(first))
    world.on_publish = _raising(OutcomeUnknown("cut off"))
    send(due(second).pk)
    settle(due(second).pk)  # takes the first one's post for its own
    return first, second, attempt, sent


def test_a_post_taken_for_another_with_the_same_words_is_given_back(cast: Cast, world: World) -> None:
    first, second, attempt, sent = _taken_for_anothers(cast, world)
    assert fresh(second).remote_id == sent.remote_id  # mistaken, for want of a mark
    answered(attempt, sent)
    assert (fresh(first).state, fresh(second).state) == (State.SENT, State.UNKNOWN)
    assert fresh(first).remote_id == sent.remote_id and not fresh(second).remote_id


def test_a_post_taken_for_another_is_not_taken_down_in_its_place(cast: Cast, world: World) -> None:
    first, second, attempt, sent = _taken_for_anothers(cast, world)
    ask_recall(cast.senior, fresh(second), reason="Wrong picture.")
    answered(attempt, sent)
    recall(second.pk)
    assert (fresh(first).state, fresh(second).state) == (State.SENT, State.RECALLED)
    assert list(world.posts) == [sent.remote_id]


def test_whose_post_was_taken_down_in_anothers_place_is_told(cast: Cast, world: World) -> None:
    first, second, attempt, sent = _taken_for_anothers(cast, world)
    ask_recall(cast.senior, fresh(second), reason="Wrong picture.")
    recall(second.pk)
    assert fresh(second).state == State.RECALLED and not world.posts
    answered(attempt, sent)
    prove(due(first).pk)
    row = fresh(first)
    assert row.state == State.SENT and row.needs_person and "in the place of another post" in row.problem
    assert fresh(second).state == State.RECALLING  # its own may be out: it is looked for
    recall(due(second).pk)
    assert fresh(second).state == State.RECALLED


def test_a_fault_inside_an_adapter_while_reading_is_told_and_does_not_hide_the_post(cast: Cast, world: World) -> None:
    target = scheduled(cast)
    _unknown(target)
    world.on_find = _raising(RuntimeError("a fault"))
    settle(due(target).pk)
    row = fresh(target)
    assert row.state == State.UNKNOWN and "RuntimeError" in row.problem
    with patch.object(World, "read", side_effect=RuntimeError("a fault")):
        sent = scheduled(cast, account=row.account)
        Target.objects.filter(pk=sent.pk).update(state=State.SENT, remote_id="post-1")
        proof = prove(due(sent).pk)
    assert proof and proof.verdict == "unreadable"


def test_a_process_frozen_while_it_gets_ready_gains_no_time(cast: Cast) -> None:
    from crosscut.apps.accounts.services import connections

    started_s = time.monotonic()
    clock = iter([started_s, started_s + 3600])  # it is frozen for an hour after the first look at the clock
    account = account_of(cast.workspace)
    deadline_at = timezone.now() + timedelta(seconds=60)
    with (
        patch.object(connections, "monotonic", lambda: next(clock)),
        patch.object(connections, "checked_settings"),
        patch.object(connections, "unseal"),
        patch("crosscut.channels.http.client", return_value=MagicMock()) as made,
        connections.context_for(account, deadline_at=deadline_at),
    ):
        pass
    assert made.call_args.kwargs["not_after_s"] <= started_s + 60


def test_a_late_answer_is_written_down_after_a_sent_one(cast: Cast, world: World) -> None:
    target = scheduled(cast)
    attempt = _sending(target)
    answered(attempt, Sent(remote_id="post-1"))
    answered(attempt, OutcomeUnknown("cut off"))  # a repeat must not unsay it
    assert fresh(target).state == State.SENT

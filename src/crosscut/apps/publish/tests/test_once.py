"""The promise: exactly once, or Crosscut says that it does not know and settles it by reading the channel back."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone
from tests.cast import Cast

from crosscut.apps.publish.models import Attempt, Proof, Target
from crosscut.apps.publish.services.hold import lift_hold, place_hold
from crosscut.apps.publish.services.prove import prove
from crosscut.apps.publish.services.recall import ask_recall, recall
from crosscut.apps.publish.services.send import send
from crosscut.apps.publish.services.settle import lose, lose_overdue, settle, settle_by_hand
from crosscut.apps.publish.tests.world import World, account_of, answered, claimed, due, fresh, marked, scheduled
from crosscut.channels.protocol import Post, Sent
from crosscut.kernel.errors import Conflict, NotAllowed, OutcomeUnknown, Problem, ReconnectNeeded, Rejected, RetryLater

State = Target.State
pytestmark = pytest.mark.django_db


def _raises(error: Exception):
    def act() -> None:
        raise error

    return act


def _long_ago(target: Target) -> None:
    """Makes every deadline of the target's attempts lie in the past."""
    past = timezone.now() - timedelta(hours=1)
    Attempt.objects.filter(target=target).update(deadline_at=past)


def _a_post(target: Target) -> Post:
    return Post(key=target.key, post_type="text", text="The reef is waking up.", due_at=target.due_at)


def test_it_sends_what_is_due_once_and_proves_it(cast: Cast, world: World) -> None:
    target = scheduled(cast)
    send(target.pk)
    assert fresh(target).state == State.SENT
    send(target.pk)
    proof = prove(target.pk)
    assert proof is not None and proof.verdict == Proof.Verdict.SAME
    assert fresh(target).state == State.PROVEN
    assert len(world.posts) == 1 and world.calls == 1


def test_it_does_not_send_before_its_time(cast: Cast, world: World) -> None:
    target = scheduled(cast)
    Target.objects.filter(pk=target.pk).update(next_at=timezone.now() + timedelta(hours=1))
    send(target.pk)
    assert fresh(target).state == State.SCHEDULED and world.calls == 0


@pytest.mark.parametrize(
    "error",
    [
        OutcomeUnknown("timed out"),  # what adapters say
        RuntimeError("a fault inside the adapter"),  # what they should not do
    ],
)
def test_an_unclear_answer_is_unknown_and_is_settled_without_sending_again(cast: Cast, world: World, error) -> None:
    world.after_publish = _raises(error)  # it is out, and we were not told
    target = scheduled(cast)
    send(target.pk)
    assert fresh(target).state == State.UNKNOWN
    settle(target.pk)
    row = fresh(target)
    assert row.state == State.SENT and row.remote_id == "post-1"
    assert world.calls == 1 and len(world.posts) == 1
    assert row.attempts.get().state == Attempt.State.CONFIRMED


def test_nothing_is_sent_while_it_is_unknown(cast: Cast, world: World) -> None:
    world.after_publish = _raises(OutcomeUnknown("timed out"))
    target = scheduled(cast)
    send(target.pk)
    send(due(target).pk)
    assert world.calls == 1


def test_it_is_sent_again_only_after_two_readings_past_the_deadline_found_nothing(cast: Cast, world: World) -> None:
    world.on_publish = _raises(OutcomeUnknown("cut off"))  # it never arrived
    target = scheduled(cast)
    send(target.pk)
    settle(target.pk)  # before the deadline: something may still be under way
    assert fresh(target).state == State.UNKNOWN
    _long_ago(target)
    settle(due(target).pk)
    assert fresh(target).state == State.UNKNOWN  # one reading is not enough
    settle(due(target).pk)
    assert fresh(target).state == State.SCHEDULED
    world.on_publish = None
    send(target.pk)
    assert fresh(target).state == State.SENT and len(world.posts) == 1


def test_a_channel_that_cannot_be_read_leaves_it_unknown_and_calls_a_person_in_the_end(
    cast: Cast, world: World
) -> None:
    world.after_publish = _raises(OutcomeUnknown("cut off"))
    world.on_find = _raises(RetryLater("down"))
    target = scheduled(cast)
    send(target.pk)
    settle(target.pk)
    row = fresh(target)
    assert row.state == State.UNKNOWN and not row.needs_person
    Attempt.objects.filter(target=target).update(sent_at=timezone.now() - timedelta(hours=2))
    settle(due(target).pk)
    assert fresh(target).needs_person and world.calls == 1


def test_a_definite_refusal_ends_it_and_says_why(cast: Cast, world: World) -> None:
    world.on_publish = _raises(Rejected("The text is too long."))
    target = scheduled(cast)
    send(target.pk)
    row = fresh(target)
    assert row.state == State.REFUSED and "too long" in row.problem


def test_try_again_later_is_tried_again_later_with_the_same_key(cast: Cast, world: World) -> None:
    world.on_publish = _raises(RetryLater("busy", after_s=90))
    target = scheduled(cast)
    send(target.pk)
    row = fresh(target)
    assert row.state == State.SCHEDULED
    assert 80 < (row.next_at - timezone.now()).total_seconds() <= 90
    world.on_publish = None
    send(due(target).pk)
    assert [post.key for post in world.posts.values()] == [target.key]


def test_what_the_channel_has_prepared_is_handed_back_at_the_next_try(cast: Cast, world: World) -> None:
    prepared = Problem(code="channel.still_processing", message="Still looking.", values={"kept": {"media": ["7"]}})
    world.on_publish = _raises(RetryLater("Still looking.", after_s=1, problems=[prepared]))
    target = scheduled(cast)
    send(target.pk)
    world.on_publish = None
    send(due(target).pk)
    assert world.posts["post-1"].extra["kept"] == {"media": ["7"]}


def test_reading_back_knows_which_posts_are_other_targets(cast: Cast, world: World) -> None:
    account = account_of(cast.workspace)
    first, second = scheduled(cast, account=account), scheduled(cast, account=account)
    send(first.pk)
    send(second.pk)
    assert world.posts["post-2"].extra["claimed"] == ["post-1"]


def test_lost_credentials_block_the_post_and_ask_for_connecting_again(cast: Cast, world: World) -> None:
    world.on_publish = _raises(ReconnectNeeded("The token was revoked."))
    target = scheduled(cast)
    send(target.pk)
    row = fresh(target)
    assert row.state == State.BLOCKED and "revoked" in row.problem
    assert row.account.state == "reconnect"


def test_a_worker_that_died_before_anything_left_costs_nothing(cast: Cast, world: World) -> None:
    target = scheduled(cast)
    assert claimed(target) is not None  # and here the worker is killed
    assert fresh(target).state == State.SENDING
    lose(target.pk, "The worker stopped.")
    assert fresh(target).state == State.SCHEDULED
    send(target.pk)
    assert fresh(target).state == State.SENT and world.calls == 1


def test_a_worker_that_died_while_sending_leaves_it_unknown(cast: Cast, world: World) -> None:
    target = scheduled(cast)
    attempt = claimed(target)
    assert attempt and marked(attempt, _a_post(target))  # and here the worker is killed
    lose(target.pk, "The worker stopped.")
    assert fresh(target).state == State.UNKNOWN and world.calls == 0


def test_a_worker_that_comes_back_after_it_was_given_up_may_not_send(cast: Cast, world: World) -> None:
    target = scheduled(cast)
    attempt = claimed(target)
    lose(target.pk, "The worker stopped.")
    assert attempt and not marked(attempt, _a_post(target))


def test_an_answer_that_comes_while_it_is_being_settled_is_believed(cast: Cast, world: World) -> None:
    target = scheduled(cast)
    attempt = claimed(target)
    assert attempt and marked(attempt, _a_post(target))
    lose(target.pk, "The worker stopped.")
    answered(attempt, Sent(remote_id="post-1", url="https://world.example/post-1"))
    assert fresh(target).state == State.SENT
    answered(attempt, Sent(remote_id="post-1", url="https://world.example/post-1"))  # and again: no harm
    assert fresh(target).state == State.SENT


def _given_up(target: Target) -> Attempt:
    """An attempt that was sent and then shown by reading not to be there: the target may be sent again."""
    attempt = claimed(target)
    assert attempt and marked(attempt, _a_post(target))
    lose(target.pk, "The worker stopped.")
    _long_ago(target)
    settle(due(target).pk)
    settle(due(target).pk)
    assert fresh(target).state == State.SCHEDULED
    return attempt


def test_a_late_success_is_believed_and_not_sent_again(cast: Cast, world: World) -> None:
    target = scheduled(cast)
    attempt = _given_up(target)
    answered(attempt, Sent(remote_id="post-1"))
    assert fresh(target).state == State.SENT
    send(due(target).pk)
    assert world.calls == 0


def test_a_late_success_stops_the_next_try_as_long_as_nothing_of_it_has_left(cast: Cast, world: World) -> None:
    target = scheduled(cast)
    attempt = _given_up(target)
    second = claimed(target)
    answered(attempt, Sent(remote_id="post-1"))
    assert fresh(target).state == State.SENT
    assert second and not marked(second, _a_post(target))


def test_a_late_success_beside_a_second_one_is_never_green_until_a_person_has_looked(cast: Cast, world: World) -> None:
    target = scheduled(cast)
    attempt = _given_up(target)
    send(target.pk)
    answered(attempt, Sent(remote_id="late", url="https://world.example/late"))
    prove(due(target).pk)
    row = fresh(target)
    assert row.state == State.SENT and row.needs_person and "https://world.example/late" in row.problem
    settle_by_hand(cast.senior, row, is_there=True)
    prove(due(target).pk)
    assert fresh(target).state == State.PROVEN


def test_a_late_answer_that_names_the_same_post_changes_nothing(cast: Cast, world: World) -> None:
    target = scheduled(cast)
    attempt = _given_up(target)
    send(target.pk)
    answered(attempt, Sent(remote_id=fresh(target).remote_id))
    assert fresh(target).state == State.SENT and not fresh(target).needs_person


def test_what_nobody_answered_for_is_doubted(cast: Cast, world: World) -> None:
    target = scheduled(cast)
    attempt = claimed(target)
    assert attempt and marked(attempt, _a_post(target))
    assert lose_overdue() == 0
    _long_ago(target)
    assert lose_overdue() == 1
    assert fresh(target).state == State.UNKNOWN


def test_the_database_refuses_a_second_open_attempt(cast: Cast, world: World) -> None:
    target = scheduled(cast)
    first = claimed(target)
    assert first is not None
    with pytest.raises(IntegrityError), transaction.atomic():
        Attempt.objects.create(target=target, number=2, digest="", worker="another", deadline_at=timezone.now())


def test_the_same_piece_cannot_be_on_its_way_to_an_account_twice(cast: Cast, world: World) -> None:
    target = scheduled(cast)
    with pytest.raises(IntegrityError), transaction.atomic():
        Target.objects.create(
            workspace=target.workspace,
            piece=target.piece,
            edition=target.edition,
            account=target.account,
            post_type="text",
            key="another-key-of-its-own",
            wall_time="2026-01-01T00:00:00",
            zone="UTC",
            due_at=timezone.now(),
            next_at=timezone.now(),
        )


def test_one_account_sends_one_thing_at_a_time(cast: Cast, world: World) -> None:
    account = account_of(cast.workspace)
    first, second = scheduled(cast, account=account), scheduled(cast, account=account)
    assert claimed(first) is not None
    send(second.pk)
    assert fresh(second).state == State.SCHEDULED and world.calls == 0


def test_a_hold_stops_everything_and_lifting_it_lets_it_go(cast: Cast, world: World) -> None:
    target = scheduled(cast)
    hold = place_hold(cast.senior, reason="A storm hit the coast.")
    send(target.pk)
    assert fresh(target).state == State.SCHEDULED and world.calls == 0
    lift_hold(cast.senior, hold.pk)
    send(due(target).pk)
    assert fresh(target).state == State.SENT


def test_a_hold_that_comes_between_preparing_and_sending_still_stops_it(cast: Cast, world: World) -> None:
    target = scheduled(cast)
    attempt = claimed(target)
    place_hold(cast.senior, reason="A storm hit the coast.")
    assert attempt and not marked(attempt, _a_post(target))
    assert fresh(target).state == State.SCHEDULED


def test_what_was_missed_for_hours_waits_for_a_person(cast: Cast, world: World) -> None:
    target = scheduled(cast)
    Target.objects.filter(pk=target.pk).update(due_at=timezone.now() - timedelta(hours=10))
    send(due(target).pk)
    row = fresh(target)
    assert row.state == State.BLOCKED and "another time" in row.problem and world.calls == 0


def test_it_is_not_green_when_the_public_sees_something_else(cast: Cast, world: World) -> None:
    target = scheduled(cast)
    send(target.pk)
    world.spoils_text = True
    for _ in range(5):
        prove(due(target).pk)
    row = fresh(target)
    assert row.state == State.SENT and "differs" in row.problem


def test_it_notices_when_a_proven_post_is_gone(cast: Cast, world: World) -> None:
    target = scheduled(cast)
    send(target.pk)
    prove(target.pk)
    assert fresh(target).state == State.PROVEN
    world.posts.clear()
    prove(due(target).pk)
    assert fresh(target).state == State.SENT


def test_a_recall_is_believed_only_when_reading_shows_that_it_is_gone(cast: Cast, world: World) -> None:
    target = scheduled(cast)
    send(target.pk)
    ask_recall(cast.senior, fresh(target), reason="Wrong picture.")
    recall(target.pk)
    assert fresh(target).state == State.RECALLED and not world.posts


def test_only_a_senior_or_its_scheduler_recalls(cast: Cast, world: World) -> None:
    target = scheduled(cast)
    send(target.pk)
    with pytest.raises(NotAllowed):
        ask_recall(cast.junior, fresh(target), reason="I do not like it.")


def test_a_senior_settles_by_hand_what_cannot_be_read(cast: Cast, world: World) -> None:
    world.after_publish = _raises(OutcomeUnknown("cut off"))
    target = scheduled(cast)
    send(target.pk)
    with pytest.raises(NotAllowed):
        settle_by_hand(cast.junior, target, is_there=True)
    settle_by_hand(cast.senior, target, is_there=True, url="https://world.example/post-1")
    assert fresh(target).state == State.SENT
    with pytest.raises(Conflict):
        settle_by_hand(cast.senior, target, is_there=False)

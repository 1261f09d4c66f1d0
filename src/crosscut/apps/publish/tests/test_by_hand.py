"""What a person settles: a post that only they have seen, and one that is out twice."""

from datetime import timedelta
from unittest.mock import patch

import pytest
from django.utils import timezone
from tests.cast import Cast

from crosscut.apps.publish.models import Attempt, Copy, Target
from crosscut.apps.publish.services.keep_one import Others, keep_one
from crosscut.apps.publish.services.prove import prove
from crosscut.apps.publish.services.recall import ask_recall, recall
from crosscut.apps.publish.services.schedule import schedule
from crosscut.apps.publish.services.send import send
from crosscut.apps.publish.services.settle import lose, settle, settle_by_hand
from crosscut.apps.publish.tests.world import World, answered, claimed, due, fresh, marked, scheduled
from crosscut.channels.protocol import Post, Sent
from crosscut.kernel.errors import Conflict, Invalid, NotAllowed, OutcomeUnknown, Rejected, RetryLater

State = Target.State
pytestmark = pytest.mark.django_db


def _raises(error: Exception):
    def act() -> None:
        raise error

    return act


def _a_post(target: Target) -> Post:
    return Post(key=target.key, post_type="text", text="The reef is waking up.", due_at=target.due_at)


def _unknown(cast: Cast, world: World) -> Target:
    """A post that is out, and nobody was told."""
    world.after_publish = _raises(OutcomeUnknown("cut off"))
    target = scheduled(cast)
    send(target.pk)
    world.after_publish = None
    return fresh(target)


def _sent_and_lost(target: Target) -> Attempt:
    attempt = claimed(target)
    assert attempt and marked(attempt, _a_post(target))
    lose(target.pk, "The worker stopped.")
    return attempt


def _given_up(target: Target) -> Attempt:
    """An attempt that reading showed not to be there: the target may be sent again."""
    attempt = _sent_and_lost(target)
    Attempt.objects.filter(pk=attempt.pk).update(deadline_at=timezone.now() - timedelta(hours=1))
    settle(due(target).pk)
    settle(due(target).pk)
    assert fresh(target).state == State.SCHEDULED
    return attempt


def _twice(cast: Cast, world: World) -> Target:
    """A post that is out twice: a server kept the first try long after it was given up."""
    target = scheduled(cast)
    attempt = _given_up(target)
    send(target.pk)
    answered(attempt, world.keep(_a_post(target)))
    assert len(world.posts) == 2
    return fresh(target)


def test_a_post_that_a_person_saw_is_found_at_its_address_and_proven(cast: Cast, world: World) -> None:
    target = _unknown(cast, world)
    settle_by_hand(cast.senior, target, is_there=True, url="https://world.example/post-1")
    assert (fresh(target).state, fresh(target).remote_id) == (State.SENT, "")
    proof = prove(due(target).pk)
    assert proof and proof.verdict == "same"
    row = fresh(target)
    assert (row.state, row.remote_id, row.attempts.get().remote_id) == (State.PROVEN, "post-1", "post-1")


def test_a_post_gets_the_channels_own_name_when_it_is_first_seen(
    cast: Cast, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    keep, read = world.keep, world.read

    def taken(post: Post) -> Sent:
        keep(post)
        return Sent(remote_id="on-its-way-1", is_provisional=True)

    monkeypatch.setattr(world, "keep", taken)
    monkeypatch.setattr(world, "read", lambda context, name: read(context, name.replace("on-its-way", "post")))
    target = scheduled(cast)
    send(target.pk)
    assert (fresh(target).state, fresh(target).remote_id) == (State.SENT, "on-its-way-1")
    prove(due(target).pk)
    row = fresh(target)
    assert (row.state, row.remote_id, row.url) == (State.PROVEN, "post-1", "https://world.example/post-1")
    prove(due(target).pk)
    assert fresh(target).state == State.PROVEN


def test_an_address_that_leads_nowhere_here_does_not_hide_the_post(cast: Cast, world: World) -> None:
    target = _unknown(cast, world)
    settle_by_hand(cast.senior, target, is_there=True, url="https://short.example/x")
    prove(due(target).pk)
    assert (fresh(target).state, fresh(target).remote_id) == (State.PROVEN, "post-1")


def test_a_post_that_cannot_be_told_from_others_is_unreadable_and_not_missing(cast: Cast, world: World) -> None:
    target = _unknown(cast, world)
    settle_by_hand(cast.senior, target, is_there=True, url="https://short.example/x")
    world.posts.clear()
    proof = prove(due(target).pk)
    assert proof and proof.verdict == "unreadable" and "https://short.example/x" in proof.parts[0]["note"]
    assert fresh(target).state == State.SENT


def test_nothing_at_the_address_and_nothing_like_it_is_missing(cast: Cast, world: World) -> None:
    target = _unknown(cast, world)
    settle_by_hand(cast.senior, target, is_there=True, url="https://world.example/post-1")
    world.posts.clear()
    proof = prove(due(target).pk)
    assert proof and proof.verdict == "missing" and fresh(target).state == State.SENT


def test_the_address_of_another_post_is_refused(cast: Cast, world: World) -> None:
    target = _unknown(cast, world)
    other = scheduled(cast, account=target.account)
    send(other.pk)
    with pytest.raises(Invalid, match="known at this address"):
        settle_by_hand(cast.senior, target, is_there=True, url=fresh(other).url)
    assert fresh(target).state == State.UNKNOWN


def test_another_spelling_of_another_posts_address_makes_nothing_green(cast: Cast, world: World) -> None:
    target = _unknown(cast, world)
    other = scheduled(cast, account=target.account)
    send(other.pk)
    settle_by_hand(cast.senior, target, is_there=True, url="https://world.example/odd")
    with patch.object(World, "at_address", return_value=Sent(remote_id=fresh(other).remote_id)):
        prove(due(target).pk)
    row = fresh(target)
    assert (row.state, row.remote_id, row.needs_person) == (State.SENT, "", True)


def test_a_post_that_only_a_person_saw_can_be_taken_down(cast: Cast, world: World) -> None:
    target = _unknown(cast, world)
    settle_by_hand(cast.senior, target, is_there=True, url="https://world.example/post-1")
    ask_recall(cast.senior, fresh(target), reason="Wrong picture.")
    recall(due(target).pk)
    assert fresh(target).state == State.RECALLED and not world.posts


def test_a_late_answer_names_the_post_that_a_person_saw(cast: Cast, world: World) -> None:
    target = scheduled(cast)
    attempt = _sent_and_lost(target)
    settle_by_hand(cast.senior, target, is_there=True, url="https://world.example/odd")
    sent = world.keep(_a_post(target))
    answered(attempt, sent)
    assert (fresh(target).remote_id, fresh(target).needs_person) == (sent.remote_id, False)
    prove(due(target).pk)
    assert fresh(target).state == State.PROVEN


def test_the_channels_own_answer_corrects_what_reading_took_for_the_post(cast: Cast, world: World) -> None:
    world.knows_keys = False
    target = scheduled(cast)
    world.keep(_a_post(target))  # somebody wrote the same words by hand
    attempt = _sent_and_lost(target)
    settle(due(target).pk)
    assert fresh(target).remote_id == "post-1"
    answered(attempt, world.keep(_a_post(target)))
    row = fresh(target)
    assert (row.remote_id, row.needs_person, row.copies.count()) == ("post-2", False, 0)


def test_two_tries_that_were_both_kept_are_told_also_when_reading_found_the_first(cast: Cast, world: World) -> None:
    target = scheduled(cast)
    _given_up(target)
    second = _sent_and_lost(target)
    world.keep(_a_post(target))  # the first try, stored at last
    settle(due(target).pk)
    answered(second, world.keep(_a_post(target)))
    row = fresh(target)
    assert (row.remote_id, row.needs_person) == ("post-2", True) and row.copies.get().remote_id == "post-1"


def test_a_person_has_the_second_post_taken_down_and_then_it_is_green(cast: Cast, world: World) -> None:
    target = _twice(cast, world)
    prove(due(target).pk)
    assert fresh(target).state == State.SENT and fresh(target).needs_person
    keep_one(cast.senior, target, others=Others.TAKE_DOWN)
    prove(due(target).pk)
    assert list(world.posts) == [fresh(target).remote_id]
    prove(due(target).pk)
    assert fresh(target).state == State.PROVEN and fresh(target).copies.get().state == Copy.State.REMOVED


def test_a_person_says_that_the_other_one_is_ours(cast: Cast, world: World) -> None:
    target = _twice(cast, world)
    kept, other = target.copies.get(), target.remote_id
    keep_one(cast.senior, target, keep=kept.pk, others=Others.TAKE_DOWN)
    prove(due(target).pk)
    assert list(world.posts) == [kept.remote_id] == [fresh(target).remote_id] and other not in world.posts


def test_what_is_left_alone_stays_and_no_longer_asks(cast: Cast, world: World) -> None:
    target = _twice(cast, world)
    settle_by_hand(cast.senior, target, is_there=True, url=target.copies.get().url)
    row = fresh(target)
    assert row.remote_id == "post-2" and not row.needs_person and len(world.posts) == 2
    prove(due(target).pk)
    assert fresh(target).state == State.PROVEN


def test_it_is_not_green_before_the_second_post_is_gone(cast: Cast, world: World) -> None:
    target = _twice(cast, world)
    keep_one(cast.senior, target, others=Others.TAKE_DOWN)
    with patch.object(World, "delete", side_effect=RetryLater("down")):
        prove(due(target).pk)
    row = fresh(target)
    assert row.state == State.SENT and "down" in row.problem and row.next_at < timezone.now() + timedelta(minutes=2)
    prove(due(target).pk)
    prove(due(target).pk)
    assert fresh(target).state == State.PROVEN and len(world.posts) == 1


def test_the_last_post_is_never_taken_for_the_second_one(cast: Cast, world: World) -> None:
    target = _twice(cast, world)
    keep_one(cast.senior, target, others=Others.TAKE_DOWN)
    del world.posts[target.remote_id]  # somebody took the one down that was kept
    prove(due(target).pk)
    assert len(world.posts) == 1 and fresh(target).state == State.SENT


def test_taking_a_post_down_takes_the_second_one_along(cast: Cast, world: World) -> None:
    target = _twice(cast, world)
    ask_recall(cast.senior, target, reason="Wrong picture.")
    recall(due(target).pk)
    assert fresh(target).state == State.RECALLED and not world.posts


def test_a_second_post_told_of_after_a_recall_goes_as_well(cast: Cast, world: World) -> None:
    target = scheduled(cast)
    attempt = _given_up(target)
    send(target.pk)
    ask_recall(cast.senior, fresh(target), reason="Wrong picture.")
    recall(due(target).pk)
    answered(attempt, world.keep(_a_post(target)))
    assert fresh(target).state == State.RECALLING
    recall(due(target).pk)
    assert fresh(target).state == State.RECALLED and not world.posts


@pytest.mark.parametrize(
    "error",
    [
        Rejected("We have that already."),  # the second try was refused: the first one's post stands
        RetryLater("Slow down.", after_s=1),  # and is not tried a third time
    ],
)
def test_a_second_try_that_made_nothing_leaves_the_first_ones_post(cast: Cast, world: World, error) -> None:
    target = scheduled(cast)
    first = _given_up(target)
    second = claimed(target)
    assert second and marked(second, _a_post(target))
    sent = world.keep(_a_post(target))
    answered(first, sent)
    answered(second, error)
    row = fresh(target)
    assert (row.state, row.remote_id, row.needs_person) == (State.SENT, sent.remote_id, False)
    send(due(target).pk)
    assert world.calls == 0


def test_a_second_try_shown_absent_by_reading_leaves_the_first_ones_post(cast: Cast, world: World) -> None:
    world.knows_keys = False
    target = scheduled(cast)
    first = _given_up(target)
    second = _sent_and_lost(target)
    answered(first, world.keep(_a_post(target)))
    Attempt.objects.filter(pk=second.pk).update(deadline_at=timezone.now() - timedelta(hours=1))
    settle(due(target).pk)
    settle(due(target).pk)
    row = fresh(target)
    assert (row.state, row.remote_id, row.needs_person) == (State.SENT, "post-1", False)


def test_nothing_is_decided_where_nothing_is_double(cast: Cast, world: World) -> None:
    target = scheduled(cast)
    send(target.pk)
    with pytest.raises(Conflict):
        keep_one(cast.senior, target, others=Others.LEAVE)
    with pytest.raises(NotAllowed):
        keep_one(cast.junior, target, others=Others.LEAVE)


def test_a_copy_of_another_post_is_refused(cast: Cast, world: World) -> None:
    target = _twice(cast, world)
    with pytest.raises(Invalid):
        keep_one(cast.senior, target, keep=target.copies.get().pk + 1, others=Others.LEAVE)


def test_a_late_answer_about_what_is_gone_already_changes_nothing(cast: Cast, world: World) -> None:
    target = scheduled(cast)
    attempt = _sent_and_lost(target)
    sent = world.keep(_a_post(target))
    settle(due(target).pk)
    ask_recall(cast.senior, fresh(target), reason="Wrong picture.")
    recall(due(target).pk)
    answered(attempt, sent)
    assert fresh(target).state == State.RECALLED


def test_a_post_that_is_out_after_its_place_was_given_away_asks_for_a_person(cast: Cast, world: World) -> None:
    target = scheduled(cast)
    attempt = _given_up(target)
    send(target.pk)
    ask_recall(cast.senior, fresh(target), reason="Wrong picture.")
    recall(due(target).pk)
    now = timezone.now().replace(tzinfo=None)
    other = schedule(cast.senior, target.piece, target.account, wall_time=now, zone="UTC")
    answered(attempt, world.keep(_a_post(target)))
    row = fresh(target)
    assert (row.state, row.needs_person) == (State.RECALLED, False) and "which one stays is said there" in row.problem
    row = fresh(other)
    assert (row.state, row.needs_person) == (State.BLOCKED, True) and "twice" in row.problem

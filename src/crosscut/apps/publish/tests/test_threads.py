"""A thread goes out part by part: each once, in order, as an answer to the one before, whatever happens meanwhile."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone
from tests.cast import Cast

from crosscut.apps.accounts.tests.asking import program, signed_in
from crosscut.apps.publish.due import due_targets
from crosscut.apps.publish.models import Attempt, Proof, Target
from crosscut.apps.publish.services import parts
from crosscut.apps.publish.services.going_on import go_on, send_the_rest
from crosscut.apps.publish.services.hold import lift_hold, place_hold
from crosscut.apps.publish.services.prove import prove
from crosscut.apps.publish.services.recall import ask_recall, recall
from crosscut.apps.publish.services.schedule import cancel
from crosscut.apps.publish.services.send import send
from crosscut.apps.publish.services.settle import lose, settle, settle_by_hand
from crosscut.apps.publish.tests.world import World, account_of, answered, claimed, due, fresh, marked, scheduled
from crosscut.apps.publish.wording import parts_words
from crosscut.channels.protocol import Post
from crosscut.kernel.errors import Conflict, OutcomeUnknown, Rejected, RetryLater

State = Target.State
pytestmark = pytest.mark.django_db


def _raises(error: Exception):
    def act() -> None:
        raise error

    return act


def _next(target: Target) -> Target:
    """The next step, now."""
    go_on(due(target).pk)
    return fresh(target)


def _after(cast: Cast, count: int, *, of: int = 4) -> Target:
    """A thread of which so many parts are out."""
    target = scheduled(cast, parts=of)
    send(target.pk)
    for _ in range(count - 1):
        _next(target)
    assert fresh(target).parts_out == count
    return fresh(target)


def _chain(world: World) -> list[str]:
    """What each post of the world answers, in the order they were made."""
    return [post.parent.remote_id if post.parent else "" for post in world.posts.values()]


def test_each_part_goes_out_once_in_order_and_answers_the_one_before(cast: Cast, world: World) -> None:
    target = scheduled(cast, parts=4)
    send(target.pk)
    assert (fresh(target).state, parts_words(fresh(target))) == (State.PARTLY, "1 of 4 parts is out.")
    assert (target.pk, State.PARTLY) in due_targets(timezone.now())
    for out in (2, 3):
        row = _next(target)
        assert (row.state, row.parts_out) == (State.PARTLY, out)
    assert _next(target).state == State.SENT
    assert _chain(world) == ["", "post-1", "post-2", "post-3"]
    assert all(post.root is None or post.root.remote_id == "post-1" for post in world.posts.values())
    assert len({post.key for post in world.posts.values()}) == 4
    proof = prove(due(target).pk)
    assert proof is not None and proof.verdict == Proof.Verdict.SAME and fresh(target).state == State.PROVEN
    assert [part["part"] for part in proof.parts if part["part"].endswith("answers")] == [
        f"{n}: answers" for n in (2, 3, 4)
    ]
    assert world.calls == 4


def test_a_lost_answer_between_two_parts_is_settled_before_the_next_leaves(cast: Cast, world: World) -> None:
    target = _after(cast, 1)
    world.after_publish = _raises(OutcomeUnknown("The line was cut."))
    row = _next(target)
    assert (row.state, row.parts_out) == (State.UNKNOWN, 1)
    assert b"about part 2 of 4" in signed_in(cast.senior).get(f"/posts/{target.pk}/").content
    go_on(target.pk)
    send(target.pk)
    assert len(world.posts) == 2, "nothing leaves while a part is in doubt"
    world.after_publish = None
    settle(due(target).pk)
    assert (fresh(target).state, fresh(target).parts_out) == (State.PARTLY, 2)
    while fresh(target).state == State.PARTLY:
        _next(target)
    assert _chain(world) == ["", "post-1", "post-2", "post-3"]


def test_parts_with_the_same_words_are_not_taken_for_each_other(cast: Cast, world: World) -> None:
    world.knows_keys = False
    target = _after(cast, 2)
    world.on_publish = _raises(OutcomeUnknown("The line was cut."))  # before it arrived
    assert _next(target).state == State.UNKNOWN
    world.on_publish = None
    Attempt.objects.filter(target=target).update(deadline_at=timezone.now() - timedelta(hours=1))
    settle(due(target).pk)
    settle(due(target).pk)
    assert (fresh(target).state, fresh(target).parts_out) == (State.PARTLY, 2), (
        "part 2 says the same, and is not part 3"
    )
    _next(target)
    assert _chain(world) == ["", "post-1", "post-2"]


def test_a_worker_that_dies_with_a_part_in_hand_leaves_it_to_be_settled(cast: Cast, world: World) -> None:
    target = _after(cast, 1)
    attempt = claimed(due(target))
    assert attempt is not None and attempt.part == 2
    lose(target.pk, "The worker stopped.")
    assert fresh(target).state == State.PARTLY  # nothing had left
    attempt = claimed(due(target))
    assert attempt is not None
    assert marked(attempt, Post(key="k", post_type="text", text="Read on.", due_at=target.due_at))
    lose(target.pk, "The worker stopped.")
    assert (fresh(target).state, fresh(target).parts_out) == (State.UNKNOWN, 1)


def test_the_database_refuses_a_part_twice_and_two_parts_at_once(cast: Cast, world: World) -> None:
    target = _after(cast, 1)
    told = {"target": target, "digest": "", "worker": "w", "deadline_at": timezone.now()}
    with pytest.raises(IntegrityError), transaction.atomic():
        Attempt.objects.create(number=8, part=1, **told)
    Attempt.objects.create(number=8, part=2, **told)
    with pytest.raises(IntegrityError), transaction.atomic():
        Attempt.objects.create(number=9, part=3, **told)


def test_a_limit_between_two_parts_waits_and_loses_nothing(cast: Cast, world: World) -> None:
    target = _after(cast, 2)
    world.on_publish = _raises(RetryLater("Too many.", after_s=90))
    row = _next(target)
    assert (row.state, row.parts_out, row.needs_person) == (State.PARTLY, 2, False)
    assert row.next_at > timezone.now() + timedelta(seconds=80)
    world.on_publish = None
    _next(target)
    assert _next(target).state == State.SENT and len(world.posts) == 4


def test_a_hold_between_two_parts_stops_the_next(cast: Cast, world: World) -> None:
    target = _after(cast, 2)
    hold = place_hold(cast.senior, reason="A storm.")
    row = _next(target)
    assert (row.state, row.parts_out, len(world.posts)) == (State.PARTLY, 2, 2)
    lift_hold(cast.senior, hold.pk)
    assert _next(target).parts_out == 3


def test_a_refused_part_asks_a_person_who_sends_the_rest_or_takes_it_down(cast: Cast, world: World) -> None:
    target = _after(cast, 2)
    world.on_publish = _raises(Rejected("We do not want this."))
    row = _next(target)
    assert (row.state, row.needs_person, row.problem) == (State.PARTLY, True, "We do not want this.")
    assert (target.pk, State.PARTLY) not in due_targets(timezone.now())
    with pytest.raises(Conflict, match="partly out"):
        cancel(cast.senior, row)
    world.on_publish = None
    assert program(cast.stranger).post(f"/api/posts/{target.pk}/send-the-rest").status_code == 404
    assert program(cast.senior).post(f"/api/posts/{target.pk}/send-the-rest").status_code == 200
    _next(target)
    assert _next(target).state == State.SENT and _chain(world) == ["", "post-1", "post-2", "post-3"]
    with pytest.raises(Conflict):
        send_the_rest(cast.senior, fresh(target))


def test_taking_down_removes_all_parts_the_last_first_and_tells_what_is_still_there(
    cast: Cast, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    target = _after(cast, 3)
    gone: list[str] = []

    def delete(context: object, remote_id: str) -> None:
        if remote_id == "post-2" and len(gone) < 2:
            raise RetryLater("Try again.")
        gone.append(remote_id)
        world.posts.pop(remote_id, None)

    monkeypatch.setattr(world, "delete", delete)
    ask_recall(cast.senior, target, reason="Wrong.")
    recall(due(target).pk)
    row = fresh(target)
    assert (row.state, gone) == (State.RECALLING, ["post-3", "post-1"])
    assert "Of 4 parts, these can still be seen: 2" in row.problem
    recall(due(target).pk)
    assert fresh(target).state == State.RECALLED and not world.posts
    go_on(target.pk)
    assert not world.posts


def test_a_late_answer_of_a_part_after_taking_down_takes_that_one_down_too(cast: Cast, world: World) -> None:
    target = _after(cast, 1)
    attempt = claimed(due(target))
    assert attempt is not None
    post = Post(key=parts.key_of(target, 2), post_type="text", text="Read on.", due_at=target.due_at)
    assert marked(attempt, post)
    lose(target.pk, "The worker stopped.")
    settle_by_hand(cast.senior, fresh(target), is_there=False)
    ask_recall(cast.senior, fresh(target), reason="Wrong.")
    recall(due(target).pk)
    assert fresh(target).state == State.RECALLED
    answered(attempt, world.keep(post))
    assert fresh(target).state == State.RECALLING
    recall(due(target).pk)
    assert fresh(target).state == State.RECALLED and not world.posts


def test_a_part_that_only_a_person_saw_gets_its_name_before_the_next_answers_it(cast: Cast, world: World) -> None:
    target = _after(cast, 1)
    world.after_publish, world.on_find = _raises(OutcomeUnknown("cut")), _raises(RetryLater("down"))
    assert _next(target).state == State.UNKNOWN
    settle_by_hand(cast.senior, fresh(target), is_there=True, url="https://world.example/post-2")
    world.after_publish = world.on_find = None
    assert (fresh(target).state, fresh(target).parts_out) == (State.PARTLY, 2)
    _next(target)
    assert parts.out_of(fresh(target))[2].remote_id == "post-2"
    _next(target)
    assert _chain(world) == ["", "post-1", "post-2"]


def test_the_proof_tells_a_broken_chain_and_a_missing_part(cast: Cast, world: World) -> None:
    target = _after(cast, 3, of=3)
    world.posts["post-3"] = world.posts["post-2"]
    proof = prove(due(target).pk)
    assert proof is not None and proof.verdict == Proof.Verdict.DIFFERS
    assert [part["part"] for part in proof.parts if not part["is_same"]] == ["3: answers"]
    del world.posts["post-2"]
    again = prove(due(target).pk)
    assert again is not None and "2: post" in [part["part"] for part in again.parts if not part["is_same"]]
    world.posts.clear()
    last = prove(due(target).pk)
    assert last is not None and last.verdict == Proof.Verdict.MISSING


def test_nothing_of_a_thread_goes_out_when_it_is_cancelled_before_its_first_part(cast: Cast, world: World) -> None:
    target = scheduled(cast, parts=3)
    cancel(cast.senior, target)
    send(due(target).pk)
    go_on(target.pk)
    assert not world.posts


def test_nothing_stands_below_a_first_part_that_may_be_anothers(cast: Cast, world: World) -> None:
    world.knows_keys = False
    account = account_of(cast.workspace)
    ours, other = (scheduled(cast, account=account, parts=2) for _ in range(2))
    world.after_publish = _raises(OutcomeUnknown("The line was cut."))
    send(other.pk)  # it is out, and nobody knows
    world.on_publish, world.after_publish = world.after_publish, None
    send(ours.pk)  # it is not
    world.on_publish = None
    settle(due(ours).pk)
    assert (fresh(ours).state, fresh(ours).remote_id) == (State.PARTLY, "post-1")
    _next(ours)
    assert len(world.posts) == 1, "it waits until the other one is settled"
    first = other.attempts.get()
    answered(first, world._sent("post-1"))  # the other one's own answer, at last
    assert (fresh(ours).state, fresh(ours).parts_out) == (State.UNKNOWN, 0)
    assert (fresh(other).state, fresh(other).remote_id) == (State.PARTLY, "post-1")

"""A post that was cancelled went out after all, and its piece went its way again: a person says which one stays."""

from datetime import timedelta

import pytest
from django.utils import timezone
from tests.cast import Cast

from crosscut.apps.accounts.tests.asking import program, signed_in
from crosscut.apps.publish.models import Attempt, Copy, Takedown, Target
from crosscut.apps.publish.services.keep_one import Others, keep_one
from crosscut.apps.publish.services.prove import prove
from crosscut.apps.publish.services.schedule import cancel, reschedule, schedule
from crosscut.apps.publish.services.send import send
from crosscut.apps.publish.services.settle import lose, settle
from crosscut.apps.publish.tests.world import World, account_of, answered, claimed, due, fresh, marked, scheduled
from crosscut.channels.protocol import Post, Sent
from crosscut.kernel.errors import Conflict, Unsupported

State = Target.State
pytestmark = pytest.mark.django_db


def _pair(cast: Cast) -> tuple[Target, Attempt, Target]:
    """A post that was tried, given up and cancelled, its try, and another post of the same piece."""
    account = account_of(cast.workspace)
    first = scheduled(cast, account=account)
    attempt = claimed(first)
    assert attempt is not None
    assert marked(attempt, Post(key="k", post_type="text", text="The reef is waking up.", due_at=first.due_at))
    lose(first.pk, "The worker stopped.")
    Attempt.objects.filter(target=first).update(deadline_at=timezone.now() - timedelta(hours=1))
    settle(due(first).pk)
    settle(due(first).pk)
    cancel(cast.senior, fresh(first))
    now = timezone.now().replace(tzinfo=None)
    return first, attempt, schedule(cast.senior, first.piece, account, wall_time=now, zone="UTC")


def _comes_late(world: World, attempt: Attempt) -> Sent:
    """The first one's answer, at last: it is there."""
    world.posts["late"] = Post(key="k", post_type="text", text="The reef is waking up.", due_at=timezone.now())
    sent = Sent(remote_id="late", url="https://world.example/late")
    answered(attempt, sent)
    return sent


def test_a_planned_one_waits_until_it_is_said_which_stays(cast: Cast, world: World) -> None:
    first, attempt, second = _pair(cast)
    _comes_late(world, attempt)
    row = fresh(second)
    assert (row.state, row.needs_person) == (State.BLOCKED, True) and "world.example/late" in row.problem
    assert (fresh(first).state, fresh(first).needs_person) == (State.CANCELLED, False)
    assert send(due(second).pk) == 0, "nothing leaves meanwhile"
    with pytest.raises(Conflict):
        cancel(cast.senior, row)
    with pytest.raises(Conflict):
        reschedule(cast.senior, row, wall_time=timezone.now().replace(tzinfo=None), zone="UTC")
    page = signed_in(cast.senior)
    assert f'href="/posts/{second.pk}/"'.encode() in page.get(f"/posts/{first.pk}/").content
    shown = page.get(f"/posts/{second.pk}/").content
    assert b"The planned one, at its time" in shown and b"https://world.example/late" in shown
    [copy] = second.copies.all()
    told = {"keep": str(copy.pk), "others": Others.LEAVE, "note": ""}
    assert signed_in(cast.stranger).post(f"/posts/{second.pk}/keep-one/", told).status_code == 404
    assert page.post(f"/posts/{second.pk}/keep-one/", told).status_code == 302
    row = fresh(second)
    assert (row.state, row.remote_id, row.needs_person) == (State.SENT, "late", False)
    prove(due(second).pk)
    assert (fresh(second).state, list(world.posts)) == (State.PROVEN, ["late"])


def test_the_planned_one_goes_out_and_the_other_is_taken_down_after_it(cast: Cast, world: World) -> None:
    _first, attempt, second = _pair(cast)
    _comes_late(world, attempt)
    keep_one(cast.senior, fresh(second), keep=None, others=Others.TAKE_DOWN)
    assert fresh(second).state == State.SCHEDULED
    send(due(second).pk)
    prove(due(second).pk)
    prove(due(second).pk)
    assert (fresh(second).state, "late" in world.posts, len(world.posts)) == (State.PROVEN, False, 1)


def test_of_two_that_are_out_the_other_is_taken_down_or_is_a_persons_task(
    cast: Cast, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    _first, attempt, second = _pair(cast)
    send(due(second).pk)
    prove(due(second).pk)
    _comes_late(world, attempt)
    assert (fresh(second).state, fresh(second).needs_person) == (State.SENT, True)
    [copy] = second.copies.all()
    told = {"keep": copy.pk, "others": Others.TAKE_DOWN, "note": ""}
    path = f"/api/posts/{second.pk}/keep-one"
    assert program(cast.stranger).post(path, told, content_type="application/json").status_code == 404
    keep_one(cast.senior, fresh(second), keep=copy.pk, others=Others.TAKE_DOWN)
    gone = world.delete

    def refuse(context: object, remote_id: str) -> None:
        raise Unsupported("No program may.")

    monkeypatch.setattr(world, "delete", refuse)
    prove(due(second).pk)
    task = Takedown.objects.get(target=second, closed_at=None)
    assert "Take the second post down" in task.reason and fresh(second).state == State.SENT
    monkeypatch.setattr(world, "delete", gone)
    prove(due(second).pk)
    prove(due(second).pk)
    assert (fresh(second).state, fresh(second).remote_id, list(world.posts)) == (State.PROVEN, "late", ["late"])
    assert not Takedown.objects.filter(target=second, closed_at=None).exists()


def test_one_that_was_taken_for_its_own_is_given_back_and_stands_for_it_again(cast: Cast, world: World) -> None:
    _first, attempt, second = _pair(cast)
    own = claimed(due(second))
    assert own is not None and marked(own, Post(key="k2", post_type="text", text="x", due_at=second.due_at))
    lose(second.pk, "The worker stopped.")
    world.posts["late"] = Post(key="k", post_type="text", text="The reef is waking up.", due_at=timezone.now())
    world.knows_keys = False
    settle(due(second).pk)
    assert fresh(second).remote_id == "late"
    answered(attempt, Sent(remote_id="late", url="https://world.example/late"))
    assert fresh(second).state == State.UNKNOWN, "its own may be out as well"
    Attempt.objects.filter(target=second).update(deadline_at=timezone.now() - timedelta(hours=1))
    settle(due(second).pk)
    settle(due(second).pk)
    row = fresh(second)
    assert (row.state, row.remote_id, len(world.posts)) == (State.SENT, "late", 1), "nothing is sent beside it"
    assert not Copy.objects.filter(target=second, state=Copy.State.OPEN).exists()

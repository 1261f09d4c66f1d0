"""A first comment is a part of its post, with an attempt of its own: it is there once, or a person is asked."""

import pytest
from django.utils import timezone
from tests.cast import Cast

from crosscut.apps.accounts.tests.asking import program, signed_in
from crosscut.apps.produce.services.write import create_piece, set_outlet
from crosscut.apps.publish.models import Attempt, Proof, Target
from crosscut.apps.publish.services import claim, parts, prove, stage
from crosscut.apps.publish.services import schedule as scheduling
from crosscut.apps.publish.services.allowance import _Limit, _sent_by
from crosscut.apps.publish.services.going_on import go_on, send_the_rest
from crosscut.apps.publish.services.recall import ask_recall, recall
from crosscut.apps.publish.services.send import send
from crosscut.apps.publish.services.settle import settle
from crosscut.apps.publish.tests.world import World, account_of, due, fresh
from crosscut.channels.protocol import COMMENT
from crosscut.kernel.errors import OutcomeUnknown, Rejected, Unsupported

State = Target.State
pytestmark = pytest.mark.django_db
WORDS = "All six steps are on our site."


def _raises(error: Exception):
    def act() -> None:
        raise error

    return act


@pytest.fixture
def page(cast: Cast, world: World, monkeypatch: pytest.MonkeyPatch) -> Target:
    """A post on a Facebook Page that is out, and its first comment is to come."""
    monkeypatch.setattr(stage, "adapter", lambda slug: world)
    monkeypatch.setattr(scheduling, "demand_no_blocking", lambda *given, **more: None)
    monkeypatch.setattr(claim, "blocking_of", lambda asked: [()] * len(asked))
    account, piece = account_of(cast.workspace, "facebook_page"), create_piece(cast.senior, title="Reef", text="Awake.")
    extra = {"first_comment": WORDS}
    set_outlet(cast.senior, piece, channel_slug="facebook_page", post_type="text_or_link", extra=extra)
    now = timezone.now().replace(tzinfo=None)
    target = scheduling.schedule(cast.senior, piece, account, wall_time=now, zone="UTC")
    send(due(target).pk)
    return fresh(target)


def test_it_follows_its_post_as_an_attempt_of_its_own_and_is_proven(page: Target, world: World, cast: Cast) -> None:
    assert (page.state, page.has_comment, page.parts_out) == (State.PARTLY, True, 1)
    assert b"Its first comment follows" in signed_in(cast.senior).get(f"/posts/{page.pk}/").content
    go_on(due(page).pk)
    first, comment = world.posts.values()
    assert (comment.post_type, comment.text, comment.media) == (COMMENT, WORDS, ())
    assert comment.parent is not None and comment.parent.remote_id == "post-1" and first.text == "Awake."
    assert comment.key != first.key
    proof = prove.prove(due(page).pk)
    assert proof is not None and proof.verdict == Proof.Verdict.SAME and fresh(page).state == State.PROVEN
    assert [part["part"] for part in proof.parts] == ["text", "first comment"]
    del world.posts["post-2"]
    again = prove.prove(due(page).pk)
    assert again is not None and [one["part"] for one in again.parts if not one["is_same"]] == ["first comment"]


def test_a_lost_answer_is_settled_by_reading_and_never_written_twice(page: Target, world: World) -> None:
    world.after_publish = _raises(OutcomeUnknown("The line was cut."))
    go_on(due(page).pk)
    assert fresh(page).state == State.UNKNOWN
    go_on(due(page).pk)
    settle(due(page).pk)
    assert (fresh(page).state, fresh(page).parts_out, len(world.posts)) == (State.SENT, 2, 2)


def test_where_comments_cannot_be_read_a_person_is_asked_at_once(page: Target, world: World, cast: Cast) -> None:
    world.after_publish, world.on_find = _raises(OutcomeUnknown("Cut.")), _raises(Unsupported("Not allowed."))
    go_on(due(page).pk)
    settle(due(page).pk)
    assert (fresh(page).state, fresh(page).needs_person) == (State.UNKNOWN, True)
    assert b"this is about its first comment" in signed_in(cast.senior).get(f"/posts/{page.pk}/").content


def test_one_that_is_refused_is_written_later_or_left_out(page: Target, world: World, cast: Cast) -> None:
    world.on_publish = _raises(Rejected("The login may not comment."))
    go_on(due(page).pk)
    row = fresh(page)
    assert (row.state, row.needs_person, row.account.state) == (State.PARTLY, True, "connected")
    path = f"/posts/{page.pk}/leave-out-comment/"
    content = signed_in(cast.senior).get(f"/posts/{page.pk}/").content
    assert b"Leave out the comment" in content and b"Write the first comment" in content
    assert signed_in(cast.stranger).post(path).status_code == 404
    assert program(cast.stranger).post(f"/api{path[:-1]}").status_code == 404
    send_the_rest(cast.senior, row)
    go_on(due(page).pk)
    assert program(cast.senior).post(f"/api{path[:-1]}").json()["state"] == State.SENT
    row = fresh(page)
    assert (row.part_count, row.has_comment, row.needs_person) == (1, False, False)
    assert program(cast.senior).post(f"/api{path[:-1]}").status_code == 409
    assert prove.prove(due(page).pk) is not None and fresh(page).state == State.PROVEN


def test_taking_the_post_down_takes_its_comment_along_and_asks_nobody(page: Target, world: World, cast: Cast) -> None:
    go_on(due(page).pk)
    ask_recall(cast.senior, fresh(page), reason="Wrong words.")
    recall(due(page).pk)
    assert fresh(page).state == State.RECALLED and "post-1" not in world.posts


def test_it_does_not_count_for_the_allowance_of_posts(page: Target, world: World) -> None:
    go_on(due(page).pk)
    sent = _sent_by({(page.account_id, "posts"): _Limit(total=9, window_s=86_400)})
    assert (
        len(sent[page.account_id, "posts"]) == 1
        and Attempt.objects.filter(target=page).count() == len(parts.out_of(page)) == 2
    )

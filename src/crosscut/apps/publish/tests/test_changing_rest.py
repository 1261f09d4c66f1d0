"""A thread that was stopped half-way goes on with other words, and what is out stays as it is."""

import pytest
from tests.cast import Cast

from crosscut.apps.accounts.tests.asking import program, signed_in
from crosscut.apps.produce.services.write import Edits, change_piece, save_edits
from crosscut.apps.publish.models import Proof, Target
from crosscut.apps.publish.services.changing_rest import change_the_rest, rest_of
from crosscut.apps.publish.services.going_on import go_on
from crosscut.apps.publish.services.prove import prove
from crosscut.apps.publish.services.send import send
from crosscut.apps.publish.tests.world import World, due, fresh, scheduled
from crosscut.kernel.errors import Conflict, Invalid, Rejected

State = Target.State
pytestmark = pytest.mark.django_db


@pytest.fixture
def stopped(cast: Cast, world: World) -> Target:
    """A thread of four parts of which two are out and the third was refused."""
    target = scheduled(cast, parts=4)
    send(target.pk)
    go_on(due(target).pk)

    def refused() -> None:
        raise Rejected("This place does not want these words.")

    world.on_publish = refused
    go_on(due(target).pk)
    world.on_publish = None
    row = fresh(target)
    assert (row.state, row.needs_person, row.parts_out) == (State.PARTLY, True, 2)
    return row


def _says(cast: Cast, target: Target, *further: str, text: str | None = None) -> None:
    """The piece as somebody changes it."""
    slug = target.account.channel
    save_edits(cast.senior, target.piece, Edits(outlets={slug: {"further": list(further)}}))
    if text is not None:
        change_piece(cast.senior, target.piece, text=text)


def test_it_goes_on_with_the_changed_rest_and_leaves_alone_what_is_out(
    cast: Cast, world: World, stopped: Target
) -> None:
    unchanged = rest_of(stopped)
    assert unchanged is not None and not unchanged.is_other
    assert b"Change the rest in the piece" in signed_in(cast.senior).get(f"/posts/{stopped.pk}/").content
    _says(cast, stopped, "Read on.", "Other words.", "And more.", "And an end.")
    told = rest_of(fresh(stopped))
    assert told is not None and (told.problem, told.changed) == ("", (3, 4, 5))
    assert b"parts 3, 4, 5 would become others" in signed_in(cast.senior).get(f"/posts/{stopped.pk}/").content
    answer = signed_in(cast.senior).post(f"/posts/{stopped.pk}/change-the-rest/")
    assert answer.status_code == 302
    while fresh(stopped).state == State.PARTLY:
        go_on(due(stopped).pk)
    words = [post.text for post in world.posts.values()]
    assert words == ["The reef is waking up.", "Read on.", "Other words.", "And more.", "And an end."]
    assert [post.parent.remote_id for post in world.posts.values() if post.parent] == [f"post-{n}" for n in range(1, 5)]
    proof = prove(due(stopped).pk)
    assert proof is not None and proof.verdict == Proof.Verdict.SAME and fresh(stopped).part_count == 5
    assert b"Changed: part 3, 4, 5." in signed_in(cast.senior).get(f"/posts/{stopped.pk}/").content


def test_a_part_that_is_out_cannot_be_changed(cast: Cast, world: World, stopped: Target) -> None:
    _says(cast, stopped, "Quite another.", "Other words.")
    with pytest.raises(Invalid, match="Part 2 is out and cannot be changed"):
        change_the_rest(cast.senior, stopped)
    assert b"Part 2 is out and cannot be changed" in signed_in(cast.senior).get(f"/posts/{stopped.pk}/").content
    _says(cast, stopped, "Read on.", "Other words.", text="A reef that sleeps.")
    with pytest.raises(Invalid, match="Part 1 is out"):
        change_the_rest(cast.senior, stopped)
    _says(cast, stopped, text="The reef is waking up.")
    with pytest.raises(Invalid, match="2 parts are out, and the piece has 1"):
        change_the_rest(cast.senior, stopped)
    row = fresh(stopped)
    assert (row.edition_id, row.needs_person, len(world.posts)) == (stopped.edition_id, True, 2)


def test_with_nothing_left_it_is_out(cast: Cast, world: World, stopped: Target) -> None:
    _says(cast, stopped, "Read on.")
    assert change_the_rest(cast.senior, stopped).state == State.SENT
    assert prove(due(stopped).pk) is not None
    assert (fresh(stopped).state, fresh(stopped).part_count) == (State.PROVEN, 2)
    with pytest.raises(Conflict):
        change_the_rest(cast.senior, stopped)


def test_the_changed_rest_needs_an_approval_of_its_own(cast: Cast, stopped: Target) -> None:
    _says(cast, stopped, "Read on.", "Other words.")
    path = f"/api/posts/{stopped.pk}/change-the-rest"
    assert program(cast.junior).post(path).status_code == 403, "nobody has approved these words"
    assert program(cast.stranger).post(path).status_code == 404
    assert signed_in(cast.stranger).post(f"/posts/{stopped.pk}/change-the-rest/").status_code == 404
    assert program(cast.senior).post(path).json()["part_count"] == 3
    assert fresh(stopped).created_by_id == cast.senior.pk

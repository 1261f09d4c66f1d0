"""What Crosscut cannot take down itself becomes a person's task with a deadline."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.test import Client
from django.utils import timezone

from crosscut.apps.accounts.tests.asking import program, signed_in
from crosscut.apps.library.models import Asset, Placement
from crosscut.apps.library.queries import today_in
from crosscut.apps.library.services.clear import Terms, add_licence, reinstate_licence, withdraw_licence
from crosscut.apps.library.services.placements import note_placement
from crosscut.apps.publish.models import Takedown, Target
from crosscut.apps.publish.services import recall, send
from crosscut.apps.publish.services.takedowns import close_takedown, watch_placements
from crosscut.apps.publish.tests.world import due, fresh, scheduled
from crosscut.kernel.errors import Conflict, NotAllowed, RetryLater

State = Target.State


@pytest.fixture
def stuck(cast, world) -> Target:
    """A live post that its channel does not take down."""

    def refuse(context, remote_id):
        raise RetryLater("The channel does not answer.")

    target = scheduled(cast)
    send.send(due(target).pk)
    recall.ask_recall(cast.senior, fresh(target), reason="Its rights ended.")
    world.delete = refuse
    recall.recall(due(target).pk)
    return fresh(target)


@pytest.fixture
def brochure(cast) -> Placement:
    """A place outside that shows a licensed asset."""
    asset = Asset.objects.create(workspace=cast.workspace, title="Reef", kind="image")
    add_licence(cast.senior, asset.pk, Terms(holder="Rosa", terms="Contract"))
    return note_placement(cast.junior, asset.pk, "Season brochure", url="https://partner.example/reef")


def test_a_post_that_cannot_be_recalled_becomes_one_task_with_a_deadline(cast, stuck):
    assert stuck.state == State.RECALLING and stuck.needs_person
    recall.recall(due(stuck).pk)
    task = Takedown.objects.get()
    assert timezone.now() < task.due_at < timezone.now() + timedelta(hours=25)
    (told,) = program(cast.specialist).get("/api/takedowns").json()["items"]
    assert (told["post"], told["place"]) == (stuck.pk, "Practice")
    assert "The channel does not answer" in told["reason"]


def test_it_is_closed_when_the_channel_takes_it_down_after_all(stuck, world):
    del world.delete
    recall.recall(due(stuck).pk)
    assert fresh(stuck).state == State.RECALLED
    assert Takedown.objects.get().closed_at


def test_a_persons_word_ends_it(cast, stuck):
    task = Takedown.objects.get()
    with pytest.raises(NotAllowed):
        close_takedown(cast.junior, task.pk)
    answer = program(cast.specialist).post(
        f"/api/takedowns/{task.pk}/close", {"note": "Deleted it there."}, content_type="application/json"
    )
    assert answer.status_code == 200, answer.content
    assert fresh(stuck).state == State.RECALLED
    with pytest.raises(Conflict):
        close_takedown(cast.senior, task.pk)


def test_a_place_outside_is_to_be_cleared_when_rights_are_withdrawn(cast, brochure):
    assert watch_placements() == 0
    licence = brochure.asset.licences.get()
    withdraw_licence(cast.senior, licence.pk)
    assert (watch_placements(), watch_placements()) == (1, 0)
    assert Takedown.objects.get().due_at < timezone.now() + timedelta(hours=25)
    reinstate_licence(cast.senior, licence.pk)
    watch_placements()
    assert Takedown.objects.get().note == "The rights hold again."


def test_a_known_end_is_the_deadline_and_told_before(cast, brochure):
    licence = brochure.asset.licences.get()
    withdraw_licence(cast.senior, licence.pk)
    last = today_in(cast.workspace) + timedelta(days=5)
    add_licence(cast.senior, brochure.asset_id, Terms(holder="Rosa", terms="Short", ends_on=last))
    assert watch_placements() == 1
    end = datetime.combine(last + timedelta(days=1), datetime.min.time(), ZoneInfo(cast.workspace.time_zone))
    assert Takedown.objects.get().due_at == end
    close_takedown(cast.specialist, Takedown.objects.get().pk, note="Pulped.")
    brochure.refresh_from_db()
    assert brochure.gone_at
    assert watch_placements() == 0


def test_nobody_else_sees_or_closes_it(cast, stuck):
    task, page = Takedown.objects.get(), "/rights/"
    for who, seen in ((cast.stranger, 404), (cast.guest, 404)):
        assert program(who).get("/api/takedowns").json()["items"] == []
        answer = program(who).post(f"/api/takedowns/{task.pk}/close", {}, content_type="application/json")
        assert answer.status_code in (seen, 403)
    assert "Practice" not in signed_in(cast.stranger).get(page).content.decode()
    assert signed_in(cast.stranger).post(f"/rights/takedowns/{task.pk}/close/").status_code == 404
    assert Client().post(f"/rights/takedowns/{task.pk}/close/").status_code == 302
    assert Client().get("/api/takedowns").status_code == 401
    assert not Takedown.objects.get().closed_at

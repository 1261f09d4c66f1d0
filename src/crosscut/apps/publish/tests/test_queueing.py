"""What workers get first, and how posts of one account follow each other."""

from datetime import timedelta

import pytest
from django.utils import timezone
from procrastinate.contrib.django.models import ProcrastinateJob
from tests.cast import Cast

from crosscut.apps.accounts.models import Account
from crosscut.apps.publish import tasks, ticker
from crosscut.apps.publish.models import Target
from crosscut.apps.publish.services.hold import place_hold
from crosscut.apps.publish.services.send import send
from crosscut.apps.publish.tests.world import World, account_of, due, fresh, scheduled

pytestmark = pytest.mark.django_db


def _waiting() -> list[tuple[str, int]]:
    """What the publishing queues give to workers next: the task, and the target it is about."""
    rows = ProcrastinateJob.objects.filter(
        status="todo", queue_name__in=["publish", "proof"], args__has_key="target_id"
    )
    rows = rows.order_by("-priority", "id")
    return [(row.task_name.rpartition(".")[2], row.args["target_id"]) for row in rows]


def test_what_is_due_goes_before_all_reading_back(cast: Cast, world: World) -> None:
    out = due(scheduled(cast))
    send(out.pk)
    account = Account.objects.create(workspace=cast.workspace, channel="practice", name="Another")
    second = due(scheduled(cast, account=account))
    ticker.tick()
    assert _waiting()[:2] == [("send_target", second.pk), ("prove_target", out.pk)]


def test_the_next_post_of_an_account_goes_as_soon_as_the_first_is_out(cast: Cast, world: World) -> None:
    account = account_of(cast.workspace)
    first, second = (due(scheduled(cast, text=text, account=account)) for text in ("One", "Two"))
    Target.objects.filter(pk=second.pk).update(
        next_at=timezone.now() + timedelta(seconds=2)
    )  # it found the account busy
    tasks.send_target(first.pk)
    assert _waiting() == [("send_target", second.pk)]
    tasks.send_target(second.pk)
    assert [fresh(target).state for target in (first, second)] == ["sent", "sent"]
    assert len(world.posts) == 2


def test_a_hold_lets_nobody_take_turns(cast: Cast, world: World) -> None:
    account = account_of(cast.workspace)
    first, _second = (due(scheduled(cast, text=text, account=account)) for text in ("One", "Two"))
    place_hold(cast.lead, reason="Something happened")
    tasks.send_target(first.pk)
    assert _waiting() == []

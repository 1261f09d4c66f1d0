"""What workers get first, and how posts of one account follow each other."""

from datetime import timedelta

import pytest
from django.utils import timezone
from procrastinate.contrib.django.models import ProcrastinateJob
from tests.cast import Cast

from crosscut.apps.accounts.models import Account
from crosscut.apps.publish import ticker
from crosscut.apps.publish.due import RUSH, due_posts
from crosscut.apps.publish.models import Target
from crosscut.apps.publish.queries import hold_on
from crosscut.apps.publish.services.hold import place_hold
from crosscut.apps.publish.services.send import send, send_due
from crosscut.apps.publish.tests import made
from crosscut.apps.publish.tests.world import World, account_of, due, fresh, scheduled

pytestmark = pytest.mark.django_db


def _waiting() -> list[str]:
    """What the publishing queues give to workers next: the tasks."""
    rows = ProcrastinateJob.objects.filter(status="todo", queue_name__in=["publish", "proof"])
    return [row.task_name.rpartition(".")[2] for row in rows.order_by("-priority", "id")]


def test_what_is_due_goes_before_all_reading_back(cast: Cast, world: World) -> None:
    out = due(scheduled(cast))
    send(out.pk)
    account = Account.objects.create(workspace=cast.workspace, channel="practice", name="Another")
    due(scheduled(cast, account=account))
    ticker.tick()
    assert _waiting()[0] == "send_posts" and "prove_target" in _waiting()


def test_reading_back_waits_while_many_accounts_have_posts_to_send(cast: Cast, world: World) -> None:
    send(due(scheduled(cast)).pk)
    for number in range(RUSH):
        account = Account.objects.create(workspace=cast.workspace, channel="practice", name=f"Reef {number}")
        due(scheduled(cast, account=account))
    ticker.tick()
    assert "send_posts" in _waiting() and "prove_target" not in _waiting()


def test_workers_are_called_a_moment_before_a_post_is_due(cast: Cast, world: World) -> None:
    target = scheduled(cast)
    Target.objects.filter(pk=target.pk).update(next_at=timezone.now() + timedelta(seconds=0.9))
    assert ticker.tick() == 1 and world.calls == 0


def test_the_posts_of_an_account_go_one_after_the_other_in_one_turn(cast: Cast, world: World) -> None:
    account = account_of(cast.workspace)
    targets = [due(scheduled(cast, text=text, account=account)) for text in ("One", "Two", "Three")]
    assert not send_due()
    assert [fresh(target).state for target in targets] == ["sent"] * 3
    assert [post.text for post in world.posts.values()] == ["One", "Two", "Three"]


def test_a_hold_lets_nobody_take_turns(cast: Cast, world: World) -> None:
    account = account_of(cast.workspace)
    for text in ("One", "Two"):
        due(scheduled(cast, text=text, account=account))
    place_hold(cast.lead, reason="Something happened")
    assert not send_due() and world.calls == 0
    ticker.tick()
    assert "send_posts" not in _waiting()


@pytest.mark.parametrize("scope", ["workspace", "campaign", "channel", "topic"])
def test_a_hold_keeps_what_it_covers_and_nothing_else(cast: Cast, world: World, scope: str) -> None:
    """The database is asked for what is due in the same words in which one post is looked at."""
    campaign = made.a_campaign(cast.senior)
    now = timezone.now() - timedelta(seconds=1)
    other = Account.objects.create(workspace=cast.workspace, channel="site", name="Another")
    held = made.a_post(cast.senior, campaign=campaign, tags=["reef"], account=account_of(cast.workspace), due_at=now)
    free = made.a_post(cast.senior, account=other, due_at=now)
    value = {"channel": "practice", "topic": "reef"}.get(scope, "")
    place_hold(cast.lead, reason="A storm.", scope=scope, campaign=campaign, value=value)
    due_now = set(due_posts(timezone.now()).values_list("pk", flat=True))
    assert due_now == ({free.pk} if scope != "workspace" else set())
    assert hold_on(held) and bool(hold_on(free)) == (scope == "workspace")

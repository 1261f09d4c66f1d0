"""Many posts at once: side by side of several accounts, one at a time of each, and one that fails harms no other."""

from collections import Counter
from collections.abc import Sequence
from contextlib import suppress
from datetime import timedelta
from threading import Barrier

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from tests.cast import Cast
from tests.faults.bench.killing import MOMENTS, Killed, death_at

from crosscut.apps.accounts.models import Account
from crosscut.apps.preflight import services as preflight
from crosscut.apps.produce.models import Edition
from crosscut.apps.publish.models import Attempt, Target
from crosscut.apps.publish.services import claim as claiming
from crosscut.apps.publish.services import send as sending
from crosscut.apps.publish.services.answers import Outcome, write_down
from crosscut.apps.publish.services.hold import place_hold
from crosscut.apps.publish.services.settle import lose, settle
from crosscut.apps.publish.services.side_by_side import SideBySide
from crosscut.apps.publish.tests.in_turn import IN_THREADS
from crosscut.apps.publish.tests.world import World, due, fresh, scheduled
from crosscut.channels.protocol import Post, Sent
from crosscut.kernel.errors import Rejected, RetryLater
from crosscut.kernel.findings import Finding

State = Target.State
pytestmark = pytest.mark.django_db
OF_SENDING = [one for one in MOMENTS if one[0].startswith("send")]


def _accounts(cast: Cast, count: int) -> list[Account]:
    known = {"workspace": cast.workspace, "channel": "practice"}
    return [Account.objects.create(name=f"Reef {number}", **known) for number in range(count)]


def _posts(cast: Cast, accounts: list[Account], of_each: int = 1) -> list[Target]:
    return [
        due(scheduled(cast, text=f"{account.name}, post {number}", account=account))
        for number in range(of_each)
        for account in accounts
    ]


def _states(targets: list[Target]) -> Counter[str]:
    return Counter(fresh(target).state for target in targets)


@pytest.mark.parametrize("knows_keys", [True, False])
@pytest.mark.parametrize(("step", "moment"), OF_SENDING)
def test_a_death_at_any_step_of_many_leaves_each_once(
    cast: Cast, world: World, step: str, moment: str, knows_keys: bool
) -> None:
    world.knows_keys = knows_keys
    targets = _posts(cast, _accounts(cast, 3), of_each=2)
    with death_at(step, moment, skip=1), suppress(Killed):  # the second time: some are out, some under way
        sending.send_due()
    for target in targets:
        lose(target.pk, "The worker stopped.")
    assert len(world.posts) <= sum(count for state, count in _states(targets).items() if state in ("sent", "unknown"))
    Attempt.objects.update(deadline_at=timezone.now() - timedelta(hours=1))
    for _ in range(2):
        for target in targets:
            settle(due(target).pk)
    Target.objects.filter(state=State.SCHEDULED).update(next_at=timezone.now())
    sending.send_due()
    assert _states(targets) == {State.SENT: 6}
    assert Counter(post.text for post in world.posts.values()) == Counter(
        row.edition.content["text"] for row in targets
    )


def test_the_database_is_asked_no_more_for_many_than_for_few(cast: Cast, world: World) -> None:
    accounts, asked = _accounts(cast, 12), []
    for count in (2, 12):
        _posts(cast, accounts[:count])
        with CaptureQueriesContext(connection) as queries:
            sending.send_due()
        asked.append(Counter(query["sql"][:60] for query in queries if "SAVEPOINT" not in query["sql"]))
    assert asked[0] == asked[1], asked[1] - asked[0]


def test_channels_are_asked_side_by_side(cast: Cast, world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each call waits until all have begun: one after the other they would wait in vain."""
    monkeypatch.setattr(SideBySide, "begin", IN_THREADS)
    targets, all_begun = _posts(cast, _accounts(cast, 3)), Barrier(3, timeout=10)
    world.on_publish = all_begun.wait
    sending.send_due()
    assert _states(targets) == {State.SENT: 3}


def test_one_that_cannot_be_judged_keeps_no_other(cast: Cast, world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    targets = _posts(cast, _accounts(cast, 3))
    Target.objects.filter(pk=targets[0].pk).update(post_type="no-such-kind")
    real = preflight.blocking_now

    def faulty(asked: Sequence[tuple[Edition, str, str]]) -> list[tuple[Finding, ...]]:
        if any(edition.pk == targets[1].edition_id for edition, _channel, _kind in asked):
            raise ZeroDivisionError
        return real(asked)

    monkeypatch.setattr(claiming, "blocking_now", faulty)
    sending.send_due()
    rows = [fresh(target) for target in targets]
    assert [row.state for row in rows] == [State.BLOCKED, State.SCHEDULED, State.SENT]
    assert rows[0].problem and rows[1].next_at > timezone.now()


def test_one_answer_that_cannot_be_written_costs_no_other(
    cast: Cast, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    first, second = _posts(cast, _accounts(cast, 2))
    keep = world.keep

    def too_long(post: Post) -> Sent:
        sent = keep(post)
        return Sent(remote_id=sent.remote_id * 300) if post.key == first.key else sent

    monkeypatch.setattr(world, "keep", too_long)
    sending.send_due()
    assert (fresh(first).state, fresh(second).state) == (State.SENDING, State.SENT)


def test_answers_of_all_kinds_are_written_down_together(cast: Cast, world: World) -> None:
    targets = _posts(cast, _accounts(cast, 4))
    attempts = claiming.claim([target.pk for target in targets])
    sending.mark_sent(
        [(one, Post(key=one.target.key, post_type="text", text="", due_at=one.target.due_at)) for one in attempts]
    )
    outcomes: list[Outcome] = [
        Sent(remote_id="a"),
        Rejected("No."),
        RetryLater("Later.", after_s=90),
        Sent(remote_id="b"),
    ]
    write_down({one.pk: outcome for one, outcome in zip(attempts, outcomes, strict=True)})
    assert [fresh(one.target).state for one in attempts] == [State.SENT, State.REFUSED, State.SCHEDULED, State.SENT]


def test_a_hold_stops_what_is_marked_next(cast: Cast, world: World) -> None:
    targets = _posts(cast, _accounts(cast, 2), of_each=3)
    world.after_publish = lambda: place_hold(cast.lead, reason="A storm.") if world.calls == 2 else None
    sending.send_due()
    assert _states(targets) == {State.SENT: 2, State.SCHEDULED: 4}


def test_overdue_posts_of_an_account_go_apart_and_all_its_others_wait(cast: Cast, world: World) -> None:
    account, other = _accounts(cast, 2)
    late = _posts(cast, [account], of_each=3)
    Target.objects.filter(account=account).update(due_at=timezone.now() - timedelta(hours=1))
    now = _posts(cast, [other], of_each=2)
    sending.send_due()
    assert _states(late) == {State.SENT: 1, State.SCHEDULED: 2} and _states(now) == {State.SENT: 2}
    assert all(fresh(row).next_at > timezone.now() for row in late[1:])

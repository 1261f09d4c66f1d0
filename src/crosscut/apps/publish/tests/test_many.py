"""Many posts at once: side by side of several accounts, one at a time of each, and one that fails harms no other."""

from collections import Counter
from collections.abc import Sequence
from contextlib import suppress
from datetime import datetime, timedelta
from threading import Barrier, Event

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from tests.cast import Cast
from tests.faults.bench import mutations
from tests.faults.bench.killing import AFTER, MOMENTS, Killed, death_at
from tests.faults.bench.mutations import Mutation

from crosscut.apps.accounts.models import Account
from crosscut.apps.preflight import services as preflight
from crosscut.apps.publish.models import Allowance, Attempt, Target
from crosscut.apps.publish.services import claim as claiming
from crosscut.apps.publish.services import schedule
from crosscut.apps.publish.services import send as sending
from crosscut.apps.publish.services.answers import Outcome, write_down
from crosscut.apps.publish.services.hold import place_hold
from crosscut.apps.publish.services.settle import lose, settle
from crosscut.apps.publish.services.side_by_side import SideBySide
from crosscut.apps.publish.tests.in_turn import IN_THREADS
from crosscut.apps.publish.tests.world import World, due, fresh, scheduled
from crosscut.channels.protocol import Post, Sent
from crosscut.kernel.errors import Conflict, ReconnectNeeded, Rejected, RetryLater
from crosscut.kernel.findings import Finding

State = Target.State
pytestmark = pytest.mark.django_db
TOLD_UNTRULY, NOT_ONCE = "one is out and said not to be", "one is there twice, or lost"
# Each promise, and what must notice that it is gone.
CAUGHT = [
    (mutations.without_reading_back, NOT_ONCE),
    (mutations.without_the_unique_key, NOT_ONCE),
    (mutations.without_the_commit_before_the_call, TOLD_UNTRULY),
]
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


def _die_among_many(cast: Cast, world: World, step: str, moment: str) -> None:
    """Six posts of three accounts taken together, a death at that step, and what comes of it. Each is there once."""
    targets = _posts(cast, _accounts(cast, 3), of_each=2)
    _click_twice(targets[0])
    with death_at(step, moment, skip=1), suppress(Killed):  # the second time: some are out, some under way
        sending.send_due()
    for target in targets:
        lose(target.pk, "The worker stopped.")
    may_be_out = sum(count for state, count in _states(targets).items() if state in ("sent", "unknown"))
    assert len(world.posts) <= may_be_out, TOLD_UNTRULY
    Attempt.objects.update(deadline_at=timezone.now() - timedelta(hours=1))
    for _ in range(2):
        for target in targets:
            settle(due(target).pk)
    Target.objects.filter(state=State.SCHEDULED).update(next_at=timezone.now())
    sending.send_due()
    wanted = Counter(row.edition.content["text"] for row in targets)
    assert Counter(post.text for post in world.posts.values()) == wanted, NOT_ONCE
    assert _states(targets) == {State.SENT: 6}


def _click_twice(target: Target) -> None:
    """A second request for the same post, which the database has to refuse."""
    twin = fresh(target)
    twin.pk, twin.key = None, f"{twin.key[:-1]}~"
    with suppress(Conflict):
        schedule._created(twin)


@pytest.mark.parametrize("knows_keys", [True, False])
@pytest.mark.parametrize(("step", "moment"), OF_SENDING)
def test_a_death_at_any_step_of_many_leaves_each_once(
    cast: Cast, world: World, step: str, moment: str, knows_keys: bool
) -> None:
    world.knows_keys = knows_keys
    _die_among_many(cast, world, step, moment)


@pytest.mark.parametrize(("mutate", "invariant"), CAUGHT, ids=lambda one: getattr(one, "__name__", ""))
def test_a_promise_taken_out_is_noticed_among_many(
    cast: Cast, world: World, monkeypatch: pytest.MonkeyPatch, mutate: Mutation, invariant: str
) -> None:
    world.knows_keys = False
    mutate(monkeypatch)
    with pytest.raises(AssertionError, match=invariant):
        _die_among_many(cast, world, "send: call the channel", AFTER)


def test_the_database_is_asked_no_more_for_many_than_for_few(cast: Cast, world: World) -> None:
    accounts, asked = _accounts(cast, 8), []
    for count in (2, 8):
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


def test_an_account_waits_for_its_own_answer_and_for_no_others(
    cast: Cast, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(SideBySide, "begin", IN_THREADS)
    slow, quick = _accounts(cast, 2)
    targets = [*_posts(cast, [slow], of_each=2), *_posts(cast, [quick], of_each=3)]
    begun: list[str] = []
    keep, others_are_out = world.keep, Event()

    def kept(post: Post) -> Sent:
        begun.append(post.text.partition(",")[0])
        if begun.count(quick.name) == 3:
            others_are_out.set()
        if begun.count(slow.name) == 1 and post.text.startswith(slow.name):
            others_are_out.wait(10)
        return keep(post)

    monkeypatch.setattr(world, "keep", kept)
    sending.send_due()
    assert _states(targets) == {State.SENT: 5}
    assert begun.count(slow.name) == 2 and begun[-1] == slow.name


def test_one_that_cannot_be_judged_keeps_no_other(cast: Cast, world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    targets = _posts(cast, _accounts(cast, 3))
    Target.objects.filter(pk=targets[0].pk).update(post_type="no-such-kind")
    real = preflight.blocking_of

    def faulty(asked: Sequence[preflight.Question]) -> list[tuple[Finding, ...]]:
        if any(one.edition.pk == targets[1].edition_id for one in asked):
            raise ZeroDivisionError
        return real(asked)

    monkeypatch.setattr(claiming, "blocking_of", faulty)
    sending.send_due()
    rows = [fresh(target) for target in targets]
    assert [row.state for row in rows] == [State.BLOCKED, State.SCHEDULED, State.SENT]
    assert rows[0].problem and rows[1].next_at > timezone.now()


def test_one_answer_that_cannot_be_written_costs_no_other(
    cast: Cast, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    (first, second), behind = _posts(cast, accounts := _accounts(cast, 2)), _posts(cast, accounts[:1])[0]
    keep = world.keep

    def too_long(post: Post) -> Sent:
        sent = keep(post)
        return Sent(remote_id=sent.remote_id * 300) if post.key == first.key else sent

    monkeypatch.setattr(world, "keep", too_long)
    sending.send_due()
    assert [fresh(one).state for one in (first, second, behind)] == [State.SENDING, State.SENT, State.SCHEDULED]


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


def test_an_accounts_posts_are_judged_together_and_leave_one_by_one(cast: Cast, world: World) -> None:
    targets = _posts(cast, _accounts(cast, 1), of_each=5)
    under_way: list[int] = []
    world.on_publish = lambda: under_way.append(Attempt.objects.filter(state=Attempt.State.SENT).count())
    with CaptureQueriesContext(connection) as queries:
        sending.send_due()
    assert under_way == [1] * 5
    assert [post.text for post in world.posts.values()] == [row.edition.content["text"] for row in targets]
    assert sum('INSERT INTO "preflight_check"' in query["sql"] for query in queries) == 1


def test_what_waits_too_long_behind_another_is_judged_anew(
    cast: Cast, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    targets = _posts(cast, _accounts(cast, 1), of_each=3)
    judged_s = sending._JUDGED_S
    put_back, returned = claiming.put_back, []

    def counted(attempts: Sequence[Attempt]) -> None:
        put_back(attempts)
        returned.append([fresh(one.target).state for one in attempts])
        monkeypatch.setattr(sending, "_JUDGED_S", judged_s)

    monkeypatch.setattr(sending, "put_back", counted)
    world.after_publish = lambda: monkeypatch.setattr(sending, "_JUDGED_S", -1) if world.calls == 1 else None
    sending.send_due()
    assert returned == [[State.SCHEDULED, State.SCHEDULED]]
    assert _states(targets) == {State.SENT: 3} and world.calls == 3
    assert list(Attempt.objects.values_list("number", flat=True)) == [1, 1, 1]  # what never left was no try


def test_words_are_taken_before_they_are_due_and_leave_when_they_are(
    cast: Cast, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    (target,) = _posts(cast, _accounts(cast, 1))
    due_at = timezone.now() + timedelta(seconds=0.4)
    Target.objects.update(due_at=due_at, next_at=due_at)
    asked: list[tuple[bool, datetime]] = []
    left_at: list[datetime] = []
    real = preflight.blocking_of

    def noted(questions: Sequence[preflight.Question]) -> list[tuple[Finding, ...]]:
        asked.extend((timezone.now() < due_at, one.at) for one in questions)
        return real(questions)

    monkeypatch.setattr(claiming, "blocking_of", noted)
    world.on_publish = lambda: left_at.append(timezone.now())
    sending.send(target.pk)
    assert asked == [(True, due_at)]  # of its own time, not of the moment before
    assert len(left_at) == 1 and left_at[0] >= due_at


def test_what_is_due_later_than_that_is_left_alone(cast: Cast, world: World) -> None:
    (target,) = _posts(cast, _accounts(cast, 1))
    Target.objects.update(next_at=timezone.now() + claiming.AHEAD + timedelta(seconds=5))
    sending.send(target.pk)
    assert fresh(target).state == State.SCHEDULED and not Attempt.objects.exists()


def test_an_account_that_must_be_connected_again_sends_no_more(cast: Cast, world: World) -> None:
    targets = _posts(cast, accounts := _accounts(cast, 1), of_each=3)
    again = Account.objects.filter(pk=accounts[0].pk)

    def refuse() -> None:
        again.update(state=Account.State.RECONNECT)
        raise ReconnectNeeded("The login was taken back.")

    world.on_publish = refuse
    sending.send_due()
    assert world.calls == 1 and _states(targets) == {State.BLOCKED: 3}
    assert "must be connected again" in fresh(targets[2]).problem


def test_no_more_leave_than_the_allowance_has_room_for(cast: Cast, world: World) -> None:
    targets = _posts(cast, accounts := _accounts(cast, 1), of_each=4)
    Allowance.objects.create(account=accounts[0], name="posts", used=8, total=10, window_s=3600, told_at=timezone.now())
    sending.send_due()
    assert _states(targets) == {State.SENT: 2, State.SCHEDULED: 2} and world.calls == 2


def test_overdue_posts_of_an_account_go_apart_and_all_its_others_wait(cast: Cast, world: World) -> None:
    account, other = _accounts(cast, 2)
    late = _posts(cast, [account], of_each=3)
    Target.objects.filter(account=account).update(due_at=timezone.now() - timedelta(hours=1))
    now = _posts(cast, [other], of_each=2)
    sending.send_due()
    assert _states(late) == {State.SENT: 1, State.SCHEDULED: 2} and _states(now) == {State.SENT: 2}
    assert all(fresh(row).next_at > timezone.now() for row in late[1:])

"""Every connection that a post's work opens is closed with it, whatever ends the work."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import httpx
import pytest
from django.utils import timezone
from tests.cast import Cast

from crosscut.apps.accounts.services import connections
from crosscut.apps.publish.models import Attempt, Target
from crosscut.apps.publish.services import prove, recall, send, settle
from crosscut.apps.publish.tests.world import World, account_of, fresh, scheduled
from crosscut.channels import http
from crosscut.channels.protocol import Context
from crosscut.kernel.errors import RetryLater

State = Target.State
pytestmark = pytest.mark.django_db


class Lines:
    """The clients that were made, and what each call of the adapter was given."""

    def __init__(self) -> None:
        self.made: list[httpx.Client] = []
        self.open_when_used: list[bool] = []

    def client(self, **limits: Any) -> httpx.Client:
        self.made.append(httpx.Client())
        return self.made[-1]


@pytest.fixture
def lines(world: World, monkeypatch: pytest.MonkeyPatch) -> Lines:
    """The world's adapter behind the real contexts."""
    lines = Lines()
    monkeypatch.setattr(http, "client", lines.client)
    monkeypatch.setattr(connections, "checked_settings", lambda channel, values: None)
    monkeypatch.setattr(connections, "unseal", lambda sealed: {})
    monkeypatch.setattr(send, "context_of", connections.context_of)
    for module in (settle, prove, recall):
        monkeypatch.setattr(module, "context_for", connections.context_for)
    return lines


def _in(state: str, cast: Cast) -> Target:
    """A post in that state, with a try that tells how it came there, due to be looked at."""
    target = scheduled(cast, account=account_of(cast.workspace))
    if state == State.SCHEDULED:
        return target
    now = timezone.now()
    tried = Attempt.State.UNKNOWN if state == State.UNKNOWN else Attempt.State.ACCEPTED
    Attempt.objects.create(target=target, number=1, state=tried, deadline_at=now, sent_at=now, worker="gone")
    Target.objects.filter(pk=target.pk).update(state=state, remote_id="post-1", next_at=now - timedelta(seconds=1))
    return fresh(target)


@pytest.mark.parametrize("error", [None, RetryLater("down"), RuntimeError("a fault inside the adapter")])
@pytest.mark.parametrize(
    ("state", "work", "calls"),
    [
        (State.SCHEDULED, send.send, "publish"),
        (State.UNKNOWN, settle.settle, "find"),
        (State.SENT, prove.prove, "read"),
        (State.RECALLING, recall.recall, "delete"),
    ],
)
def test_every_client_is_closed(
    cast: Cast,
    world: World,
    lines: Lines,
    monkeypatch: pytest.MonkeyPatch,
    state: str,
    work: Callable[[int], object],
    calls: str,
    error: Exception | None,
) -> None:
    real = getattr(world, calls)

    def called(context: Context, *given: Any, **named: Any) -> Any:
        lines.open_when_used.append(not context.http.is_closed)
        if error:
            raise error
        return real(context, *given, **named)

    monkeypatch.setattr(world, calls, called)
    work(_in(state, cast).pk)
    assert lines.open_when_used == [True]
    assert [client.is_closed for client in lines.made] == [True]


def test_what_ends_a_process_closes_its_client_too(cast: Cast, world: World, lines: Lines, monkeypatch) -> None:
    def stopped(context: Context, *given: Any) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(world, "publish", stopped)
    target = _in(State.SCHEDULED, cast)
    with pytest.raises(KeyboardInterrupt):
        send.send(target.pk)
    assert [client.is_closed for client in lines.made] == [True]
    assert fresh(target).state == State.SENDING

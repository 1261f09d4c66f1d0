"""What goes away by itself is waited for: a film that is still looked through for flashes."""

import pytest
from django.utils import timezone
from tests.cast import Cast

from crosscut.apps.publish.models import Target
from crosscut.apps.publish.services import claim, send
from crosscut.apps.publish.tests.world import World, due, fresh, scheduled
from crosscut.kernel.findings import Finding, Level

State = Target.State
PENDING = Finding(code="flashes.pending", level=Level.BLOCK, message="“dive.mp4” is still being looked through.")
FLASHES = Finding(code="flashes.found", level=Level.BLOCK, message="“dive.mp4” flashes.")


@pytest.fixture
def found(monkeypatch: pytest.MonkeyPatch) -> list[Finding]:
    """What stops every post at this moment."""
    stopping = [PENDING]
    monkeypatch.setattr(claim, "blocking_of", lambda asked: [tuple(stopping) for _one in asked])
    return stopping


def test_it_waits_while_a_film_is_looked_through_and_then_goes_out(cast: Cast, world: World, found: list[Finding]):
    target = scheduled(cast)
    send.send(target.pk)
    waiting = fresh(target)
    assert (waiting.state, waiting.problem) == (State.SCHEDULED, PENDING.message)
    assert waiting.next_at > timezone.now() and world.calls == 0
    found.clear()
    send.send(due(target).pk)
    assert (fresh(target).state, fresh(target).problem, world.calls) == (State.SENT, "", 1)


def test_it_stops_when_the_look_found_flashes(cast: Cast, world: World, found: list[Finding]):
    target = scheduled(cast)
    send.send(target.pk)
    found[:] = [FLASHES]
    send.send(due(target).pk)
    assert (fresh(target).state, fresh(target).problem, world.calls) == (State.BLOCKED, FLASHES.message, 0)


def test_it_stops_at_once_when_something_else_stands_in_the_way_too(cast: Cast, world: World, found: list[Finding]):
    target = scheduled(cast)
    found.append(FLASHES)
    send.send(target.pk)
    assert fresh(target).state == State.BLOCKED

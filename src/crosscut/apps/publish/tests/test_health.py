"""Publishing is well when a test post went out, and not when a process is merely up."""

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone
from tests.cast import Cast

from crosscut.apps.publish import health
from crosscut.apps.publish.models import Attempt, Canary, Target
from crosscut.apps.publish.tests import made

pytestmark = pytest.mark.django_db


@pytest.fixture
def long_running(monkeypatch: pytest.MonkeyPatch) -> None:
    """A web server that has been up for a while."""
    monkeypatch.setattr(health, "_STARTED_S", health._STARTED_S - 1000)


def _sang(ago_s: float, *, took_s: float = 0.2) -> None:
    due_at = timezone.now() - timedelta(seconds=ago_s)
    Canary.objects.create(due_at=due_at, sent_at=due_at + timedelta(seconds=took_s))


def _word() -> tuple[int, str]:
    answer = Client().get("/health")
    return answer.status_code, answer.json()["status"]


def test_it_is_well_while_the_canary_sings(long_running: None):
    _sang(20)
    assert _word() == (200, "ok")


def test_a_silent_canary_is_a_failure(long_running: None):
    assert _word() == (503, "failing")
    _sang(200)
    assert _word() == (503, "failing")


def test_a_slow_canary_is_a_failure(long_running: None):
    _sang(80, took_s=70)
    assert _word() == (503, "failing")


def test_it_says_that_it_is_starting_when_it_is(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(health, "_STARTING_S", 1e9)
    assert _word() == (200, "starting")
    _sang(1)
    assert _word() == (200, "ok")


def test_it_counts_posts_for_prometheus(cast: Cast):
    made.a_post(cast.senior, due_at=timezone.now() - timedelta(hours=1))
    doubted = made.a_post(cast.senior, state=Target.State.UNKNOWN, text="Doubted")
    now = timezone.now()
    Attempt.objects.create(
        target=doubted, number=1, state="unknown", worker="w", deadline_at=now, sent_at=now - timedelta(seconds=500)
    )
    _sang(10, took_s=2)
    text = Client().get("/metrics").content.decode()
    assert 'crosscut_posts{state="unknown"} 1.0' in text
    assert 'crosscut_posts{state="sending"} 0.0' in text
    assert "crosscut_posts_overdue 1.0" in text
    assert "crosscut_canary_delay_seconds 2.0" in text
    age_s = float(text.split("crosscut_oldest_unknown_seconds ")[-1].split("\n")[0])
    assert 499 < age_s < 560

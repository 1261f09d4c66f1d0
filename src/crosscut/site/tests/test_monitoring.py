"""What machines are told of the installation."""

from typing import Any

import pytest
from django.db import OperationalError, connection
from django.test import Client

from crosscut.kernel.errors import Problem
from crosscut.site import monitoring


@pytest.fixture
def ailing(monkeypatch: pytest.MonkeyPatch) -> None:
    """An installation in which an app says that something is wrong."""
    ill = (lambda: (Problem(code="canary.late", message="The test post is late."),),)
    monkeypatch.setattr(monitoring, "_offers", lambda module, name: ill if module == "health" else ())


@pytest.fixture
def healthy(monkeypatch: pytest.MonkeyPatch) -> None:
    """An installation in which no app complains."""
    real = monitoring._offers
    monkeypatch.setattr(monitoring, "_offers", lambda module, name: () if module == "health" else real(module, name))


@pytest.mark.parametrize("path", ["/health", "/api/health"])
def test_it_tells_anybody_that_all_is_well(db: None, healthy: None, path: str):
    answer = Client().get(path)
    assert (answer.status_code, answer.json()) == (200, {"status": "ok", "problems": []})


@pytest.mark.parametrize("path", ["/health", "/api/health"])
def test_it_tells_why_it_fails(db: None, ailing: None, path: str):
    answer = Client().get(path)
    assert answer.status_code == 503
    assert answer.json()["problems"] == [{"code": "canary.late", "message": "The test post is late."}]


def test_it_says_so_when_the_database_does_not_answer(db: None, monkeypatch: pytest.MonkeyPatch):
    def refuse() -> None:
        raise OperationalError("no route")

    with monkeypatch.context() as patched:
        patched.setattr(connection, "ensure_connection", refuse)
        health, metrics = Client().get("/health"), Client().get("/metrics")
    assert (health.status_code, health.json()["problems"][0]["code"]) == (503, "health.database")
    assert "crosscut_healthy 0.0" in metrics.content.decode()


def test_it_counts_for_prometheus(db: None, healthy: None):
    text = Client().get("/metrics").content.decode()
    assert "crosscut_healthy 1.0" in text
    assert 'crosscut_jobs{state="running"} 0.0' in text
    assert "crosscut_sign_in_failures 0.0" in text


@pytest.mark.parametrize(
    "asking",
    [{"REMOTE_ADDR": "203.0.113.9"}, {"HTTP_X_FORWARDED_FOR": "203.0.113.9"}, {"HTTP_FORWARDED": "for=203.0.113.9"}],
)
def test_it_keeps_the_numbers_from_other_machines(db: None, asking: dict[str, str]):
    assert Client().get("/metrics", **asking).status_code == 403  # type: ignore[arg-type]


def test_it_gives_the_numbers_to_whoever_has_the_token(db: None, healthy: None, settings: Any):
    settings.METRICS_TOKEN = "let-me-see"
    assert Client().get("/metrics").status_code == 403
    far = Client(headers={"Authorization": "Bearer let-me-see"}, REMOTE_ADDR="203.0.113.9")
    assert far.get("/metrics").status_code == 200

"""The API's root: who may ask, and what an answer looks like when something is wrong."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone
from tests.cast import Cast

from crosscut.apps.accounts.models import ApiToken
from crosscut.apps.accounts.services import people
from crosscut.apps.accounts.tests.asking import program, signed_in


def _problem(answer: Any) -> dict[str, Any]:
    assert answer["Content-Type"] == "application/problem+json"
    body: dict[str, Any] = answer.json()
    assert body["status"] == answer.status_code
    return body


def test_it_knows_a_token_and_a_session(cast: Cast):
    assert program(cast.junior).get("/api/me").json()["email"] == "junior@example.org"
    assert signed_in(cast.senior).get("/api/me").json()["workspace"]["name"] == "Reef Watch"


def test_it_asks_strangers_to_sign_in(db: None):
    answer = Client().get("/api/me")
    assert _problem(answer)["status"] == 401
    assert answer["WWW-Authenticate"].startswith("Bearer")


def test_it_refuses_tokens_that_were_revoked_have_expired_or_belong_to_somebody_who_left(cast: Cast):
    clients = [program(member) for member in (cast.lead, cast.senior, cast.junior)]
    people.revoke_token(cast.lead, ApiToken.objects.get(member=cast.lead).pk)
    ApiToken.objects.filter(member=cast.senior).update(expires_at=timezone.now() - timedelta(seconds=1))
    people.remove_member(cast.lead, cast.junior.pk)
    assert [client.get("/api/me").status_code for client in clients] == [401, 401, 401]


def test_it_wants_the_csrf_token_from_browsers_and_not_from_programs(cast: Cast):
    browser = signed_in(cast.lead, enforce_csrf_checks=True)
    assert _problem(browser.post("/api/tokens", {"name": "x"}, content_type="application/json"))["status"] == 403
    made = program(cast.lead).post("/api/tokens", {"name": "x"}, content_type="application/json")
    assert made.status_code == 201


def test_it_names_every_field_that_is_wrong(cast: Cast):
    answer = program(cast.lead).post(
        "/api/campaigns", {"nome": "x", "budget_minor": -1, "audiences": ["a"]}, content_type="application/json"
    )
    problems = _problem(answer)["problems"]
    assert answer.status_code == 422
    assert {problem["where"] for problem in problems} == {"name", "nome", "budget_minor", "audiences[0]"}


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("get", "/api/nothing", 404),
        ("get", "/api/accounts/999999999999999999999", 404),
        ("put", "/api/me", 405),
        ("get", "/api/members?limit=0", 422),
        ("get", "/api/members?limit=201", 422),
    ],
)
def test_it_answers_in_problem_json_whatever_is_wrong(cast: Cast, method: str, path: str, status: int):
    answer = getattr(program(cast.lead), method)(path)
    assert _problem(answer)["status"] == status


@pytest.mark.parametrize("body", ["{", '{"name": "a\\u0000b"}', "[" * 100_000, b"\xff"])
def test_it_refuses_bodies_that_cannot_be_read(cast: Cast, body: str | bytes):
    answer = program(cast.lead).generic("POST", "/api/audiences", body, "application/json")
    assert _problem(answer)["status"] == 400


def test_it_refuses_bodies_that_are_too_large(cast: Cast, settings: Any):
    settings.DATA_UPLOAD_MAX_MEMORY_SIZE = 1000
    answer = program(cast.lead).post("/api/audiences", {"name": "x" * 2000}, content_type="application/json")
    assert _problem(answer)["status"] == 413


def test_it_gives_long_lists_in_windows(cast: Cast):
    seen = program(cast.lead).get("/api/members?limit=2&offset=1").json()
    assert (len(seen["items"]), seen["count"]) == (2, 5)


def test_it_shows_everybody_every_operation_on_pages_of_ours(cast: Cast):
    description = Client().get("/api/openapi.json").json()
    operations = [one for path in description["paths"].values() for one in path.values()]
    names = [one["operationId"] for one in operations]
    assert len(names) > 40
    assert len(set(names)) == len(names)
    assert "library_list_assets" in names  # the app's name and the verb, whichever module they stand in
    contents = Client().get("/api/docs").content.decode()
    subjects = sorted({one["tags"][0] for one in operations})
    pages = "".join(Client().get("/api/docs", {"about": subject}).content.decode() for subject in subjects)
    assert [name for name in names if f'#{name}"' not in contents or f'id="{name}"' not in pages] == []
    shapes = Client().get("/api/docs?about=shapes").content.decode()
    assert 'id="Problem"' in shapes
    assert "swagger" not in contents + pages
    assert Client().get("/api/docs?about=nothing").status_code == 404


GUARDED = (
    ("patch", "/api/workspace", {"name": "x"}),
    ("post", "/api/invitations", {"role": "guest"}),
    ("post", "/api/accounts", {"channel": "site", "name": "x", "settings": {"title": "x"}}),
)


@pytest.mark.parametrize(("method", "path", "body"), GUARDED)
def test_it_refuses_what_the_role_does_not_allow(cast: Cast, method: str, path: str, body: dict[str, Any]):
    for member in (cast.senior, cast.junior, cast.guest):
        answer = getattr(program(member), method)(path, body, content_type="application/json")
        assert _problem(answer)["status"] == 403


def test_it_shows_guests_only_themselves(cast: Cast):
    guest = program(cast.guest)
    lists = ("/api/accounts", "/api/activity", "/api/campaigns", "/api/audiences", "/api/jobs", "/api/invitations")
    assert [guest.get(path).json()["count"] for path in lists] == [0] * len(lists)
    assert [row["email"] for row in guest.get("/api/members").json()["items"]] == ["guest@example.org"]

"""Posts and holds, as programs get them."""

from datetime import UTC, datetime
from typing import Any

import pytest
from django.test import Client
from tests.cast import Cast

from crosscut.apps.accounts.models import Member
from crosscut.apps.accounts.tests.asking import program
from crosscut.apps.produce.services.write import create_piece, set_outlet
from crosscut.apps.publish.models import Hold, Target
from crosscut.apps.publish.tests import made
from crosscut.apps.publish.tests.world import World, account_of, fresh, scheduled

State = Target.State
READS = ("", "/attempts", "/proofs", "/copies")
ACTS: tuple[tuple[str, dict[str, Any]], ...] = (
    ("reschedule", {"at": "2030-07-01T09:00:00"}),
    ("publish-now", {}),
    ("cancel", {}),
    ("recall", {"reason": "No."}),
    ("settle", {"is_there": False}),
    ("keep-one", {"others": "leave"}),
    ("look", {}),
)


def _post(client: Client, path: str, sent: dict[str, Any] | None = None) -> Any:
    return client.post(f"/api{path}", sent or {}, content_type="application/json")


def test_it_knows_no_strangers(cast: Cast):
    target = made.a_story(cast.senior)
    hold = Hold.objects.create(workspace=cast.workspace, reason="Storm")
    nobody, stranger, guest = Client(), program(cast.stranger), program(cast.guest)
    for path in ("/posts", "/holds"):
        assert nobody.get(f"/api{path}").status_code == 401
        assert stranger.get(f"/api{path}").json()["items"] == []
        assert guest.get(f"/api{path}").json()["items"] == []
    for read in READS:
        path = f"/api/posts/{target.pk}{read}"
        assert [who.get(path).status_code for who in (nobody, stranger, guest)] == [401, 404, 404]
    for act, sent in ACTS:
        path = f"/posts/{target.pk}/{act}"
        assert [_post(who, path, sent).status_code for who in (nobody, stranger, guest)] == [401, 404, 404]
    path = f"/holds/{hold.pk}/lift"
    assert [_post(who, path).status_code for who in (nobody, stranger, guest)] == [401, 404, 403]
    assert _post(guest, "/holds", {"reason": "x"}).status_code == 403


def test_a_junior_may_not_do_what_needs_a_senior(cast: Cast):
    planned, live = made.a_post(cast.senior), made.a_story(cast.senior)
    doubted = made.a_post(cast.senior, state=State.UNKNOWN, text=made.TEXTS[1])
    junior = program(cast.junior)
    posts = {"recall": live, "settle": doubted, "keep-one": live}
    answers = {act: _post(junior, f"/posts/{posts.get(act, planned).pk}/{act}", sent) for act, sent in ACTS[:6]}
    assert {act: answer.status_code for act, answer in answers.items()} == dict.fromkeys(answers, 403)
    assert "senior" in answers["cancel"].json()["detail"]


def test_it_lists_posts_by_what_is_asked(cast: Cast, django_assert_max_num_queries):
    made.many_posts(cast, 300)
    client = program(cast.junior)
    client.get("/api/posts")
    with django_assert_max_num_queries(5):  # the token, then how many and which
        answer = client.get("/api/posts", {"limit": 100}).json()
    assert (answer["count"], len(answer["items"])) == (300, 100)
    sent = client.get("/api/posts", {"state": "sent", "channel": "site"}).json()
    assert {item["state"] for item in sent["items"]} == {"sent"}
    assert {item["channel"] for item in sent["items"]} <= {"site"}
    assert client.get("/api/posts", {"state": "nonsense"}).status_code == 422


def test_it_schedules_moves_and_cancels(cast: Cast, world: World):
    piece = create_piece(cast.senior, title="Reef", text="The reef is waking up.")
    place = account_of(cast.workspace)
    set_outlet(cast.senior, piece, channel_slug="practice", post_type="text")
    client = program(cast.senior)
    made_ = _post(client, "/posts", {"piece": piece.pk, "account": place.pk, "at": "2030-07-01T09:00:00"})
    assert made_.status_code == 201
    post = made_.json()
    assert (post["due_at"], post["zone"]) == ("2030-07-01T07:00:00Z", "Europe/Berlin")
    assert len(post["version"]) == 64
    again = _post(client, "/posts", {"piece": piece.pk, "account": place.pk, "at": "2030-07-01T09:00:00"})
    assert again.status_code == 409
    path = f"/posts/{post['id']}"
    moved = _post(client, f"{path}/reschedule", {"at": "2030-07-02T09:00:00", "zone": "UTC"}).json()
    assert moved["due_at"] == "2030-07-02T09:00:00Z"
    assert _post(client, f"{path}/cancel").json()["state"] == "cancelled"
    assert _post(client, f"{path}/cancel").status_code == 409
    now = _post(client, "/posts", {"piece": piece.pk, "account": place.pk})
    assert now.status_code == 201


@pytest.mark.parametrize(
    ("sent", "code"),
    [
        ({"at": "2020-01-01T09:00:00"}, "schedule.in_the_past"),
        ({"at": "2030-03-31T02:30:00", "zone": "Europe/Berlin"}, "schedule.skipped_hour"),
        ({"at": "2030-07-01T09:00:00", "zone": "Mars/Olympus"}, "zone.unknown"),
        ({"at": "2030-07-01T09:00:00+02:00"}, "input.timezone_naive"),  # the offset would say it twice
        ({"at": "0001-01-01T00:00:00"}, "input.greater_than_equal"),
        ({"at": "2030-07-01T09:00:00", "wrong": 1}, "input.extra_forbidden"),
        ({}, "input.missing"),
    ],
)
def test_a_time_that_cannot_be_is_refused_with_its_code(cast: Cast, world: World, sent: dict[str, Any], code: str):
    target = scheduled(cast)
    answer = _post(program(cast.senior), f"/posts/{target.pk}/reschedule", sent)
    assert answer.status_code == 422
    assert answer.json()["problems"][0]["code"] == code
    assert fresh(target).due_at == target.due_at


def test_it_sends_now_what_was_planned_for_later(cast: Cast, world: World):
    target = scheduled(cast)
    Target.objects.filter(pk=target.pk).update(due_at=datetime(2030, 1, 1, tzinfo=UTC))
    due = _post(program(cast.senior), f"/posts/{target.pk}/publish-now").json()["due_at"]
    assert due < "2030"


def test_it_takes_down_with_a_reason(cast: Cast):
    target = made.a_story(cast.senior)
    client = program(cast.senior)
    assert _post(client, f"/posts/{target.pk}/recall", {"reason": ""}).status_code == 422
    assert _post(client, f"/posts/{target.pk}/recall", {"reason": "Asked to."}).json()["state"] == "recalling"


def test_it_takes_no_address_that_is_none(cast: Cast):
    target = made.a_post(cast.senior, state=State.UNKNOWN)
    client = program(cast.senior)
    for url in ("javascript:alert(1)", "", "reef.example/1"):
        answer = _post(client, f"/posts/{target.pk}/settle", {"is_there": True, "url": url})
        assert answer.status_code == 422, url


def test_it_keeps_one_of_two(cast: Cast):
    target = made.a_double(cast.senior)
    client = program(cast.senior)
    [copy] = client.get(f"/api/posts/{target.pk}/copies").json()["items"]
    assert (copy["url"], copy["state"]) == ("https://reef.example/late", "open")
    path = f"/posts/{target.pk}/keep-one"
    assert _post(client, path, {"keep": copy["id"] + 1, "others": "leave"}).status_code == 422
    assert _post(client, path, {"keep": copy["id"], "others": "burn"}).status_code == 422
    kept = _post(client, path, {"keep": copy["id"], "others": "take_down"}).json()
    assert (kept["url"], kept["needs_person"]) == ("https://reef.example/late", False)
    [copy] = client.get(f"/api/posts/{target.pk}/copies").json()["items"]
    assert (copy["url"], copy["state"]) == ("https://reef.example/1", "removing")
    assert _post(client, path, {"others": "leave"}).status_code == 409


def test_it_gives_the_receipt_and_the_proof(cast: Cast):
    target = made.a_story(cast.senior)
    client = program(cast.junior)
    [attempt] = client.get(f"/api/posts/{target.pk}/attempts").json()["items"]
    [proof] = client.get(f"/api/posts/{target.pk}/proofs").json()["items"]
    assert (attempt["state"], attempt["answer"]["id"]) == ("accepted", "1")
    assert (proof["verdict"], proof["parts"][0]["part"]) == ("same", "text")


@pytest.mark.parametrize("who", ["senior", "lead"])
def test_it_holds_and_lifts(cast: Cast, who: str):
    member: Member = getattr(cast, who)
    client = program(member)
    made_ = _post(client, "/holds", {"reason": "Storm", "scope": "channel", "value": "practice"})
    assert made_.status_code == 201
    assert made_.json()["stops"] == "Nothing goes out to Practice network"
    assert client.get("/api/holds").json()["count"] == 1
    assert _post(client, f"/holds/{made_.json()['id']}/lift").json()["lifted_at"]
    assert client.get("/api/holds").json()["count"] == 0
    assert _post(client, "/holds", {"reason": "Storm", "scope": "campaign"}).status_code == 422

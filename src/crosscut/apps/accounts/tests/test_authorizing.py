"""Connecting by saying yes on the channel's own page, against a server that speaks Mastodon's OAuth."""

import json
import threading
from collections.abc import Iterator
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from django.utils import timezone
from tests.cast import Cast

from crosscut.apps.accounts.models import Account, Trip
from crosscut.apps.accounts.secrets import unseal
from crosscut.apps.accounts.tests.asking import program, signed_in

ANSWERS = {
    "/api/v1/apps": {"client_id": "app", "client_secret": "app-secret"},
    "/oauth/token": {"access_token": "t0ken-of-the-test"},
    "/api/v1/accounts/verify_credentials": {"id": "7", "acct": "reef", "username": "reef", "display_name": "Reef"},
    "/api/v2/instance": {"domain": "reef.example", "configuration": {}},
}


@pytest.fixture
def server(settings: Any) -> Iterator[str]:
    """The server's address."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            content = json.dumps(ANSWERS.get(self.path, {})).encode()
            self.rfile.read(int(self.headers.get("Content-Length", 0)))
            self.send_response(200 if self.path in ANSWERS else 404)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        def do_POST(self) -> None:
            self.do_GET()

        def log_message(self, *args: Any) -> None:
            pass

    httpd = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=httpd.serve_forever)
    thread.start()
    settings.ALLOWED_PRIVATE_HOSTS = (f"127.0.0.1:{httpd.server_port}",)
    yield f"http://127.0.0.1:{httpd.server_port}"
    httpd.shutdown()
    httpd.server_close()
    thread.join()


def _leave(client: Any, server: str) -> str:
    """The state the server would send back."""
    given = {"name": "Ours", "settings.instance_url": server, "settings.visibility": "public", "away": "1"}
    return _state_in(client.post("/accounts/connect/mastodon/", given).content.decode(), server)


def _state_in(page: str, server: str) -> str:
    url = page.split('btn-lg" href="')[1].split('"')[0].replace("&amp;", "&")
    assert url.startswith(f"{server}/oauth/authorize?")
    query = parse_qs(urlsplit(url).query)
    assert query["redirect_uri"] == ["http://127.0.0.1:8000/accounts/connected/"]
    assert query["code_challenge_method"] == ["S256"] and len(query["code_challenge"][0]) == 43
    return query["state"][0]


def test_it_connects_whoever_comes_back_with_a_code_and_only_once(cast: Cast, server: str):
    client = signed_in(cast.lead)
    state = _leave(client, server)
    assert not Account.objects.exists()
    back = f"/accounts/connected/?code=c0de&state={state}"
    assert client.get(back)["Location"] == "/accounts/"
    account = Account.objects.get()
    assert (account.channel, account.state) == ("mastodon", "connected")
    assert unseal(account.sealed_secrets)["access_token"] == "t0ken-of-the-test"
    assert client.get(back).status_code == 409


@pytest.mark.parametrize("query", ["code=c0de&state=forged", "code=c0de"])
def test_it_refuses_a_return_that_nobody_asked_for(cast: Cast, server: str, query: str):
    client = signed_in(cast.lead)
    _leave(client, server)
    assert client.get(f"/accounts/connected/?{query}").status_code == 409
    assert not Account.objects.exists()


def test_it_refuses_a_return_by_somebody_else_or_in_another_session(cast: Cast, server: str):
    state = _leave(signed_in(cast.lead), server)
    for client in (signed_in(cast.stranger), signed_in(cast.senior), signed_in(cast.lead)):
        assert client.get(f"/accounts/connected/?code=c&state={state}").status_code == 409
    assert not Account.objects.exists()


def test_it_refuses_a_return_that_took_too_long(cast: Cast, server: str):
    client = signed_in(cast.lead)
    state = _leave(client, server)
    Trip.objects.update(expires_at=timezone.now())
    assert client.get(f"/accounts/connected/?code=c0de&state={state}").status_code == 409


def test_what_became_of_it_can_be_asked_for_a_week_and_is_then_forgotten(cast: Cast, server: str):
    client = signed_in(cast.lead)
    for days, left in ((6, 2), (8, 1)):
        Trip.objects.all().delete()
        _leave(client, server)
        Trip.objects.update(expires_at=timezone.now() - timedelta(days=days))
        _leave(client, server)
        assert Trip.objects.count() == left


def test_a_program_begins_and_its_member_says_yes_in_a_browser(cast: Cast, server: str):
    asked = {"channel": "mastodon", "name": "Ours", "settings": {"instance_url": server}}
    begun = program(cast.lead).post("/api/accounts/authorize", asked, content_type="application/json")
    assert begun.status_code == 201, begun.content
    trip, state = begun.json()["id"], parse_qs(urlsplit(begun.json()["url"]).query)["state"][0]
    assert program(cast.lead).get(f"/api/accounts/authorize/{trip}").json()["state"] == "waiting"
    assert signed_in(cast.lead).get(f"/accounts/connected/?code=c0de&state={state}")["Location"] == "/accounts/"
    told = program(cast.lead).get(f"/api/accounts/authorize/{trip}")
    assert told.json()["state"] == "ended" and "t0ken" not in told.content.decode()


def test_the_account_is_connected_again_and_stays_the_same_one(cast: Cast, server: str):
    client = signed_in(cast.lead)
    client.get(f"/accounts/connected/?code=c0de&state={_leave(client, server)}")
    account = Account.objects.get()
    Account.objects.update(state=Account.State.RECONNECT, problem="Gone.", sealed_secrets=b"")
    given = {"settings.instance_url": server, "settings.visibility": "public", "away": "1"}
    state = _state_in(client.post(f"/accounts/{account.pk}/", given).content.decode(), server)
    assert client.get(f"/accounts/connected/?code=c0de&state={state}")["Location"] == "/accounts/"
    account.refresh_from_db()
    assert (account.state, account.problem, Account.objects.count()) == ("connected", "", 1)


def test_nobody_but_a_lead_of_the_workspace_may_begin_or_see_it(cast: Cast, server: str):
    asked = {"channel": "mastodon", "name": "Ours", "settings": {"instance_url": server}}
    begun = program(cast.lead).post("/api/accounts/authorize", asked, content_type="application/json").json()
    account = Account.objects.create(workspace=cast.workspace, channel="mastodon", name="M")
    for member in (cast.senior, cast.junior, cast.guest):
        assert (
            program(member).post("/api/accounts/authorize", asked, content_type="application/json").status_code == 403
        )
    for member in (cast.stranger, cast.senior):
        client = program(member)
        assert client.get(f"/api/accounts/authorize/{begun['id']}").status_code == 404
        chosen = client.post(
            f"/api/accounts/authorize/{begun['id']}/connect", {"places": ["7"]}, content_type="application/json"
        )
        assert chosen.status_code in (403, 404)
    again = program(cast.stranger).post(f"/api/accounts/{account.pk}/authorize", {}, content_type="application/json")
    assert again.status_code == 404
    assert signed_in(cast.stranger).get(f"/accounts/connected/{begun['id']}/").status_code == 404


def test_it_connects_nothing_when_the_person_says_no(cast: Cast, server: str):
    client = signed_in(cast.lead)
    state = _leave(client, server)
    assert client.get(f"/accounts/connected/?error=access_denied&state={state}")["Location"] == "/accounts/"
    assert not Account.objects.exists()
    assert client.get(f"/accounts/connected/?code=c0de&state={state}").status_code == 409

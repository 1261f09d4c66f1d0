"""Connecting by saying yes on the channel's own page, against a server that speaks Mastodon's OAuth."""

import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from tests.cast import Cast

from crosscut.apps.accounts.models import Account
from crosscut.apps.accounts.secrets import unseal
from crosscut.apps.accounts.tests.asking import signed_in

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
    page: str = client.post("/accounts/connect/mastodon/", given).content.decode()
    url = page.split('btn-lg" href="')[1].split('"')[0].replace("&amp;", "&")
    assert url.startswith(f"{server}/oauth/authorize?")
    query = parse_qs(urlsplit(url).query)
    assert query["redirect_uri"] == ["http://127.0.0.1:8000/accounts/connected/"]
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
    assert client.get(f"/accounts/connected/?{query}").status_code == 502
    assert not Account.objects.exists()


def test_it_refuses_a_return_in_somebody_elses_session(cast: Cast, server: str):
    state = _leave(signed_in(cast.lead), server)
    assert signed_in(cast.stranger).get(f"/accounts/connected/?code=c&state={state}").status_code == 409


def test_it_connects_nothing_when_the_person_says_no(cast: Cast, server: str):
    client = signed_in(cast.lead)
    _leave(client, server)
    assert client.get("/accounts/connected/?error=access_denied")["Location"] == "/accounts/"
    assert not Account.objects.exists()

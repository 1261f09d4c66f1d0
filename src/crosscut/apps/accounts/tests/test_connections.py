"""Connecting accounts and reaching channels with them, against a channel made for the test."""

import json
import logging
import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest
from django.utils import timezone
from pydantic import BaseModel
from tests.cast import Cast

from crosscut.apps.accounts.models import Account, AuditEvent
from crosscut.apps.accounts.secrets import unseal
from crosscut.apps.accounts.services import connections
from crosscut.apps.accounts.services.connections import Login, connect_account, context_for, note_exchange
from crosscut.apps.accounts.tests.asking import program, signed_in
from crosscut.channels import registry
from crosscut.channels.protocol import Channel, Context, Profile
from crosscut.kernel.errors import Conflict, Invalid, NotAllowed, NotFound, ReconnectNeeded, RetryLater

SECRET = "s3cr3t-of-the-test"


class Settings(BaseModel):
    """What the test's channel asks for."""

    server: str
    visibility: str = "public"


class Adapter:
    """Lets in whoever has the secret and gives a second one; says who it is by its server's name."""

    def connect(self, context: Context) -> Profile:
        assert isinstance(context.settings, Settings)
        if context.secrets["password"] != SECRET:
            raise ReconnectNeeded("wrong password")
        name = context.settings.server
        given = {"session": f"{SECRET}-2"}
        return Profile(remote_id=f"id-{name}", name=name, handle=f"@{name}", can=("publish posts",), secrets=given)


@pytest.fixture
def quay(monkeypatch: pytest.MonkeyPatch) -> str:
    """A channel that is there for one test."""
    channel = Channel(
        slug="quay",
        name="Quay",
        platform="practice",
        post_types=("text",),
        settings=f"{__name__}:Settings",
        adapter=f"{__name__}:Adapter",
        secrets=("password",),
    )
    known = {**registry.channels(), "quay": channel}
    monkeypatch.setattr(registry, "channels", lambda: known)
    monkeypatch.setattr("crosscut.apps.accounts.wording.channels", lambda: known)
    return "quay"


def login(**changes: Any) -> Login:
    """A login that works, with changes."""
    given = {"channel": "quay", "name": "Ours", "settings": {"server": "reef"}, "secrets": {"password": SECRET}}
    return Login(**{**given, **changes})


def test_it_keeps_what_the_channel_told_and_seals_the_secrets(cast: Cast, quay: str):
    account = connect_account(cast.lead, login())
    account.refresh_from_db()
    assert (account.handle, account.can, account.state) == ("@reef", ["publish posts"], "connected")
    assert unseal(account.sealed_secrets) == {"password": SECRET, "session": f"{SECRET}-2"}
    assert SECRET.encode() not in bytes(account.sealed_secrets)
    assert AuditEvent.objects.filter(verb="account.connected").exists()


def test_it_stores_nothing_when_the_channel_does_not_let_us_in(cast: Cast, quay: str):
    with pytest.raises(ReconnectNeeded):
        connect_account(cast.lead, login(secrets={"password": "wrong"}))
    assert not Account.objects.exists()


@pytest.mark.parametrize(
    ("changes", "where"),
    [
        ({"name": " "}, "name"),
        ({"settings": {}}, "settings.server"),
        ({"settings": {"server": "reef", "nonsense": 1}}, "settings.nonsense"),
        ({"secrets": {}}, "secrets.password"),
        ({"secrets": {"password": SECRET, "other": "x"}}, "secrets.other"),
    ],
)
def test_it_says_which_field_is_wrong_before_asking(cast: Cast, quay: str, changes: dict[str, Any], where: str):
    with pytest.raises(Invalid) as refused:
        connect_account(cast.lead, login(**changes))
    assert [problem.where for problem in refused.value.problems] == [where]


def test_it_connects_a_login_once(cast: Cast, quay: str):
    connect_account(cast.lead, login())
    with pytest.raises(Conflict):
        connect_account(cast.lead, login(name="Again"))
    with pytest.raises(Invalid):
        connect_account(cast.lead, login(settings={"server": "other"}))


def test_it_keeps_secrets_that_are_not_given_again_and_refuses_another_login(cast: Cast, quay: str):
    account = connect_account(cast.lead, login())
    connections.reconnect(cast.lead, account.pk, settings={"visibility": "private"}, secrets={"password": ""})
    account.refresh_from_db()
    assert account.settings == {"server": "reef", "visibility": "private"}
    with pytest.raises(Conflict):
        connections.reconnect(cast.lead, account.pk, settings={"server": "elsewhere"})


def test_it_forgets_the_secrets_of_a_disconnected_account(cast: Cast, quay: str):
    account = connections.disconnect(cast.lead, connect_account(cast.lead, login()).pk)
    assert bytes(Account.objects.get(pk=account.pk).sealed_secrets) == b""
    with pytest.raises(ReconnectNeeded), context_for(account):
        pass


def test_it_asks_to_connect_again_when_the_installations_key_has_changed(cast: Cast, quay: str, settings: Any):
    account = connect_account(cast.lead, login())
    settings.SECRET_KEY = "another"
    with pytest.raises(ReconnectNeeded), context_for(account):
        pass
    assert connections.check_account(cast.lead, account.pk).state == "reconnect"


def test_it_opens_secrets_sealed_with_an_old_key_that_is_still_known(cast: Cast, quay: str, settings: Any):
    account = connect_account(cast.lead, login())
    settings.SECRET_KEY_FALLBACKS, settings.SECRET_KEY = [settings.SECRET_KEY], "another"
    with context_for(account):
        pass


def test_it_notes_how_an_exchange_went(cast: Cast, quay: str):
    account = connect_account(cast.lead, login())
    note_exchange(account, False, RetryLater("The channel is down"))
    assert (account.state, account.problem) == ("connected", "The channel is down")
    note_exchange(account, False, ReconnectNeeded("Token revoked"))
    assert account.state == "reconnect"
    note_exchange(account, False, "Down again")
    assert account.state == "reconnect"
    note_exchange(account, True)
    assert (account.state, account.problem, account.last_success_at) == ("connected", "", account.last_exchange_at)


def test_it_does_not_revive_a_disconnected_account_by_a_late_answer(cast: Cast, quay: str):
    stale = connect_account(cast.lead, login())
    connections.disconnect(cast.lead, stale.pk)
    assert note_exchange(stale, True).state == "disconnected"


@pytest.mark.parametrize("role", ["senior", "specialist", "junior", "guest"])
def test_it_lets_only_leads_connect(cast: Cast, quay: str, role: str):
    with pytest.raises(NotAllowed):
        connect_account(getattr(cast, role), login())


def test_it_hides_the_account_from_another_workspace(cast: Cast, quay: str):
    account = connect_account(cast.lead, login())
    for act in (connections.reconnect, connections.disconnect, connections.check_account):
        with pytest.raises(NotFound):
            act(cast.stranger, account.pk)


def test_it_shows_secrets_nowhere(cast: Cast, quay: str, caplog: pytest.LogCaptureFixture):
    caplog.set_level(logging.DEBUG)
    client, asking = signed_in(cast.lead), program(cast.lead)
    typed = {"name": "Ours", "settings.server": "reef", "secrets.password": "wr0ng-one"}
    page = client.post("/accounts/connect/quay/", typed)
    assert b"wr0ng-one" not in page.content
    given = {"channel": "quay", "name": "Ours", "settings": {"server": "reef"}, "secrets": {"password": SECRET}}
    made = asking.post("/api/accounts", given, content_type="application/json")
    assert made.status_code == 201
    number = made.json()["id"]
    asking.post(f"/api/accounts/{number}/check")
    seen = [made.content, asking.get("/api/accounts").content, asking.get("/api/activity").content]
    seen += [client.get(page).content for page in ("/accounts/", f"/accounts/{number}/", "/activity/")]
    seen += [json.dumps(list(AuditEvent.objects.values_list("detail", flat=True))).encode(), caplog.text.encode()]
    assert not [text for text in seen if SECRET.encode() in text]


# --- reaching outside


@pytest.fixture
def server() -> Iterator[tuple[str, list[str]]]:
    """A server on this machine and the requests it got. /slow sends a byte every tenth of a second."""
    asked: list[str] = []

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            asked.append(self.path)
            self.send_response(200)
            self.send_header("Content-Length", "100")
            self.end_headers()
            for _ in range(100):
                self.wfile.write(b".")
                self.wfile.flush()
                if self.path == "/slow":
                    stop.wait(0.1)

        def log_message(self, *args: Any) -> None:
            pass

    stop = threading.Event()
    httpd = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=httpd.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{httpd.server_port}", asked
    stop.set()
    httpd.shutdown()
    httpd.server_close()
    thread.join()


@pytest.fixture
def account(cast: Cast, quay: str) -> Account:
    """A connected account."""
    return connect_account(cast.lead, login())


def test_it_reaches_private_addresses_only_when_the_installation_names_them(account: Account, server, settings: Any):
    url, asked = server
    with context_for(account) as context, pytest.raises(NotAllowed):
        context.http.get(url)
    settings.ALLOWED_PRIVATE_HOSTS = (url.removeprefix("http://"),)
    with context_for(account) as context:
        assert context.http.get(url).status_code == 200
    assert len(asked) == 1


def test_it_lets_nothing_leave_after_the_deadline(account: Account, server, settings: Any):
    url, asked = server
    settings.ALLOWED_PRIVATE_HOSTS = (url.removeprefix("http://"),)
    over = timezone.now() - timedelta(seconds=1)
    with context_for(account, deadline_at=over) as context, pytest.raises(RetryLater):
        context.http.get(url)
    assert asked == []


def test_it_ends_an_exchange_at_the_deadline_however_slowly_it_goes_on(account: Account, server, settings: Any):
    url, asked = server
    settings.ALLOWED_PRIVATE_HOSTS = (url.removeprefix("http://"),)
    deadline_at = datetime.now(UTC) + timedelta(seconds=0.6)
    with context_for(account, deadline_at=deadline_at) as context:
        with pytest.raises(Exception, match=r"too long|timed out"):
            context.http.get(f"{url}/slow")
        assert datetime.now(UTC) - deadline_at < timedelta(seconds=0.5)
        with pytest.raises(RetryLater):
            context.http.get(url)
    assert asked == ["/slow"]

"""Google's login, as YouTube and Business Profile use it, on a login page of others."""

from dataclasses import replace

import pytest

from crosscut.channels import google as logins
from crosscut.channels.google import GoogleApp
from crosscut.channels.logins import Journey, Scope
from crosscut.channels.protocol import Context
from crosscut.kernel.errors import ReconnectNeeded, Rejected
from tests.peers import story
from tests.peers.google import Server

pytestmark = [pytest.mark.peer, pytest.mark.xdist_group("google")]
SCOPES = (Scope(name="https://www.googleapis.com/auth/youtube", words="publish films"),)


@pytest.fixture
def app(google_server: Server) -> GoogleApp:
    told = {"login_url": google_server.login_url, "token_url": google_server.token_url}
    return GoogleApp(client_id=google_server.client_id, **told)


@pytest.fixture
def journey(google_server: Server) -> Journey:
    return Journey(redirect_uri=google_server.redirect_uri, state="a-state &+=", verifier="v" * 43)


@pytest.fixture
def context(app: GoogleApp, google_server: Server) -> Context:
    return story.context(app, {"client_secret": google_server.client_secret})


def test_a_yes_becomes_a_login_that_is_renewed(
    app: GoogleApp, journey: Journey, context: Context, google_server: Server
) -> None:
    code, state = google_server.say_yes(logins.departure(app, SCOPES, journey).url)
    assert state == journey.state
    tokens = logins.turned_in(context, app, journey, code=code)
    assert tokens.is_renewable and tokens.scopes == (SCOPES[0].name,) and tokens.expires_at > context.now()
    connected = replace(context, secrets={**context.secrets, **tokens.secrets})
    first, second = logins.renewed(connected, app), logins.renewed(connected, app)  # asking twice does no harm
    assert len({one.secrets["access_token"] for one in (tokens, first, second)}) == 3
    assert first.secrets["refresh_token"] == tokens.secrets["refresh_token"]


def test_a_code_is_good_once_and_only_with_our_verifier(
    app: GoogleApp, journey: Journey, context: Context, google_server: Server
) -> None:
    code, _state = google_server.say_yes(logins.departure(app, SCOPES, journey).url)
    with pytest.raises(Rejected, match="PKCE"):
        logins.turned_in(context, app, replace(journey, verifier="w" * 43), code=code)
    logins.turned_in(context, app, journey, code=code)
    with pytest.raises(Rejected, match="incorrect or expired"):
        logins.turned_in(context, app, journey, code=code)


def test_what_google_does_not_know_it_refuses_in_its_words(
    app: GoogleApp, journey: Journey, context: Context, google_server: Server
) -> None:
    elsewhere = logins.departure(app, SCOPES, replace(journey, redirect_uri="http://127.0.0.1:9/back"))
    assert google_server.page(elsewhere.url).status_code == 400
    code, _state = google_server.say_yes(logins.departure(app, SCOPES, journey).url)
    with pytest.raises(Rejected, match="client_secret is incorrect"):
        logins.turned_in(replace(context, secrets={"client_secret": "another"}), app, journey, code=code)
    unknown = replace(context, secrets={**context.secrets, "refresh_token": "taken-back"})
    with pytest.raises(ReconnectNeeded, match="refresh token is invalid"):
        logins.renewed(unknown, app)

"""Google's login page, as every interface of Google's uses it: an app of the person's own, and a login for an hour.

https://developers.google.com/identity/protocols/oauth2/web-server, as of 2026-10-04. An access token works for an hour.
What renews it stays the same, lasts until somebody takes it back, and seven days where the app is in testing.
"""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import timedelta
from enum import StrEnum
from typing import Any

from pydantic import BaseModel, ConfigDict, Field

from crosscut.channels import answers, oauth
from crosscut.channels.fields import WebAddress, for_programs
from crosscut.channels.logins import Departure, Journey, Scope, Tokens
from crosscut.channels.protocol import Context
from crosscut.kernel.errors import ReconnectNeeded, Rejected
from crosscut.kernel.phrases import phrase

_LIFE_S = 3600
_TESTING = timedelta(days=7)  # how long any login of an app in testing works


class Status(StrEnum):
    """How far the person's app is with Google (Google Auth Platform → Audience → Publishing status)."""

    TESTING = "testing"
    PRODUCTION = "production"


class GoogleApp(BaseModel):
    """One app of the person's own at Google, and where it gets its logins."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    client_id: str = Field(
        title="Client ID",
        description="From your project in the Google Cloud console: Clients → the web application.",
        pattern=r"^[\w.-]{8,120}$",
    )
    status: Status = Field(
        Status.PRODUCTION,
        title="Publishing status",
        description="Of your app, under Audience. While it is “testing”, every login ends after seven days.",
    )
    login_url: WebAddress = for_programs(
        "https://accounts.google.com/o/oauth2/v2/auth", "Login page", "Where the person says yes."
    )
    token_url: WebAddress = for_programs("https://oauth2.googleapis.com/token", "Logins", "Where logins are given.")


def departure(app: GoogleApp, scopes: Iterable[Scope], journey: Journey) -> Departure:
    """The way to Google's page. Google renews nothing unless it is asked to, and only after a fresh yes."""
    return oauth.departure(
        app.login_url,
        scopes=[scope.name for scope in scopes],
        journey=journey,
        client_id=app.client_id,
        access_type="offline",
        prompt="consent select_account",
        **oauth.proof_of(journey),
    )


def turned_in(context: Context, app: GoogleApp, journey: Journey, *, code: str) -> Tokens:
    """The login for a code. Raises Rejected when Google gives none that can be renewed."""
    body = {
        "grant_type": "authorization_code",
        "code": code,
        "redirect_uri": journey.redirect_uri,
        "code_verifier": journey.verifier,
    }
    asked = _asked(context, app, body)
    response = answers.ask(context.http, "POST", fine=range(400, 500), follow_redirects=False, **asked)
    tokens = oauth.tokens_in(response, context.now(), life_s=_LIFE_S)
    if tokens is None:
        raise Rejected(phrase("Google gave no login: {said}", said=answers.words(response)))
    if not tokens.is_renewable:
        raise Rejected(
            phrase("Google gave a login for one hour only: take Crosscut's permission back there, then again.")
        )
    otherwise = context.now() + _TESTING if app.status is Status.TESTING else None
    return replace(tokens, ends_at=tokens.ends_at or otherwise)


def renewed(context: Context, app: GoogleApp) -> Tokens:
    """The same login for an hour more. Asking twice does no harm."""
    body = {"grant_type": "refresh_token", "refresh_token": oauth.key_of(context)}
    try:
        return oauth.extended(context, network="Google", life_s=_LIFE_S, **_asked(context, app, body))
    except ReconnectNeeded as error:
        if app.status is not Status.TESTING:
            raise
        words = phrase("{said} While your app is in testing, that comes every seven days.", said=str(error))
        raise ReconnectNeeded(words, problems=error.problems) from error


def _asked(context: Context, app: GoogleApp, body: Mapping[str, str]) -> dict[str, Any]:
    secret = context.secrets.get("client_secret", "")
    return {"url": app.token_url, "data": {**body, "client_id": app.client_id, "client_secret": secret}}

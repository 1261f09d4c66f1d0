"""Google's login page, the code turned in, and a login that is renewed every half hour.

https://developers.google.com/identity/protocols/oauth2/web-server, as of 2026-10-04. An access token works for an hour.
What renews it stays the same, lasts until somebody takes it back, and seven days where the app is in testing.
"""

from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta
from typing import Any

from crosscut.channels import answers, oauth
from crosscut.channels.builtin.youtube import CHANNEL
from crosscut.channels.builtin.youtube.settings import Settings, Status
from crosscut.channels.logins import Departure, Journey, Tokens
from crosscut.channels.protocol import Context
from crosscut.kernel.errors import ReconnectNeeded, Rejected
from crosscut.kernel.phrases import phrase

_LIFE_S = 3600
_TESTING = timedelta(days=7)  # how long any login of an app in testing works


def departure(settings: Settings, journey: Journey) -> Departure:
    """The way to Google's page. Google renews nothing unless it is asked to, and only after a fresh yes."""
    return oauth.departure(
        settings.login_url,
        scopes=[scope.name for scope in CHANNEL.scopes],
        journey=journey,
        client_id=settings.client_id,
        access_type="offline",
        prompt="consent select_account",
        **oauth.proof_of(journey),
    )


def turned_in(context: Context, settings: Settings, journey: Journey, *, code: str) -> Tokens:
    """The login for a code. Raises Rejected when Google gives none that can be renewed."""
    body = {
        "grant_type": "authorization_code",
        "code": code,
        "redirect_uri": journey.redirect_uri,
        "code_verifier": journey.verifier,
    }
    asked = _asked(context, settings, body)
    response = answers.ask(context.http, "POST", fine=range(400, 500), follow_redirects=False, **asked)
    tokens = oauth.tokens_in(response, context.now(), life_s=_LIFE_S)
    if tokens is None:
        raise Rejected(phrase("Google gave no login: {said}", said=answers.words(response)))
    if not tokens.is_renewable:
        raise Rejected(
            phrase("Google gave a login for one hour only: take Crosscut's permission back there, then again.")
        )
    otherwise = context.now() + _TESTING if settings.status is Status.TESTING else None
    return replace(tokens, ends_at=tokens.ends_at or otherwise)


def renewed(context: Context, settings: Settings) -> Tokens:
    """The same login for an hour more. Asking twice does no harm."""
    body = {"grant_type": "refresh_token", "refresh_token": oauth.key_of(context)}
    try:
        return oauth.extended(context, network="Google", life_s=_LIFE_S, **_asked(context, settings, body))
    except ReconnectNeeded as error:
        if settings.status is not Status.TESTING:
            raise
        words = phrase("{said} While your app is in testing, that comes every seven days.", said=str(error))
        raise ReconnectNeeded(words, problems=error.problems) from error


def _asked(context: Context, settings: Settings, body: Mapping[str, str]) -> dict[str, Any]:
    told = {**body, "client_id": settings.client_id, "client_secret": context.secrets.get("client_secret", "")}
    return {"url": settings.token_url, "data": told}

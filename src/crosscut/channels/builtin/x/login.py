"""X's own login page: the way there with PKCE, the code turned in, and a login that is renewed every hour.

https://docs.x.com/fundamentals/authentication/oauth-2-0/authorization-code, read 2026-08-22. An access token works for
two hours; what renews it works once and gives the next one.
"""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any
from urllib.parse import urlencode

import httpx

from crosscut.channels import answers
from crosscut.channels.builtin.x.settings import Settings
from crosscut.channels.logins import Departure, Journey, Scope, Tokens
from crosscut.channels.protocol import Context
from crosscut.kernel.errors import OutcomeUnknown, ReconnectNeeded, Rejected, RetryLater
from crosscut.kernel.phrases import phrase

_LIFE_S = 7200  # of an access token, where X does not say


def departure(settings: Settings, scopes: tuple[Scope, ...], journey: Journey) -> Departure:
    """The way to X's page."""
    query = {
        "response_type": "code",
        "client_id": settings.client_id,
        "redirect_uri": journey.redirect_uri,
        "scope": " ".join(scope.name for scope in scopes),
        "state": journey.state,
        "code_challenge": journey.challenge,
        "code_challenge_method": "S256",
    }
    return Departure(url=f"{settings.login_url}?{urlencode(query)}")


def turned_in(context: Context, settings: Settings, journey: Journey, *, code: str) -> Tokens:
    """The login for a code. Raises Rejected when X gives none."""
    body = {
        "grant_type": "authorization_code",
        "code": code,
        "redirect_uri": journey.redirect_uri,
        "code_verifier": journey.verifier,
    }
    response = answers.ask(context.http, "POST", follow_redirects=False, **_asked(context, settings, body))
    tokens = _tokens(context, response)
    if tokens is None:
        raise Rejected(phrase("X gave no login: {said}", said=answers.words(response)))
    if "refresh_token" not in tokens.secrets:
        raise Rejected(phrase("X gave a login for two hours only: allow Crosscut to stay connected."))
    return tokens


def renewed(context: Context, settings: Settings) -> Tokens:
    """The next login, for which the kept one is used up.

    Raises OutcomeUnknown where that may have happened and nothing came back, RetryLater where it certainly did not,
    ReconnectNeeded where X takes it no longer.
    """
    kept = context.secrets.get("refresh_token", "")
    if not kept:
        raise ReconnectNeeded(phrase("There is nothing to renew this login with: connect it again."))
    body = {"grant_type": "refresh_token", "refresh_token": kept}
    fine = (*range(400, 500), httpx.codes.SERVICE_UNAVAILABLE)  # "unavailable" says that it was not looked at
    response = answers.send(context.http, "POST", key="", **_asked(context, settings, body) | {"fine": fine})
    if response.status_code in (httpx.codes.TOO_MANY_REQUESTS, httpx.codes.SERVICE_UNAVAILABLE):
        raise RetryLater(phrase("X asks to wait: {said}", said=answers.words(response)))
    if not response.is_success:
        raise ReconnectNeeded(phrase("X does not renew the login: {said}", said=answers.words(response)))
    tokens = _tokens(context, response)
    if tokens is None or "refresh_token" not in tokens.secrets:
        raise OutcomeUnknown(phrase("X renewed the login and did not hand it over."))
    return Tokens(secrets={**context.secrets, **tokens.secrets}, expires_at=tokens.expires_at, scopes=tokens.scopes)


def _asked(context: Context, settings: Settings, body: Mapping[str, str]) -> dict[str, Any]:
    """A confidential client signs in with its own name and secret (RFC 6749 section 2.3.1)."""
    return {
        "url": f"{settings.api_url}/2/oauth2/token",
        "data": dict(body),
        "auth": (settings.client_id, context.secrets.get("client_secret", "")),
        "fine": range(400, 500),
    }


def _tokens(context: Context, response: httpx.Response) -> Tokens | None:
    try:
        answer = response.json()
    except ValueError:
        return None
    if not response.is_success or not isinstance(answer, dict) or not answer.get("access_token"):
        return None
    names = ("access_token", "refresh_token")
    life_s = answer.get("expires_in")
    return Tokens(
        secrets={name: str(answer[name]) for name in names if answer.get(name)},
        expires_at=context.now() + timedelta(seconds=life_s if isinstance(life_s, int) else _LIFE_S),
        scopes=tuple(str(answer.get("scope") or "").split()),
    )

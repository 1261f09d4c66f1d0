"""X's own login page: the way there with PKCE, the code turned in, and a login that is renewed every hour.

https://docs.x.com/fundamentals/authentication/oauth-2-0/authorization-code, read 2026-08-22. An access token works for
two hours; what renews it works once and gives the next one.
"""

from collections.abc import Mapping
from typing import Any

from crosscut.channels import answers, oauth
from crosscut.channels.builtin.x import CHANNEL
from crosscut.channels.builtin.x.settings import Settings
from crosscut.channels.logins import Departure, Journey, Tokens
from crosscut.channels.protocol import Context
from crosscut.kernel.errors import Rejected
from crosscut.kernel.phrases import phrase

_LIFE_S = 7200  # of an access token, where X does not say


def departure(settings: Settings, journey: Journey) -> Departure:
    """The way to X's page."""
    names = [scope.name for scope in CHANNEL.scopes]
    proof = oauth.proof_of(journey)
    return oauth.departure(settings.login_url, scopes=names, journey=journey, client_id=settings.client_id, **proof)


def turned_in(context: Context, settings: Settings, journey: Journey, *, code: str) -> Tokens:
    """The login for a code. Raises Rejected when X gives none."""
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
        raise Rejected(phrase("X gave no login: {said}", said=answers.words(response)))
    if "refresh_token" not in tokens.secrets:
        raise Rejected(phrase("X gave a login for two hours only: allow Crosscut to stay connected."))
    return tokens


def renewed(context: Context, settings: Settings) -> Tokens:
    """The next login, for which the kept one is used up.

    Raises OutcomeUnknown where that may have happened and nothing came back, RetryLater where it certainly did not,
    ReconnectNeeded where X takes it no longer.
    """
    body = {"grant_type": "refresh_token", "refresh_token": oauth.key_of(context)}
    return oauth.rotated(context, network="X", life_s=_LIFE_S, **_asked(context, settings, body))


def _asked(context: Context, settings: Settings, body: Mapping[str, str]) -> dict[str, Any]:
    """A confidential client signs in with its own name and secret (RFC 6749 section 2.3.1)."""
    return {
        "url": f"{settings.api_url}/2/oauth2/token",
        "data": dict(body),
        "auth": (settings.client_id, context.secrets.get("client_secret", "")),
    }

"""Pinterest's own login page, the code turned in, and a login that is renewed every two weeks.

https://developers.pinterest.com/docs/getting-started/set-up-authentication-and-authorization/, a stored copy read
2026-11-30. An access token works for thirty days; what renews it works for sixty and is given anew each time. Whether
the old one would still do is written nowhere, so it is used once. The page's parameters name no PKCE: none is sent.
"""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from crosscut.channels import answers, oauth
from crosscut.channels.builtin.pinterest import CHANNEL
from crosscut.channels.builtin.pinterest.settings import Settings
from crosscut.channels.logins import Departure, Journey, Tokens
from crosscut.channels.protocol import Context
from crosscut.kernel.errors import Rejected
from crosscut.kernel.phrases import phrase

_LIFE_S = 2_592_000


def departure(settings: Settings, journey: Journey) -> Departure:
    """The way to Pinterest's page."""
    names = [scope.name for scope in CHANNEL.scopes]
    page = f"{settings.login_url}/"
    return oauth.departure(page, scopes=names, journey=journey, joined_by=",", client_id=settings.client_id)


def turned_in(context: Context, settings: Settings, journey: Journey, *, code: str) -> Tokens:
    """The login for a code. Raises Rejected when Pinterest gives none that can be renewed."""
    body = {"grant_type": "authorization_code", "code": code, "redirect_uri": journey.redirect_uri}
    asked = _asked(context, settings, {**body, "continuous_refresh": "true"})  # apps older than 2025-09-25 want to hear
    response = answers.ask(context.http, "POST", fine=range(400, 500), follow_redirects=False, **asked)
    tokens = oauth.tokens_in(response, context.now(), life_s=_LIFE_S)
    if tokens is None or not tokens.is_renewable:
        raise Rejected(phrase("Pinterest gave no login: {said}", said=answers.words(response)))
    return _open_ended(tokens)


def renewed(context: Context, settings: Settings) -> Tokens:
    """The next login; the kept one is used up by it."""
    body = {"grant_type": "refresh_token", "refresh_token": oauth.key_of(context)}
    told = oauth.rotated(context, network="Pinterest", life_s=_LIFE_S, **_asked(context, settings, body))
    return _open_ended(told)


def _open_ended(tokens: Tokens) -> Tokens:
    """What renews it ends in sixty days, and is itself given anew each time: the login as a whole has no end."""
    return replace(tokens, ends_at=None)


def _asked(context: Context, settings: Settings, body: Mapping[str, str]) -> dict[str, Any]:
    """The app signs in with its own number and secret (RFC 6749 section 2.3.1)."""
    return {
        "url": f"{settings.api_url}/oauth/token",
        "data": dict(body),
        "auth": (settings.client_id, context.secrets.get("client_secret", "")),
    }

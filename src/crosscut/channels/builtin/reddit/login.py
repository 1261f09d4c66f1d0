"""Reddit's own login page, the code turned in, and a login that is renewed with a key that stays.

https://github.com/reddit-archive/reddit/wiki/OAuth2, a stored copy read 2026-11-30. An access token works for an hour
or a day; what renews it stays the same until somebody takes it back, if it was asked for (`duration=permanent`). The
page's parameters name no PKCE: none is sent.
"""

from collections.abc import Mapping
from typing import Any

from crosscut import __version__
from crosscut.channels import answers, oauth
from crosscut.channels.builtin.reddit import CHANNEL
from crosscut.channels.builtin.reddit.settings import Settings
from crosscut.channels.logins import Departure, Journey, Tokens
from crosscut.channels.protocol import Context
from crosscut.kernel.errors import Rejected
from crosscut.kernel.phrases import phrase

_LIFE_S = 3600


def agent_of(settings: Settings) -> str:
    """Who asks, in the form Reddit demands: platform, app, version, and whose it is."""
    return f"server:{settings.client_id}:crosscut-{__version__} (by /u/{settings.owner})"


def departure(settings: Settings, journey: Journey) -> Departure:
    """The way to Reddit's page."""
    names = [scope.name for scope in CHANNEL.scopes]
    page, more = f"{settings.login_url}/authorize", {"client_id": settings.client_id, "duration": "permanent"}
    return oauth.departure(page, scopes=names, journey=journey, **more)


def turned_in(context: Context, settings: Settings, journey: Journey, *, code: str) -> Tokens:
    """The login for a code. Raises Rejected when Reddit gives none that can be renewed."""
    body = {"grant_type": "authorization_code", "code": code, "redirect_uri": journey.redirect_uri}
    asked = _asked(context, settings, body)
    response = answers.ask(context.http, "POST", fine=range(400, 500), follow_redirects=False, **asked)
    tokens = oauth.tokens_in(response, context.now(), life_s=_LIFE_S)
    if tokens is None or not tokens.is_renewable:
        raise Rejected(phrase("Reddit gave no login: {said}", said=answers.words(response)))
    return tokens


def renewed(context: Context, settings: Settings) -> Tokens:
    """The same login for longer. Asking twice does no harm."""
    body = {"grant_type": "refresh_token", "refresh_token": oauth.key_of(context)}
    return oauth.extended(context, network="Reddit", life_s=_LIFE_S, **_asked(context, settings, body))


def _asked(context: Context, settings: Settings, body: Mapping[str, str]) -> dict[str, Any]:
    """The app signs in with its own name and secret (RFC 6749 section 2.3.1)."""
    return {
        "url": f"{settings.login_url}/access_token",
        "data": dict(body),
        "auth": (settings.client_id, context.secrets.get("client_secret", "")),
        "headers": {"User-Agent": agent_of(settings)},
    }

"""TikTok's own login page, the code turned in, and a login that is renewed twice a day with a key that works once.

https://developers.tiktok.com/doc/oauth-user-access-token-management, as of 2026-10-04. An access token works for a day;
what renews it is given anew each time and ends a year after the person's yes. TikTok knows PKCE for apps on phones and
desks only, so none is sent.
"""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from crosscut.channels import answers, oauth
from crosscut.channels.builtin.tiktok import CHANNEL
from crosscut.channels.builtin.tiktok.settings import Settings
from crosscut.channels.logins import Departure, Journey, Tokens
from crosscut.channels.protocol import Context
from crosscut.kernel.errors import Rejected
from crosscut.kernel.phrases import phrase

_LIFE_S = 86_400


def departure(settings: Settings, journey: Journey) -> Departure:
    """The way to TikTok's page."""
    names = [scope.name for scope in CHANNEL.scopes]
    page = f"{settings.login_url}/"
    return oauth.departure(page, scopes=names, journey=journey, joined_by=",", client_key=settings.client_key)


def turned_in(context: Context, settings: Settings, journey: Journey, *, code: str) -> Tokens:
    """The login for a code, with TikTok's name for the account. Raises Rejected when TikTok gives none."""
    body = {"grant_type": "authorization_code", "code": code, "redirect_uri": journey.redirect_uri}
    asked = _asked(context, settings, body)
    response = answers.ask(context.http, "POST", fine=range(400, 500), follow_redirects=False, **asked)
    tokens, name = oauth.tokens_in(response, context.now(), life_s=_LIFE_S), answers.object_in(response).get("open_id")
    if tokens is None or not tokens.is_renewable or not name:
        raise Rejected(phrase("TikTok gave no login: {said}", said=answers.words(response)))
    return replace(tokens, secrets={**tokens.secrets, "open_id": str(name)})


def renewed(context: Context, settings: Settings) -> Tokens:
    """The next login; the kept one is used up by it."""
    body = {"grant_type": "refresh_token", "refresh_token": oauth.key_of(context)}
    return oauth.rotated(context, network="TikTok", life_s=_LIFE_S, **_asked(context, settings, body))


def _asked(context: Context, settings: Settings, body: Mapping[str, str]) -> dict[str, Any]:
    app = {"client_key": settings.client_key, "client_secret": context.secrets.get("client_secret", "")}
    return {"url": f"{settings.api_url}/v2/oauth/token/", "data": {**body, **app}}

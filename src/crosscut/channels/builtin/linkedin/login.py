"""LinkedIn's own login page, and what its logins lead to: the member, or the pages the member manages.

https://learn.microsoft.com/en-us/linkedin/shared/authentication/authorization-code-flow and
…/programmatic-refresh-tokens, as of 2026-10-04. A login lasts sixty days; what renews it is given to some apps only.
"""

from collections.abc import Mapping
from typing import Any

from crosscut.channels import answers, oauth
from crosscut.channels.builtin.linkedin.settings import SCOPES, Settings
from crosscut.channels.logins import Departure, Journey, Tokens
from crosscut.channels.protocol import Context
from crosscut.kernel.errors import ReconnectNeeded, Rejected
from crosscut.kernel.phrases import phrase


def departure(settings: Settings, journey: Journey) -> Departure:
    """The way to LinkedIn's page. LinkedIn knows PKCE for apps without a secret only, so none is sent."""
    asked = SCOPES[settings.product]
    page = f"{settings.login_url}/authorization"
    return oauth.departure(page, scopes=asked, journey=journey, client_id=settings.client_id)


def turned_in(context: Context, settings: Settings, journey: Journey, *, code: str) -> Tokens:
    """The login for a code. Raises Rejected when LinkedIn gives none."""
    body = {"grant_type": "authorization_code", "code": code, "redirect_uri": journey.redirect_uri}
    asked = _asked(context, settings, body)
    response = answers.ask(context.http, "POST", fine=range(400, 500), follow_redirects=False, **asked)
    tokens = oauth.tokens_in(response, context.now())
    if tokens is None:
        raise Rejected(phrase("LinkedIn gave no login: {said}", said=answers.words(response)))
    return tokens


def renewed(context: Context, settings: Settings) -> Tokens:
    """The same login for sixty days more. Asking twice does no harm: what renews it stays the same for a year."""
    kept = context.secrets.get("refresh_token", "")
    if not kept:
        raise ReconnectNeeded(phrase("LinkedIn gives this app nothing to renew logins with: connect it again."))
    body = {"grant_type": "refresh_token", "refresh_token": kept}
    return oauth.extended(context, network="LinkedIn", **_asked(context, settings, body))


def _asked(context: Context, settings: Settings, body: Mapping[str, str]) -> dict[str, Any]:
    told = {**body, "client_id": settings.client_id, "client_secret": context.secrets.get("client_secret", "")}
    return {"url": f"{settings.login_url}/accessToken", "data": told}

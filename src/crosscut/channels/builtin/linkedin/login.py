"""LinkedIn's own login page, and what its logins lead to: the member, or the pages the member manages.

https://learn.microsoft.com/en-us/linkedin/shared/authentication/authorization-code-flow and
…/programmatic-refresh-tokens, as of 2026-10-04. A login lasts sixty days; what renews it is given to some apps only.
"""

from collections.abc import Mapping
from dataclasses import replace

import httpx

from crosscut.channels import answers, oauth
from crosscut.channels.builtin.linkedin.settings import SCOPES, Settings
from crosscut.channels.logins import Departure, Journey, Tokens
from crosscut.channels.protocol import Context
from crosscut.kernel.errors import ReconnectNeeded, Rejected, RetryLater
from crosscut.kernel.phrases import phrase


def departure(settings: Settings, journey: Journey) -> Departure:
    """The way to LinkedIn's page. LinkedIn knows PKCE for apps without a secret only, so none is sent."""
    asked = SCOPES[settings.product]
    page = f"{settings.login_url}/authorization"
    return oauth.departure(page, scopes=asked, journey=journey, client_id=settings.client_id)


def turned_in(context: Context, settings: Settings, journey: Journey, *, code: str) -> Tokens:
    """The login for a code. Raises Rejected when LinkedIn gives none."""
    body = {"grant_type": "authorization_code", "code": code, "redirect_uri": journey.redirect_uri}
    response = _asked(context, settings, body)
    tokens = oauth.tokens_in(response, context.now())
    if tokens is None:
        raise Rejected(phrase("LinkedIn gave no login: {said}", said=answers.words(response)))
    return tokens


def renewed(context: Context, settings: Settings) -> Tokens:
    """The same login for sixty days more. Asking twice does no harm: what renews it stays the same for a year."""
    kept = context.secrets.get("refresh_token", "")
    if not kept:
        raise ReconnectNeeded(phrase("LinkedIn gives this app nothing to renew logins with: connect it again."))
    response = _asked(context, settings, {"grant_type": "refresh_token", "refresh_token": kept})
    if response.is_client_error and response.status_code != httpx.codes.TOO_MANY_REQUESTS:
        raise ReconnectNeeded(phrase("LinkedIn does not renew the login: {said}", said=answers.words(response)))
    tokens = oauth.tokens_in(response, context.now())
    if tokens is None:
        raise RetryLater(phrase("LinkedIn did not renew the login: {said}", said=answers.words(response)))
    return replace(tokens, secrets={**context.secrets, **tokens.secrets})


def _asked(context: Context, settings: Settings, body: Mapping[str, str]) -> httpx.Response:
    told = {**body, "client_id": settings.client_id, "client_secret": context.secrets.get("client_secret", "")}
    url = f"{settings.login_url}/accessToken"
    return answers.ask(context.http, "POST", url, data=told, fine=range(400, 500), follow_redirects=False)

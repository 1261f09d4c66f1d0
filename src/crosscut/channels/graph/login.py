"""Login pages of the house: the way there, the code turned in, and logins that are made to last longer.

Instagram: https://developers.facebook.com/docs/instagram-platform/instagram-api-with-instagram-login/business-login;
Threads: …/docs/threads/get-started/get-access-tokens-and-permissions and …/long-lived-tokens; Facebook:
…/docs/facebook-login/guides/advanced/manual-flow and …/access-tokens/get-long-lived. Read as of 2026-10-04.
"""

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlencode

import httpx

from crosscut.channels import answers
from crosscut.channels.graph.api import error_in, refusal_of
from crosscut.channels.graph.settings import App, AppWithLogins
from crosscut.channels.logins import Departure, Journey, Scope, Tokens
from crosscut.channels.protocol import Context
from crosscut.kernel.errors import ReconnectNeeded, Rejected
from crosscut.kernel.phrases import phrase


def departure(page: str, *, app_id: str, scopes: Iterable[Scope], journey: Journey, **more: str) -> Departure:
    """The way to the login page. `more` is what only this network's page takes."""
    query = {
        "client_id": app_id,
        "redirect_uri": journey.redirect_uri,
        "response_type": "code",
        "scope": ",".join(scope.name for scope in scopes),
        "state": journey.state,
        **more,
    }
    return Departure(url=f"{page}?{urlencode(query)}")


def turned_in(http: httpx.Client, url: str, body: Mapping[str, str]) -> dict[str, Any]:
    """What the network gives for a code or a token. Raises Rejected when it gives none."""
    response = answers.ask(http, "POST", url, data=dict(body), fine=range(400, 500), follow_redirects=False)
    return _with_token(response)


def prolonged(http: httpx.Client, url: str, token: str, **params: str) -> dict[str, Any]:
    """The same login with more time. Raises ReconnectNeeded when the network does not give it."""
    headers, asked = {"Authorization": f"Bearer {token}"}, {**params, "access_token": token}
    response = answers.ask(
        http, "GET", url, params=asked, headers=headers, fine=range(400, 500), follow_redirects=False
    )
    return _with_token(response)


def lasting(context: Context, app: AppWithLogins, journey: Journey, *, code: str, grant: str) -> Tokens:
    """The login of sixty days that a code becomes in two steps. `grant` is the network's short name: "ig"."""
    secret = context.secrets.get("app_secret", "")
    body = {
        "client_id": app.app_id,
        "client_secret": secret,
        "grant_type": "authorization_code",
        "redirect_uri": journey.redirect_uri,
        "code": code.removesuffix("#_"),  # these networks append it to the address
    }
    short = turned_in(context.http, app.token_url, body)
    asked = {"grant_type": f"{grant}_exchange_token", "client_secret": secret}
    long = prolonged(context.http, f"{app.graph_url}/access_token", short["access_token"], **asked)
    told = short.get("permissions") or ()
    scopes = tuple(told.split(",") if isinstance(told, str) else told)
    secrets = {"access_token": long["access_token"]}
    return Tokens(secrets=secrets, expires_at=ends_at(context.now(), long), scopes=scopes)


def renewed(context: Context, app: App, *, token: str, grant: str) -> Tokens:
    """The same login for sixty days more. Asking twice does no harm."""
    url = f"{app.graph_url}/refresh_access_token"
    answer = prolonged(context.http, url, token, grant_type=f"{grant}_refresh_token")
    secrets = {**context.secrets, "access_token": answer["access_token"]}
    return Tokens(secrets=secrets, expires_at=ends_at(context.now(), answer))


def lacking(scopes: Iterable[Scope], granted: Iterable[str]) -> str:
    """The first needed permission that was not given, in words; empty where all were."""
    names = set(granted)
    return next((scope.words for scope in scopes if scope.is_needed and scope.name not in names), "")


def ends_at(now: datetime, answer: Mapping[str, Any]) -> datetime | None:
    """When a login ends; None where the network names no end."""
    try:
        return now + timedelta(seconds=int(answer["expires_in"]))
    except (KeyError, TypeError, ValueError):
        return None


def _with_token(response: httpx.Response) -> dict[str, Any]:
    error = error_in(response)
    if error:
        raise refusal_of(error, response)
    try:
        data = response.json()
    except ValueError:
        data = {}
    if isinstance(data, dict) and isinstance(data.get("data"), list) and data["data"]:
        data = data["data"][0]  # Instagram has answered in both forms
    if not isinstance(data, dict) or not data.get("access_token"):
        said = answers.words(response)
        if response.status_code == httpx.codes.UNAUTHORIZED:
            raise ReconnectNeeded(phrase("The channel refuses the login: {said}", said=said))
        raise Rejected(phrase("The channel gave no login: {said}", said=said))
    return data

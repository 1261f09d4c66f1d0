"""Getting an access token by asking the person on their own server, for the page on which accounts are connected.

https://docs.joinmastodon.org/client/authorized/ and https://docs.joinmastodon.org/methods/apps/, read 2026-07-02. PKCE
(RFC 7636) is used by servers from 4.3 on and ignored by older ones.
"""

import base64
import hashlib
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urlencode

import httpx

from crosscut.channels import answers
from crosscut.kernel.errors import Rejected

SCOPES = "read:accounts read:statuses write:statuses write:media"  # the least that does the job
HERE = "urn:ietf:wg:oauth:2.0:oob"  # the server shows the code to the person instead of sending it back


@dataclass(frozen=True, kw_only=True)
class Journey:
    """What must be remembered while the person is away on their server. All of it is secret but `url`."""

    url: str  # where to send the person
    state: str  # comes back with the person; anything else is a forgery
    verifier: str  # proves to the server that the code came back to us
    client_id: str
    client_secret: str
    redirect_uri: str  # where the person comes back to


def authorize_url(http: httpx.Client, instance_url: str, *, redirect_uri: str = HERE, website: str = "") -> Journey:
    """Where to send the person, after telling the server who we are. Raises what `answers.ask` raises."""
    told = {"client_name": "Crosscut", "redirect_uris": redirect_uri, "scopes": SCOPES, "website": website}
    body = {name: value for name, value in told.items() if value}
    app = _asked(http, f"{instance_url}/api/v1/apps", body)
    verifier, state = secrets.token_urlsafe(48), secrets.token_urlsafe(24)
    query = {
        "response_type": "code",
        "client_id": app["client_id"],
        "redirect_uri": redirect_uri,
        "scope": SCOPES,
        "state": state,
        "code_challenge": _challenge(verifier),
        "code_challenge_method": "S256",
    }
    return Journey(
        url=f"{instance_url}/oauth/authorize?{urlencode(query)}",
        state=state,
        verifier=verifier,
        client_id=app["client_id"],
        client_secret=app["client_secret"],
        redirect_uri=redirect_uri,
    )


def exchange(http: httpx.Client, instance_url: str, journey: Journey, *, code: str, state: str) -> Mapping[str, str]:
    """The secrets of the account for the code the person came back with. Raises Rejected for a forged return."""
    if not secrets.compare_digest(state, journey.state):
        raise Rejected("This answer does not belong to the question we asked. Start connecting again.")
    body = {
        "grant_type": "authorization_code",
        "code": code,
        "client_id": journey.client_id,
        "client_secret": journey.client_secret,
        "redirect_uri": journey.redirect_uri,
        "code_verifier": journey.verifier,
        "scope": SCOPES,
    }
    answer = _asked(http, f"{instance_url}/oauth/token", body)
    if not answer.get("access_token"):
        raise Rejected("The server did not give an access token. Start connecting again.")
    return {
        "access_token": answer["access_token"],
        "client_id": journey.client_id,
        "client_secret": journey.client_secret,
    }


def _asked(http: httpx.Client, url: str, body: Mapping[str, str]) -> Mapping[str, str]:
    response = answers.ask(http, "POST", url, data=body, follow_redirects=False)
    try:
        answer = response.json()
    except ValueError:
        answer = None
    if not isinstance(answer, dict):
        raise Rejected(f"{httpx.URL(url).host} does not answer like a Mastodon server: check its address.")
    return answer


def _challenge(verifier: str) -> str:
    """RFC 7636 section 4.2.

    >>> _challenge("dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk")
    'E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM'
    """
    return base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).rstrip(b"=").decode()

"""Getting an access token by asking the person on their own server, for the page on which accounts are connected.

https://docs.joinmastodon.org/client/authorized/ and https://docs.joinmastodon.org/methods/apps/, read 2026-07-02. PKCE
(RFC 7636) is used by servers from 4.3 on and ignored by older ones.
"""

from collections.abc import Mapping
from urllib.parse import urlencode

import httpx

from crosscut.channels import answers
from crosscut.channels.logins import Departure, Journey, Place, Tokens
from crosscut.kernel.errors import Rejected
from crosscut.kernel.phrases import phrase

SCOPES = "read:accounts read:statuses write:statuses write:media"  # the least that does the job
HERE = "urn:ietf:wg:oauth:2.0:oob"  # the server shows the code to the person instead of sending it back


def departure(http: httpx.Client, instance_url: str, journey: Journey) -> Departure:
    """Where to send the person, after telling the server who we are. Raises what `answers.ask` raises."""
    told = {
        "client_name": "Crosscut",
        "redirect_uris": journey.redirect_uri,
        "scopes": SCOPES,
        "website": journey.website,
    }
    app = _asked(http, f"{instance_url}/api/v1/apps", {name: value for name, value in told.items() if value})
    query = {
        "response_type": "code",
        "client_id": app["client_id"],
        "redirect_uri": journey.redirect_uri,
        "scope": SCOPES,
        "state": journey.state,
        "code_challenge": journey.challenge,
        "code_challenge_method": "S256",
    }
    kept = {"client_id": app["client_id"], "client_secret": app["client_secret"]}
    return Departure(url=f"{instance_url}/oauth/authorize?{urlencode(query)}", kept=kept)


def places(
    http: httpx.Client, instance_url: str, journey: Journey, *, code: str, kept: Mapping[str, str]
) -> tuple[Place, ...]:
    """The one account the person said yes for. Raises Rejected when the server gives nothing for the code."""
    body = {
        "grant_type": "authorization_code",
        "code": code,
        **kept,
        "redirect_uri": journey.redirect_uri,
        "code_verifier": journey.verifier,
        "scope": SCOPES,
    }
    answer = _asked(http, f"{instance_url}/oauth/token", body)
    if not answer.get("access_token"):
        raise Rejected(phrase("The server did not give an access token. Start connecting again."))
    granted = tuple(str(answer.get("scope", "")).split())
    tokens = Tokens(secrets={"access_token": answer["access_token"], **kept}, scopes=granted)
    return (Place(remote_id="", name="", tokens=tokens),)


def _asked(http: httpx.Client, url: str, body: Mapping[str, str]) -> Mapping[str, str]:
    response = answers.ask(http, "POST", url, data=body, follow_redirects=False)
    try:
        answer = response.json()
    except ValueError:
        answer = None
    if not isinstance(answer, dict):
        raise Rejected(
            phrase("{host} does not answer like a Mastodon server: check its address.", host=httpx.URL(url).host)
        )
    return answer

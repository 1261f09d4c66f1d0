"""The code grant of OAuth 2.0 (RFC 6749 section 4.1, RFC 7636) as most networks speak it."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlencode

import httpx

from crosscut.channels import answers
from crosscut.channels.logins import Departure, Journey, Scope, Tokens
from crosscut.channels.protocol import Context
from crosscut.kernel.errors import OutcomeUnknown, ReconnectNeeded, RetryLater
from crosscut.kernel.phrases import phrase

PROOF = "S256"  # how the verifier is told beforehand, RFC 7636 section 4.2
_KEPT = ("access_token", "refresh_token")
_ENDS = ("refresh_token_expires_in", "refresh_expires_in")  # when what renews it ends; RFC 6749 has no word for it


def departure(page: str, *, scopes: Iterable[str], journey: Journey, joined_by: str = " ", **more: str) -> Departure:
    """The way to a login page. `more` is what only this network's page takes, the app's name at least."""
    query = {
        "response_type": "code",
        "redirect_uri": journey.redirect_uri,
        "scope": joined_by.join(scopes),
        "state": journey.state,
        **more,
    }
    return Departure(url=f"{page}?{urlencode(query)}")


def proof_of(journey: Journey) -> dict[str, str]:
    """What a login page is told of the verifier, where it knows PKCE."""
    return {"code_challenge": journey.challenge, "code_challenge_method": PROOF}


def key_of(context: Context) -> str:
    """What renews the kept login. Raises ReconnectNeeded where nothing does."""
    kept = context.secrets.get("refresh_token", "")
    if not kept:
        raise ReconnectNeeded(phrase("There is nothing to renew this login with: connect it again."))
    return kept


def rotated(context: Context, url: str, *, network: str, life_s: int, **options: Any) -> Tokens:
    """The next login, for which the kept one is used up, with all that was kept beside it. `options` are httpx's.

    Raises OutcomeUnknown where it may be used up and nothing came back, RetryLater where it certainly is not,
    ReconnectNeeded where the network takes it no longer.
    """
    fine = (*range(400, 500), httpx.codes.SERVICE_UNAVAILABLE)  # "unavailable" says that it was not looked at
    response = answers.send(context.http, "POST", url, key="", fine=fine, **options)
    said = answers.words(response)
    if response.status_code in (httpx.codes.TOO_MANY_REQUESTS, httpx.codes.SERVICE_UNAVAILABLE):
        raise RetryLater(phrase("{network} asks to wait: {said}", network=network, said=said))
    if not response.is_success or isinstance(answers.object_in(response).get("error"), str):
        raise ReconnectNeeded(phrase("{network} does not renew the login: {said}", network=network, said=said))
    tokens = tokens_in(response, context.now(), life_s=life_s)
    if tokens is None or not tokens.is_renewable:
        raise OutcomeUnknown(phrase("{network} renewed the login and did not hand it over.", network=network))
    return replace(tokens, secrets={**context.secrets, **tokens.secrets})


def extended(context: Context, url: str, *, network: str, life_s: int | None = None, **options: Any) -> Tokens:
    """The same login for longer, with all that was kept beside it. Asking twice does no harm. `options` are httpx's.

    Raises RetryLater where the network does not say, ReconnectNeeded where it takes the login no longer.
    """
    response = answers.ask(context.http, "POST", url, fine=range(400, 500), follow_redirects=False, **options)
    tokens, said = tokens_in(response, context.now(), life_s=life_s), answers.words(response)
    if tokens:
        return replace(tokens, secrets={**context.secrets, **tokens.secrets})
    if response.is_client_error and response.status_code != httpx.codes.TOO_MANY_REQUESTS:
        raise ReconnectNeeded(phrase("{network} does not renew the login: {said}", network=network, said=said))
    raise RetryLater(phrase("{network} did not renew the login: {said}", network=network, said=said))


def tokens_in(response: httpx.Response, now: datetime, *, life_s: int | None = None) -> Tokens | None:
    """The login an answer holds, or None. `life_s` is how long it works where the answer does not say."""
    answer = answers.object_in(response)
    if not response.is_success or not answer.get("access_token"):
        return None
    return Tokens(
        secrets={name: str(answer[name]) for name in _KEPT if answer.get(name)},
        expires_at=_after(now, answer.get("expires_in"), life_s),
        scopes=tuple(str(answer.get("scope") or "").replace(",", " ").split()),
        ends_at=next((at for name in _ENDS if (at := _after(now, answer.get(name)))), None),
        is_renewable=bool(answer.get("refresh_token")),
    )


def lacking(scopes: Iterable[Scope], granted: Iterable[str]) -> str:
    """Why a login will not do, in words; empty where every needed permission was given, or nothing is told."""
    names = set(granted)
    missing = next((one.words for one in scopes if one.is_needed and one.name not in names), "") if names else ""
    return phrase("It did not get the permission to {missing}.", missing=missing) if missing else ""


def _after(now: datetime, told: Any, otherwise: int | None = None) -> datetime | None:
    seconds = told if isinstance(told, int) and told > 0 else otherwise
    return None if seconds is None else now + timedelta(seconds=seconds)

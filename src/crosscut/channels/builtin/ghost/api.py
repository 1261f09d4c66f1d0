"""Requests of Ghost's Admin API (https://docs.ghost.org/admin-api, read 2026-11-30), and what its refusals mean.

The login is an Admin API key, `id:secret`. Every request carries a token signed with it that holds for five minutes, so
nothing has to be renewed. A refusal is `{"errors": [{"message", "context", "type", "code", "property"}]}`.
"""

import base64
import hashlib
import hmac
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import httpx

from crosscut.channels import answers
from crosscut.channels.rest import Rest
from crosscut.kernel.errors import ChannelError, OutcomeUnknown, Problem, ReconnectNeeded, Rejected, RetryLater
from crosscut.kernel.phrases import phrase

VERSION = "v5.0"  # the least that the site must speak; 6 answers it too
AS_HTML = {"source": "html"}  # the words are HTML, which Ghost turns into its editor's own form
_TOKEN_S = 300
_KEY = re.compile(r"([0-9a-f]{24}):((?:[0-9a-f]{2}){32})")
_CONTENT_KEY = re.compile(r"[0-9a-f]{26}")
_ABOUT_KEY = ("INVALID_JWT", "MISSING_ADMIN_API_KID", "UNKNOWN_ADMIN_API_KEY", "INVALID_API_KEY_TYPE")
_OUT_OF_DATE = ("expired", "maxage", "not active")  # in what Ghost says of a token
_BUSY_S = 60.0

Told = Mapping[str, Any]  # a post as Ghost tells it


@dataclass(frozen=True, kw_only=True)
class Api(Rest):
    """One site, asked with one key."""

    name = "Ghost"
    now: datetime  # aware UTC: from when the token holds

    def headers(self) -> dict[str, str]:
        """What goes along with every request."""
        return {"Authorization": f"Ghost {token_of(self.token, self.now)}", "Accept-Version": VERSION}

    def refusal(self, response: httpx.Response) -> ChannelError:
        """What an answer means that is not 2xx, where the request certainly made no post."""
        return refusal_of(response)

    def is_whole(self, response: httpx.Response, answer: dict[str, Any]) -> bool:
        """Whether there is what was asked for, and no error."""
        return bool(answer) and "errors" not in answer

    def post_of(self, post_id: str, **params: Any) -> Told | None:
        """The post in whatever state, or None where there is none."""
        answer = self.found(f"/posts/{post_id}/", **params)
        return None if answer is None else _only(answer, "posts")

    def posts(self, **params: Any) -> list[Told]:
        """Posts in whatever state."""
        return [dict(one) for one in self.get("/posts/", **params).get("posts") or ()]

    def draft(self, body: Mapping[str, Any]) -> Told:
        """A new draft. Nobody sees it, so a lost answer means no more than a second draft."""
        return _only(self.post("/posts/", params=AS_HTML, json={"posts": [dict(body)]}), "posts")

    def show(self, post_id: str, body: Mapping[str, Any], *, key: str, **params: str) -> Told:
        """The post after a change that everybody may see. Raises what `Rest.sent` raises."""
        path = f"/posts/{post_id}/"
        response = self.sent("PUT", path, key=key, params=AS_HTML | params, json={"posts": [dict(body)]})
        told = answers.object_in(response).get("posts")
        if not isinstance(told, list) or not told or not told[0].get("id"):
            raise OutcomeUnknown(phrase("Ghost took the post and did not say where it is."), key=key)
        return dict(told[0])


def token_of(key: str, now: datetime) -> str:
    """A JSON Web Token (RFC 7519) for five minutes, signed with an Admin API key. Raises ReconnectNeeded for no key."""
    if not (parts := _KEY.fullmatch(key.strip())):
        raise ReconnectNeeded(_no_key(key.strip()))
    issued_s = int(now.timestamp())
    head = {"alg": "HS256", "typ": "JWT", "kid": parts[1]}
    claims = {"iat": issued_s, "exp": issued_s + _TOKEN_S, "aud": "/admin/"}
    signed = b".".join(_packed(json.dumps(part).encode()) for part in (head, claims))
    seal = hmac.new(bytes.fromhex(parts[2]), signed, hashlib.sha256).digest()
    return (signed + b"." + _packed(seal)).decode()


def refusal_of(response: httpx.Response) -> ChannelError:
    """What an answer means that is not 2xx, where the request certainly made no post."""
    status, error = response.status_code, _error(response)
    kind, code, said = str(error.get("type") or ""), str(error.get("code") or ""), words(response)
    told = {"status": status, "type": kind, "code": code}
    problems = [Problem(code=f"ghost.http_{status}", where=str(error.get("property") or ""), message=said, values=told)]
    if response.is_redirect:
        return answers.refusal(response)
    if status in (408, 425, 429) or status >= 500:
        wait_s = answers.retry_after_s(response)
        return RetryLater(phrase("Ghost asks to wait: {said}", said=said), after_s=wait_s, problems=problems)
    if status == httpx.codes.CONFLICT or kind == "UpdateCollisionError":
        said_so = phrase("Somebody is changing this post in Ghost at this moment: {said}", said=said)
        return RetryLater(said_so, after_s=_BUSY_S, problems=problems)
    if status == httpx.codes.UNAUTHORIZED or code in _ABOUT_KEY:
        return _about_key(said, problems)
    if kind == "NoPermissionError":
        return Rejected(phrase("Ghost does not let this key do it: {said}", said=said), problems=problems)
    if kind == "HostLimitError":
        return Rejected(phrase("The site's plan at its host does not allow it: {said}", said=said), problems=problems)
    return Rejected(phrase("Ghost refuses: {said}", said=said), problems=problems)


def words(response: httpx.Response) -> str:
    """What Ghost says for itself: what went wrong, and what with."""
    error = _error(response)
    parts = dict.fromkeys(str(error.get(name) or "") for name in ("message", "context"))
    said = " ".join(" ".join(parts).split())
    return said[:300] or answers.words(response)


def _error(response: httpx.Response) -> dict[str, Any]:
    first: Any = next(iter(answers.object_in(response).get("errors") or ()), {})
    return first if isinstance(first, dict) else {}


def _about_key(said: str, problems: list[Problem]) -> ChannelError:
    if any(word in said.lower() for word in _OUT_OF_DATE):
        late = phrase("For Ghost our key is out of date: a clock, here or there, is wrong by minutes. Set it right.")
        return RetryLater(late, after_s=_BUSY_S, problems=problems)
    unknown = phrase("Ghost does not know this key: {said} Copy the Admin API key of the integration again.", said=said)
    return ReconnectNeeded(unknown, problems=problems)


def _no_key(key: str) -> str:
    if _CONTENT_KEY.fullmatch(key):
        return phrase("This is the Content API key, which can only read. Copy the Admin API key below it.")
    if not key:
        return phrase("There is no Admin API key for this account: connect it again.")
    return phrase("This is no Admin API key: it has 24 signs, a colon, and 64 more. Copy it whole.")


def _only(answer: Mapping[str, Any], name: str) -> Told:
    told = answer.get(name)
    if not isinstance(told, list) or not told or not told[0].get("id"):
        raise RetryLater(phrase("Ghost answered without what was asked for."), after_s=_BUSY_S)
    return dict(told[0])


def _packed(content: bytes) -> bytes:
    return base64.urlsafe_b64encode(content).rstrip(b"=")

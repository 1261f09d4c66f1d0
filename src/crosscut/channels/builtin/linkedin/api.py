"""Requests of LinkedIn's versioned API, and what its refusals mean.

https://learn.microsoft.com/en-us/linkedin/marketing/community-management/shares/posts-api and
…/linkedin/shared/api-guide/concepts/error-handling, as of 2026-10-04. A refusal is an object with `status`, `code` and
`message`; a post that was made is named in the header `x-restli-id`.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

import httpx

from crosscut.channels import answers
from crosscut.channels.rest import Rest
from crosscut.channels.staging import lost
from crosscut.kernel.errors import ChannelError, OutcomeUnknown, Problem, ReconnectNeeded, Rejected, RetryLater
from crosscut.kernel.phrases import phrase

POST = r"urn:li:(?:share|ugcPost):\d{1,20}"
_TWIN = re.compile(rf"duplicate of ({POST})", re.IGNORECASE)
_VERSION_WAIT_S, _LIMIT_WAIT_S = 900.0, 900.0
_UPGRADE = 426  # this version of the interface was switched off


@dataclass(frozen=True, kw_only=True)
class Api(Rest):
    """LinkedIn, asked with one login."""

    name = "LinkedIn"
    own_hosts = (".linkedin.com", ".licdn.com")
    version: str  # "202609"

    def refusal(self, response: httpx.Response) -> ChannelError:
        """What an answer means that is not 2xx, where the request certainly made no post."""
        return refusal_of(response)

    def headers(self) -> dict[str, str]:
        """The login, and which interface is meant."""
        return {**super().headers(), "LinkedIn-Version": self.version, "X-Restli-Protocol-Version": "2.0.0"}

    def is_whole(self, response: httpx.Response, answer: dict[str, Any]) -> bool:
        """Whether it is no error in a good answer; some actions answer with nothing at all."""
        is_bare = response.request.method == "POST" and not response.content.strip()
        return (bool(answer) or is_bare) and "serviceErrorCode" not in answer

    def finder(self, path: str, query: str) -> list[dict[str, Any]]:
        """The rows of a list. `query` is in Rest.li's own form, escaped already."""
        answer = self.good(self.asked("GET", f"{path}?{query}", more={"X-RestLi-Method": "FINDER"}))
        if not isinstance(answer.get("elements"), list):
            raise RetryLater(phrase("LinkedIn does not list anything where a list was asked for."))
        return list(answer["elements"])

    def action(self, path: str, name: str, body: Mapping[str, Any]) -> dict[str, Any]:
        """What an action that makes nothing public gives."""
        return dict(self.post(f"{path}?action={name}", json=dict(body)).get("value") or {})

    def hand_over(self, url: str, content: bytes) -> httpx.Response:
        """The answer to a file's bytes for an address that LinkedIn named."""
        response = self.put(url, content, **{"Content-Type": "application/octet-stream"})
        if response.status_code in (httpx.codes.NOT_FOUND, httpx.codes.GONE):
            raise lost("LinkedIn no longer waits for this file: it is handed over anew.")
        if not response.is_success:
            raise refusal_of(response)
        return response

    def make(self, path: str, *, key: str, body: Mapping[str, Any]) -> str:
        """LinkedIn's name for the post it made.

        Raises OutcomeUnknown when it may have been made, RetryLater, ReconnectNeeded or Rejected when it was not.
        """
        response = self.sent("POST", path, key=key, json=dict(body))
        name = response.headers.get("x-restli-id") or response.headers.get("x-linkedin-id") or ""
        if not re.fullmatch(POST, name):
            raise OutcomeUnknown(phrase("LinkedIn took the post and did not say where it is."), key=key)
        return name


def named(urn: str) -> str:
    """A name as it stands in an address."""
    return quote(urn, safe="")


def twin_of(error: ChannelError) -> str:
    """LinkedIn's name for the post whose words a refused one repeats; empty for every other refusal."""
    return next((match[1] for problem in error.problems if (match := _TWIN.search(problem.message))), "")


def refusal_of(response: httpx.Response) -> ChannelError:
    """What an answer means that is not 2xx, where the request certainly made no post."""
    status, said = response.status_code, _words(response)
    problem = Problem(code=f"linkedin.http_{status}", message=said, values={"status": status})
    if status == _UPGRADE or "NONEXISTENT_VERSION" in said:
        words = phrase("This version of LinkedIn's interface was switched off. Update Crosscut; the post waits.")
        return RetryLater(words, after_s=_VERSION_WAIT_S, problems=[problem])
    if status == httpx.codes.TOO_MANY_REQUESTS:
        wait_s = answers.retry_after_s(response) if "retry-after" in response.headers else _LIMIT_WAIT_S
        return RetryLater(phrase("LinkedIn asks to wait: {said}", said=said), after_s=wait_s, problems=[problem])
    if status >= 500:
        return RetryLater(phrase("LinkedIn is in trouble: {said}", said=said), after_s=60, problems=[problem])
    if status in (httpx.codes.UNAUTHORIZED, httpx.codes.FORBIDDEN):
        words = phrase("LinkedIn does not let this login do it: {said}", said=said)
        return ReconnectNeeded(words, problems=[problem])
    return Rejected(phrase("LinkedIn refuses: {said}", said=said), problems=[problem])


def _words(response: httpx.Response) -> str:
    answer = answers.object_in(response)
    said = " ".join(str(answer.get(name) or "") for name in ("code", "message")).strip()
    return said[:300] or answers.words(response)

"""Requests of X's API, version 2, and what its refusals mean.

https://docs.x.com/x-api/fundamentals/response-codes-and-errors and …/rate-limits; field names: X's machine contract
2.167 of 2026-08-22. A refusal is an object with `title`, `detail` and `type`; a good answer may hold `errors` and no
`data`.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import httpx

from crosscut.channels import answers
from crosscut.channels.rest import Rest
from crosscut.channels.staging import lost
from crosscut.kernel.errors import ChannelError, OutcomeUnknown, Problem, ReconnectNeeded, Rejected, RetryLater
from crosscut.kernel.phrases import phrase

_NOT_FOUND = "resource-not-found"
_LIMITS = ("rate-limit-exceeded", "usage-capped")
_NOT_ENROLLED = ("client-forbidden", "unsupported-authentication", "oauth1-permissions")
_DUPLICATE = "duplicate content"
_ABOUT_LOGIN = ("suspended", "locked", "deactivated", "token", "authenticat")
_NO_CREDIT_WAIT_S, _LIMIT_WAIT_S = 900.0, 900.0  # X counts most things by the quarter of an hour


@dataclass(frozen=True, kw_only=True)
class Api(Rest):
    """X, asked as one account."""

    name = "X"
    now: datetime  # aware UTC: X tells as a moment when to come back

    def refusal(self, response: httpx.Response) -> ChannelError:
        """What an answer means that is not 2xx, where the request certainly made no post."""
        return refusal_of(response, self.now)

    def is_missing(self, response: httpx.Response) -> bool:
        """Whether X says that there is no such thing: by its status, or by an error inside a good answer."""
        return is_missing(response)

    def is_whole(self, response: httpx.Response, answer: dict[str, Any]) -> bool:
        """Whether there is what X puts into every good answer."""
        return "data" in answer or "meta" in answer

    def make(self, path: str, *, key: str, body: Mapping[str, Any]) -> dict[str, Any]:
        """What X says of the post it made.

        Raises OutcomeUnknown when it may have been made, RetryLater, ReconnectNeeded or Rejected when it was not.
        """
        made = answers.object_in(self.sent("POST", path, key=key, json=dict(body))).get("data")
        if not isinstance(made, dict) or not made.get("id"):
            raise OutcomeUnknown(phrase("X took the post and did not say where it is."), key=key)
        return made


def refusal_of(response: httpx.Response, now: datetime) -> ChannelError:
    """What an answer means that is not 2xx, where the request certainly made no post."""
    status, said, kind = response.status_code, _words(response), str(answers.object_in(response).get("type") or "")
    problem = Problem(code=f"x.http_{status}", message=said, values={"status": status, "type": kind})
    if status == httpx.codes.PAYMENT_REQUIRED:
        words = phrase("Your app at X has no credit left: {said} Buy some in X's developer console.", said=said)
        return RetryLater(words, after_s=_NO_CREDIT_WAIT_S, problems=[problem])
    if status == httpx.codes.TOO_MANY_REQUESTS or kind.endswith(_LIMITS):
        words = phrase("X asks to wait: {said}", said=said)
        return RetryLater(words, after_s=_wait_s(response, now), problems=[problem])
    if status >= 500:
        return RetryLater(phrase("X is in trouble: {said}", said=said), after_s=60, problems=[problem])
    if status == httpx.codes.UNAUTHORIZED:
        return ReconnectNeeded(phrase("X refuses the login: {said}", said=said), problems=[problem])
    if status == httpx.codes.FORBIDDEN and (kind.endswith(_NOT_ENROLLED) or _names(said, _ABOUT_LOGIN)):
        return ReconnectNeeded(phrase("X does not let this login do it: {said}", said=said), problems=[problem])
    if _names(said, ("media id",)):
        return lost(phrase("X no longer has the files: they are handed over anew."))
    return Rejected(phrase("X refuses: {said}", said=said), problems=[problem])


def is_duplicate(error: ChannelError) -> bool:
    """Whether X refused because the account has said the same words before."""
    told = (problem for problem in error.problems if problem.values.get("status") == httpx.codes.FORBIDDEN)
    return any(_DUPLICATE in problem.message.lower() for problem in told)


def is_missing(response: httpx.Response) -> bool:
    """Whether X says that there is no such thing: by its status, or by an error inside a good answer."""
    if response.status_code == httpx.codes.NOT_FOUND:
        return True
    answer = answers.object_in(response)
    errors = answer.get("errors") if response.is_success and not answer.get("data") else ()
    kinds = [str(one.get("type") or "") for one in errors or () if isinstance(one, dict)]
    return bool(kinds) and all(kind.endswith(_NOT_FOUND) for kind in kinds)


def _words(response: httpx.Response) -> str:
    """The detail, and the first error's own message where the detail says only that there was one."""
    answer = answers.object_in(response)
    first: Any = next(iter(answer.get("errors") or ()), {})
    inner = str(first.get("message") or first.get("detail") or "") if isinstance(first, dict) else ""
    said = " ".join(f"{answer.get('detail') or answer.get('title') or ''} {inner}".split())
    return said[:300] or answers.words(response)


def _names(said: str, words: tuple[str, ...]) -> bool:
    return any(word in said.lower() for word in words)


def _wait_s(response: httpx.Response, now: datetime) -> float:
    """X names the moment at which the window begins anew, in seconds since 1970; else a whole window."""
    if "retry-after" in response.headers:
        return answers.retry_after_s(response)
    told = response.headers.get("x-rate-limit-reset", "")
    if not told.isdecimal():
        return _LIMIT_WAIT_S
    return min(max(int(told) - now.timestamp(), 1), answers.MAX_RETRY_S)

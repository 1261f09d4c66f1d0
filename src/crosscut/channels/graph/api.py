"""Requests of the Graph API, and what its refusals mean for a post.

https://developers.facebook.com/docs/graph-api/guides/error-handling and …/instagram-platform/reference/error-codes,
as of 2026-06-02; rate limits: …/graph-api/overview/rate-limiting. An error tells its `code` and `error_subcode`; the
HTTP status says little, and a good status may hold an error.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import httpx

from crosscut.channels import answers
from crosscut.kernel.errors import (
    ChannelError,
    OutcomeUnknown,
    Problem,
    ReconnectNeeded,
    Rejected,
    RetryLater,
)
from crosscut.kernel.phrases import phrase

_TOKEN = {102, 190, 463, 467}  # the login ended, was taken back, or is another's
_PERMISSION = {3, 10, *range(200, 300)}  # the login does not allow it
_LIMIT = {4, 9, 17, 32, 341, 368, 613, *range(80001, 80015)}  # too much, too often, or held back for a while
_TROUBLE = {-1, -2, 1, 2}  # the network's own fault: it may have done it all the same
_GONE = (100, 33)  # there is no such thing, or none this login may see
_NOT_READY = (9007, 2207027)  # a container that is published too early
VERSION_GONE = 2635
_WAIT_S, _MOST_WAIT_S, _VERSION_WAIT_S = 600.0, 24 * 3600.0, 900.0


@dataclass(frozen=True, kw_only=True)
class Graph:
    """One account at one network of the house."""

    http: httpx.Client
    url: str  # with the version, without a slash at the end: "https://graph.instagram.com/v25.0"
    token: str = field(repr=False)

    def get(self, path: str, **params: Any) -> dict[str, Any]:
        """The answer to a question. Raises RetryLater, ReconnectNeeded or Rejected."""
        return self._good(self._asked("GET", path, params=params))

    def found(self, path: str, **params: Any) -> dict[str, Any] | None:
        """The thing there, or None where the network says that there is none."""
        response = self._asked("GET", path, params=params)
        error = error_in(response)
        return None if error and _which(error) == _GONE else self._good(response)

    def post(self, path: str, **fields: Any) -> dict[str, Any]:
        """The answer to a request that makes nothing the public can see."""
        return self._good(self._asked("POST", path, data=_filled(fields)))

    def upload(self, path: str, fields: Mapping[str, Any], files: Mapping[str, Any]) -> dict[str, Any]:
        """The answer to a file that nobody can see yet."""
        return self._good(self._asked("POST", path, data=_filled(fields), files=files))

    def make(self, path: str, *, key: str, **options: Any) -> dict[str, Any]:
        """The answer to the request that makes the post. `options` are httpx's.

        Raises OutcomeUnknown when it may have been made, RetryLater, ReconnectNeeded or Rejected when it was not.
        """
        response = answers.send(
            self.http, "POST", self.url + path, key=key, headers=self._headers(), fine=range(400, 500), **options
        )
        error = error_in(response)
        if error and (response.is_success or _code(error) in _TROUBLE or error.get("is_transient")):
            raise OutcomeUnknown(
                phrase("The channel answered with an error of its own: {said}", said=_words(error)), key=key
            )
        if not error and not response.is_success:
            raise answers.refusal(response)
        if error:
            raise refusal_of(error, response)
        data = answers.object_in(response)
        if not data.get("id") and not data.get("success"):
            raise OutcomeUnknown(phrase("The channel's answer does not name the post it made."), key=key)
        return data

    def remove(self, path: str) -> None:
        """The thing there is gone. Fine when it was gone already."""
        response = self._asked("DELETE", path)
        error = error_in(response)
        if not error or _which(error) != _GONE:
            self._good(response)

    def _asked(self, method: str, path: str, **options: Any) -> httpx.Response:
        fine = range(400, 600)
        url = self.url + path
        return answers.ask(
            self.http, method, url, fine=fine, headers=self._headers(), follow_redirects=False, **options
        )

    def _headers(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.token}"}

    def _good(self, response: httpx.Response) -> dict[str, Any]:
        """The JSON of an answer. Raises what an error in it means."""
        error = error_in(response)
        if error:
            raise refusal_of(error, response)
        if not response.is_success:
            raise answers.refusal(response)
        data = answers.object_in(response)
        if not data:
            raise RetryLater(phrase("{host} does not answer like the Graph API.", host=response.url.host))
        return data


def error_in(response: httpx.Response) -> dict[str, Any]:
    """The error an answer holds, whatever its status; empty when it holds none."""
    error = answers.object_in(response).get("error")
    return error if isinstance(error, dict) else {}


def refusal_of(error: Mapping[str, Any], response: httpx.Response) -> ChannelError:
    """What an error means where the request certainly made no post."""
    code, said = _code(error), _words(error)
    values = {"code": code, "subcode": error.get("error_subcode"), "trace": error.get("fbtrace_id")}
    problem = Problem(code=f"graph.{code}", message=said, values=values)
    if code in _TOKEN:
        return ReconnectNeeded(phrase("The channel refuses the login: {said}", said=said), problems=[problem])
    if code == VERSION_GONE:
        words = phrase("This version of the channel's interface was switched off. Update Crosscut; the post waits.")
        return RetryLater(words, after_s=_VERSION_WAIT_S, problems=[problem])
    if code in _LIMIT or response.status_code == httpx.codes.TOO_MANY_REQUESTS:
        return RetryLater(
            phrase("The channel asks to wait: {said}", said=said), after_s=_wait_s(response), problems=[problem]
        )
    if _which(error) == _NOT_READY:
        return RetryLater(phrase("The channel is not ready yet: {said}", said=said), after_s=30, problems=[problem])
    if code in _PERMISSION:
        return ReconnectNeeded(phrase("The login does not allow this: {said}", said=said), problems=[problem])
    if code in _TROUBLE or error.get("is_transient") or response.status_code >= 500 or response.is_success:
        return RetryLater(phrase("The channel is in trouble: {said}", said=said), after_s=60, problems=[problem])
    return Rejected(phrase("The channel refuses: {said}", said=said), problems=[problem])


def is_permission(error: ChannelError) -> bool:
    """Whether the login is good, and was not given a permission that this takes."""
    return any(problem.code in {f"graph.{code}" for code in _PERMISSION} for problem in error.problems)


def _which(error: Mapping[str, Any]) -> tuple[int, int]:
    return _code(error), int(error.get("error_subcode") or 0)


def _code(error: Mapping[str, Any]) -> int:
    try:
        return int(error.get("code") or 0)
    except (TypeError, ValueError):
        return 0


def _words(error: Mapping[str, Any]) -> str:
    """What is meant for people, else what is meant for programs; one line."""
    said = str(error.get("error_user_msg") or error.get("message") or "an error without words")
    return " ".join(said.split())[:300]


def _wait_s(response: httpx.Response) -> float:
    """When to come back: the longest time any of its limits names, in minutes; else ten of them."""
    if "retry-after" in response.headers:
        return answers.retry_after_s(response)
    try:
        told = json.loads(response.headers.get("x-business-use-case-usage", "{}"))
        minutes = [float(one.get("estimated_time_to_regain_access", 0)) for kind in told.values() for one in kind]
    except (ValueError, AttributeError, TypeError):
        minutes = []
    wait_s = max(minutes, default=0) * 60
    return min(wait_s or _WAIT_S, _MOST_WAIT_S)


def _filled(fields: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in fields.items() if value not in (None, "")}

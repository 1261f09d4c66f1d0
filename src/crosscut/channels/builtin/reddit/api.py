"""Requests of Reddit's API, and what its refusals mean.

https://www.reddit.com/dev/api (copies of it, no machine contract is published) and the source of PRAW 8, read
2026-11-30. Requests that make or change something answer `{"json": {"errors": [[code, words, field]], "data": {}}}`,
with 200 or 400; everything else that fails `{"message": …, "error": status}`.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import httpx

from crosscut.channels import answers
from crosscut.channels.rest import Rest
from crosscut.kernel.errors import ChannelError, OutcomeUnknown, Problem, ReconnectNeeded, Rejected, RetryLater
from crosscut.kernel.phrases import phrase

_TOO_MANY, _NO_LOGIN = "RATELIMIT", "USER_REQUIRED"
_WAIT = re.compile(r"(\d+) (millisecond|second|minute|hour)")
_UNIT_S = {"millisecond": 0.001, "second": 1.0, "minute": 60.0, "hour": 3600.0}
_MOST_WAIT_S = 600.0  # Reddit counts requests in windows of ten minutes


@dataclass(frozen=True, kw_only=True)
class Api(Rest):
    """Reddit, asked as one account."""

    name = "Reddit"
    agent: str  # who asks, as Reddit demands to hear it

    def headers(self) -> dict[str, str]:
        """The login, and who asks: Reddit shuts out whoever does not say."""
        return {**super().headers(), "User-Agent": self.agent}

    def refusal(self, response: httpx.Response) -> ChannelError:
        """What an answer means that is not 2xx, where the request certainly made no post."""
        if told := errors_in(response):
            return refusal_of(told)
        if response.status_code == httpx.codes.TOO_MANY_REQUESTS and "retry-after" not in response.headers:
            reset = response.headers.get("x-ratelimit-reset", "")
            wait_s = float(reset) if re.fullmatch(r"\d{1,5}(\.\d+)?", reset) else answers.RETRY_S
            words = phrase("Reddit asks to wait: {said}", said=answers.words(response))
            return RetryLater(words, after_s=min(max(wait_s, 1.0), _MOST_WAIT_S))
        return super().refusal(response)

    def is_whole(self, response: httpx.Response, answer: dict[str, Any]) -> bool:
        """Whether it is no error in a good answer."""
        return bool(answer) and "error" not in answer

    def done(self, path: str, **form: str) -> None:
        """Has something done that makes no post."""
        response = self.asked("POST", path, data={"api_type": "json", **form})
        if told := errors_in(response):
            raise refusal_of(told)
        if not response.is_success:
            raise self.refusal(response)

    def rows(self, path: str) -> list[dict[str, Any]]:
        """The objects of an answer that is a bare list."""
        response = self.asked("GET", path, params={"raw_json": "1"})
        if not response.is_success:
            raise self.refusal(response)
        try:
            told = response.json()
        except ValueError:
            told = None
        if not isinstance(told, list):
            raise RetryLater(phrase("Reddit does not list anything where a list was asked for."))
        return [row for row in told if isinstance(row, dict)]

    def make(self, path: str, *, key: str, **options: Any) -> dict[str, Any]:
        """What Reddit says of the post it made; of a picture it does not say where it is. `options` are httpx's.

        Raises OutcomeUnknown when it may have been made, RetryLater, ReconnectNeeded or Rejected when it was not.
        """
        response = self.sent("POST", path, key=key, **options)
        if told := errors_in(response):
            raise refusal_of(told)
        answer = answers.object_in(response).get("json")
        data = answer.get("data") if isinstance(answer, dict) else None
        if not isinstance(data, dict) or not (data.get("name") or data.get("id") or data.get("websocket_url")):
            raise OutcomeUnknown(phrase("Reddit took the post and did not say what became of it."), key=key)
        return data


def errors_in(response: httpx.Response) -> list[tuple[str, str, str]]:
    """Reddit's code and words for what is wrong with which field of a post; none where it says nothing of the kind.

    >>> told = {"json": {"errors": [["NO_SELFS", "no text posts here", "sr"]]}}
    >>> errors_in(httpx.Response(200, json=told))
    [('NO_SELFS', 'no text posts here', 'sr')]
    """
    answer = answers.object_in(response).get("json")
    errors = answer.get("errors") if isinstance(answer, Mapping) else ()
    whole = [[*one, ""] for one in errors or () if isinstance(one, list) and len(one) > 1]
    return [(str(one[0]), str(one[1]), str(one[2] or "")) for one in whole]


def refusal_of(errors: list[tuple[str, str, str]]) -> ChannelError:
    """What they mean: nothing was made."""
    said = " ".join(words for _, words, _ in errors)[:300]
    told = [(f"reddit.{code.lower()}", words[:300], field) for code, words, field in errors]
    problems = [Problem(code=code, message=words, where=field) for code, words, field in told]
    codes = {code for code, _, _ in errors}
    if _TOO_MANY in codes:
        return RetryLater(phrase("Reddit asks to wait: {said}", said=said), after_s=wait_in(said), problems=problems)
    if _NO_LOGIN in codes:
        return ReconnectNeeded(phrase("Reddit refuses the login: {said}", said=said), problems=problems)
    return Rejected(phrase("Reddit refuses: {said}", said=said), problems=problems)


def wait_in(said: str) -> float:
    """How long Reddit asks to wait, in seconds, as it says it in words.

    >>> wait_in("Looks like you've been doing that a lot. Take a break for 9 minutes before trying again.")
    540.0
    """
    match = _WAIT.search(said)
    return max(int(match[1]) * _UNIT_S[match[2]], 1.0) if match else _MOST_WAIT_S

"""Requests of Google's Business Profile APIs, and what their refusals mean.

https://developers.google.com/my-business/reference/rest/v4/accounts.locations.localPosts and
https://cloud.google.com/apis/design/errors, read 2026-11-30. A refusal is an object `error` with `code`, `message`,
`status` and `details`, of which one may have a `reason`.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import httpx

from crosscut.channels import answers
from crosscut.channels.rest import Rest
from crosscut.kernel.errors import ChannelError, OutcomeUnknown, Problem, ReconnectNeeded, Rejected, RetryLater
from crosscut.kernel.phrases import phrase

POST = r"[\w-]{1,120}"
PAGE, MAX_PAGES = 100, 10
_NOT_LET_IN = ("SERVICE_DISABLED", "ACCESS_TOKEN_SCOPE_INSUFFICIENT", "accessNotConfigured", "CONSUMER_INVALID")
_NO_QUOTA_WAIT_S = 3600.0


@dataclass(frozen=True, kw_only=True)
class Api(Rest):
    """One of Google's interfaces, asked with one login."""

    name = "Google"
    own_hosts = (".googleapis.com",)

    def refusal(self, response: httpx.Response) -> ChannelError:
        """What an answer means that is not 2xx, where the request certainly made no post."""
        status, said = response.status_code, answers.words(response)
        problem = Problem(code=f"google.http_{status}", message=said, values={"status": status})
        if set(_reasons(response)) & set(_NOT_LET_IN):
            words = phrase("Google does not let this app in: {said}", said=said)
            return ReconnectNeeded(words, problems=[problem])
        if status == httpx.codes.TOO_MANY_REQUESTS and "'0'" in _limits(response):
            words = phrase("Google gives your project no requests yet: ask for access to the Business Profile APIs.")
            return RetryLater(words, after_s=_NO_QUOTA_WAIT_S, problems=[problem])
        if status == httpx.codes.BAD_REQUEST:
            why = "; ".join(_violations(response)) or said
            return Rejected(phrase("Google refuses: {said}", said=why), problems=[problem])
        return super().refusal(response)

    def is_whole(self, response: httpx.Response, answer: dict[str, Any]) -> bool:
        """Whether it is no error in a good answer. Google leaves out what is empty: a list without rows is {}."""
        is_json = "json" in response.headers.get("content-type", "")
        return is_json and "error" not in answer

    def pages(self, path: str, rows: str, **params: Any) -> Iterator[list[dict[str, Any]]]:
        """A list page by page. Raises RetryLater where there are more than can be looked through."""
        turn: dict[str, str] = {}
        for _ in range(MAX_PAGES):
            told = self.get(path, **params, **turn)
            yield [row for row in told.get(rows) or () if isinstance(row, dict)]
            if not told.get("nextPageToken"):
                return
            turn = {"pageToken": str(told["nextPageToken"])}
        raise RetryLater(phrase("Google lists more than can be looked through: look there."))

    def make(self, path: str, *, key: str, body: Mapping[str, Any]) -> dict[str, Any]:
        """What Google says of the post it made.

        Raises OutcomeUnknown when it may have been made, RetryLater, ReconnectNeeded or Rejected when it was not.
        """
        made = answers.object_in(self.sent("POST", path, key=key, json=dict(body)))
        if "/localPosts/" not in str(made.get("name") or ""):
            raise OutcomeUnknown(phrase("Google took the post and did not say where it is."), key=key)
        return made


def _details(response: httpx.Response) -> list[dict[str, Any]]:
    error = answers.object_in(response).get("error")
    details = error.get("details") if isinstance(error, dict) else ()
    return [one for one in details or () if isinstance(one, dict)]


def _reasons(response: httpx.Response) -> list[str]:
    error = answers.object_in(response).get("error")
    old = error.get("errors") if isinstance(error, dict) else ()
    told = [*_details(response), *(one for one in old or () if isinstance(one, dict))]
    return [str(one["reason"]) for one in told if one.get("reason")]


def _limits(response: httpx.Response) -> str:
    """The limits that a refusal names: of a project that was not let in yet they are nought."""
    return repr([(one.get("metadata") or {}).get("quota_limit_value") for one in _details(response)])


def _violations(response: httpx.Response) -> list[str]:
    """What is wrong with which field, as the Business Profile APIs say it."""
    found = []
    for one in _details(response):
        told = [*(one.get("errorDetails") or ()), *(one.get("fieldViolations") or ())]
        found += [
            f"{part.get('field', '')} {part.get('message') or part.get('description') or ''}".strip() for part in told
        ]
    return [words[:200] for words in found if words]

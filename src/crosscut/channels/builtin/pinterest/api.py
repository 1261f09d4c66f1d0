"""Requests of Pinterest's API, version 5, and what its refusals mean.

Pinterest's own machine contract 5.23.0 of 2025-12-11 (github.com/pinterest/api-description). A refusal is an object
with a number `code` and a `message`; what the numbers mean is published nowhere, so the status is believed.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import httpx

from crosscut.channels import answers
from crosscut.channels.rest import Rest
from crosscut.channels.staging import lost
from crosscut.kernel.errors import ChannelError, OutcomeUnknown, Problem, Rejected, RetryLater
from crosscut.kernel.phrases import phrase

PAGE, MAX_PAGES = 250, 10  # most of a page, as the contract says; an account has at most 2,000 boards
_FOR_BUSINESS_ALONE = "PINNER_DATA_ACCESS_DENIED"
_FILE_GONE = ("media_id", "media id", "media not found")


@dataclass(frozen=True, kw_only=True)
class Api(Rest):
    """Pinterest, asked as one account."""

    name = "Pinterest"

    def refusal(self, response: httpx.Response) -> ChannelError:
        """What an answer means that is not 2xx, where the request certainly made no post."""
        said = answers.words(response)
        if _FOR_BUSINESS_ALONE in response.text:
            words = phrase("Pinterest lets this app work for business accounts only. Turn the account into one there.")
            return Rejected(words, problems=[Problem(code="pinterest.business_only", message=said)])
        if response.status_code in (400, 404) and any(sign in said.lower() for sign in _FILE_GONE):
            return lost(phrase("Pinterest no longer has the film: it is handed over anew."))
        return super().refusal(response)

    def is_whole(self, response: httpx.Response, answer: dict[str, Any]) -> bool:
        """Whether it is no error in a good answer."""
        return bool(answer) and not {"code", "message"} <= answer.keys()

    def pages(self, path: str, *, too_many: str, **params: Any) -> Iterator[list[dict[str, Any]]]:
        """A list page by page. Raises RetryLater with `too_many` where there are more than can be looked through."""
        turn: dict[str, Any] = {}
        for _ in range(MAX_PAGES):
            told = self.get(path, page_size=PAGE, **params, **turn)
            rows = told.get("items")
            if not isinstance(rows, list):
                raise RetryLater(phrase("Pinterest does not list anything where a list was asked for."))
            yield rows
            if not told.get("bookmark"):
                return
            turn = {"bookmark": str(told["bookmark"])}
        raise RetryLater(too_many)

    def make(self, body: Mapping[str, Any], *, key: str) -> dict[str, Any]:
        """What Pinterest says of the Pin it made.

        Raises OutcomeUnknown when it may have been made, RetryLater, ReconnectNeeded or Rejected when it was not.
        """
        made = answers.object_in(self.sent("POST", "/pins", key=key, json=dict(body)))
        if not str(made.get("id") or "").isdecimal():
            raise OutcomeUnknown(phrase("Pinterest took the Pin and did not say where it is."), key=key)
        return made

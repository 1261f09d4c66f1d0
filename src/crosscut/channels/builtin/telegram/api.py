"""Requests of Telegram's Bot API, and what its refusals mean.

https://core.telegram.org/bots/api#making-requests, version 10.1 of 2026-06-11. An answer is an object with `ok`; a
refusal tells `error_code`, a `description` in words, and for a limit `parameters.retry_after`. The bot's token is in
every address: no message of ours may name one.
"""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import httpx

from crosscut.channels import answers
from crosscut.kernel.errors import ChannelError, OutcomeUnknown, Problem, ReconnectNeeded, Rejected, RetryLater
from crosscut.kernel.phrases import phrase

TOKEN = re.compile(r"\d{5,15}:[\w-]{20,80}")
_ABOUT_RIGHTS = ("chat not found", "not enough rights", "administrator rights", "not a member", "was kicked")
_ABSENT = "message to edit not found"
_UNCHANGED = "message is not modified"


@dataclass(frozen=True, kw_only=True)
class Api:
    """Telegram, asked as one bot."""

    http: httpx.Client
    url: str  # without a slash at the end
    token: str = field(repr=False)

    def call(self, method: str, **fields: Any) -> Any:
        """The result of a method that makes no post. Raises RetryLater, ReconnectNeeded or Rejected."""
        response = self._asked(method, fields)
        if not _is_good(response):
            raise refusal_of(response)
        return answers.object_in(response)["result"]

    def make(self, method: str, *, key: str, fields: Mapping[str, Any], files: Mapping[str, Any]) -> Any:
        """The result of the method that makes the post; `files` are httpx's.

        Raises OutcomeUnknown when it may have been made, RetryLater, ReconnectNeeded or Rejected when it was not.
        """
        body = {name: value if isinstance(value, str) else json.dumps(value) for name, value in fields.items()}
        response = answers.send(
            self.http, "POST", self._at(method), key=key, data=body, files=dict(files) or None, fine=range(400, 500)
        )
        if not response.is_success:
            raise refusal_of(response)
        if not _is_good(response) or not answers.object_in(response)["result"]:
            raise OutcomeUnknown(phrase("Telegram took the post and did not say where it is."), key=key)
        return answers.object_in(response)["result"]

    def has_message(self, chat: str, number: int) -> bool:
        """Whether there is a message of that number, whoever wrote it. Changes nothing.

        An empty change of buttons is refused for every message without any, and in other words where there is none.
        The bot must not be allowed to edit what others write: their buttons would go. Raises RetryLater for an answer
        that says neither.
        """
        response = self._asked("editMessageReplyMarkup", {"chat_id": chat, "message_id": number})
        said = _words(response).lower()
        if _is_good(response) or _UNCHANGED in said or "can't be edited" in said:
            return True
        if _ABSENT in said:
            return False
        raise refusal_of(response)

    def _asked(self, method: str, fields: Mapping[str, Any]) -> httpx.Response:
        return answers.ask(
            self.http,
            "POST",
            self._at(method),
            json=dict(fields),
            fine=range(400, 600),
            follow_redirects=False,
        )

    def _at(self, method: str) -> str:
        return f"{self.url}/bot{self.token}/{method}"


def is_unchanged(error: ChannelError) -> bool:
    """Whether Telegram refused a change because the message is like that already."""
    return any(_UNCHANGED in problem.message.lower() for problem in error.problems)


def refusal_of(response: httpx.Response) -> ChannelError:
    """What an answer means that is not good, where the request certainly made no post."""
    answer, said = answers.object_in(response), _words(response)
    told = answer.get("error_code")
    code = told if isinstance(told, int) else response.status_code
    problem = Problem(code=f"telegram.{code}", message=said, values={"code": code, "status": response.status_code})
    if code == httpx.codes.TOO_MANY_REQUESTS:
        words = phrase("Telegram asks to wait: {said}", said=said)
        return RetryLater(words, after_s=_wait_s(response, answer), problems=[problem])
    if code in (httpx.codes.UNAUTHORIZED, httpx.codes.NOT_FOUND):  # the second for a token that never was one
        return ReconnectNeeded(phrase("Telegram refuses the bot's token: {said}", said=said), problems=[problem])
    if code == httpx.codes.FORBIDDEN or any(words in said.lower() for words in _ABOUT_RIGHTS):
        words = phrase("The bot may not do this in the channel: {said}", said=said)
        return ReconnectNeeded(words, problems=[problem])
    if code >= 500 or response.is_success:
        return RetryLater(phrase("Telegram is in trouble: {said}", said=said), after_s=60, problems=[problem])
    return Rejected(phrase("Telegram refuses: {said}", said=said), problems=[problem])


def _is_good(response: httpx.Response) -> bool:
    answer = answers.object_in(response)
    return response.is_success and answer.get("ok") is True and "result" in answer


def _words(response: httpx.Response) -> str:
    return str(answers.object_in(response).get("description") or answers.words(response))[:300]


def _wait_s(response: httpx.Response, answer: Mapping[str, Any]) -> float:
    told = (answer.get("parameters") or {}).get("retry_after")
    return max(float(told), 1) if isinstance(told, int | float) else answers.retry_after_s(response)

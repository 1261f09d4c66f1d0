"""Requests of Discord's API, version 10, and what its refusals mean.

https://docs.discord.com/developers/reference and …/topics/opcodes-and-status-codes, as of 2026-08-06; machine contract:
discord/discord-api-spec, 2026-07-18. An error is an object with a `code` of its own and a message.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import httpx

from crosscut.channels import answers
from crosscut.kernel.errors import ChannelError, OutcomeUnknown, Problem, ReconnectNeeded, Rejected, RetryLater
from crosscut.kernel.phrases import phrase

UNKNOWN_CHANNEL, UNKNOWN_MESSAGE = 10003, 10008
_LATER = {20016, 20022, 20028, 20029, 40004, 40062, 130000}  # slow mode, write limits, switched off for a while
_AGENT = "DiscordBot (https://www.gnu.org/licenses/agpl-3.0.html, 1)"  # the form that the reference demands


@dataclass(frozen=True, kw_only=True)
class Api:
    """Discord, asked as one bot."""

    http: httpx.Client
    url: str  # without a slash at the end
    token: str = field(repr=False)

    def get(self, path: str, **params: Any) -> Any:
        """The answer to a question. Raises RetryLater, ReconnectNeeded or Rejected."""
        return _good(self._asked("GET", path, params=params))

    def found(self, path: str) -> dict[str, Any] | None:
        """The thing there, or None where Discord says that there is none."""
        response = self._asked("GET", path)
        if _code(response) in (UNKNOWN_CHANNEL, UNKNOWN_MESSAGE):
            return None
        return dict(_good(response))

    def change(self, path: str, body: Mapping[str, Any]) -> dict[str, Any] | None:
        """The thing as it is now; None where Discord says that there is none."""
        response = self._asked("PATCH", path, json=dict(body))
        return None if _code(response) in (UNKNOWN_CHANNEL, UNKNOWN_MESSAGE) else dict(_good(response))

    def make(self, path: str, *, key: str, **options: Any) -> dict[str, Any]:
        """The answer to the request that makes the post. `options` are httpx's.

        Raises OutcomeUnknown when it may have been made, RetryLater, ReconnectNeeded or Rejected when it was not.
        """
        response = answers.send(
            self.http, "POST", self.url + path, key=key, headers=self._headers(), fine=range(400, 500), **options
        )
        if not response.is_success:
            raise refusal_of(response)
        made = _json(response)
        if not isinstance(made, dict) or not made.get("id"):
            raise OutcomeUnknown(phrase("Discord took the message and did not say where it is."), key=key)
        return made

    def remove(self, path: str) -> None:
        """The thing there is gone. Fine when it was gone already."""
        response = self._asked("DELETE", path)
        if not response.is_success and _code(response) not in (UNKNOWN_CHANNEL, UNKNOWN_MESSAGE):
            raise refusal_of(response)

    def _asked(self, method: str, path: str, **options: Any) -> httpx.Response:
        return answers.ask(
            self.http,
            method,
            self.url + path,
            fine=range(400, 600),
            headers=self._headers(),
            follow_redirects=False,
            **options,
        )

    def _headers(self) -> dict[str, str]:
        return {"Authorization": f"Bot {self.token}", "User-Agent": _AGENT}


def refusal_of(response: httpx.Response) -> ChannelError:
    """What an answer means that is not 2xx, where the request certainly made no post."""
    code, said = _code(response), _words(response)
    problem = Problem(code=f"discord.{code}", message=said, values={"code": code, "status": response.status_code})
    if response.status_code == httpx.codes.TOO_MANY_REQUESTS or code in _LATER:
        words = phrase("Discord asks to wait: {said}", said=said)
        return RetryLater(words, after_s=_wait_s(response), problems=[problem])
    if response.status_code == httpx.codes.UNAUTHORIZED:
        return ReconnectNeeded(phrase("Discord refuses the bot's token: {said}", said=said), problems=[problem])
    if response.status_code == httpx.codes.FORBIDDEN:
        words = phrase("The bot may not do this in the channel: {said}", said=said)
        return ReconnectNeeded(words, problems=[problem])
    if response.status_code >= 500:
        return RetryLater(phrase("Discord is in trouble: {said}", said=said), after_s=60, problems=[problem])
    return Rejected(phrase("Discord refuses: {said}", said=said), problems=[problem])


def _good(response: httpx.Response) -> Any:
    if not response.is_success:
        raise refusal_of(response)
    data = _json(response)
    is_error = isinstance(data, dict) and "code" in data and "message" in data
    if data is None or is_error:
        raise RetryLater(phrase("{host} does not answer like Discord.", host=response.url.host))
    return data


def _json(response: httpx.Response) -> Any:
    """What an answer holds; None where it is no JSON."""
    try:
        return response.json()
    except ValueError:
        return None


def _code(response: httpx.Response) -> int:
    """Discord's own code of an error; 0 where there is none."""
    data = _json(response)
    code = data.get("code") if isinstance(data, dict) and not response.is_success else 0
    return code if isinstance(code, int) else 0


def _words(response: httpx.Response) -> str:
    """The message, and the first that is said of a field: "Invalid Form Body (content: Must be 2000 or fewer …)"."""
    data = _json(response)
    if not isinstance(data, dict) or not data.get("message"):
        return answers.words(response)
    detail = next(_details(data.get("errors") or {}, ""), "")
    return f"{data['message']} ({detail})"[:300] if detail else str(data["message"])[:300]


def _details(errors: Mapping[str, Any], where: str) -> Any:
    for name, inside in errors.items():
        if name == "_errors":
            yield from (f"{where}: {one.get('message', '')}" for one in inside)
        elif isinstance(inside, dict):
            yield from _details(inside, f"{where}.{name}".strip("."))


def _wait_s(response: httpx.Response) -> float:
    """The body tells it to the millisecond; a gateway in front tells it in the header alone, or not at all."""
    data = _json(response)
    told = data.get("retry_after") if isinstance(data, dict) else None
    return max(float(told), 1) if isinstance(told, int | float) else answers.retry_after_s(response)

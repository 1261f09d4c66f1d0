"""Requests of the AT Protocol (https://atproto.com/specs/xrpc) and what their errors mean."""

import re
from dataclasses import dataclass, field
from typing import Any

import httpx

from crosscut.channels import answers
from crosscut.kernel.errors import Problem, ReconnectNeeded, Rejected
from crosscut.kernel.phrases import phrase

# The account server says these with status 400: errors ExpiredToken, InvalidToken, AccountTakedown, AccountDeactivated.
_LOGIN_IS_OVER = re.compile(r"^(Token |Malformed token|Bad token|Account (is|has been) )")


@dataclass(frozen=True, kw_only=True)
class Server:
    """One server, asked as one account or, without a token, as the public."""

    http: httpx.Client
    url: str  # without a slash at the end
    token: str = field(default="", repr=False)  # of a session

    def query(self, method: str, **params: Any) -> dict[str, Any]:
        """What the method answers. Raises as `answers.ask` does; `is_called` tells a refusal's name."""
        return self._ask("GET", method, params=params)

    def call(self, method: str, body: dict[str, Any] | None = None) -> dict[str, Any]:
        """What a procedure that makes no post answers."""
        return self._ask("POST", method, json=body)

    def upload(self, method: str, content: Any, *, media_type: str, size_bytes: int, **params: str) -> dict[str, Any]:
        """What the method answers to a file."""
        headers = {"Content-Type": media_type, "Content-Length": str(size_bytes)}
        return self._ask("POST", method, content=content, headers=headers, params=params, fine=(409,))

    def make(self, method: str, body: dict[str, Any], *, key: str) -> dict[str, Any]:
        """What the procedure that makes the post answers. Raises what `answers.send` raises."""
        try:
            response = answers.send(
                self.http, "POST", f"{self.url}/xrpc/{method}", key=key, json=body, headers=self._headers()
            )
        except Rejected as error:
            raise _named(error) from error
        return _json(response)

    def _ask(self, verb: str, method: str, *, headers: dict[str, str] | None = None, **options: Any) -> dict[str, Any]:
        url, fine = f"{self.url}/xrpc/{method}", (*options.pop("fine", ()), 400)
        redirects = {} if verb == "GET" else {"follow_redirects": False}
        response = answers.ask(
            self.http, verb, url, fine=fine, headers=self._headers() | (headers or {}), **redirects, **options
        )
        if response.status_code == 400:
            raise _named(answers.refusal(response), name=str(_json(response).get("error", "")))
        return _json(response)

    def _headers(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.token}"} if self.token else {}


def is_called(error: Rejected, name: str) -> bool:
    """Whether the server gave its refusal this name: "RecordNotFound"."""
    return any(problem.values.get("error") == name for problem in error.problems)


def _named(error: Exception, *, name: str = "") -> Exception:
    """The refusal with the server's own name for it, or ReconnectNeeded where it is about the login."""
    problem = error.problems[0] if isinstance(error, Rejected) else None
    if problem is None:
        return error
    if _LOGIN_IS_OVER.match(problem.message) or name in ("ExpiredToken", "InvalidToken"):
        return ReconnectNeeded(
            phrase("Bluesky refuses the login: {message}", message=problem.message), problems=[problem]
        )
    named = Problem(code=problem.code, message=problem.message, values={**problem.values, "error": name})
    return Rejected(phrase("Bluesky refuses: {message}", message=problem.message), problems=[named])


def _json(response: httpx.Response) -> dict[str, Any]:
    try:
        data = response.json() if response.content else {}
    except ValueError:
        data = {}
    return data if isinstance(data, dict) else {}

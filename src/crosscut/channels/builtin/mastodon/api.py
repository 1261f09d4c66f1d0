"""Requests of the Mastodon API (https://docs.joinmastodon.org/api/, read 2026-07-02)."""

from dataclasses import dataclass, field
from typing import Any

import httpx

from crosscut.channels import answers
from crosscut.kernel.errors import Rejected
from crosscut.kernel.phrases import phrase


@dataclass(frozen=True, kw_only=True)
class Api:
    """One server, asked as one account or, without a token, as the public."""

    http: httpx.Client
    url: str  # without a slash at the end
    token: str = field(default="", repr=False)

    def get(self, path: str, **params: Any) -> httpx.Response:
        """The answer to a question. Raises what `answers.ask` raises."""
        return answers.ask(self.http, "GET", self.url + path, params=params, headers=self._headers())

    def found(self, path: str) -> Any | None:
        """The JSON there, or None where the server says that there is nothing."""
        response = answers.ask(self.http, "GET", self.url + path, headers=self._headers(), fine=(404, 410))
        return data(response) if response.is_success else None

    def post(self, path: str, **options: Any) -> httpx.Response:
        """The answer to a request that makes no post."""
        return answers.ask(
            self.http, "POST", self.url + path, headers=self._headers(), follow_redirects=False, **options
        )

    def make(self, path: str, *, key: str, body: Any) -> httpx.Response:
        """The answer to the request that makes the post. Raises what `answers.send` raises."""
        headers = self._headers() | {"Idempotency-Key": key}
        return answers.send(self.http, "POST", self.url + path, key=key, json=body, headers=headers)

    def remove(self, path: str) -> None:
        """The thing there is gone. Fine when it was gone already."""
        answers.ask(
            self.http, "DELETE", self.url + path, headers=self._headers(), fine=(404, 410), follow_redirects=False
        )

    def _headers(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.token}"} if self.token else {}


def data(response: httpx.Response) -> Any:
    """The JSON of an answer. Raises Rejected where it is something else: the address is not a Mastodon server's."""
    try:
        return response.json()
    except ValueError as error:
        raise Rejected(
            phrase("{host} does not answer like a Mastodon server: check its address.", host=response.url.host)
        ) from error

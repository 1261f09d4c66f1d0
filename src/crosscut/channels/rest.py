"""A network's interface in JSON, asked with one login: what such interfaces have in common.

A network says what its refusals mean and what else a good answer must look like, and adds its own kinds of request.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, BinaryIO, ClassVar

import httpx

from crosscut.channels import answers
from crosscut.kernel.errors import ChannelError, RetryLater
from crosscut.kernel.phrases import phrase


@dataclass(frozen=True, kw_only=True)
class Rest:
    """One network, asked as one account."""

    http: httpx.Client
    url: str  # without a slash at the end
    token: str = field(repr=False)

    name: ClassVar[str]  # "X"
    own_hosts: ClassVar[tuple[str, ...]] = ()  # ends of other names that the network's own hosts have: ".licdn.com"

    def refusal(self, response: httpx.Response) -> ChannelError:
        """What an answer means that is not 2xx, where the request certainly made no post."""
        return answers.refusal(response)

    def headers(self) -> dict[str, str]:
        """What goes along with every request."""
        return {"Authorization": f"Bearer {self.token}"}

    def is_missing(self, response: httpx.Response) -> bool:
        """Whether the network says that there is no such thing."""
        return response.status_code == httpx.codes.NOT_FOUND

    def is_whole(self, response: httpx.Response, answer: dict[str, Any]) -> bool:
        """Whether a 2xx answer is the network's, and not a gateway's page or an error in disguise."""
        return bool(answer)

    def get(self, path: str, **params: Any) -> dict[str, Any]:
        """The answer to a question. Raises RetryLater, ReconnectNeeded or Rejected."""
        return self.good(self.asked("GET", path, params=params))

    def found(self, path: str, **params: Any) -> dict[str, Any] | None:
        """The answer about one thing, or None where the network says that there is none."""
        response = self.asked("GET", path, params=params)
        return None if self.is_missing(response) else self.good(response)

    def post(self, path: str, **options: Any) -> dict[str, Any]:
        """The answer to a request that makes nothing the public can see. `options` are httpx's."""
        return self.good(self.asked("POST", path, **options))

    def remove(self, path: str, **params: Any) -> None:
        """The thing there is gone. Fine when it was gone already."""
        response = self.asked("DELETE", path, params=params)
        if not response.is_success and not self.is_missing(response):
            raise self.refusal(response)

    def sent(self, method: str, path: str, *, key: str, **options: Any) -> httpx.Response:
        """The 2xx answer to the one request that makes the post.

        Raises OutcomeUnknown when it may have been made, RetryLater, ReconnectNeeded or Rejected when it was not.
        """
        told = {"headers": self.headers(), **options}
        response = answers.send(self.http, method, self.url + path, key=key, fine=range(400, 500), **told)
        if not response.is_success:
            raise self.refusal(response)
        return response

    def asked(self, method: str, path: str, *, more: dict[str, str] | None = None, **options: Any) -> httpx.Response:
        """Whatever the network answers, also where it refuses. `more` are further headers."""
        told = {"headers": self.headers() | (more or {}), "follow_redirects": False, **options}
        return answers.ask(self.http, method, self.url + path, fine=range(400, 600), **told)

    def put(self, url: str, content: bytes, **headers: str) -> httpx.Response:
        """The answer to bytes for an address that the network named. The login goes along to its own hosts alone."""
        host = httpx.URL(url).host
        is_own = host == httpx.URL(self.url).host or host.endswith(self.own_hosts)
        told = (self.headers() if is_own else {}) | headers
        return answers.ask(
            self.http, "PUT", url, content=content, headers=told, fine=range(300, 600), follow_redirects=False
        )

    def store(self, url: str, fields: Mapping[str, str], file: tuple[str, BinaryIO, str]) -> None:
        """Hands a file to the storage that the network named, with the fields it gave: its name, its bytes, its type.

        The login does not go along: that is another's house.
        """
        told: dict[str, Any] = {"data": dict(fields), "files": {"file": file}, "follow_redirects": False}
        response = answers.ask(self.http, "POST", url, fine=range(300, 600), **told)
        if not response.is_success:
            words = phrase(
                "The storage of {name} does not take the file: {said}", name=self.name, said=answers.words(response)
            )
            raise RetryLater(words, after_s=answers.retry_after_s(response))

    def good(self, response: httpx.Response) -> dict[str, Any]:
        """The JSON object of a good answer; empty where it says 204."""
        if not response.is_success:
            raise self.refusal(response)
        answer = answers.object_in(response)
        if response.status_code == httpx.codes.NO_CONTENT or self.is_whole(response, answer):
            return answer
        host, said = response.url.host, answers.words(response)
        raise RetryLater(phrase("{host} does not answer like {name}: {said}", host=host, name=self.name, said=said))

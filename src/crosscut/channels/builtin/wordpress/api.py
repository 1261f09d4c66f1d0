"""Requests of the WordPress REST API (https://developer.wordpress.org/rest-api/reference/, read 2025-04).

Routes go as the parameter `rest_route`, which every site understands, whatever its permalinks look like.
"""

import base64
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import httpx

from crosscut.channels import answers
from crosscut.kernel.errors import OutcomeUnknown, Problem, ReconnectNeeded, Rejected
from crosscut.kernel.phrases import phrase

GONE = (404, 410)


@dataclass(frozen=True, kw_only=True)
class Api:
    """One site, asked as one user."""

    http: httpx.Client
    url: str  # of the site, without a slash at the end
    username: str
    password: str = field(repr=False)  # an application password

    def get(self, route: str, **params: Any) -> Any:
        """The JSON there. Raises what `answers.ask` raises."""
        response = answers.ask(self.http, "GET", f"{self.url}/", fine=(400,), **self._options(route, params))
        if response.status_code == httpx.codes.BAD_REQUEST:
            raise _about_login(response) or answers.refusal(response)
        return data(response)

    def found(self, route: str, **params: Any) -> Any | None:
        """The JSON there, or None where there is nothing."""
        response = answers.ask(self.http, "GET", f"{self.url}/", fine=GONE, **self._options(route, params))
        return data(response) if response.is_success else None

    def total(self, route: str, **params: Any) -> int | None:
        """How many entries a list has, or None where the site does not say."""
        response = answers.ask(self.http, "GET", f"{self.url}/", **self._options(route, params))
        told = response.headers.get("x-wp-total", "")
        return int(told) if told.isdecimal() else None

    def post(self, route: str, body: Mapping[str, Any], *, fine: tuple[int, ...] = ()) -> httpx.Response:
        """The answer to a change that nobody sees yet."""
        options = self._options(route, {})
        return answers.ask(self.http, "POST", f"{self.url}/", json=body, fine=fine, follow_redirects=False, **options)

    def upload(self, route: str, content: Any, headers: Mapping[str, str], **params: Any) -> Any:
        """What the site answers to a file."""
        options = self._options(route, params)
        options["headers"] |= headers
        response = answers.ask(
            self.http, "POST", f"{self.url}/", content=content, fine=(500,), follow_redirects=False, **options
        )
        if response.is_server_error:
            _check_file(response)
        return data(response)

    def show(self, route: str, body: Mapping[str, Any], *, key: str) -> Mapping[str, Any]:
        """What the site answers to the change that everybody sees. Raises what `answers.send` raises."""
        response = answers.send(self.http, "POST", f"{self.url}/", key=key, json=body, **self._options(route, {}))
        try:
            answer = data(response)
        except Rejected as error:
            raise OutcomeUnknown(
                phrase("The site took the post and answered something else: {error}", error=str(error)), key=key
            ) from error
        return dict(answer)

    def remove(self, route: str) -> None:
        """The thing there is gone for good. Fine when it was gone already."""
        options = self._options(route, {"force": "true"})
        answers.ask(self.http, "DELETE", f"{self.url}/", fine=GONE, follow_redirects=False, **options)

    def _options(self, route: str, params: Mapping[str, Any]) -> dict[str, Any]:
        login = base64.b64encode(f"{self.username}:{self.password}".encode()).decode()
        query = {"rest_route": route, **params}
        return {"params": query, "headers": {"Authorization": f"Basic {login}"}}


def _about_login(response: httpx.Response) -> ReconnectNeeded | None:
    """The site takes a wrong password for none, and says 400 "Status is forbidden" to a stranger asking for drafts."""
    told = data(response)
    params = (told.get("data") or {}).get("params") or {} if isinstance(told, dict) else {}
    if "status" not in params:
        return None
    return ReconnectNeeded(phrase("The site does not know this login any more: connect the account again."))


def _check_file(response: httpx.Response) -> None:
    """The site says 500 to a kind of file it does not take, which is no failure of its own."""
    told = data(response) if "json" in response.headers.get("content-type", "") else {}
    if isinstance(told, dict) and told.get("code") == "rest_upload_sideload_error":
        said = answers.words(response)
        problem = Problem(code="wordpress.file_refused", where="media", message=said)
        raise Rejected(phrase("The site refuses the file: {said}", said=said), problems=[problem])
    raise answers.refusal(response)


def data(response: httpx.Response) -> Any:
    """The JSON of an answer. Raises Rejected where it is something else: a plug-in's warning, a page, nothing."""
    try:
        found = response.json()
    except ValueError:
        found = None
    if not isinstance(found, (dict, list)):
        raise Rejected(
            phrase("{host} does not answer like a WordPress site: check its address.", host=response.url.host)
        )
    return found

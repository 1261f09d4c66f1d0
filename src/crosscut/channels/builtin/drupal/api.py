"""Requests of Drupal's JSON:API (https://www.drupal.org/docs/core-modules-and-themes/core-modules/jsonapi-module).

Checked against Drupal core's own code (jsonapi, basic_auth, node; read 2026-11-30). A refusal is
`{"errors": [{"status", "title", "detail", "source": {"pointer"}}]}`. A login that does not hold is not refused: Drupal
goes on as if nobody had signed in, and says 403 to what strangers may not do.
"""

import base64
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, NoReturn

import httpx

from crosscut.channels import answers
from crosscut.channels.rest import Rest
from crosscut.kernel.errors import ChannelError, OutcomeUnknown, Problem, ReconnectNeeded, Rejected, RetryLater
from crosscut.kernel.phrases import phrase

MEDIA_TYPE = "application/vnd.api+json"
_AS_JSON_API = {"Content-Type": MEDIA_TYPE}
NO_FIELD = re.compile(r"The attribute (\S+) does not exist on the (\S+) resource type")

Resource = Mapping[str, Any]  # a resource object: type, id, attributes, relationships


@dataclass(frozen=True, kw_only=True)
class Api(Rest):
    """One site, asked with one login."""

    name = "Drupal"
    scheme: str  # "Basic" or "Bearer"

    def headers(self) -> dict[str, str]:
        """What goes along with every request."""
        return {"Authorization": f"{self.scheme} {self.token}", "Accept": MEDIA_TYPE}

    def refusal(self, response: httpx.Response) -> ChannelError:
        """What an answer means that is not 2xx, where the request certainly made no post."""
        if response.status_code == httpx.codes.FORBIDDEN and self.me(self.asked("GET", "")) == "":
            return unknown_login()
        return refusal_of(response)

    def is_whole(self, response: httpx.Response, answer: dict[str, Any]) -> bool:
        """Whether it is a document of JSON:API without an error."""
        return "jsonapi" in answer and "errors" not in answer

    def me(self, response: httpx.Response) -> str | None:
        """The id of the user that the entry point names; empty for a stranger, None where it says nothing."""
        if not response.is_success:
            return None
        meta = answers.object_in(response).get("meta") or {}
        links = meta.get("links") or {} if isinstance(meta, dict) else {}
        return str(((links.get("me") or {}).get("meta") or {}).get("id") or "")

    def document(self, path: str, **params: Any) -> dict[str, Any] | None:
        """The document about one thing, with what it includes; None where there is none."""
        return self.found(path, **params)

    def resource(self, path: str) -> Resource | None:
        """One thing, or None where there is none."""
        found = self.found(path)
        return None if found is None else data_of(found)

    def write(self, method: str, path: str, data: Mapping[str, Any]) -> httpx.Response:
        """Whatever Drupal answers to a document that makes or changes nothing the public can see."""
        return self.asked(method, path, json={"data": dict(data)}, more=_AS_JSON_API)

    def make(self, path: str, data: Mapping[str, Any], *, key: str) -> Resource:
        """The article that was made. The id is ours, so one that is there already answers 409, and is given instead.

        Raises what `answers.send` and `refusal` raise.
        """
        told = {"json": {"data": dict(data)}, "headers": self.headers() | _AS_JSON_API}
        response = answers.send(self.http, "POST", self.url + path, key=key, fine=range(400, 500), **told)
        if response.status_code == httpx.codes.CONFLICT:
            return self.resource(f"{path}/{data['id']}") or _unsaid(key)
        return self._shown(response, key)

    def change(self, path: str, data: Mapping[str, Any], *, key: str) -> Resource:
        """The article after a change that the public may see."""
        told = {"json": {"data": dict(data)}, "headers": self.headers() | _AS_JSON_API}
        return self._shown(self.sent("PATCH", path, key=key, **told), key)

    def take(self, path: str, content: Any, filename: str, size_bytes: int) -> str:
        """The id that Drupal gave to a file for the field at that path."""
        headers = {
            "Content-Type": "application/octet-stream",
            "Content-Disposition": f'file; filename="{filename}"',
            "Content-Length": str(size_bytes),
        }
        return str(data_of(self.good(self.asked("POST", path, content=content, more=headers)))["id"])

    def forget(self, path: str) -> None:
        """The thing there is gone, where this user may remove it."""
        response = self.asked("DELETE", path)
        if not response.is_success and response.status_code not in (403, 404):
            raise self.refusal(response)

    def _shown(self, response: httpx.Response, key: str) -> Resource:
        if not response.is_success:
            raise self.refusal(response)
        data = answers.object_in(response).get("data")
        return data if isinstance(data, dict) and data.get("id") else _unsaid(key)


def signed_in(http: httpx.Client, site: str, *, username: str, client_id: str, password: str) -> Api:
    """The site, asked as that user or, with a client id, as that consumer of Simple OAuth.

    Raises ReconnectNeeded where Drupal gives the consumer nothing.
    """
    if not password or not (username or client_id):
        raise ReconnectNeeded(phrase("Give a user name with its password, or an OAuth client ID with its secret."))
    url = f"{site}/jsonapi"
    if not client_id:
        login = base64.b64encode(f"{username}:{password}".encode()).decode()
        return Api(http=http, url=url, token=login, scheme="Basic")
    form = {"grant_type": "client_credentials", "client_id": client_id, "client_secret": password}
    address, fine = f"{site}/oauth/token", (400, 401, 404)
    response = answers.ask(http, "POST", address, data=form, fine=fine, follow_redirects=False)
    if response.status_code == httpx.codes.NOT_FOUND:
        raise Rejected(phrase("The site gives no OAuth tokens: the module Simple OAuth is not installed there."))
    token = answers.object_in(response).get("access_token")
    if not response.is_success or not token:
        said = answers.words(response)
        raise ReconnectNeeded(phrase("Drupal's OAuth refuses this client: {said}", said=said))
    return Api(http=http, url=url, token=str(token), scheme="Bearer")


def unknown_login() -> ReconnectNeeded:
    """What it means that Drupal takes us for a stranger."""
    return ReconnectNeeded(
        phrase(
            "Drupal takes us for a stranger: the login is wrong, blocked after wrong tries, or the module HTTP Basic "
            "Authentication is off."
        )
    )


def refusal_of(response: httpx.Response) -> ChannelError:
    """What an answer means that is not 2xx, where the request certainly made no post."""
    status, said = response.status_code, words(response)
    problem = Problem(code=f"drupal.http_{status}", message=said, where=_where(response), values={"status": status})
    if response.is_redirect:
        return answers.refusal(response)
    if status in (408, 425, 429) or status >= 500:
        wait_s = answers.retry_after_s(response)
        return RetryLater(phrase("Drupal asks to wait: {said}", said=said), after_s=wait_s, problems=[problem])
    if status == httpx.codes.UNAUTHORIZED:
        return ReconnectNeeded(phrase("Drupal refuses the login: {said}", said=said), problems=[problem])
    if status == httpx.codes.METHOD_NOT_ALLOWED:
        return Rejected(
            phrase(
                "JSON:API of this site only reads. Somebody who administers it chooses “Accept all JSON:API create, "
                "read, update, and delete operations” at Configuration → Web services → JSON:API."
            ),
            problems=[problem],
        )
    if status == httpx.codes.FORBIDDEN:
        return Rejected(phrase("Drupal does not let this user do it: {said}", said=said), problems=[problem])
    if field := NO_FIELD.search(said):
        missing = phrase("{type} has no field {field}: correct the account's settings.", type=field[2], field=field[1])
        return Rejected(missing, problems=[problem])
    return Rejected(phrase("Drupal refuses: {said}", said=said), problems=[problem])


def errors_of(response: httpx.Response) -> list[dict[str, Any]]:
    """Every error of a refusal."""
    told = answers.object_in(response).get("errors")
    return [one for one in told if isinstance(one, dict)] if isinstance(told, list) else []


def pointer_of(error: Mapping[str, Any]) -> str:
    """The part of the document that an error is about; empty where it is about the whole."""
    source = error.get("source")
    return str(source.get("pointer") or "") if isinstance(source, dict) else ""


def words(response: httpx.Response) -> str:
    """What Drupal says for itself, all its errors in one line."""
    said = " ".join(str(one.get("detail") or one.get("title") or "") for one in errors_of(response))
    return " ".join(said.split())[:300] or answers.words(response)


def data_of(document: Mapping[str, Any]) -> Resource:
    """The one thing a document is about. Raises RetryLater where there is none."""
    data = document.get("data")
    if not isinstance(data, dict) or not data.get("id"):
        raise RetryLater(phrase("Drupal answered without what was asked for."), after_s=answers.RETRY_S)
    return data


def _where(response: httpx.Response) -> str:
    return next((pointer for one in errors_of(response) if (pointer := pointer_of(one))), "")


def _unsaid(key: str) -> NoReturn:
    raise OutcomeUnknown(phrase("Drupal took the article and did not say where it is."), key=key)

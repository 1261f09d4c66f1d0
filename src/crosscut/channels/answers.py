"""One request to a channel, and what its answer or its silence means for the post.

Use `send` for the one request that makes the post and `ask` for every other: signing in, uploading a file that nobody
sees yet, reading. After `ask` fails nothing was made, so it may be tried again; after `send` fails that depends on how
far it came.
"""

import re
from collections.abc import Iterable
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any

import httpx

from crosscut.kernel.errors import (
    ChannelError,
    NotAllowed,
    OutcomeUnknown,
    Problem,
    ReconnectNeeded,
    Rejected,
    RetryLater,
)
from crosscut.kernel.phrases import phrase

RETRY_S = 60.0  # where a channel does not say when to come back
MAX_RETRY_S = 24 * 3600.0  # a channel that names a later time is asked again after a day
_BEFORE_SENDING = (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout)  # not a byte left the house
_OUR_MISTAKE = (httpx.InvalidURL, httpx.UnsupportedProtocol, httpx.LocalProtocolError)
_ABOUT_LOGIN = re.compile(r"token|credential|log ?in|sign ?in|authent|authoriz|scope|suspended|expired", re.IGNORECASE)
_WORDS_OF_JSON = ("error_description", "message", "detail", "error", "title", "reason")


def ask(http: httpx.Client, method: str, url: str, *, fine: Iterable[int] = (), **options: Any) -> httpx.Response:
    """The answer to a request that makes no post, if it is 2xx or one of the `fine` statuses.

    Raises RetryLater when the channel cannot be asked now, ReconnectNeeded when the login no longer works, Rejected
    with the channel's words otherwise. `options` are httpx's: `json`, `headers`, `params`, `content`, `files`.
    """
    try:
        response = http.request(method, url, **options)
    except NotAllowed as error:
        raise Rejected(str(error), problems=error.problems) from error
    except (*_OUR_MISTAKE, httpx.TooManyRedirects) as error:
        raise Rejected(phrase("The channel's address does not work: {error}", error=str(error))) from error
    except httpx.RequestError as error:
        raise RetryLater(
            phrase("The channel does not answer: {error}", error=_plain(error)), after_s=RETRY_S
        ) from error
    if response.is_success or response.status_code in fine:
        return response
    raise refusal(response)


def send(
    http: httpx.Client, method: str, url: str, *, key: str, fine: Iterable[int] = (), **options: Any
) -> httpx.Response:
    """The answer to the request that makes the post `key` names, if it is 2xx or one of the `fine` statuses.

    Redirects are not followed.

    Raises OutcomeUnknown when the request may have arrived; RetryLater, ReconnectNeeded or Rejected when the post was
    certainly not made.
    """
    try:
        response = http.request(method, url, follow_redirects=False, **options)
    except NotAllowed as error:
        raise Rejected(str(error), problems=error.problems) from error
    except _OUR_MISTAKE as error:
        raise Rejected(phrase("The channel's address does not work: {error}", error=str(error))) from error
    except _BEFORE_SENDING as error:
        raise RetryLater(
            phrase("The channel cannot be reached: {error}", error=_plain(error)), after_s=RETRY_S
        ) from error
    except httpx.RequestError as error:
        raise OutcomeUnknown(
            phrase("The channel took the post and did not answer: {error}", error=_plain(error)), key=key
        ) from error
    if response.is_success or response.status_code in fine:
        return response
    if response.status_code >= 500 or response.status_code in (302, 303):
        raise OutcomeUnknown(
            phrase("The channel answered {status}: {said}", status=response.status_code, said=words(response)), key=key
        )
    raise refusal(response)


def refusal(response: httpx.Response) -> ChannelError:
    """What an answer that is not 2xx means where the request made no post."""
    status, said = response.status_code, words(response)
    problem = Problem(code=f"channel.http_{status}", message=said, values={"status": status})
    if status in (408, 425, 429) or status >= 500:
        return RetryLater(
            phrase("The channel asks to wait: {said}", said=said), after_s=retry_after_s(response), problems=[problem]
        )
    if status == 401 or (status == 403 and _is_about_login(response, said)):
        return ReconnectNeeded(phrase("The channel refuses the login: {said}", said=said), problems=[problem])
    if response.is_redirect:
        place = response.headers.get("location", "another address")
        return Rejected(
            phrase("The channel has moved to {place}: put the new address into the account's settings.", place=place)
        )
    return Rejected(phrase("The channel refuses: {said}", said=said), problems=[problem])


def words(response: httpx.Response) -> str:
    """What the channel says for itself, one line of at most 300 characters.

    >>> words(httpx.Response(422, json={"error": "Validation failed: Text is too long"}))
    'Validation failed: Text is too long'
    >>> words(httpx.Response(502, text="<h1>Bad  gateway</h1>"))
    'Bad gateway'
    """
    said = _json_words(response) or re.sub(r"<(style|script)\b.*?</\1>|<[^>]*>", " ", response.text, flags=re.S | re.I)
    return " ".join(said.split())[:300] or f"status {response.status_code} without words"


def retry_after_s(response: httpx.Response) -> float:
    """When the channel wants to be asked again, in seconds from now: RFC 9110 section 10.2.3, a number or a date.

    >>> retry_after_s(httpx.Response(429, headers={"Retry-After": "7"}))
    7.0
    """
    value = response.headers.get("retry-after", "").strip()
    if value.isdecimal():
        return min(max(float(value), 1), MAX_RETRY_S)
    try:
        at = parsedate_to_datetime(value)
    except ValueError:
        return RETRY_S
    at = at if at.tzinfo else at.replace(tzinfo=UTC)
    return min(max((at - datetime.now(UTC)).total_seconds(), 1), MAX_RETRY_S)


def object_in(response: httpx.Response) -> dict[str, Any]:
    """The JSON object an answer is; empty where it is none.

    >>> object_in(httpx.Response(200, json={"id": 1})), object_in(httpx.Response(200, text="<p>a gateway</p>"))
    ({'id': 1}, {})
    """
    try:
        data = response.json()
    except ValueError:
        return {}
    return data if isinstance(data, dict) else {}


def _json_words(response: httpx.Response) -> str:
    try:
        data = response.json()
    except ValueError:
        return ""
    data = data.get("error", data) if isinstance(data, dict) and isinstance(data.get("error"), dict) else data
    if not isinstance(data, dict):
        return ""
    return next((value for name in _WORDS_OF_JSON if isinstance(value := data.get(name), str) and value), "")


def _is_about_login(response: httpx.Response, said: str) -> bool:
    return "www-authenticate" in response.headers or bool(_ABOUT_LOGIN.search(said))


def _plain(error: Exception) -> str:
    return str(error) or type(error).__name__

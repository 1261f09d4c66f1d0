"""The one HTTP client of the project: it reaches the public internet and nothing behind our own door.

Addresses are checked where the connection is made, so that a name that changes its mind between check and use gains
nothing, and so that every redirect is checked like the first request. `ask` and `send` in `crosscut.channels.answers`
make one request each with it and say what an answer, or none, means for a post.
"""

import socket
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from functools import cache
from ssl import SSLContext
from typing import Any

import httpcore
import httpx

from crosscut import __version__
from crosscut.channels.addresses import is_named, is_public
from crosscut.kernel.errors import Invalid, NotAllowed, Problem, RetryLater, Unavailable
from crosscut.kernel.phrases import phrase

USER_AGENT = f"Crosscut/{__version__}"
MAX_REDIRECTS = 5
MAX_BYTES = 64 * 2**20  # an answer longer than this is a mistake or an attack
_KEPT_ACROSS_HOSTS = {"host", "user-agent", "accept", "accept-encoding", "accept-language", "connection", "range"}
_deadline_s: ContextVar[float] = ContextVar("deadline_s", default=float("inf"))  # on the monotonic clock


@dataclass(frozen=True, kw_only=True)
class Fetched:
    """A file as its public address gives it."""

    url: str  # where it was found in the end, after redirects
    status: int
    media_type: str  # "text/html", without parameters; empty when the server does not say
    content: bytes
    headers: httpx.Headers


@dataclass(frozen=True, kw_only=True)
class Looked:
    """What an address answers, without what it holds."""

    url: str  # where it was found in the end
    status: int
    hops: int  # redirects on the way


def client(
    base_url: str = "",
    *,
    allowed_hosts: Iterable[str] = (),
    timeout_s: float = 30,
    total_s: float = 600,
    not_after_s: float = float("inf"),
    max_bytes: int = MAX_BYTES,
) -> httpx.Client:
    """A client that refuses addresses of our own network unless `allowed_hosts` names the host or host:port.

    It waits `timeout_s` for each step and `total_s` for a whole exchange, stops reading an answer at `max_bytes`,
    follows five redirects at most and takes credentials to no other host. Proxies of the environment are not used.
    At `not_after_s` on the monotonic clock every exchange ends and none begins: RetryLater, nothing left the house.
    """
    return httpx.Client(
        base_url=base_url,
        transport=_Transport(tuple(allowed_hosts), total_s=total_s, not_after_s=not_after_s, max_bytes=max_bytes),
        timeout=httpx.Timeout(timeout_s, connect=min(timeout_s, 10)),
        headers={"User-Agent": USER_AGENT, "Accept-Encoding": "identity"},
        follow_redirects=True,
        max_redirects=MAX_REDIRECTS,
        trust_env=False,
        event_hooks={"request": [_leave_credentials_behind]},
    )


def fetch(http: httpx.Client, url: str, max_bytes: int = MAX_BYTES) -> Fetched:
    """The file at a public address, whatever its status.

    Raises NotAllowed for an address of our own network, Invalid for one that is no web address or holds more than
    `max_bytes`, and Unavailable when nobody answers.
    """
    try:
        with _said_plainly(url), http.stream("GET", url) as response:
            content = b"".join(_up_to(response.iter_bytes(), max_bytes))
    except TooLarge as error:
        raise Invalid.at(
            "url",
            phrase("{host} sends more than {max_bytes} bytes.", host=_host(url), max_bytes=max_bytes),
            code="http.too_large",
        ) from error
    return Fetched(
        url=str(response.url),
        status=response.status_code,
        media_type=response.headers.get("content-type", "").partition(";")[0].strip().lower(),
        content=content,
        headers=response.headers,
    )


def look(http: httpx.Client, url: str) -> Looked:
    """What a public address answers, without reading it. Raises what `fetch` raises, but for its size."""
    with _said_plainly(url), http.stream("GET", url) as response:
        return Looked(url=str(response.url), status=response.status_code, hops=len(response.history))


class TooLarge(httpx.ReadError):
    """The answer is longer than the client takes."""


@contextmanager
def _said_plainly(url: str) -> Iterator[None]:
    """Turns what can go wrong on the way into our own errors."""
    try:
        yield
    except TooLarge:
        raise
    except (httpx.InvalidURL, httpx.UnsupportedProtocol, httpx.TooManyRedirects) as error:
        raise Invalid.at(
            "url", phrase("This address cannot be fetched: {error}", error=str(error)), code="http.bad_address"
        ) from error
    except httpx.RequestError as error:
        raise Unavailable(
            phrase("{host} does not answer: {error}", host=_host(url), error=str(error)), after_s=60
        ) from error


def _up_to(chunks: Iterable[bytes], max_bytes: int) -> Iterator[bytes]:
    size_bytes = 0
    for chunk in chunks:
        size_bytes += len(chunk)
        if size_bytes > max_bytes:
            raise TooLarge(f"The answer is longer than {max_bytes} bytes.")
        yield chunk


def _host(url: str) -> str:
    """The host alone: the rest of an address may hold a secret."""
    try:
        return httpx.URL(url).host or "That address"
    except httpx.InvalidURL:
        return "That address"


def _leave_credentials_behind(request: httpx.Request) -> None:
    """Runs before every request, redirects too, which share the first one's extensions."""
    origin = request.extensions.setdefault("crosscut_origin", _origin(request.url))
    if origin == _origin(request.url):
        return
    if request.method not in ("GET", "HEAD"):
        raise _refused(f"{request.url.host} was named by a redirect, and what is sent may hold credentials.")
    for name in [name for name in request.headers if name.lower() not in _KEPT_ACROSS_HOSTS]:
        del request.headers[name]


def _origin(url: httpx.URL) -> tuple[str, str, int | None]:
    return url.scheme, url.host, url.port


def _refused(message: str) -> NotAllowed:
    return NotAllowed(message, problems=[Problem(code="http.address_refused", message=message)])


@cache
def _tls() -> SSLContext:
    """Whom we trust, read once: that takes longer than most exchanges."""
    return httpx.create_ssl_context(trust_env=False)


class _Transport(httpx.HTTPTransport):
    """httpx's own transport over a pool that connects through the guard."""

    def __init__(self, allowed_hosts: tuple[str, ...], *, total_s: float, not_after_s: float, max_bytes: int) -> None:
        super().__init__(verify=_tls(), trust_env=False)
        self._total_s, self._not_after_s, self._max_bytes = total_s, not_after_s, max_bytes
        self._pool.close()
        self._pool = httpcore.ConnectionPool(
            ssl_context=_tls(),
            network_backend=_Guard(allowed_hosts),
            max_connections=20,
            keepalive_expiry=5,
        )

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        if time.monotonic() >= self._not_after_s:
            raise RetryLater(phrase("The time for this try is over; this request was not sent."))
        deadline_s = min(time.monotonic() + self._total_s, self._not_after_s)
        _deadline_s.set(deadline_s)
        response = super().handle_request(request)
        if response.headers.get("content-encoding", "identity") not in ("identity", ""):
            response.close()
            raise httpx.DecodingError("The server packs its answer although it was asked not to.", request=request)
        assert isinstance(response.stream, httpx.SyncByteStream)  # noqa: S101 what HTTPTransport promises
        response.stream = _Capped(response.stream, deadline_s=deadline_s, max_bytes=self._max_bytes)
        return response


class _Capped(httpx.SyncByteStream):
    """An answer's body that ends in an error where it grows too long or takes too long."""

    def __init__(self, stream: httpx.SyncByteStream, *, deadline_s: float, max_bytes: int) -> None:
        self._stream, self._deadline_s, self._max_bytes = stream, deadline_s, max_bytes

    def __iter__(self) -> Iterator[bytes]:
        chunks = _up_to(self._stream, self._max_bytes)
        _deadline_s.set(self._deadline_s)
        for chunk in chunks:
            yield chunk
            _deadline_s.set(self._deadline_s)

    def close(self) -> None:
        self._stream.close()


class _Guard(httpcore.NetworkBackend):
    """Resolves a name once, checks every address it has and connects to what was checked."""

    def __init__(self, allowed_hosts: tuple[str, ...]) -> None:
        self._allowed_hosts = allowed_hosts
        self._network = httpcore.SyncBackend()

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore.NetworkStream:
        addresses = _resolve(host, port)
        if not is_named(host, port, self._allowed_hosts):
            _check(host, port, addresses)
        trouble: Exception = httpcore.ConnectError(f"{host} has no address.")
        for address in addresses:
            try:
                stream = self._network.connect_tcp(address, port, _left_s(timeout), local_address, socket_options)
            except (httpcore.ConnectError, httpcore.ConnectTimeout) as error:
                trouble = error
            else:
                return _Timed(stream)
        raise trouble


def _resolve(host: str, port: int) -> list[str]:
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as error:
        raise httpcore.ConnectError(f"The name {host} cannot be resolved: {error}") from error
    return list(dict.fromkeys(str(entry[4][0]) for entry in found))


def _check(host: str, port: int, addresses: list[str]) -> None:
    closed = [address for address in addresses if not is_public(address)]
    if closed:
        raise _refused(
            f"{host} leads to {closed[0]}, which is not on the public internet. If that is meant, allow it by name: "
            f"add {host}:{port} to the allowed hosts."
        )


def _left_s(timeout_s: float | None) -> float:
    """What remains of this wait and of the whole exchange; httpcore's own timeout error comes when nothing does."""
    return max(0.001, min(timeout_s or float("inf"), _deadline_s.get() - time.monotonic(), 3600))


class _Timed(httpcore.NetworkStream):
    """A connection whose every wait ends with the exchange it belongs to."""

    def __init__(self, stream: httpcore.NetworkStream) -> None:
        self._stream = stream

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        if time.monotonic() > _deadline_s.get():
            raise httpcore.ReadTimeout("The whole answer took too long.")
        return self._stream.read(max_bytes, _left_s(timeout))

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        if time.monotonic() > _deadline_s.get():
            raise httpcore.WriteTimeout("Sending took too long.")
        self._stream.write(buffer, _left_s(timeout))

    def close(self) -> None:
        self._stream.close()

    def start_tls(
        self, ssl_context: SSLContext, server_hostname: str | None = None, timeout: float | None = None
    ) -> httpcore.NetworkStream:
        return _Timed(self._stream.start_tls(ssl_context, server_hostname, _left_s(timeout)))

    def get_extra_info(self, info: str) -> Any:
        return self._stream.get_extra_info(info)

"""The guarded client reaches what it should and nothing else, whatever a name or a redirect says."""

import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any
from wsgiref.simple_server import WSGIRequestHandler, make_server

import httpx
import pytest

from crosscut.channels import http
from crosscut.channels.addresses import is_public
from crosscut.kernel.errors import Invalid, NotAllowed, Unavailable


class _Quiet(WSGIRequestHandler):
    def log_message(self, format, *args):
        """Tests read the answer, not the log."""


@contextmanager
def _serving(app: Callable[..., Any]) -> Iterator[str]:
    server = make_server("127.0.0.1", 0, app, handler_class=_Quiet)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield f"127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


class _Says:
    """An application with one answer, which remembers what it was asked."""

    def __init__(self, body=b"hello", status="200 OK", headers=()):
        self.body, self.status, self.headers = body, status, headers
        self.seen = {}

    def __call__(self, environ, start_response):
        self.seen = environ
        start_response(self.status, [("Content-Type", "text/plain; charset=utf-8"), *self.headers])
        return [self.body]


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1",  # loopback
        "10.1.2.3",  # private
        "172.16.0.1",  # private
        "192.168.1.1",  # private
        "169.254.169.254",  # link-local: the clouds' metadata
        "100.100.100.200",  # CGNAT: Alibaba's metadata
        "168.63.129.16",  # Azure's host
        "192.0.0.192",  # Oracle's metadata
        "0.0.0.0",  # this host
        "224.0.0.1",  # multicast
        "255.255.255.255",  # broadcast
        "240.0.0.1",  # reserved
        "::1",  # loopback
        "::",  # unspecified
        "fe80::1%eth0",  # link-local with a zone
        "fd00:ec2::254",  # unique local: Amazon's metadata
        "fec0::1",  # site-local, deprecated
        "ff02::1",  # multicast
        "::ffff:10.0.0.1",  # IPv4-mapped
        "::127.0.0.1",  # IPv4-compatible
        "2002:a00:1::",  # 6to4 around 10.0.0.1
        "64:ff9b::7f00:1",  # NAT64 around 127.0.0.1
        "64:ff9b:1::1",  # local NAT64
        "2001:0:1::1",  # Teredo
        "2001:db8::1",  # documentation
    ],
)
def test_it_calls_no_address_of_our_own_network_public(address):
    assert not is_public(address)


@pytest.mark.parametrize("address", ["93.184.215.14", "2606:2800:21f:cb07:6820:80da:af6b:8b2c", "64:ff9b::5db8:d70e"])
def test_it_calls_the_internet_public(address):
    assert is_public(address)


def test_it_refuses_loopback_and_says_how_to_allow_it():
    with _serving(_Says()) as host, http.client() as client, pytest.raises(NotAllowed, match=f"add {host} to the"):
        http.fetch(client, f"http://{host}/")


def test_it_refuses_a_number_that_spells_loopback_another_way():
    with http.client() as client, pytest.raises(NotAllowed):
        http.fetch(client, "http://0x7f000001:9/")


def test_it_reaches_a_host_allowed_by_name_and_names_itself():
    app = _Says()
    with _serving(app) as host, http.client(allowed_hosts=[host]) as client:
        fetched = http.fetch(client, f"http://{host}/")
    assert (fetched.status, fetched.content, fetched.media_type) == (200, b"hello", "text/plain")
    assert app.seen["HTTP_USER_AGENT"].startswith("Crosscut/")


def test_it_refuses_another_port_of_an_allowed_host():
    with _serving(_Says()) as host, http.client(allowed_hosts=["127.0.0.1:1"]) as client, pytest.raises(NotAllowed):
        http.fetch(client, f"http://{host}/")


def test_it_refuses_a_redirect_into_our_own_network():
    with (
        _serving(_Says()) as inside,
        _serving(_Says(status="302 Found", headers=[("Location", f"http://{inside}/")])) as outside,
        http.client(allowed_hosts=[outside]) as client,
        pytest.raises(NotAllowed),
    ):
        http.fetch(client, f"http://{outside}/")


def test_it_checks_the_very_address_it_connects_to(monkeypatch):
    """A name that is public when first asked and private when asked again gets no second question."""
    answers = iter([[(socket.AF_INET, socket.SOCK_STREAM, 6, "", ("127.0.0.1", 9))]])
    monkeypatch.setattr(socket, "getaddrinfo", lambda *args, **options: next(answers))
    with http.client() as client, pytest.raises(NotAllowed):
        http.fetch(client, "http://rebinding.example/")


def test_it_refuses_a_name_of_which_one_address_is_ours(monkeypatch):
    mixed = [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (address, 9)) for address in ("93.184.215.14", "10.0.0.1")]
    monkeypatch.setattr(socket, "getaddrinfo", lambda *args, **options: mixed)
    with http.client() as client, pytest.raises(NotAllowed, match=r"10\.0\.0\.1"):
        http.fetch(client, "http://mixed.example/")


def test_it_takes_credentials_to_no_other_host():
    target = _Says()
    with (
        _serving(target) as other,
        _serving(_Says(status="302 Found", headers=[("Location", f"http://{other}/")])) as first,
        http.client(allowed_hosts=["127.0.0.1"]) as client,
    ):
        client.get(f"http://{first}/", headers={"Authorization": "Bearer s3cret", "X-Api-Key": "s3cret"})
    assert "s3cret" not in repr(target.seen)


def test_it_takes_a_body_to_no_other_host():
    with (
        _serving(_Says()) as other,
        _serving(_Says(status="307 Temporary", headers=[("Location", f"http://{other}/")])) as first,
        http.client(allowed_hosts=["127.0.0.1"]) as client,
        pytest.raises(NotAllowed, match="credentials"),
    ):
        client.post(f"http://{first}/", json={"password": "s3cret"})


def test_it_gives_up_on_a_circle_of_redirects():
    circle = _Says(status="302 Found", headers=[("Location", "/again")])
    with (
        _serving(circle) as host,
        http.client(allowed_hosts=[host]) as client,
        pytest.raises(Invalid, match="redirects"),
    ):
        http.fetch(client, f"http://{host}/")


@pytest.mark.parametrize("url", ["file:///etc/passwd", "ftp://example.org/", "gopher://x/", "http://host:port/"])
def test_it_fetches_web_addresses_only(url):
    with http.client() as client, pytest.raises(Invalid):
        http.fetch(client, url)


def test_it_stops_reading_an_endless_answer():
    with (
        _serving(_Says(body=b"x" * 5000)) as host,
        http.client(allowed_hosts=[host]) as client,
        pytest.raises(Invalid, match="4096 bytes"),
    ):
        http.fetch(client, f"http://{host}/", max_bytes=4096)


def test_its_own_cap_holds_for_every_request():
    with (
        _serving(_Says(body=b"x" * 5000)) as host,
        http.client(allowed_hosts=[host], max_bytes=4096) as client,
        pytest.raises(http.TooLarge),
    ):
        client.get(f"http://{host}/")


def test_it_ends_an_exchange_that_drips():
    def drips(environ, start_response):
        start_response("200 OK", [("Content-Type", "text/plain")])
        for _ in range(40):
            time.sleep(0.05)
            yield b"."

    with _serving(drips) as host, http.client(allowed_hosts=[host], total_s=0.3) as client:
        started_s = time.monotonic()
        with pytest.raises(Unavailable):
            http.fetch(client, f"http://{host}/")
    assert time.monotonic() - started_s < 4


def test_it_unpacks_nothing_it_did_not_ask_for():
    with (
        _serving(_Says(headers=[("Content-Encoding", "gzip")])) as host,
        http.client(allowed_hosts=[host]) as client,
        pytest.raises(httpx.DecodingError),
    ):
        client.get(f"http://{host}/")


def test_it_says_that_nobody_answers():
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        host = f"127.0.0.1:{closed.getsockname()[1]}"
        with http.client(allowed_hosts=[host]) as client, pytest.raises(Unavailable, match=r"127\.0\.0\.1 does not"):
            http.fetch(client, f"http://{host}/?token=s3cret")


def test_it_uses_no_proxy_of_the_environment(monkeypatch):
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:9")
    with _serving(_Says()) as host, http.client(allowed_hosts=[host]) as client:
        assert http.fetch(client, f"http://{host}/").content == b"hello"

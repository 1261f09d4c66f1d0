"""What an answer, or none, means for a post."""

import socket
import struct
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import httpx
import pytest

from crosscut.channels import http
from crosscut.channels.answers import ask, retry_after_s, send
from crosscut.kernel.errors import OutcomeUnknown, ReconnectNeeded, Rejected, RetryLater


def _client(answer) -> httpx.Client:
    return httpx.Client(transport=httpx.MockTransport(answer), base_url="https://channel.example")


def _answering(status, **content) -> httpx.Client:
    return _client(lambda request: httpx.Response(status, **content))


@pytest.mark.parametrize(
    ("status", "content", "error"),
    [
        (500, {}, OutcomeUnknown),  # it may have been stored before the fault
        (502, {"text": "<h1>Bad gateway</h1>"}, OutcomeUnknown),  # a proxy knows nothing
        (504, {}, OutcomeUnknown),  # a proxy gave up waiting
        (303, {"headers": {"Location": "/done"}}, OutcomeUnknown),  # the answer of a form that was taken
        (308, {"headers": {"Location": "https://new.example/"}}, Rejected),  # moved: not taken here
        (401, {}, ReconnectNeeded),
        (403, {"json": {"error": "The access token was revoked"}}, ReconnectNeeded),
        (403, {"json": {"error": "This action is not for you"}}, Rejected),
        (408, {}, RetryLater),  # the request did not arrive whole
        (429, {}, RetryLater),
        (404, {}, Rejected),
        (413, {}, Rejected),
        (422, {"json": {"error": "Text is too long"}}, Rejected),
    ],
)
def test_it_says_what_an_answer_means_for_the_post(status, content, error):
    with pytest.raises(error):
        send(_answering(status, **content), "POST", "/posts", key="a-post")


def test_an_unknown_outcome_names_the_post():
    with pytest.raises(OutcomeUnknown) as caught:
        send(_answering(500), "POST", "/posts", key="a-post")
    assert caught.value.key == "a-post"


def test_a_refusal_repeats_the_channels_own_words():
    with pytest.raises(Rejected, match="Text is too long"):
        send(_answering(422, json={"error": {"message": "Text is too long"}}), "POST", "/posts", key="a-post")


def test_a_wait_lasts_as_long_as_the_channel_says():
    with pytest.raises(RetryLater) as caught:
        send(_answering(429, headers={"Retry-After": "7"}), "POST", "/posts", key="a-post")
    assert caught.value.after_s == 7


def test_a_wait_may_be_given_as_a_date():
    date = format_datetime(datetime.now(UTC) + timedelta(seconds=90), usegmt=True)
    assert 85 < retry_after_s(httpx.Response(429, headers={"Retry-After": date})) <= 90


@pytest.mark.parametrize("value", ["soon", "-5", "", "9" * 30])
def test_a_senseless_wait_is_made_a_sensible_one(value):
    assert 1 <= retry_after_s(httpx.Response(429, headers={"Retry-After": value})) <= 24 * 3600


@pytest.mark.parametrize("trouble", [httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout])
def test_before_a_byte_left_the_post_was_not_made(trouble):
    def fails(request):
        raise trouble("no", request=request)

    with pytest.raises(RetryLater):
        send(_client(fails), "POST", "/posts", key="a-post")


@pytest.mark.parametrize(
    "trouble", [httpx.ReadTimeout, httpx.ReadError, httpx.WriteError, httpx.RemoteProtocolError, httpx.DecodingError]
)
def test_after_a_byte_left_nobody_knows(trouble):
    def fails(request):
        raise trouble("no", request=request)

    with pytest.raises(OutcomeUnknown):
        send(_client(fails), "POST", "/posts", key="a-post")


@pytest.mark.parametrize(
    ("status", "error"), [(500, RetryLater), (401, ReconnectNeeded), (404, Rejected), (429, RetryLater)]
)
def test_asking_makes_nothing_so_a_fault_means_later(status, error):
    with pytest.raises(error):
        ask(_answering(status), "GET", "/posts")


def test_asking_gives_back_the_statuses_it_was_told_are_fine():
    assert ask(_answering(404), "GET", "/posts/1", fine=[404]).status_code == 404


def test_a_closed_address_is_a_refusal_that_says_how_to_allow_it():
    with http.client() as client, pytest.raises(Rejected, match="allowed hosts"):
        send(client, "POST", "http://127.0.0.1:9/", key="a-post")


def test_a_real_closed_port_means_later():
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        with http.client(allowed_hosts=["127.0.0.1"]) as client, pytest.raises(RetryLater):
            send(client, "POST", f"http://127.0.0.1:{closed.getsockname()[1]}/", key="a-post")


def test_a_real_reset_after_the_body_means_unknown():
    with _resetting() as url, http.client(allowed_hosts=["127.0.0.1"]) as client, pytest.raises(OutcomeUnknown):
        send(client, "POST", url, key="a-post", json={"text": "hello"})


@contextmanager
def _resetting() -> Iterator[str]:
    """A server that reads a request and resets the connection."""
    with socket.create_server(("127.0.0.1", 0)) as server:

        def serve():
            connection, _ = server.accept()
            connection.recv(65536)
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            connection.close()

        thread = threading.Thread(target=serve)
        thread.start()
        yield f"http://127.0.0.1:{server.getsockname()[1]}/"
        thread.join()

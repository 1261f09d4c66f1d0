"""A strict server of the YouTube Data API over real HTTP, with a memory, limits and a login: tests/faults/bench."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from crosscut.channels.builtin.youtube.settings import Settings
from crosscut.channels.kit import Running
from crosscut.channels.tests import made


@contextmanager
def running(folder: Path) -> Iterator[Running]:
    """The server, for as long as the test runs."""
    youtube = pytest.importorskip("tests.faults.bench.youtube")
    strict, story = pytest.importorskip("tests.faults.bench.strict"), pytest.importorskip("tests.peers.story")
    server = youtube.YouTube(pytest.importorskip("tests.faults.bench.clock").RealClock())
    with strict.serving(server):
        places = {"api_url": server.url, "token_url": f"{server.url}/token", "public_url": server.url}
        yield Running(
            settings=Settings(client_id="a-client-id", **places),
            post=story.post(
                "The reef & more today #reef", made.film(folder), post_type="video", title="The reef today"
            ),
            secrets={"access_token": server.token},
            allowed_hosts=story.LOOPBACK,
            code="c0de",
            app_secrets={"client_secret": "an-app-secret"},
        )

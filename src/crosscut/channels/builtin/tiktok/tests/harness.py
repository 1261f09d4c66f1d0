"""A strict server of TikTok's APIs over real HTTP, with a memory, limits and a login: tests/faults/bench."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from crosscut.channels.builtin.tiktok.settings import Settings
from crosscut.channels.kit import Running
from crosscut.channels.tests import made


@contextmanager
def running(folder: Path) -> Iterator[Running]:
    """The server, for as long as the test runs."""
    tiktok = pytest.importorskip("tests.faults.bench.tiktok")
    strict, story = pytest.importorskip("tests.faults.bench.strict"), pytest.importorskip("tests.peers.story")
    server = tiktok.TikTok(pytest.importorskip("tests.faults.bench.clock").RealClock())
    words, extra = "The reef today, at length #reef " * 8, {"privacy": "PUBLIC_TO_EVERYONE"}
    with strict.serving(server):
        yield Running(
            settings=Settings(client_key="a-client-key", api_url=server.url, public_url=server.url),
            post=story.post(words.strip(), made.film(folder), post_type="video", extra=extra),
            secrets=server.secrets,
            allowed_hosts=story.LOOPBACK,
            code="c0de",
            app_secrets={"client_secret": "an-app-secret"},
            by_hand=server.remove,
        )

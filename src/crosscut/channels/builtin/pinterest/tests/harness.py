"""A strict server of Pinterest's API over real HTTP, held against its machine contract: tests/faults/bench."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from crosscut.channels.builtin.pinterest.settings import Settings
from crosscut.channels.kit import Running


@contextmanager
def running(folder: Path) -> Iterator[Running]:
    """The server, for as long as the test runs."""
    pinterest = pytest.importorskip("tests.faults.bench.pinterest")
    strict, story = pytest.importorskip("tests.faults.bench.strict"), pytest.importorskip("tests.peers.story")
    server = pinterest.Pinterest(pytest.importorskip("tests.faults.bench.clock").RealClock())
    pictures = [story.picture(folder, name=name) for name in ("a.jpg", "b.jpg")]
    told = {"title": "The reef today", "link": "https://reef.example/?a=1&b=2", "post_type": "carousel"}
    with strict.serving(server):
        places = {"api_url": f"{server.url}/v5", "public_url": server.url}
        yield Running(
            settings=Settings(client_id="a-client-id", board="Reefs", **places),
            post=story.post("The reef & more today #reef", *pictures, **told),
            secrets=server.secrets,
            allowed_hosts=story.LOOPBACK,
            code="c0de",
            app_secrets={"client_secret": "an-app-secret"},
        )

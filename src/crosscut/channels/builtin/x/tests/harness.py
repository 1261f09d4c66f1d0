"""A strict server of X's API over real HTTP, with a memory, limits and a login of its own: tests/faults/bench."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from crosscut.channels.builtin.x.settings import Settings
from crosscut.channels.kit import Running


@contextmanager
def running(folder: Path) -> Iterator[Running]:
    """The server, for as long as the test runs."""
    x = pytest.importorskip("tests.faults.bench.x")
    strict, story = pytest.importorskip("tests.faults.bench.strict"), pytest.importorskip("tests.peers.story")
    server = x.X(pytest.importorskip("tests.faults.bench.clock").RealClock())
    pictures = [story.picture(folder, name=name) for name in ("a.jpg", "b.jpg")]
    with strict.serving(server):
        yield Running(
            settings=Settings(client_id="a-client-id", api_url=server.url),
            post=story.post("The reef & more today #reef", *pictures, post_type="image"),
            secrets=server.secrets,
            allowed_hosts=story.LOOPBACK,
            code="c0de",
            app_secrets={"client_secret": "an-app-secret"},
        )

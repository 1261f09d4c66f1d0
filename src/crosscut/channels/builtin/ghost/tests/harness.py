"""A strict Ghost site over real HTTP: tests/faults/bench."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from crosscut.channels.builtin.ghost.settings import Settings
from crosscut.channels.kit import Running


@contextmanager
def running(folder: Path) -> Iterator[Running]:
    """The site, for as long as the test runs."""
    ghost = pytest.importorskip("tests.faults.bench.ghost")
    strict, story = pytest.importorskip("tests.faults.bench.strict"), pytest.importorskip("tests.peers.story")
    server = ghost.Ghost(pytest.importorskip("tests.faults.bench.clock").RealClock())
    with strict.serving(server):
        yield Running(
            settings=Settings(site_url=server.url, author=ghost.AUTHOR, tags=("Sea",)),
            post=story.post(
                "The reef today", story.picture(folder), title="The reef", tags=("coral",), post_type="post"
            ),
            secrets={"admin_api_key": ghost.KEY},
            allowed_hosts=story.LOOPBACK,
        )

"""A strict address of a workflow over real HTTP: tests/faults/bench."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from crosscut.channels.builtin.teams.settings import Settings
from crosscut.channels.kit import Running


@contextmanager
def running(folder: Path) -> Iterator[Running]:
    """The address, for as long as the test runs."""
    teams = pytest.importorskip("tests.faults.bench.teams")
    strict, story = pytest.importorskip("tests.faults.bench.strict"), pytest.importorskip("tests.peers.story")
    server = teams.Teams(pytest.importorskip("tests.faults.bench.clock").RealClock())
    with strict.serving(server):
        yield Running(
            settings=Settings(place="Reef Watch, General", origin=server.url),
            post=story.post("The reef today #reef", post_type="message"),
            secrets={"webhook_url": server.address},
            allowed_hosts=story.LOOPBACK,
            public=lambda: len(server.rows),
        )

"""A strict server of Slack's Web API over real HTTP, with a memory, limits and scopes: tests/faults/bench."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from crosscut.channels.builtin.slack.settings import Settings
from crosscut.channels.kit import Running


@contextmanager
def running(folder: Path) -> Iterator[Running]:
    """The server, for as long as the test runs."""
    slack = pytest.importorskip("tests.faults.bench.slack")
    strict, story = pytest.importorskip("tests.faults.bench.strict"), pytest.importorskip("tests.peers.story")
    server = slack.Slack(pytest.importorskip("tests.faults.bench.clock").RealClock())
    pictures = [story.picture(folder, name=name) for name in ("a.jpg", "b.jpg")]
    with strict.serving(server):
        server.somebody_writes("The reef today #reef")
        yield Running(
            settings=Settings(channel_id=slack.CHANNEL, api_url=f"{server.url}/api"),
            post=story.post("The reef today #reef", *pictures, post_type="message"),
            secrets={"bot_token": server.token},
            allowed_hosts=story.LOOPBACK,
        )

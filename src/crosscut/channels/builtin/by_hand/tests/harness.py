"""A place on the web over real HTTP, on which the test posts as a person does: tests/faults/bench."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from crosscut.channels.builtin.by_hand.settings import Settings
from crosscut.channels.kit import Running
from crosscut.channels.protocol import Channel, Post


@contextmanager
def running(folder: Path) -> Iterator[Running]:
    """The place, for as long as the test runs."""
    bench = pytest.importorskip("tests.faults.bench.by_hand")
    strict, story = pytest.importorskip("tests.faults.bench.strict"), pytest.importorskip("tests.peers.story")
    server = bench.PlaceOnTheWeb(pytest.importorskip("tests.faults.bench.clock").RealClock())

    def somebody_posts(channel: Channel, post: Post) -> str:
        address: str = server.somebody_posts(channel.platform, post.text, post.title)
        return address

    with strict.serving(server):
        yield Running(
            settings=Settings(profile=f"{server.url}/@reefwatch", web_url=server.url),
            post=story.post("Half of the reef is gone.", post_type="text", title="The reef today"),
            allowed_hosts=story.LOOPBACK,
            posts=somebody_posts,
            by_hand=server.somebody_takes_down,
        )

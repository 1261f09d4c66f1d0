"""A server that speaks the Mastodon API, as the tests of the real servers start it."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from crosscut.channels.builtin.mastodon.settings import Settings
from crosscut.channels.kit import Running


@contextmanager
def running(folder: Path) -> Iterator[Running]:
    """The server, for as long as the test runs."""
    mastodon = pytest.importorskip("tests.peers.mastodon")
    story = pytest.importorskip("tests.peers.story")
    if reason := mastodon.missing():
        pytest.skip(reason)
    with mastodon.running() as server:
        yield Running(
            settings=Settings(instance_url=server.url),
            post=story.post("The reef today #reef", story.picture(folder), post_type="image"),
            secrets={"access_token": server.access_token},
            allowed_hosts=story.LOOPBACK,
        )

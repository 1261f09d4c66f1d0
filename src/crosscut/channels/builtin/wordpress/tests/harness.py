"""A real WordPress site, as the tests of the real servers start it."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from crosscut.channels.builtin.wordpress.settings import Settings
from crosscut.channels.kit import Running


@contextmanager
def running(folder: Path) -> Iterator[Running]:
    """The site, for as long as the test runs."""
    wordpress = pytest.importorskip("tests.peers.wordpress")
    story = pytest.importorskip("tests.peers.story")
    if reason := wordpress.missing():
        pytest.skip(reason)
    with wordpress.running() as site:
        yield Running(
            settings=Settings(site_url=site.url, username=site.username),
            post=story.post("The reef today", story.picture(folder), title="The reef", post_type="post"),
            secrets={"application_password": site.application_password},
            allowed_hosts=story.LOOPBACK,
        )

"""A real account server and directory, as the tests of the real servers start them."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from crosscut.channels.builtin.bluesky.settings import Settings
from crosscut.channels.kit import Running


@contextmanager
def running(folder: Path) -> Iterator[Running]:
    """The network without its public view, which is about a second behind."""
    bluesky = pytest.importorskip("tests.peers.bluesky")
    story = pytest.importorskip("tests.peers.story")
    if reason := bluesky.missing():
        pytest.skip(reason)
    with bluesky.running() as network:
        settings = Settings(
            handle=network.account.handle, service_url=network.pds, appview_url="", video_service_url=""
        )
        yield Running(
            settings=settings,
            post=story.post("The reef today #reef", story.picture(folder), post_type="images"),
            secrets={"app_password": network.account.app_password},
            allowed_hosts=story.LOOPBACK,
        )

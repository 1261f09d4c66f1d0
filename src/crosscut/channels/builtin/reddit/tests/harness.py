"""A strict server of Reddit's API over real HTTP, with a memory, communities and their rules: tests/faults/bench."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from crosscut.channels.builtin.reddit.settings import Settings
from crosscut.channels.kit import Running


@contextmanager
def running(folder: Path) -> Iterator[Running]:
    """The server, for as long as the test runs."""
    reddit = pytest.importorskip("tests.faults.bench.reddit")
    strict, story = pytest.importorskip("tests.faults.bench.strict"), pytest.importorskip("tests.peers.story")
    server = reddit.Reddit(pytest.importorskip("tests.faults.bench.clock").RealClock())
    pictures = [story.picture(folder, name=name) for name in ("a.jpg", "b.jpg")]
    told = {"title": "The reef today", "post_type": "gallery", "extra": {"community": "r/reef"}}
    with strict.serving(server):
        places = {"api_url": server.url, "login_url": f"{server.url}/api/v1", "public_url": server.url}
        yield Running(
            settings=Settings(client_id="a-client-id", owner="ana-reef", **places),
            post=story.post("The reef & more today", *pictures, **told),
            secrets={"access_token": server.token, "username": reddit.NAME},
            allowed_hosts=story.LOOPBACK,
            code="c0de",
            app_secrets={"client_secret": "an-app-secret"},
        )

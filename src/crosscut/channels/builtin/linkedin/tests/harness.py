"""A strict server of LinkedIn's API over real HTTP, with a memory, limits and a login: tests/faults/bench."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from crosscut.channels.builtin.linkedin.settings import Product, Settings
from crosscut.channels.kit import Running


@contextmanager
def running(folder: Path) -> Iterator[Running]:
    """The server, for as long as the test runs."""
    linkedin = pytest.importorskip("tests.faults.bench.linkedin")
    strict, story = pytest.importorskip("tests.faults.bench.strict"), pytest.importorskip("tests.peers.story")
    server = linkedin.LinkedIn(pytest.importorskip("tests.faults.bench.clock").RealClock())
    pictures = [story.picture(folder, name=name) for name in ("a.jpg", "b.jpg")]
    with strict.serving(server):
        places = {"api_url": server.url, "login_url": f"{server.url}/oauth/v2"}
        yield Running(
            settings=Settings(client_id="a-client-id", product=Product.PAGES, **places),
            post=story.post("The reef (half of it) today #reef", *pictures, post_type="multi_image"),
            secrets={"access_token": server.token, "author": linkedin.PAGE},
            allowed_hosts=story.LOOPBACK,
            code="c0de",
            app_secrets={"client_secret": "an-app-secret"},
        )

"""A strict server of the Graph API over real HTTP, with a memory, limits and login of its own: tests/faults/bench."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from time import monotonic

import pytest

from crosscut.channels.builtin.facebook_page.settings import Settings
from crosscut.channels.kit import Running


class _Clock:
    """The real one."""

    def now(self) -> datetime:
        return datetime.now(UTC)

    def monotonic(self) -> float:
        return monotonic()


@contextmanager
def running(folder: Path) -> Iterator[Running]:
    """The server, for as long as the test runs. It fetches files from the folder by the last part of their address."""
    network = pytest.importorskip("tests.faults.bench.facebook")
    strict = pytest.importorskip("tests.faults.bench.strict")
    story = pytest.importorskip("tests.peers.story")
    server = network.Facebook(_Clock())
    server.fetch = lambda url: (folder / url.rpartition("/")[2]).read_bytes()
    pictures = [story.picture(folder, name=name) for name in ("a.jpg", "b.jpg")]
    media = [replace(one, public_url=f"https://public.example/offered/x/{one.filename}") for one in pictures]
    with strict.serving(server):
        yield Running(
            settings=Settings(
                app_id="123456789",
                graph_url=server.url,
                login_url=server.url,
                upload_url=server.url,
            ),
            post=story.post(
                "The reef today #reef", *media, post_type="photo", extra={"first_comment": "More on our site."}
            ),
            secrets={"access_token": server.token},
            allowed_hosts=story.LOOPBACK,
            code="c0de",
            app_secrets={"app_secret": "an-app-secret"},
        )

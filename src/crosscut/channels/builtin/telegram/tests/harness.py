"""A strict server of the Bot API and of the public pages over real HTTP: tests/faults/bench."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from crosscut.channels.builtin.telegram.settings import Settings
from crosscut.channels.kit import Running


@contextmanager
def running(folder: Path) -> Iterator[Running]:
    """The server, for as long as the test runs."""
    telegram = pytest.importorskip("tests.faults.bench.telegram")
    strict, story = pytest.importorskip("tests.faults.bench.strict"), pytest.importorskip("tests.peers.story")
    server = telegram.Telegram(pytest.importorskip("tests.faults.bench.clock").RealClock())
    pictures = [story.picture(folder, name=name) for name in ("a.jpg", "b.jpg")]
    with strict.serving(server):
        server.somebody_writes("What an editor wrote")
        yield Running(
            settings=Settings(chat=f"@{telegram.NAME}", api_url=server.url, public_url=server.url),
            post=story.post("The reef today 🐠 #reef", *pictures, post_type="album"),
            secrets={"bot_token": server.token},
            allowed_hosts=story.LOOPBACK,
        )

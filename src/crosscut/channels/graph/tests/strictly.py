"""What the contract kit needs of each network of the house: a strict server of its own, and a post of two pictures."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from crosscut.channels.graph.settings import App
from crosscut.channels.kit import Running


@contextmanager
def running(folder: Path, network: str, settings: type[App], post_type: str, **extra: str) -> Iterator[Running]:
    """The server of that class of tests/faults/bench. It fetches files from the folder by their last names.

    `extra` is what only this network's posts have.
    """
    servers = pytest.importorskip(f"tests.faults.bench.{network.lower()}")
    strict, story = pytest.importorskip("tests.faults.bench.strict"), pytest.importorskip("tests.peers.story")
    server = getattr(servers, network)(pytest.importorskip("tests.faults.bench.clock").RealClock())
    server.fetch = lambda url: (folder / url.rpartition("/")[2]).read_bytes()
    pictures = [story.picture(folder, name=name) for name in ("a.jpg", "b.jpg")]
    media = [replace(one, public_url=f"https://public.example/offered/x/{one.filename}") for one in pictures]
    with strict.serving(server):
        yield Running(
            settings=settings.model_validate({"app_id": "123456789", **_addresses(settings, server.url)}),
            post=story.post("The reef today #reef", *media, post_type=post_type, extra=extra),
            secrets={"access_token": server.token},
            allowed_hosts=story.LOOPBACK,
            code="c0de",
            app_secrets={"app_secret": "an-app-secret"},
            by_hand=None if server.can_delete else lambda remote_id: server.rows.pop(remote_id, None),
        )


def _addresses(settings: type[App], url: str) -> dict[str, Any]:
    """Every place of the network's, at the one server."""
    return {name: url for name in settings.model_fields if name.endswith("_url")} | (
        {"token_url": f"{url}/oauth/access_token"} if "token_url" in settings.model_fields else {}
    )

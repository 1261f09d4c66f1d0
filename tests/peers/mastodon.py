"""A server that speaks the Mastodon API: `mastodon_mock`, MIT, run as a program of its own and never imported.

    with mastodon.running() as server:
        server.url, server.access_token

It stands in for the reference server, which needs toolchains of its own. What it does otherwise is said in the
channel's README.
"""

import contextlib
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

import httpx

from tests.peers import cache
from tests.peers.server import answers, free_ports, server

VERSION = "0.6.1"


@dataclass(frozen=True, kw_only=True)
class Server:
    """Where it answers, and the account there is."""

    url: str
    access_token: str = "mock_token"
    username: str = "testuser"

    def fail(self, method: str, path: str, *, times: int = 1, **effect: Any) -> None:
        """The next such requests fail: `type="status", status=503`, "ratelimit", "malformed"."""
        rule = {"match": {"methods": [method], "path": path}, "effect": effect, "count": times}
        httpx.post(f"{self.url}/api/v1/_mock/faults", json=rule, trust_env=False).raise_for_status()


def missing() -> str:
    """Why it cannot run here; empty when it can."""
    try:
        found = version("mastodon-mock")
    except PackageNotFoundError:
        return f"mastodon_mock is not installed: `pip install mastodon-mock=={VERSION}`."
    return "" if found == VERSION else f"mastodon_mock {found} is installed, the tests know {VERSION}."


@contextlib.contextmanager
def running() -> Iterator[Server]:
    """The server, for as long as the block lasts. Nothing it was told is kept."""
    (port,) = free_ports(1)
    url = f"http://127.0.0.1:{port}"
    command = [
        sys.executable,
        "-m",
        "mastodon_mock",
        "serve",
        "--in-memory",
        "--host",
        "127.0.0.1",
        "--port",
        str(port),
    ]
    with cache.private("mastodon.") as folder:
        settings = {"HOME": str(folder), "TMPDIR": str(folder)}
        log: Path = folder / "mastodon.log"
        with server(command, log=log, is_ready=answers(f"{url}/api/v2/instance"), env=settings):
            yield Server(url=url)

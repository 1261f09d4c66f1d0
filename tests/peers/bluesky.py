"""A Bluesky network of one's own: account server and directory, and on demand the public view.

with bluesky.running() as network:
    network.pds, network.handle, network.app_password
"""

import contextlib
import json
import secrets
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import httpx

from tests.peers import cache, node, postgres
from tests.peers.server import answers, free_ports, server

HERE = Path(__file__).parent
# So much memory that it is hardly ever cleared: Node 24 aborts when that happens between two calls and takes away a
# statement of better-sqlite3 12.11.1 ("Assertion failed: (env) != nullptr"), some ten seconds after the last call.
ROOMY = ("--no-memory-reducer", "--min-semi-space-size=256", "--max-semi-space-size=256")


@dataclass(frozen=True, kw_only=True)
class Account:
    """One person on the network."""

    did: str
    handle: str
    password: str  # of the account itself
    app_password: str  # for Crosscut
    access_jwt: str  # a session of the account itself, good for two hours


@dataclass(frozen=True, kw_only=True)
class Network:
    """Where the network answers."""

    pds: str  # the account server: "http://localhost:2583"
    appview: str  # the public view; empty where it does not run
    account: Account  # ready to post

    def call(self, method: str, *, account: Account | None = None, **body: object) -> dict[str, object]:
        """A procedure of the account server, as this account."""
        headers = {"Authorization": f"Bearer {account.access_jwt}"} if account else {}
        response = httpx.post(f"{self.pds}/xrpc/{method}", json=body, headers=headers, timeout=30, trust_env=False)
        response.raise_for_status()
        return dict(response.json()) if response.content else {}

    def sign_up(self, name: str) -> Account:
        """A new account with an app password."""
        return _sign_up(self.pds, name)


def missing(*, with_appview: bool = False) -> str:
    """Why it cannot run here; empty when it can."""
    if with_appview and not shutil.which("redis-server"):
        return "Redis is not installed: run tests/peers/install.sh."
    return node.missing() or (postgres.missing() if with_appview else "")


@contextlib.contextmanager
def running(*, with_appview: bool = False) -> Iterator[Network]:
    """The network, for as long as the block lasts. Every account and post is gone afterwards."""
    with contextlib.ExitStack() as stack:
        folder = stack.enter_context(cache.private("bluesky."))
        env = _stores(stack, folder) if with_appview else {}
        ports = free_ports(4)
        env |= {"PORTS": ",".join(map(str, ports)), "LOG_ENABLED": "false", "NODE_ENV": "test"}
        command: list[str | Path] = [str(node.node()), *ROOMY, "-r", HERE / "loop.js", HERE / "bluesky.js"]
        log = folder / "bluesky.log"
        is_ready = _is_told(log)
        stack.enter_context(server(command, log=log, is_ready=is_ready, cwd=node.modules(), env=env))
        told = _told(log)
        yield Network(pds=told["pds"], appview=told["appview"], account=_sign_up(told["pds"], "reef"))


def _stores(stack: contextlib.ExitStack, folder: Path) -> dict[str, str]:
    """Starts PostgreSQL and Redis and says how to reach them."""
    (port,) = free_ports(1)
    redis = ["redis-server", "--port", str(port), "--bind", "127.0.0.1", "--save", "", "--dir", str(folder)]
    log = folder / "redis.log"
    ready = lambda: log.exists() and b"Ready to accept" in log.read_bytes()  # noqa: E731 one use, read in place
    stack.enter_context(server(redis, log=log, is_ready=ready))
    return {"DB_POSTGRES_URL": stack.enter_context(postgres.running()), "REDIS_HOST": f"127.0.0.1:{port}"}


def _told(log: Path) -> dict[str, str]:
    lines = [line for line in log.read_text().splitlines() if line.startswith('{"pds"')]
    return dict(json.loads(lines[0])) if lines else {}


def _is_told(log: Path) -> Callable[[], bool]:
    return lambda: bool(_told(log)) and answers(f"{_told(log)['pds']}/xrpc/_health")()


def _sign_up(pds: str, name: str) -> Account:
    password = secrets.token_hex(8)
    handle = f"{name}-{secrets.token_hex(3)}.test"
    body = {"handle": handle, "email": f"{handle.partition('.')[0]}@example.com", "password": password}
    made = httpx.post(f"{pds}/xrpc/com.atproto.server.createAccount", json=body, timeout=30, trust_env=False)
    made.raise_for_status()
    account = made.json()
    app = httpx.post(
        f"{pds}/xrpc/com.atproto.server.createAppPassword",
        json={"name": "crosscut"},
        headers={"Authorization": f"Bearer {account['accessJwt']}"},
        timeout=30,
        trust_env=False,
    )
    app.raise_for_status()
    return Account(
        did=account["did"],
        handle=handle,
        password=password,
        app_password=app.json()["password"],
        access_jwt=account["accessJwt"],
    )

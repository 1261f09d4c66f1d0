"""A server of others that speaks Slack's Web API: `emulate` (npm, Apache-2.0), run as a program of its own.

    with slack.running() as server:
        server.url, server.channel_id, server.bot_token

It keeps what it is told in memory. What it does otherwise than Slack is said in the channel's README.
"""

import contextlib
from collections.abc import Iterator
from dataclasses import dataclass

import httpx

from tests.peers import cache, node
from tests.peers.server import answers, free_ports, server

TOKEN = "xoxb-test-token"


@dataclass(frozen=True, kw_only=True)
class Server:
    """Where it answers, and the channel there is."""

    url: str  # of the methods: "http://127.0.0.1:4100/api"
    channel_id: str
    bot_token: str = TOKEN

    def messages(self) -> list[dict[str, object]]:
        """What stands in the channel, newest first."""
        return [dict(row) for row in self._ask("conversations.history", channel=self.channel_id)["messages"]]

    def react(self, ts: str) -> None:
        """Somebody likes the message."""
        self._ask("reactions.add", channel=self.channel_id, timestamp=ts, name="fish")

    def _ask(self, method: str, **fields: str) -> dict[str, list[dict[str, object]]]:
        return _ask(self.url, method, **fields)


def missing() -> str:
    """Why it cannot run here; empty when it can."""
    return node.missing()


@contextlib.contextmanager
def running() -> Iterator[Server]:
    """The server, for as long as the block lasts. Nothing it was told is kept."""
    (port,) = free_ports(1)
    url = f"http://127.0.0.1:{port}/api"
    program = node.modules() / "node_modules" / "emulate" / "dist" / "index.js"
    with cache.private("slack.") as folder:
        words = ["start", "--service", "slack", "--port", str(port)]
        command = [node.node() or "node", "-r", node.HERE / "loop.js", program, *words]
        home = {"HOME": str(folder), "TMPDIR": str(folder)}
        ready = answers(f"{url}/api.test")
        with server(command, log=folder / "slack.log", is_ready=ready, cwd=folder, env=home):
            first = _ask(url, "conversations.list")["channels"][0]
            yield Server(url=url, channel_id=str(first["id"]))


def _ask(url: str, method: str, **fields: str) -> dict[str, list[dict[str, object]]]:
    headers = {"Authorization": f"Bearer {TOKEN}"}
    response = httpx.post(f"{url}/{method}", data=fields, headers=headers, timeout=30, trust_env=False)
    said: dict[str, list[dict[str, object]]] = response.raise_for_status().json()
    assert said["ok"], said
    return said

"""Google's login page by others: `emulate` (npm, Apache-2.0), run as a program of its own.

    with google.running() as server:
        server.login_url, server.token_url, server.client_id, server.client_secret
        code, state = server.say_yes(departure.url)

Of Google's interfaces it speaks the login (with PKCE), Gmail, Calendar and Drive: of ours only the login can be played
on it. It keeps what it is told in memory; a code is good once, and what renews a login stays the same.
"""

import contextlib
import html
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import parse_qs, urlsplit

import httpx

from tests.peers import cache, node
from tests.peers.server import answers, free_ports, server

CLIENT, SECRET, PERSON = "reef-watch.apps.googleusercontent.com", "GOCSPX-secret", "ana@reef.example"
HOME = "http://127.0.0.1:8000/accounts/back"


@dataclass(frozen=True, kw_only=True)
class Server:
    """Where it answers, and the app and the person it knows."""

    login_url: str
    token_url: str
    client_id: str = CLIENT
    client_secret: str = SECRET
    redirect_uri: str = HOME  # the only address the app may send people back to

    def page(self, url: str) -> httpx.Response:
        """The login page, as a browser gets it."""
        return httpx.get(url, timeout=30, trust_env=False)

    def say_yes(self, url: str) -> tuple[str, str]:
        """The person chooses their account on that page. The code and the state they come back with."""
        page = self.page(url).raise_for_status().text
        fields = {name: html.unescape(value) for name, value in re.findall(r'name="(\w+)" value="([^"]*)"', page)}
        callback = f"{self.login_url}/callback"
        back = httpx.post(callback, data=fields, timeout=30, trust_env=False).headers["location"]
        told = parse_qs(urlsplit(back).query)
        return told["code"][0], told["state"][0]


def missing() -> str:
    """Why it cannot run here; empty when it can."""
    return node.missing()


@contextlib.contextmanager
def running() -> Iterator[Server]:
    """The server, for as long as the block lasts. Nothing it was told is kept."""
    (port,) = free_ports(1)
    url = f"http://127.0.0.1:{port}"
    program = node.modules() / "node_modules" / "emulate" / "dist" / "index.js"
    app = {"client_id": CLIENT, "client_secret": SECRET, "name": "Reef Watch", "redirect_uris": [HOME]}
    with cache.private("google.") as folder:
        seed = folder / "seed.json"
        seed.write_text(json.dumps({"google": {"users": [{"email": PERSON, "name": "Ana"}], "oauth_clients": [app]}}))
        words = ["start", "--service", "google", "--port", str(port), "--seed", str(seed)]
        command = [node.node() or "node", "-r", node.HERE / "loop.js", program, *words]
        home = {"HOME": str(folder), "TMPDIR": str(folder)}
        ready = answers(f"{url}/.well-known/openid-configuration")
        with server(command, log=folder / "google.log", is_ready=ready, cwd=folder, env=home):
            yield Server(login_url=f"{url}/o/oauth2/v2/auth", token_url=f"{url}/oauth2/token")

"""A door in front of a real server that can be told to fail in the ways a network and a busy server do.

    with proxy.running("http://127.0.0.1:3300") as door:
        door.next("POST", "/api/v1/statuses", proxy.CUT_AFTER)

`CUT_AFTER` lets the request through and cuts the line before the answer; `CUT_BEFORE` cuts it before the server has the
request; `FAIL_AFTER` lets it through and answers 500; `SLOW` lets it through and keeps the answer until `may_answer` is
set; a number is answered by the door itself, without asking the server.
"""

import contextlib
import http.client
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import urlsplit

CUT_AFTER = "cut after"
CUT_BEFORE = "cut before"
FAIL_AFTER = "fail after"
SLOW = "slow"
_OWN_HEADERS = {"connection", "transfer-encoding", "keep-alive", "content-length", "date", "server"}


@dataclass(kw_only=True)
class Door:
    """Where the proxy answers, what it saw, and what it is to do next."""

    url: str
    upstream: str
    seen: list[tuple[str, str]] = field(default_factory=list)  # method and path with query, in order
    planned: list[tuple[str, str, str | int]] = field(default_factory=list)
    may_answer: threading.Event = field(default_factory=threading.Event)  # what slow answers wait for
    loses: set[str] = field(default_factory=set)  # headers that do not get through, in small letters

    def next(self, method: str, part_of_path: str, action: str | int) -> None:
        """The next such request fails this way; once."""
        self.planned.append((method, part_of_path, action))

    def count(self, method: str, part_of_path: str) -> int:
        """How many such requests came."""
        return sum(seen == method and part_of_path in path for seen, path in self.seen)

    def take(self, method: str, path: str) -> str | int | None:
        """What to do with this request."""
        self.seen.append((method, path))
        for plan in self.planned:
            if plan[0] == method and plan[1] in path:
                self.planned.remove(plan)
                return plan[2]
        return None


@contextlib.contextmanager
def running(upstream: str) -> Iterator[Door]:
    """The door, open for as long as the block lasts."""
    listener = ThreadingHTTPServer(("127.0.0.1", 0), _Handler)
    listener.daemon_threads = True
    door = Door(url=f"http://127.0.0.1:{listener.server_port}", upstream=upstream.rstrip("/"))
    listener.door = door  # type: ignore[attr-defined]
    thread = threading.Thread(target=listener.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
    thread.start()
    try:
        yield door
    finally:
        door.may_answer.set()
        listener.shutdown()
        listener.server_close()
        thread.join()


class _Handler(BaseHTTPRequestHandler):
    server: Any

    def _serve(self) -> None:
        body = self.rfile.read(int(self.headers.get("content-length", 0)))
        action = self.server.door.take(self.command, self.path)
        if action == CUT_BEFORE:
            return self._cut()
        if isinstance(action, int):
            return self._answer(action, [("Content-Type", "text/html")], b"<h1>Something went wrong</h1>")
        status, headers, content = self._forward(body)
        if action == CUT_AFTER:
            return self._cut()
        if action == SLOW:
            self.server.door.may_answer.wait()
        with contextlib.suppress(ConnectionError):  # nobody may listen any more
            self._answer(500 if action == FAIL_AFTER else status, headers, content)
        return None

    do_GET = do_POST = do_PUT = do_DELETE = do_HEAD = _serve  # noqa: N815 names http.server looks for

    def _forward(self, body: bytes) -> tuple[int, list[tuple[str, str]], bytes]:
        upstream = urlsplit(self.server.door.upstream)
        connection = http.client.HTTPConnection(upstream.hostname or "", upstream.port, timeout=60)
        lost = {"host", "connection", *self.server.door.loses}
        headers = {name: value for name, value in self.headers.items() if name.lower() not in lost}
        with contextlib.closing(connection):
            connection.request(self.command, self.path, body=body or None, headers=headers)
            response = connection.getresponse()
            return response.status, response.getheaders(), response.read()

    def _answer(self, status: int, headers: list[tuple[str, str]], content: bytes) -> None:
        self.send_response(status)
        for name, value in headers:
            if name.lower() not in _OWN_HEADERS:
                self.send_header(name, value)
        self.send_header("Content-Length", str(len(content)))
        self.send_header("Connection", "close")
        self.end_headers()
        self.wfile.write(content)
        self.close_connection = True

    def _cut(self) -> None:
        self.close_connection = True

    def log_message(self, format: str, *args: Any) -> None:
        """Nothing: the tests ask the door what it saw."""

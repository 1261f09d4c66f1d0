"""What every strict server of the bench has: real HTTP, a memory, and faults that come when they are ordered.

A fault is ordered for one kind of request ("make", "upload", "read", "any") and is met once. What a server keeps is
told by `public()`, which asks nobody: that is the world's truth.
"""

import json
import re
import socket
import struct
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from email.utils import format_datetime
from functools import partial
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

from tests.faults.bench.clock import Clock

SLOW_S = 0.4  # of real time: longer than the bench's client waits for an answer

MAKE = (
    "drop_before", "drop_after", "error_before", "error_after", "lie", "garbled", "reset_in_body", "slow_answer",
    "busy", "busy_for",
)  # fmt: skip
# By the kind of request: the faults it may meet, and how likely one is ordered in a round.
FAULTS: dict[str, tuple[tuple[str, ...], float]] = {
    "make": (MAKE, 0.6),
    "upload": (("drop_before", "error_before", "slow_answer", "slow_upload", "busy", "reset_in_body"), 0.25),
    "read": (("drop_before", "error_before", "garbled", "busy", "busy_for", "slow_answer"), 0.25),
    "delete": (("drop_before", "drop_after", "error_before", "error_after", "busy"), 0.1),
    "any": (("token_ends",), 0.05),
}


@dataclass(frozen=True, kw_only=True)
class Made:
    """One public post."""

    remote_id: str
    text: str
    at: datetime  # when it was made, on our clock
    answers: str = ""  # the post it answers, by its name there


@dataclass(frozen=True, kw_only=True)
class Request:
    """What came in."""

    method: str
    path: str
    query: dict[str, str]
    headers: dict[str, str]  # names in lower case
    body: bytes

    @property
    def token(self) -> str:
        return self.headers.get("authorization", "").removeprefix("Bearer ")

    def data(self) -> Any:
        return json.loads(self.body or b"null")

    def parts(self) -> dict[str, bytes]:
        """The parts of a form with files, by their names, in order."""
        boundary, parts = self.headers["content-type"].partition("boundary=")[2].encode(), {}
        for part in self.body.split(b"--" + boundary)[1:-1]:
            head, _, content = part.partition(b"\r\n\r\n")
            name = re.search(rb'name="([^"]+)"', head)
            assert name, head
            parts[name[1].decode()] = content.removesuffix(b"\r\n")
        return parts


@dataclass(frozen=True, kw_only=True)
class Answer:
    """What goes out."""

    status: int = 200
    data: Any = None
    headers: dict[str, str] = field(default_factory=dict)
    content: bytes | None = None  # instead of `data`
    media_type: str = "application/json"


class Refused(Exception):
    """The server does not do it."""

    def __init__(self, status: int, data: Any, **headers: str) -> None:
        super().__init__(data)
        self.answer = Answer(status=status, data=data, headers=headers)


class Strict:
    """One server. A network says which requests there are (`routes`) and how it words a refusal (`refusal`)."""

    def __init__(self, clock: Clock) -> None:
        self.clock = clock
        self.ahead_s = 0.0  # of the server's clock
        self.url = ""
        self.faults_known = FAULTS
        self.faults: dict[str, list[str]] = {}
        self.hidden_until: dict[str, float] = {}  # reading back shows a post only from then on, on the passed clock
        self.delay_s = 0.0  # how long the next post stays hidden from its own lists
        self.met: list[str] = []
        self.lock = threading.Lock()

    @property
    def slug(self) -> str:
        """The channel that speaks to such a server."""
        return type(self).__name__.lower()

    def routes(self) -> list[tuple[str, str, str, Callable[..., Answer]]]:
        """(method, pattern of the path, kind, what answers)."""
        raise NotImplementedError

    def refusal(self, status: int, words: str) -> Any:
        """The body of an error."""
        raise NotImplementedError

    def held_back(self) -> Answer:
        """How it says that there were too many requests, without a word on when there may be more."""
        return Answer(status=429, data=self.refusal(429, "Too many requests"))

    def public(self) -> list[Made]:
        """Every post that the public sees."""
        raise NotImplementedError

    def known_as(self, remote_id: str) -> str:
        """The name in `public` of a post that the server may have told by another one."""
        return remote_id

    def end_tokens(self) -> None:
        """From now on what was signed in has to sign in again."""
        raise NotImplementedError

    def now(self) -> datetime:
        return self.clock.now() + timedelta(seconds=self.ahead_s)

    def by_our_clock(self, moment: datetime) -> datetime:
        return moment - timedelta(seconds=self.ahead_s)

    def order(self, kind: str, fault: str) -> None:
        self.faults.setdefault(kind, []).append(fault)

    def heal(self) -> None:
        """No more faults."""
        self.faults.clear()

    def is_shown(self, name: str) -> bool:
        return self.clock.monotonic() >= self.hidden_until.get(name, 0)

    def hide(self, name: str) -> None:
        if self.delay_s:
            self.hidden_until[name], self.delay_s = self.clock.monotonic() + self.delay_s, 0.0

    def fault_for(self, kind: str) -> str:
        for asked in (kind, "any"):
            if self.faults.get(asked):
                self.met.append(f"{asked}:{self.faults[asked][0]}")
                return self.faults[asked].pop(0)
        return ""

    def refuse_unknown(self, given: Any, known: set[str], where: str) -> None:
        if not isinstance(given, dict):
            raise Refused(400, self.refusal(400, f"{where} is no object"))
        if extra := sorted(given.keys() - known):
            raise Refused(400, self.refusal(400, f"{where} has unknown fields: {', '.join(extra)}"))

    def handle(self, request: Request) -> tuple[str, Callable[[], Answer]]:
        """The kind of the request, and what makes its answer."""
        for method, pattern, kind, work in self.routes():
            match = re.fullmatch(pattern, request.path)
            if method == request.method and match:
                return kind, partial(work, request, *match.groups())
        missing = Refused(404, self.refusal(404, f"no such method: {request.method} {request.path}"))
        return "none", lambda: missing.answer


# Of a server that takes files before the post that shows them.
WITH_FILES = {
    **FAULTS,
    "upload": ((*FAULTS["upload"][0], "drop_after", "error_after", "forgets"), 0.3),
    "look": (("drop_before", "error_before", "garbled", "busy"), 0.2),
}


class KeepsFiles(Strict):
    """One that takes files first, and throws those away that no post shows when it is ordered to."""

    def __init__(self, clock: Clock) -> None:
        super().__init__(clock)
        self.faults_known = WITH_FILES
        self.files: dict[str, dict[str, Any]] = {}
        self.looks = 0  # how often a film is still being prepared
        self.forgets_left = 2  # one that never keeps a file is given up after three tries
        self.refuses_twins = True  # the same words twice

    def shown_files(self) -> set[str]:
        """Those that a post shows."""
        raise NotImplementedError

    def order(self, kind: str, fault: str) -> None:
        if fault != "forgets":
            super().order(kind, fault)
        elif self.forgets_left:
            self.forgets_left -= 1
            self.met.append(fault)
            shown = self.shown_files()
            self.files = {name: file for name, file in self.files.items() if name in shown}


def _refused(server: Strict, fault: str) -> Answer | None:
    """The answer of a server that did nothing."""
    if fault == "error_before":
        return Answer(status=503, data=server.refusal(503, "Service unavailable"))
    if fault == "trouble_before":
        return Answer(status=400, data=server.refusal(500, "An unknown error occurred"))
    if fault == "busy":
        return server.held_back()
    if fault == "busy_for":
        return Answer(status=429, data=server.refusal(429, "Too many requests"), headers={"Retry-After": "40"})
    return None


def _act(server: Strict, request: Request, fault: str, work: Callable[[], Answer]) -> Answer | None:
    """The answer, or None for a line that is cut."""
    if fault in ("drop_before", "reset_in_body"):
        return None
    if nothing_done := _refused(server, fault):
        return nothing_done
    if fault == "token_ends":
        server.end_tokens()
    try:
        with server.lock:
            answer = work()
    except Refused as refused:
        return refused.answer
    if fault == "drop_after":
        return None
    if fault in ("error_after", "trouble_after"):
        status = 500 if fault == "error_after" else 400
        return Answer(status=status, data=server.refusal(500, "Something went wrong on our end"))
    if fault == "lie":
        return Answer(data=server.refusal(200, "An error inside a good answer"))
    if fault == "garbled":
        return Answer(content=b"<html>a gateway's page</html>", media_type="text/html")
    return answer


class _Handler(BaseHTTPRequestHandler):
    """One exchange a connection, so that a cut line is one fault and no more."""

    protocol_version = "HTTP/1.1"
    server: "_Listener"

    def log_message(self, *args: Any) -> None:
        pass

    def serve(self) -> None:
        self.close_connection = True
        parts = urlsplit(self.path)
        query = {name: values[0] for name, values in parse_qs(parts.query).items()}
        headers = {name.lower(): value for name, value in self.headers.items()}
        start = Request(method=self.command, path=parts.path, query=query, headers=headers, body=b"")
        strict = self.server.strict
        kind, _work = strict.handle(start)
        fault = strict.fault_for(kind)
        size = int(headers.get("content-length", 0))
        if fault in ("reset_in_body", "slow_upload"):
            self.rfile.read(min(size, 100))
            return self.stall() if fault == "slow_upload" else self.cut()
        body = self.rfile.read(size) if size else self.chunks(headers)
        request = Request(method=self.command, path=parts.path, query=query, headers=headers, body=body)
        answer = _act(strict, request, fault, strict.handle(request)[1])
        if fault == "slow_answer":
            return self.stall()
        return self.cut() if answer is None else self.say(answer)

    do_GET = do_POST = do_DELETE = do_PUT = do_PATCH = serve  # noqa: N815 - the names the library calls

    def chunks(self, headers: dict[str, str]) -> bytes:
        """A body whose length was not told."""
        parts = []
        if "chunked" in headers.get("transfer-encoding", ""):
            while size := int(self.rfile.readline(), 16):
                parts.append(self.rfile.read(size))
                self.rfile.readline()
        return b"".join(parts)

    def say(self, answer: Answer) -> None:
        content = answer.content if answer.content is not None else json.dumps(answer.data).encode()
        self.send_response_only(answer.status)
        told = {
            "Date": format_datetime(self.server.strict.now()),
            "Content-Type": answer.media_type,
            "Connection": "close",
        }
        for name, value in {**told, "Content-Length": str(len(content)), **answer.headers}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(content)

    def stall(self) -> None:
        """Says nothing until the other side has lost its patience."""
        self.connection.settimeout(SLOW_S)
        try:
            while self.connection.recv(1 << 16):
                pass
        except OSError:
            pass

    def cut(self) -> None:
        self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.connection.close()


class _Listener(ThreadingHTTPServer):
    """The door of one strict server."""

    daemon_threads, block_on_close = True, False

    def __init__(self, strict: Strict) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.strict = strict

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A line that the other side cut is what this is about."""

    def shutdown_request(self, request: Any) -> None:
        try:
            super().shutdown_request(request)
        except OSError:
            request.close()


@contextmanager
def serving(server: Strict) -> Iterator[Strict]:
    """The server at its address."""
    listener = _Listener(server)
    server.url = f"http://127.0.0.1:{listener.server_address[1]}"
    thread = threading.Thread(target=listener.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield server
    finally:
        listener.shutdown()
        listener.server_close()
        thread.join()

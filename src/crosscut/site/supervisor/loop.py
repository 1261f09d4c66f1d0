"""The supervisor's loop: it sleeps until a child prints or dies, the database dies, a pause ends or a signal comes."""

import os
import selectors
import signal
import socket
import time
from collections.abc import Iterator
from contextlib import contextmanager

from crosscut.site.embedded.server import Server
from crosscut.site.supervisor.child import Child
from crosscut.site.supervisor.events import Event, Tell

STOP_WITHIN_S = 15.0  # a worker gives its jobs 10 s; what is not done by then is taken up at the next start
OTHERS_WAIT_S = 10.0  # the first part has the processors to itself until it answers, or for this long
LOOK_AGAIN_S = 1.0  # where the system cannot report the database's end, how often to look
STOP_SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


class Loop:
    """Keeps children and database running until a signal asks to stop."""

    def __init__(self, children: list[Child], server: Server | None, tell: Tell) -> None:
        """Nothing is started. `server` is None when the database is somebody else's."""
        self.children = children
        self._server = server
        self._tell = tell
        self._selector = selectors.DefaultSelector()
        self._pidfd: int | None = None
        self._asked_to_stop = 0

    def run(self, door: socket.socket) -> None:
        """Start the first part, then the others, keep all running, stop them when asked. `door` is the first's."""
        with self._signals(), self._knock(door):
            self._watch_database()
            self._start(self.children[0])
            for child in self.children[1:]:
                child.start_at = time.monotonic() + OTHERS_WAIT_S
            try:
                while not self._asked_to_stop:
                    self._wait(self._next_start_in_s())
                    self._mend()
            finally:
                self._stop_children()

    def _start(self, child: Child) -> None:
        self._selector.register(child.start(), selectors.EVENT_READ, child)
        self._tell(Event(kind="child.started", message=f"{child.plan.name} started.", values=_facts(child)))

    def _wait(self, at_most_s: float | None) -> None:
        for key, _ in self._selector.select(at_most_s):
            if isinstance(key.data, Child):
                if not key.data.drain():
                    self._selector.unregister(key.fileobj)
            elif callable(key.data):
                key.data()

    def _next_start_in_s(self) -> float | None:
        waits = [child.start_at - time.monotonic() for child in self.children if child.start_at is not None]
        if self._server is not None and self._pidfd is None:
            waits.append(LOOK_AGAIN_S)
        return max(0.0, min(waits)) if waits else None

    def _mend(self) -> None:
        if self._asked_to_stop:
            return
        if self._server is not None and self._server.pid is None:
            self._restart_database(self._server)
        for child in self.children:
            if (code := self._ended_with(child)) is not None:
                facts = {**_facts(child), "code": code}
                self._tell(Event(kind="child.ended", message=_obituary(child, code), values=facts))
            if child.start_at is not None and child.start_at <= time.monotonic():
                self._start(child)

    def _ended_with(self, child: Child) -> int | None:
        """The same of the child, whose pipe is not watched any more then.

        Whether it died is asked once: a pipe that is closed and still watched lends its number to the next one.
        """
        if not child.has_died():
            return None
        for key in [key for key in self._selector.get_map().values() if key.data is child]:
            self._selector.unregister(key.fileobj)
        return child.ended_with()

    def _restart_database(self, server: Server) -> None:
        self._tell(Event(kind="database.ended", message="PostgreSQL has ended; it is started again."))
        if self._pidfd is not None:
            self._selector.unregister(self._pidfd)
            os.close(self._pidfd)
            self._pidfd = None
        server.start()
        self._watch_database()
        self._tell(Event(kind="database.ready", message="PostgreSQL is back.", values={"pid": server.pid}))

    def _watch_database(self) -> None:
        pid = self._server.pid if self._server else None
        if pid is not None and hasattr(os, "pidfd_open"):
            self._pidfd = os.pidfd_open(pid)
            self._selector.register(self._pidfd, selectors.EVENT_READ, "database")

    def _stop_children(self) -> None:
        self._tell(Event(kind="stopping", message="Stopping. Work under way gets a moment to finish."))
        for child in self.children:
            child.ask_to_stop()
        until = time.monotonic() + STOP_WITHIN_S
        while any(child.pid for child in self.children):
            if self._asked_to_stop > 1 or time.monotonic() > until:
                for child in self.children:
                    child.signal_all(signal.SIGKILL)
            self._wait(0.2)
            for child in self.children:
                self._ended_with(child)

    @contextmanager
    def _knock(self, door: socket.socket) -> Iterator[None]:
        """Send one request to the desk. It waits in the socket's queue until the web server is up: no asking again."""
        visitor = socket.create_connection(door.getsockname())
        visitor.sendall(b"GET /health HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n")

        def answered() -> None:
            self._selector.unregister(visitor)
            for child in self.children:
                if child.pid is None:
                    self._start(child)
            said = visitor.recv(64).decode("latin-1").split("\r\n")[0]
            self._tell(Event(kind="web.answers", message="The desk answers.", values={"said": said}))

        self._selector.register(visitor, selectors.EVENT_READ, answered)
        try:
            yield
        finally:
            visitor.close()

    @contextmanager
    def _signals(self) -> Iterator[None]:
        """Signals wake the loop through a socket; they interrupt nothing."""
        ours, theirs = socket.socketpair()
        for end in (ours, theirs):
            end.setblocking(False)
        self._selector.register(ours, selectors.EVENT_READ, lambda: ours.recv(64))
        before = {number: signal.signal(number, self._on_stop_signal) for number in STOP_SIGNALS}
        before[signal.SIGCHLD] = signal.signal(signal.SIGCHLD, lambda number, frame: None)
        woken = signal.set_wakeup_fd(theirs.fileno(), warn_on_full_buffer=False)
        try:
            yield
        finally:
            signal.set_wakeup_fd(woken)
            for number, handler in before.items():
                signal.signal(number, handler)
            self._selector.close()
            ours.close()
            theirs.close()

    def _on_stop_signal(self, number: int, frame: object) -> None:
        self._asked_to_stop += 1


def _facts(child: Child) -> dict[str, object]:
    return {"name": child.plan.name, "pid": child.pid, "restarts": child.restarts}


def _obituary(child: Child, code: int) -> str:
    how = f"was ended by signal {-code}" if code < 0 else f"ended with code {code}"
    wait_s = max(0.0, (child.start_at or 0) - time.monotonic())
    return f"{child.plan.name} {how}; it is started again in {wait_s:.1f} s. Its log: {child.journal.path}"

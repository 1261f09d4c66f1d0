"""A supervisor in a process of its own, killed in every way there is."""

import contextlib
import json
import os
import queue
import shutil
import signal
import socket
import subprocess
import sys
import threading
import time
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from crosscut.site.embedded.place import place_of
from crosscut.site.embedded.processes import ends_with_parent, postmaster_of
from crosscut.site.supervisor import state

WITHIN_S = 180  # a first start migrates an empty database


class Supervised:
    """One started supervisor, and what it has said."""

    def __init__(self, command: list[str], environment: dict[str, str]) -> None:
        self.process = subprocess.Popen(
            command,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            env=environment,
            text=True,
            start_new_session=True,
            preexec_fn=ends_with_parent(signal.SIGTERM),  # a test run that is cut short leaves nothing running
        )
        self.said: list[str] = []
        self._events: queue.Queue[dict[str, object] | None] = queue.Queue()
        self._ear = threading.Thread(target=self._listen, daemon=True)
        self._ear.start()

    def until(self, kind: str, **values: object) -> dict[str, object]:
        """The next event of that kind with those values."""
        until = time.monotonic() + WITHIN_S
        while True:
            event = self._events.get(timeout=max(0.1, until - time.monotonic()))
            if event is None:
                pytest.fail(f"It ended before {kind}: {self.said[-8:]}")
            if event["kind"] == kind and values.items() <= event["values"].items():
                return event

    def end(self, number: signal.Signals) -> int:
        """Send that signal; its exit code when it has ended."""
        self.process.send_signal(number)
        code = self.process.wait(WITHIN_S)
        self.close()
        return code

    def close(self) -> None:
        self._ear.join(WITHIN_S)
        self.process.stdout.close()

    def _listen(self) -> None:
        for line in self.process.stdout:
            self.said.append(line)
            if line.startswith("{"):
                self._events.put(json.loads(line))
        self._events.put(None)


class Site:
    """One installation and the supervisors started for it."""

    def __init__(self, home: Path, port: int) -> None:
        self.home, self.port = home, port
        self.place = place_of(home, [Path("/tmp")])
        self.started: list[Supervised] = []

    def start(self, *, workers: int = 1, **environment: str) -> Supervised:
        command = [sys.executable, "-m", "tests.faults.supervised", str(self.home), str(self.port), str(workers)]
        return self.run(command, environment)

    def run(self, command: list[str], environment: dict[str, str]) -> Supervised:
        without = {name: value for name, value in os.environ.items() if name != "DATABASE_URL"}
        supervised = Supervised(command, {**without, "CROSSCUT_HOME": str(self.home), **environment})
        self.started.append(supervised)
        return supervised

    def state(self) -> state.State:
        found = state.last(self.home)
        assert found
        return found

    def pid(self, name: str) -> int:
        return next(child.pid for child in self.state().children if child.name == name and child.pid)

    def database_pid(self) -> int | None:
        running = postmaster_of(self.place.data)
        return running.pid if running else None

    def answers(self) -> bool:
        with urllib.request.urlopen(self.state().desk_url, timeout=WITHIN_S) as answer:
            return answer.status == 200


@contextlib.contextmanager
def site_in(folder: Path) -> Iterator[Site]:
    """An installation of which nothing is left afterwards."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    site = Site(folder / "home", port)
    try:
        yield site
    finally:
        for supervised in site.started:
            if supervised.process.poll() is None:
                supervised.end(signal.SIGTERM)
            supervised.close()
        if pid := site.database_pid():
            os.kill(pid, signal.SIGQUIT)
        if site.place.folder != site.home / "db":
            shutil.rmtree(site.place.folder, ignore_errors=True)


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Site]:
    with site_in(tmp_path) as site:
        yield site


@pytest.fixture
def is_gone() -> Callable[[int], bool]:
    """Whether a process has ended, waiting a moment for it."""

    def gone(pid: int) -> bool:
        for _ in range(200):
            try:
                if Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] == "Z":
                    return True
            except OSError:
                return True
            time.sleep(0.05)
        return False

    return gone

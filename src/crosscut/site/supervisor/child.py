"""One part of the product as a child process: started, started again when it dies, stopped with all it started."""

import contextlib
import os
import signal
import subprocess
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from crosscut.site.embedded.processes import ends_with_parent
from crosscut.site.supervisor.journal import Journal

FIRST_PAUSE_S = 0.25
LONGEST_PAUSE_S = 30.0
STEADY_AFTER_S = 60.0  # a child that lived this long is well: its next death is a first one again


@dataclass(frozen=True, kw_only=True)
class Plan:
    """How to start one part."""

    name: str  # "web", "worker-1", "ticker"
    command: list[str]  # the program and its arguments
    environment: Mapping[str, str] = field(default_factory=dict)  # beyond ours
    lent: tuple[int, ...] = ()  # open files it gets under the same numbers


def pause_after(deaths: int) -> float:
    """How many seconds to wait before starting a child that died so many times in a row.

    >>> [pause_after(deaths) for deaths in (1, 2, 3, 20)]
    [0.25, 0.5, 1.0, 30.0]
    """
    return min(FIRST_PAUSE_S * 2.0 ** min(deaths - 1, 30), LONGEST_PAUSE_S)


class Child:
    """One part, alive or waiting for its next start."""

    def __init__(self, plan: Plan, log_folder: Path) -> None:
        """Nothing is started. What the child prints goes to `<log_folder>/<name>.log`."""
        self.plan = plan
        self.journal = Journal(log_folder / f"{plan.name}.log")
        self.restarts = 0
        self.start_at: float | None = None  # on the monotonic clock; None while it runs
        self._process: subprocess.Popen[bytes] | None = None
        self._started_at = 0.0
        self._deaths = 0

    @property
    def pid(self) -> int | None:
        """Its process number while it runs."""
        return self._process.pid if self._process else None

    def start(self) -> int:
        """Start it. What comes back is the number of the pipe its output arrives in."""
        self._process = subprocess.Popen(
            self.plan.command,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            env={**os.environ, **self.plan.environment},
            pass_fds=self.plan.lent,
            start_new_session=True,  # Ctrl-C is for the supervisor, which stops its children in order
            preexec_fn=ends_with_parent(signal.SIGTERM),  # one system call; the supervisor has one thread
        )
        self._started_at = time.monotonic()
        self.start_at = None
        assert self._process.stdout is not None  # noqa: S101 (for the type checker: stdout=PIPE)
        os.set_blocking(self._process.stdout.fileno(), False)
        return self._process.stdout.fileno()

    def drain(self) -> bool:
        """Move what it printed to its journal. False when the pipe is at its end."""
        if self._process is None or self._process.stdout is None:
            return False
        with contextlib.suppress(BlockingIOError):
            while output := os.read(self._process.stdout.fileno(), 65_536):
                self.journal.write(output)
            return False
        return True

    def has_died(self) -> bool:
        """Whether it has died since it was started."""
        return self._process is not None and self._process.poll() is not None

    def ended_with(self) -> int | None:
        """The exit code of a child that has died since it was started, once; None while it lives or waits.

        All that it had started itself is ended too, and its next start is set.
        """
        if self._process is None or (code := self._process.poll()) is None:
            return None
        self.signal_all(signal.SIGKILL)
        self.drain()
        self._close()
        is_steady = time.monotonic() - self._started_at > STEADY_AFTER_S
        self._deaths = 1 if is_steady else self._deaths + 1
        self.restarts += 1
        self.start_at = time.monotonic() + pause_after(self._deaths)
        return code

    def signal_all(self, number: signal.Signals) -> None:
        """Send a signal to it and to all that it started."""
        if self._process is not None:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(self._process.pid, number)

    def ask_to_stop(self) -> None:
        """Ask it, and only it, to finish what it does and end."""
        self.start_at = None
        if self._process is not None:
            with contextlib.suppress(ProcessLookupError):
                os.kill(self._process.pid, signal.SIGTERM)

    def _close(self) -> None:
        if self._process is not None and self._process.stdout is not None:
            self._process.stdout.close()
        self._process = None

"""Which server processes hold a data folder: told by what they really have open, not by a number in a file.

A process number in `postmaster.pid` may belong to something else by now (after a restart of the machine or container).
PostgreSQL's processes work inside their data folder, so that is what is looked at.
"""

import contextlib
import ctypes
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

PROC = Path("/proc")
PR_SET_PDEATHSIG = 1  # linux/prctl.h
_libc = ctypes.CDLL(None, use_errno=True) if sys.platform == "linux" else None


@dataclass(frozen=True, kw_only=True)
class Postmaster:
    """A running server's first process."""

    pid: int  # its process number
    socket_folder: str  # where it listens, as it wrote it down; empty while it starts


def postmaster_of(data: Path) -> Postmaster | None:
    """The server that runs on this data folder now; None when there is none, whatever `postmaster.pid` says."""
    try:
        lines = (data / "postmaster.pid").read_text().splitlines()
        pid = int(lines[0])
    except (FileNotFoundError, IndexError, ValueError):
        return None
    if not works_in(pid, data):
        return None
    return Postmaster(pid=pid, socket_folder=lines[4] if len(lines) > 4 else "")


def works_in(pid: int, data: Path) -> bool:
    """Whether that process lives and works on this data folder."""
    if PROC.is_dir():
        try:
            return (PROC / str(pid) / "cwd").samefile(data) and _state(pid) != "Z"
        except OSError:
            return False
    told = subprocess.run(["ps", "-o", "args=", "-p", str(pid)], capture_output=True, text=True, check=False).stdout
    return str(data) in told


def end_leftovers(data: Path) -> None:
    """End what a killed server left running on this data folder. Only call when its postmaster is gone.

    Without this the next start is refused for seconds, until each leftover has noticed by itself.
    """
    for pid in _working_in(data):
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, signal.SIGQUIT)
    wait_until(lambda: not list(_working_in(data)), timeout_s=10)


def forget(data: Path, socket: Path) -> None:
    """Remove the lock files of a server that is gone, so that a stranger's process of that number is no obstacle."""
    if postmaster_of(data) is None and not list(_working_in(data)):
        (data / "postmaster.pid").unlink(missing_ok=True)
        socket.with_name(f"{socket.name}.lock").unlink(missing_ok=True)


def wait_until(is_so: Callable[[], bool], *, timeout_s: float, pause_s: float = 0.02) -> bool:
    """Whether it came to be so in time."""
    until = time.monotonic() + timeout_s
    while not is_so():
        if time.monotonic() > until:
            return False
        time.sleep(pause_s)
    return True


def ends_with_parent(stop: signal.Signals) -> Callable[[], None]:
    """A `preexec_fn` after which the kernel sends `stop` to the child when the thread that started it ends (Linux)."""
    parent = os.getpid()

    def leash() -> None:
        if _libc is not None:
            _libc.prctl(PR_SET_PDEATHSIG, stop.value)
            if os.getppid() != parent:  # it ended before we were leashed
                os.kill(os.getpid(), stop)

    return leash


def _state(pid: int) -> str:
    return (PROC / str(pid) / "stat").read_text().rpartition(")")[2].split()[0]


def _working_in(data: Path) -> Iterator[int]:
    if not PROC.is_dir():
        return
    for entry in PROC.iterdir():
        if entry.name.isdigit() and works_in(int(entry.name), data) and _is_postgres(int(entry.name)):
            yield int(entry.name)


def _is_postgres(pid: int) -> bool:
    with contextlib.suppress(OSError):
        return (PROC / str(pid) / "comm").read_text().strip() == "postgres"
    return False

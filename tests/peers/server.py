"""Starting a program as a server on loopback, and being sure that it is gone afterwards."""

import contextlib
import os
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path

import httpx

KEEPER = Path(__file__).with_name("keeper.py")
START_S = 240  # the slowest peer was seen to take 43 s on a machine busy with other work


class NotStarted(Exception):
    """A server that was there to be started and did not come up. The message ends with the last lines of its log."""


def free_ports(count: int) -> tuple[int, ...]:
    """Ports nobody listens on now, all different."""
    with contextlib.ExitStack() as stack:
        sockets = [stack.enter_context(socket.socket()) for _ in range(count)]
        for listener in sockets:
            listener.bind(("127.0.0.1", 0))
        return tuple(listener.getsockname()[1] for listener in sockets)


@contextlib.contextmanager
def server(
    command: Sequence[str | Path],
    *,
    log: Path,
    is_ready: Callable[[], bool],
    cwd: Path | None = None,
    env: Mapping[str, str] | None = None,
) -> Iterator[None]:
    """The program runs, and answers, for as long as the block does."""
    with log.open("wb") as output:
        keeper = subprocess.Popen(
            [sys.executable, "-I", "-S", KEEPER, *command],
            stdin=subprocess.PIPE,
            stdout=output,
            stderr=subprocess.STDOUT,
            cwd=cwd or log.parent,
            env={**os.environ, **(env or {})},
        )
    try:
        _wait(keeper, is_ready, log)
        yield
    finally:
        assert keeper.stdin
        keeper.stdin.close()
        try:
            keeper.wait(timeout=15)
        except subprocess.TimeoutExpired:
            keeper.terminate()
            keeper.wait(timeout=15)


def _wait(keeper: "subprocess.Popen[bytes]", is_ready: Callable[[], bool], log: Path) -> None:
    deadline = time.monotonic() + START_S
    while not is_ready():
        if keeper.poll() is not None or time.monotonic() > deadline:
            last_lines = "\n".join(log.read_text(errors="replace").splitlines()[-20:])
            raise NotStarted(f"{log.stem} did not come up:\n{last_lines}")
        time.sleep(0.05)


def answers(url: str) -> Callable[[], bool]:
    """Whether anything below 500 comes back from this address."""

    def is_there() -> bool:
        try:
            return httpx.get(url, timeout=10, trust_env=False).status_code < 500
        except httpx.HTTPError:
            return False

    return is_there

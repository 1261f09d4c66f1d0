"""A process of ours that answers one request after another: for engines that take longer to start than to answer.

It runs a module of `crosscut.media.inside` (`inside.answering`), has no network, and ends when ours does. Foreign files
are not for it: what it is given was drawn in a capped child before.
"""

import json
import os
import select
import subprocess
import sys
import time
from dataclasses import dataclass
from threading import Lock
from types import TracebackType
from typing import Any, TypeVar

from crosscut.kernel.errors import Unavailable
from crosscut.kernel.phrases import phrase
from crosscut.media import capped

STARTS_IN_S = 60.0  # reading a large model from a slow disk
ANSWERS_IN_S = 120.0
_CHUNK_BYTES = 1 << 20
Self = TypeVar("Self", bound="Partner")


@dataclass(frozen=True, kw_only=True)
class Answer:
    """What it said."""

    told: dict[str, Any]
    raw: bytes  # what came behind, `told["size_bytes"]` of them


class Partner:
    """The process. Close it, or use it in a `with` statement."""

    def __init__(self, module: str, argument: str = "") -> None:
        self.owner = os.getpid()
        self._lock = Lock()
        self._has_answered = False
        self._process = subprocess.Popen(
            [sys.executable, "-P", "-m", f"crosscut.media.inside.{module}", argument],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            bufsize=0,
            env=capped.environment(),
            start_new_session=True,  # a Ctrl-C in the terminal is for us
        )

    def __enter__(self: Self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def is_usable(self) -> bool:
        """Whether it is this process's own and runs."""
        return self.owner == os.getpid() and self._process.poll() is None

    def close(self) -> None:
        """Ends the process."""
        if self.owner != os.getpid():
            return
        self._process.kill()
        self._process.wait()
        for pipe in (self._process.stdin, self._process.stdout):
            if pipe:
                pipe.close()

    def ask(self, request: dict[str, Any], payload: bytes = b"") -> Answer:
        """What it answers to the request and the bytes behind it. Raises Unavailable, and is then closed."""
        with self._lock:
            deadline_s = time.monotonic() + (ANSWERS_IN_S if self._has_answered else ANSWERS_IN_S + STARTS_IN_S)
            try:
                told = json.loads(self._exchanged(json.dumps(request).encode() + b"\n" + payload, deadline_s))
                answer = Answer(told=told, raw=self._read(int(told.get("size_bytes", 0)), deadline_s))
            except (OSError, EOFError, ValueError, AttributeError) as fault:
                self.close()
                raise Unavailable(phrase("The model gave no answer; try again."), after_s=5) from fault
            self._has_answered = True
            return answer

    def _exchanged(self, request: bytes, deadline_s: float) -> bytes:
        """The first line of what it answers."""
        assert self._process.stdin  # noqa: S101 - it was asked for
        view = memoryview(request)
        while view:
            view = view[self._process.stdin.write(view) or 0 :]
        line = b""
        while not line.endswith(b"\n"):
            line += self._read(1, deadline_s)
            if len(line) > _CHUNK_BYTES:
                raise ValueError("no end of line")
        return line

    def _read(self, count: int, deadline_s: float) -> bytes:
        assert self._process.stdout  # noqa: S101 - it was asked for
        heard = bytearray()
        while len(heard) < count:
            left_s = deadline_s - time.monotonic()
            if left_s <= 0 or not select.select([self._process.stdout], [], [], left_s)[0]:
                raise TimeoutError("no answer in time")
            chunk = self._process.stdout.read(min(count - len(heard), _CHUNK_BYTES))
            if not chunk:
                raise EOFError("the process ended")
            heard += chunk
        return bytes(heard)

"""The process in which a model runs, from outside: pixels and words in, vectors out."""

import atexit
import base64
import json
import os
import select
import subprocess
import sys
import time
from collections.abc import Sequence
from threading import Lock
from types import TracebackType
from typing import Any

import numpy as np
import numpy.typing as npt

from crosscut.kernel.errors import Invalid, Unavailable, Unsupported
from crosscut.kernel.phrases import phrase
from crosscut.kernel.records import as_data
from crosscut.media import capped
from crosscut.media.meaning.models import Model
from crosscut.media.meaning.views import View

STARTS_IN_S = 60.0  # reading a large model from a slow disk
ANSWERS_IN_S = 120.0
_CHUNK_BYTES = 1 << 20
Vectors = npt.NDArray[np.float32]  # a row of length 1 for each


class Towers:
    """The process that turns pictures and words into vectors, one request at a time. It reads a tower at its first use.

    Close it, or use it in a `with` statement.
    """

    def __init__(self, model: Model) -> None:
        self.model = model
        self.owner = os.getpid()
        self._lock = Lock()
        self._has_answered = False
        self._process = subprocess.Popen(
            [sys.executable, "-P", "-m", "crosscut.media.inside.towers", json.dumps(as_data(model))],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            bufsize=0,
            env=capped.environment(),
            start_new_session=True,  # a Ctrl-C in the terminal is for us
        )

    def __enter__(self) -> "Towers":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def is_usable(self) -> bool:
        """Whether it is this process's own and runs."""
        return self.owner == os.getpid() and self._process.poll() is None

    def of_texts(self, texts: Sequence[str]) -> Vectors:
        """A vector for each text, of which the model reads the first `most_tokens`. Raises Unavailable, Unsupported."""
        return self._ask({"texts": list(texts)}, b"", len(texts))

    def of_pictures(self, seen: Sequence[View]) -> Vectors:
        """A vector for each view. Raises Unavailable, Unsupported."""
        pixels = b"".join(base64.b64decode(view.rgb) for view in seen)
        if len(pixels) != len(seen) * self.model.side_px**2 * 3:
            raise Invalid(phrase("These views were drawn for another model."))
        return self._ask({"pictures": len(seen)}, pixels, len(seen))

    def close(self) -> None:
        """Ends the process."""
        if self.owner != os.getpid():
            return
        self._process.kill()
        self._process.wait()
        for pipe in (self._process.stdin, self._process.stdout):
            if pipe:
                pipe.close()

    def _ask(self, request: dict[str, Any], payload: bytes, count: int) -> Vectors:
        with self._lock:
            deadline_s = time.monotonic() + (ANSWERS_IN_S if self._has_answered else ANSWERS_IN_S + STARTS_IN_S)
            try:
                head = self._exchanged(json.dumps(request).encode() + b"\n" + payload, deadline_s)
                answer = json.loads(head)
                if "error" in answer:
                    raise Unsupported(phrase("The model cannot be used: {error}", error=str(answer["error"])[:500]))
                rows, width = (int(number) for number in answer["shape"])
                raw = self._read(rows * width * 4, deadline_s)
            except (OSError, EOFError, ValueError, KeyError, TypeError) as fault:
                self.close()
                raise Unavailable(phrase("The model gave no answer; try again."), after_s=5) from fault
            self._has_answered = True
        if rows != count:
            raise Unsupported(phrase("The model cannot be used: {error}", error=f"{rows} vectors for {count}"))
        return np.frombuffer(raw, "<f4").reshape(rows, width)

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


def standing(model: Model) -> Towers:
    """The towers of this process, kept for what somebody waits for: starting them takes a second or two."""
    global _standing
    with _standing_lock:
        if _standing is None or _standing.model != model or not _standing.is_usable():
            _end_unlocked()
            _standing = Towers(model)
        return _standing


@atexit.register
def end_standing() -> None:
    """Ends the kept towers; the next use starts others."""
    with _standing_lock:
        _end_unlocked()


def _end_unlocked() -> None:
    global _standing
    if _standing is not None:
        _standing.close()
        _standing = None


_standing: Towers | None = None
_standing_lock = Lock()

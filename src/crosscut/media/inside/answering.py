"""What the processes share that answer one request after another (`media.partner`).

A request is a line of JSON, followed by bytes where the engine asks for some; an answer is a line of JSON and, where
it has `size_bytes`, so many bytes, or `{"error": "..."}`. The process ends with its input.
"""

import json
import resource
import sys
from collections.abc import Callable
from typing import Any, BinaryIO

from crosscut.media.capped_server import leave_network, refuse_outside

Answering = Callable[[dict[str, Any], BinaryIO], tuple[dict[str, Any], bytes]]


def serve(answer: Answering, *, memory_bytes: int) -> None:
    """Answers what comes in on the standard input, without network, with so much address space and no file to write."""
    leave_network()
    for kind, most in ((resource.RLIMIT_AS, memory_bytes), (resource.RLIMIT_FSIZE, 0), (resource.RLIMIT_CORE, 0)):
        resource.setrlimit(kind, (most, most))
    sys.addaudithook(refuse_outside)
    answers(answer, sys.stdin.buffer, sys.stdout.buffer)


def answers(answer: Answering, source: BinaryIO, target: BinaryIO) -> None:
    """Answers requests until there are no more."""
    for line in iter(source.readline, b""):
        try:
            told, raw = answer(json.loads(line), source)
        except Exception as fault:  # noqa: BLE001 - the loop of a worker: whatever is wrong with an engine is said
            told, raw = {"error": f"{type(fault).__name__}: {fault}"}, b""
        target.write(json.dumps(told).encode() + b"\n" + raw)
        target.flush()

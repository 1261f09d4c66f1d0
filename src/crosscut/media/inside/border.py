"""What a capped child may and may not do, asked from within: for tests and for `crosscut doctor`."""

import os
import resource
import socket
import time
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, kw_only=True)
class Border:
    """How closed the child is."""

    has_own_network: bool  # a network namespace where nothing but the loopback device exists
    can_make_sockets: bool
    memory_bytes: int  # the cap on its address space
    open_files: int
    niceness: int
    secrets: int  # environment variables that are not on the short list of what decoders need


def describe() -> Border:
    """What the child finds about itself."""
    expected = {"PATH", "HOME", "LANG", "TMPDIR", "FONTCONFIG_PATH", "LC_CTYPE"}
    expected |= {"OPENBLAS_NUM_THREADS", "MALLOC_ARENA_MAX", "VIPS_CONCURRENCY", "PYTHONPATH"}
    expected |= {"LD_LIBRARY_PATH"}  # set by OpenCV when it is imported, never ours
    return Border(
        has_own_network={name for _, name in socket.if_nameindex()} <= {"lo"},
        can_make_sockets=_can_make_sockets(),
        memory_bytes=resource.getrlimit(resource.RLIMIT_AS)[0],
        open_files=resource.getrlimit(resource.RLIMIT_NOFILE)[0],
        niceness=os.nice(0),
        secrets=len(set(os.environ) - expected),
    )


def _can_make_sockets() -> bool:
    try:
        socket.socket().close()
    except PermissionError:
        return False
    return True


def misbehave(path: Path, how: str) -> int:
    """Goes over one cap, for tests. How: "crash", "memory", "time", "cpu", "files", "write", "raise"."""
    match how:
        case "crash":
            os.kill(os.getpid(), 11)
        case "memory":
            return len(bytearray(1 << 40))
        case "time":
            time.sleep(600)
        case "cpu":
            while True:
                pass
        case "write":
            with path.open("wb") as file:
                return sum(file.write(bytes(1 << 20)) for _ in range(1 << 12))
        case "raise":
            raise RuntimeError("a decoder's own words")
    return 0

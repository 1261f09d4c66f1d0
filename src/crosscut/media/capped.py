"""Runs decoders where they can do no harm: in child processes with caps and without network.

    result = call("stills.facts:read", MediaFacts, path=path)      a function of crosscut.media.inside
    result = run([ffmpeg, ...], caps=RENDER, each_line=...)       a program

One small server process (`capped_server`) per process of ours is started at the first use and kept. It has the
decoders loaded and forks a fresh child for each call, so a call costs a few milliseconds and not the half second that
loading takes; we never fork ourselves, because we may have threads. When this process ends, however it ends, server
and children end too.

What crosses the border are JSON texts in both directions, checked against the types of the function: a child that was
taken over by a crafted file can lie about that file and do nothing else here.
"""

import atexit
import contextlib
import json
import os
import select
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, TypeVar

from pydantic import ValidationError

import crosscut
from crosscut.kernel import errors
from crosscut.kernel.errors import Cancelled, CrosscutError, Damaged, Problem, Unavailable
from crosscut.kernel.phrases import phrase, unpacked
from crosscut.kernel.progress import ShouldStop, never
from crosscut.kernel.records import as_data, from_data
from crosscut.media.caps import READ, Caps

Result = TypeVar("Result")

LISTEN_EVERY_MS = 100  # how soon a stop is noticed
OUTPUT_LIMIT_BYTES = 64 * 1024 * 1024  # more than any answer: a child that says more is stopped
KEPT_ENVIRONMENT = ("PATH", "HOME", "LANG", "TMPDIR", "FONTCONFIG_PATH")
REQUEST_LIMIT_BYTES = 100_000  # one packet of a Unix socket
STOP, PAUSE, GO_ON = b"s", b"p", b"g"  # the words that the server knows, of one byte each so that none is cut


@dataclass(frozen=True, kw_only=True)
class Ended:
    """How a child process ended and what it took."""

    exit_code: int | None  # None when a signal ended it
    signal: int | None
    reason: str  # "" by itself, "time" over its wall time, "stopped" because we said so
    cpu_s: float
    peak_memory_bytes: int  # resident


class _Server:
    """The process that forks the children; its socket is used by one thread at a time."""

    def __init__(self) -> None:
        self.owner = os.getpid()
        self.lock = threading.Lock()
        self.control, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        with theirs:
            self.process = subprocess.Popen(
                [sys.executable, "-P", "-m", "crosscut.media.capped_server", str(theirs.fileno())],
                pass_fds=[theirs.fileno()],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                env=environment(),
                start_new_session=True,  # a Ctrl-C in the terminal is for us, and we tell the children
            )

    def start(self, request: Mapping[str, Any]) -> tuple[socket.socket, socket.socket]:
        """The output and the status socket of a new child."""
        packet = json.dumps(request).encode()
        if len(packet) > REQUEST_LIMIT_BYTES:
            raise errors.Invalid(phrase("This is too much to hand to the media engine at once; put it in a file."))
        output, their_output = socket.socketpair()
        status, their_status = socket.socketpair()
        with their_output, their_status:
            try:
                with self.lock:
                    socket.send_fds(self.control, [packet], [their_output.fileno(), their_status.fileno()])
            except OSError:
                output.close()
                status.close()
                raise
        return output, status

    def close(self) -> None:
        self.control.close()
        if self.owner == os.getpid():
            self.process.wait()


_server: _Server | None = None
_server_lock = threading.Lock()


def environment() -> dict[str, str]:
    """What a decoder needs to know: no secrets of ours, and few memory arenas so that the caps mean something."""
    kept = {name: os.environ[name] for name in KEPT_ENVIRONMENT if name in os.environ}
    source = str(Path(crosscut.__file__).parents[1])
    fixed = {"OPENBLAS_NUM_THREADS": "1", "MALLOC_ARENA_MAX": "2", "VIPS_CONCURRENCY": "2", "PYTHONPATH": source}
    return kept | fixed


def _running_server() -> _Server:
    global _server
    with _server_lock:
        usable = _server and _server.owner == os.getpid() and _server.process.poll() is None
        if not usable:
            _close_unlocked()
            _server = _Server()
        if _server is None:  # cannot be: said for the type checker
            raise Unavailable(phrase("The media engine did not start."))
        return _server


def _close_unlocked() -> None:
    global _server
    if _server is not None:
        _server.close()
        _server = None


@atexit.register
def close() -> None:
    """Ends the server and every child of it. The next call starts another."""
    with _server_lock:
        _close_unlocked()


def server_pid() -> int:
    """The process id of the server, started if need be: for health checks and tests."""
    return _running_server().process.pid


def _start(request: Mapping[str, Any]) -> tuple[socket.socket, socket.socket]:
    try:
        return _running_server().start(request)
    except (BrokenPipeError, ConnectionError):  # it died since the last call: one fresh start
        close()
        return _running_server().start(request)


@dataclass(frozen=True, kw_only=True)
class _Asked:
    """What the caller wants of a child while it runs."""

    should_stop: ShouldStop
    should_pause: ShouldStop = never


def _listen(output: socket.socket, status: socket.socket, each: Callable[[bytes], None], asked: _Asked) -> None:
    """Hands on what the child says until it closes its mouth; asks for its end or its rest when that is wanted."""
    poller = select.poll()
    poller.register(output, select.POLLIN | select.POLLHUP)
    heard_bytes, told_to_stop, is_paused = 0, False, False
    while True:
        ready = poller.poll(LISTEN_EVERY_MS)
        if not told_to_stop and (heard_bytes > OUTPUT_LIMIT_BYTES or asked.should_stop()):
            _tell(status, STOP)
            told_to_stop = True
        if not told_to_stop and asked.should_pause() != is_paused:
            is_paused = not is_paused
            _tell(status, PAUSE if is_paused else GO_ON)
        if not ready:
            continue
        try:
            chunk = output.recv(65536)
        except ConnectionResetError:
            chunk = b""
        if not chunk:
            return
        heard_bytes += len(chunk)
        if not told_to_stop:
            each(chunk)


def _tell(status: socket.socket, word: bytes) -> None:
    """Says it to the child; one that ended in the same moment needs no word, and how it ended is read afterwards."""
    with contextlib.suppress(BrokenPipeError, ConnectionResetError):
        status.sendall(word)


def _ending(status: socket.socket) -> Ended:
    status.settimeout(10)
    try:
        text = status.recv(65536)
    except (TimeoutError, ConnectionResetError):
        text = b""
    if not text:
        raise Unavailable(phrase("The media engine's process ended unexpectedly; try again."), after_s=5)
    return from_data(Ended, json.loads(text))


def _run(request: Mapping[str, Any], each: Callable[[bytes], None], asked: _Asked) -> Ended:
    output, status = _start(request)
    with output, status:  # closing the status socket is what ends a child whose caller failed
        _listen(output, status, each, asked)
        ended = _ending(status)
    if asked.should_stop():
        raise Cancelled(phrase("Stopped on request."))
    return ended


def run(
    argv: Sequence[str],
    *,
    caps: Caps,
    cwd: Path | None = None,
    each_line: Callable[[str], None] = lambda line: None,
    should_stop: ShouldStop = never,
    should_pause: ShouldStop = never,
) -> Ended:
    """How a program ended that ran under the caps; each line it prints, on either stream, goes to each_line.

    While should_pause says so it rests, with all its threads, and its wall time does not count. Raises Cancelled when
    should_stop said so, Unavailable when the engine's own process is gone. Anything else, such as a crash, is in the
    answer: the caller knows what the program was for.
    """
    pending = bytearray()

    def split(chunk: bytes) -> None:
        pending.extend(chunk)
        *lines, rest = pending.split(b"\n")
        pending[:] = rest
        for line in lines:
            each_line(line.decode(errors="replace").rstrip("\r"))

    request = {"argv": list(argv), "caps": as_data(caps), "cwd": str(cwd or "/")}
    ended = _run(request, split, _Asked(should_stop=should_stop, should_pause=should_pause))
    if pending:
        each_line(pending.decode(errors="replace"))
    return ended


def call(
    name: str, returns: type[Result], *, caps: Caps = READ, should_stop: ShouldStop = never, **arguments: Any
) -> Result:
    """What the function `name` ("module:function" of crosscut.media.inside) returns when it runs in a capped child.

    The argument `path` is the file it is about and is named in errors. Raises what the function raises of our own
    errors; Damaged when the reader crashed or went over its caps on this file.
    """
    heard = bytearray()
    request = {
        "function": name,
        "arguments": {key: as_data(value) for key, value in arguments.items()},
        "caps": as_data(caps),
    }
    ended = _run(request, heard.extend, _Asked(should_stop=should_stop))
    path = Path(arguments.get("path", "media"))
    if ended.exit_code != 0 or len(heard) > OUTPUT_LIMIT_BYTES:
        raise Damaged(path, why(ended, caps), code="media.reader_failed")
    try:
        answer = json.loads(heard)
        if "error" in answer:
            raise _as_error(path, answer)
        return from_data(returns, answer["result"])
    except (ValueError, LookupError, TypeError, ValidationError) as fault:
        raise Damaged(path, phrase("The reader gave no sensible answer."), code="media.reader_failed") from fault


def why(ended: Ended, caps: Caps) -> str:
    """A plain sentence on why a child did not finish."""
    if ended.reason == "time":
        return phrase("Reading it took longer than {wall_s:.0f} s and was stopped.", wall_s=caps.wall_s)
    if ended.signal == signal.SIGKILL and ended.cpu_s < caps.cpu_s * 0.9:
        return phrase("Reading it was stopped by the system, most likely for lack of memory.")
    if ended.signal in (signal.SIGKILL, signal.SIGXCPU):
        return phrase("Reading it took more than {cpu_s} s of computing time and was stopped.", cpu_s=caps.cpu_s)
    if ended.signal == signal.SIGXFSZ:
        return phrase("It would have written more than {file_bytes} bytes and was stopped.", file_bytes=caps.file_bytes)
    if ended.signal is not None:
        return phrase("The reader crashed on it (signal {signal}).", signal=ended.signal)
    return phrase("The reader failed on it (exit {exit_code}).", exit_code=ended.exit_code)


def _as_error(path: Path, answer: Mapping[str, Any]) -> CrosscutError:
    """The error that the child raised, as one of ours; of the path, which decoders like to tell, only the name."""
    answer = json.loads(json.dumps(answer).replace(json.dumps(str(path))[1:-1], json.dumps(path.name)[1:-1]))
    problems = [
        replace(from_data(Problem, {**problem, "message": ""}), message=unpacked(problem["message"]))
        for problem in answer["problems"]
    ]
    message = unpacked(answer["message"])
    family = getattr(errors, answer["error"], None)
    if isinstance(family, type) and issubclass(family, CrosscutError) and family is not Damaged:
        return family(message, problems=problems)
    return Damaged(path, message, code=problems[0].code)

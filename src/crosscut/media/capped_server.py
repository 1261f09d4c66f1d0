"""The server process behind `capped`: loads the decoders, gives up the network, forks a capped child per request.

It holds no data of ours. Each child has one socket for what it says and the server one for how it ended; a word from
the other side on that socket makes the child rest (SIGSTOP), go on (SIGCONT) or end, and its closing is the order to
kill it. When the control socket closes, everything ends.
"""

import ctypes
import errno
import importlib
import json
import os
import resource
import select
import signal
import socket
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NoReturn, get_type_hints

from PIL import Image

from crosscut.kernel.errors import CrosscutError
from crosscut.kernel.facts import Kind, MediaFacts
from crosscut.kernel.phrases import packed, phrase
from crosscut.kernel.records import as_data, from_data
from crosscut.media.caps import Caps
from crosscut.media.fields import fields
from crosscut.media.metadata import Metadata
from crosscut.media.provenance.records import Provenance, State
from crosscut.media.recipes import PicturePart
from crosscut.media.sniff import Sniffed
from crosscut.media.sound import Treatment
from crosscut.media.stills.surveying import Survey

CLONE_NEWUSER = 0x10000000  # linux/sched.h
CLONE_NEWNET = 0x40000000
PR_SET_PDEATHSIG = 1  # linux/prctl.h
NICENESS = 10
FORBIDDEN_EVENTS = ("socket.", "subprocess.", "os.system", "os.exec", "os.fork", "os.posix_spawn", "ftplib.", "urllib.")
ALLOWED_EVENTS = ("socket.gethostname",)
PRELOADED = (
    "films.facts",
    "films.fingerprints",
    "border",
    "metadata",
    "podcast.tagging",
    "provenance",
    "screens.looking",
    "sound.listening",
    "stills.surveying",
    "svg",
)


@dataclass
class Child:
    """A running child: the socket that waits for its end, and when its time is up."""

    status: socket.socket
    deadline: float
    reason: str = ""
    paused_at: float | None = None  # its time does not run meanwhile


def leave_network() -> bool:
    """Whether this process now has a network namespace of its own, with nothing in it. The kernel may refuse."""
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.unshare(CLONE_NEWNET) == 0:
        return True
    user, group = os.getuid(), os.getgid()
    if libc.unshare(CLONE_NEWUSER | CLONE_NEWNET) != 0:
        return False
    Path("/proc/self/setgroups").write_text("deny")  # the kernel asks for this before gid_map
    Path("/proc/self/uid_map").write_text(f"{user} {user} 1")
    Path("/proc/self/gid_map").write_text(f"{group} {group} 1")
    return True


def limit(caps: Caps) -> None:
    """Sets the caps for this process and all it starts."""
    # One second between the two: SIGXCPU, which means just this, comes before SIGKILL, which may mean memory.
    resource.setrlimit(resource.RLIMIT_CPU, (caps.cpu_s, caps.cpu_s + 1))
    for kind, value in (
        (resource.RLIMIT_AS, caps.memory_bytes),
        (resource.RLIMIT_FSIZE, caps.file_bytes),
        (resource.RLIMIT_NOFILE, caps.open_files),
        (resource.RLIMIT_CORE, 0),
    ):
        resource.setrlimit(kind, (value, value))
    os.nice(NICENESS)


def refuse_outside(event: str, _arguments: Any) -> None:
    """An audit hook: a decoder has no business with sockets and other programs."""
    if event.startswith(FORBIDDEN_EVENTS) and event not in ALLOWED_EVENTS:
        raise PermissionError(f"The media engine's child process may not use {event}.")


def answer_to(request: dict[str, Any]) -> dict[str, Any]:
    """The JSON answer of the named function: its result, or the error it raised."""
    try:
        module, _, function_name = request["function"].partition(":")
        function = getattr(importlib.import_module(f"crosscut.media.inside.{module}"), function_name)
        hints = get_type_hints(function)
        arguments = {name: from_data(hints[name], value) for name, value in request["arguments"].items()}
        return {"result": as_data(function(**arguments))}
    except CrosscutError as error:
        problems = [{**as_data(problem), "message": packed(problem.message)} for problem in error.problems]
        return {"error": type(error).__name__, "message": packed(error.args[0]), "problems": problems}
    except OSError as fault:
        if fault.errno in (errno.ENOSPC, errno.EDQUOT):
            message = phrase("The disk is full: make room and try again.")
            return _told("Unavailable", "disk_full", message)
        return _failed(phrase("The reader failed on it ({strerror}).", strerror=fault.strerror or fault))
    except MemoryError:
        return _failed(phrase("It needs more memory than a reader may take."))
    except Exception as fault:  # noqa: BLE001 - the loop of a worker: whatever a decoder raises is about this file
        return _failed(phrase("The reader failed on it ({name}: {fault}).", name=type(fault).__name__, fault=fault))


def _failed(message: str) -> dict[str, Any]:
    return _told("Damaged", "media.reader_failed", message)


def _told(family: str, code: str, message: str) -> dict[str, Any]:
    return {"error": family, "message": packed(message), "problems": [{"code": code, "message": packed(message)}]}


def be_function(request: dict[str, Any], output_fd: int) -> NoReturn:
    """Runs the function in this fresh child and leaves."""
    silence = os.open(os.devnull, os.O_RDWR)
    for stream in (0, 1, 2):
        os.dup2(silence, stream)
    sys.addaudithook(refuse_outside)
    text = json.dumps(answer_to(request)).encode()
    view = memoryview(text)
    while view:
        view = view[os.write(output_fd, view) :]
    os._exit(0)


def be_program(request: dict[str, Any], output_fd: int) -> NoReturn:
    """Becomes the program, with both of its streams on the output socket."""
    os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
    os.dup2(output_fd, 1)
    os.dup2(output_fd, 2)
    os.chdir(request["cwd"])
    os.execv(request["argv"][0], request["argv"])  # noqa: S606 - without a shell is the point


def become(request: dict[str, Any], output_fd: int) -> NoReturn:
    """What a fresh child does. Never returns to the server's loop, whatever happens."""
    try:
        signal.set_wakeup_fd(-1)
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)
        signal.signal(signal.SIGXFSZ, signal.SIG_DFL)  # Python ignores it: the write fails instead of the process
        os.setsid()
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)  # a child at rest must not outlive this server
        limit(from_data(Caps, request["caps"]))
        if "argv" in request:
            be_program(request, output_fd)
        be_function(request, output_fd)
    finally:
        os._exit(70)


class Server:
    """The loop: takes requests, reaps children, kills the late and the unwanted."""

    def __init__(self, control: socket.socket) -> None:
        self.control = control
        self.children: dict[int, Child] = {}
        self.woken, wake = os.pipe()
        for end in (self.woken, wake):
            os.set_blocking(end, False)
        signal.set_wakeup_fd(wake)
        signal.signal(signal.SIGCHLD, lambda *_: None)

    def serve(self) -> None:
        """Works until the other side of the control socket is gone."""
        while self._turn():
            self._reap()
            self._kill_the_late()
        for pid in self.children:
            os.killpg(pid, signal.SIGKILL)

    def _turn(self) -> bool:
        poller = select.poll()
        poller.register(self.control, select.POLLIN)
        poller.register(self.woken, select.POLLIN)
        by_socket = {child.status.fileno(): pid for pid, child in self.children.items() if not child.reason}
        for descriptor in by_socket:
            poller.register(descriptor, select.POLLIN)
        for descriptor, _ in poller.poll(self._patience_ms()):
            if descriptor in by_socket:
                self._obey(by_socket[descriptor])
            elif descriptor == self.woken:
                os.read(self.woken, 4096)
            elif not self._accept():
                return False
        return True

    def _patience_ms(self) -> float | None:
        children = self.children.values()
        waiting = [child.deadline for child in children if not child.reason and child.paused_at is None]
        return max(0.0, min(waiting) - time.monotonic()) * 1000 + 1 if waiting else None

    def _accept(self) -> bool:
        packet, descriptors, _, _ = socket.recv_fds(self.control, 1 << 20, 2)
        if not packet:
            return False
        output_fd, status_fd = descriptors
        request = json.loads(packet)
        pid = os.fork()
        if pid == 0:
            os.close(status_fd)
            self._close_all()
            become(request, output_fd)
        os.close(output_fd)
        self.children[pid] = Child(socket.socket(fileno=status_fd), time.monotonic() + request["caps"]["wall_s"])
        return True

    def _close_all(self) -> None:
        """In a fresh child: lets go of everybody else's sockets, or their ends would not be noticed."""
        self.control.close()
        for child in self.children.values():
            child.status.close()

    def _obey(self, pid: int) -> None:
        """Does what the asker says, byte by byte: p pause, g go on; anything else, or its silence, is the end."""
        child = self.children[pid]
        try:
            words = child.status.recv(64)
        except ConnectionError:
            words = b""
        for word in words or b"s":
            if word == ord("p") and child.paused_at is None:
                child.paused_at = time.monotonic()
                self._signal(pid, signal.SIGSTOP)
            elif word == ord("g") and child.paused_at is not None:
                child.deadline += time.monotonic() - child.paused_at
                child.paused_at = None
                self._signal(pid, signal.SIGCONT)
            elif word not in b"pg":
                self._kill(pid, "stopped")

    def _kill(self, pid: int, reason: str) -> None:
        self.children[pid].reason = reason
        self._signal(pid, signal.SIGKILL)

    def _signal(self, pid: int, number: signal.Signals) -> None:
        try:
            os.killpg(pid, number)
        except ProcessLookupError:  # it has not made its own group yet
            os.kill(pid, number)

    def _kill_the_late(self) -> None:
        for pid, child in self.children.items():
            if not child.reason and child.paused_at is None and child.deadline <= time.monotonic():
                self._kill(pid, "time")

    def _reap(self) -> None:
        while self.children:
            pid, status, usage = os.wait4(-1, os.WNOHANG)
            if pid == 0:
                return
            child = self.children.pop(pid)
            ended = {
                "exit_code": os.WEXITSTATUS(status) if os.WIFEXITED(status) else None,
                "signal": os.WTERMSIG(status) if os.WIFSIGNALED(status) else None,
                "reason": child.reason,
                "cpu_s": usage.ru_utime + usage.ru_stime,
                "peak_memory_bytes": usage.ru_maxrss * 1024,
            }
            try:
                child.status.sendall(json.dumps(ended).encode())
            except OSError:
                ended.clear()  # the asker has gone: nobody is left to tell
            child.status.close()


def main() -> None:
    """Serves the control socket whose number is the first argument."""
    control = socket.socket(fileno=int(sys.argv[1]))
    leave_network()
    for module in PRELOADED:
        importlib.import_module(f"crosscut.media.inside.{module}")
    warm_up()
    Server(control).serve()


def warm_up() -> None:
    """Uses each record once here, so that its converter need not be built in every child anew; tables likewise."""
    image: dict[str, Any] = {"kind": Kind.IMAGE, "media_type": "image/jpeg", "container": "jpeg", "size_bytes": 1}
    seen = importlib.import_module("crosscut.media.inside.stills.fingerprints").warmed_up()
    fields()  # reading this table was nine tenths of reading a photo's metadata
    Image.init()
    facts, about, origin = MediaFacts(**image), Metadata(), Provenance(state=State.NONE)
    surveyed = Survey(facts=facts, metadata=about, origin=origin, looks=seen, previews={})
    for record in (facts, Sniffed(**image), about, Caps(), PicturePart(), Treatment(), seen, origin, surveyed):
        from_data(type(record), as_data(record))
    from_data(Path, "/")


if __name__ == "__main__":
    main()

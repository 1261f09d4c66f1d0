"""Runs one program and ends it, with everything it started, as soon as the one who asked for it is gone.

    python keeper.py PROGRAM ARGUMENT...

Its standard input is a pipe that nobody writes to: when the other end closes, however that came about, `kill -9`
included, the program's whole process group is told to stop and, five seconds later, killed. Standard library only.
"""

import contextlib
import ctypes
import os
import signal
import subprocess
import sys
import threading
import time

PR_SET_PDEATHSIG = 1  # prctl(2)
GRACE_S = 5


def main() -> int:
    """The program's exit status."""
    process = subprocess.Popen(sys.argv[1:], stdin=subprocess.DEVNULL, start_new_session=True, preexec_fn=_die_with_me)
    signal.signal(signal.SIGTERM, lambda *_: _end(process))
    threading.Thread(target=_wait_for_goodbye, args=(process,), daemon=True).start()
    status = process.wait()
    _signal_group(process.pid, signal.SIGKILL)  # what it left behind
    return status if status >= 0 else 128 - status


def _die_with_me() -> None:
    """Runs in the child, for the case that the keeper itself is killed."""
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)


def _wait_for_goodbye(process: "subprocess.Popen[bytes]") -> None:
    while os.read(0, 1024):
        pass
    _end(process)


def _end(process: "subprocess.Popen[bytes]") -> None:
    _signal_group(process.pid, signal.SIGTERM)
    deadline = time.monotonic() + GRACE_S
    while process.returncode is None and time.monotonic() < deadline:
        time.sleep(0.02)
    _signal_group(process.pid, signal.SIGKILL)


def _signal_group(group: int, number: int) -> None:
    with contextlib.suppress(ProcessLookupError):
        os.killpg(group, number)


if __name__ == "__main__":
    sys.exit(main())

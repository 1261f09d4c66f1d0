"""No server of the tests outlives them, however they end."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.peers import cache, proxy
from tests.peers.server import KEEPER, NotStarted, answers, free_ports, server

FAMILY = """
import os, subprocess, time
child = subprocess.Popen(["sleep", "300"])
print(os.getpid(), child.pid, flush=True)
time.sleep(300)
"""
STUBBORN = "import signal,time; signal.signal(signal.SIGTERM, signal.SIG_IGN); print(0,flush=True); time.sleep(300)"
HOLDER = f"""
import subprocess, sys, time
keeper = subprocess.Popen([sys.executable, "-I", "-S", {str(KEEPER)!r}, sys.executable, "-c", {FAMILY!r}],
                          stdin=subprocess.PIPE, stdout=subprocess.PIPE)
print(keeper.pid, keeper.stdout.readline().decode().strip(), flush=True)
time.sleep(300)
"""


def _is_alive(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        return False


def _all_gone(pids: list[int], within_s: float) -> bool:
    deadline = time.monotonic() + within_s
    while any(map(_is_alive, pids)) and time.monotonic() < deadline:
        time.sleep(0.05)
    return not any(map(_is_alive, pids))


def _held() -> tuple[subprocess.Popen[str], list[int]]:
    """A process that holds a keeper, and the pids of keeper, server and the server's child."""
    holder = subprocess.Popen([sys.executable, "-c", HOLDER], stdout=subprocess.PIPE, text=True)
    assert holder.stdout
    return holder, [int(pid) for pid in holder.stdout.readline().split()]


def test_nothing_is_left_when_the_tests_are_killed():
    holder, pids = _held()
    with holder:
        assert len(pids) == 3 and all(map(_is_alive, pids))
        holder.send_signal(signal.SIGKILL)
    assert _all_gone(pids, 10)


def test_the_server_goes_with_its_keeper():
    holder, pids = _held()
    with holder:
        os.kill(pids[0], signal.SIGKILL)
        is_gone = _all_gone(pids[:2], 10)
        if _is_alive(pids[2]):
            os.kill(pids[2], signal.SIGKILL)
        holder.kill()
    assert is_gone


def test_a_server_that_will_not_stop_is_made_to(tmp_path: Path):
    log = tmp_path / "stubborn.log"
    started = time.monotonic()
    with server([sys.executable, "-u", "-c", STUBBORN], log=log, is_ready=lambda: log.stat().st_size > 0):
        pass
    assert 4 < time.monotonic() - started < 15


def test_a_server_that_does_not_come_up_says_why(tmp_path: Path):
    command = [sys.executable, "-c", "raise SystemExit('the port is taken')"]
    with (
        pytest.raises(NotStarted, match="the port is taken"),
        server(command, log=tmp_path / "failing.log", is_ready=lambda: False),
    ):
        pass


def test_what_is_slow_to_make_is_made_once_and_never_half(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("CROSSCUT_PEERS_CACHE", str(tmp_path))

    def fail(folder: Path) -> None:
        (folder / "half").write_text("")
        raise OSError("disk full")

    with pytest.raises(OSError, match="disk full"):
        cache.kept("thing", fail)
    made: list[Path] = []
    assert cache.kept("thing", made.append) == cache.kept("thing", made.append) == tmp_path / "thing"
    assert len(made) == 1 and not list(tmp_path.glob("thing.new.*"))


def test_the_door_cuts_where_it_is_told(tmp_path: Path):
    (port,) = free_ports(1)
    url = f"http://127.0.0.1:{port}"
    command = [sys.executable, "-m", "http.server", str(port), "--bind", "127.0.0.1"]
    with server(command, log=tmp_path / "web.log", is_ready=answers(url)), proxy.running(url) as door:
        assert answers(door.url)()
        for action, is_there in ((proxy.CUT_AFTER, False), (proxy.CUT_BEFORE, False), (404, True), (500, False)):
            door.next("GET", "/", action)
            assert answers(door.url)() is is_there
        assert answers(door.url)() and door.count("GET", "/") == 6
    assert (tmp_path / "web.log").read_text().count("GET / ") == 4

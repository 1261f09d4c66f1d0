"""The supervisor keeps its promise when its parts, its database or itself are killed."""

import json
import os
import re
import signal
import socket
import subprocess
import sys

import pytest

from crosscut.site.supervisor import state

pytestmark = pytest.mark.fault


def test_it_starts_everything_and_says_where(site):
    ready = site.start().until("ready")
    assert ready["values"]["desk_url"] == f"http://127.0.0.1:{site.port}"
    assert site.answers()
    assert site.state().is_ready


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_ctrl_c_stops_everything_cleanly(site, is_gone, number):
    supervised = site.start()
    supervised.until("ready")
    pids = [site.pid("web"), site.pid("worker-1"), site.pid("ticker"), site.database_pid()]
    assert supervised.end(number) == 0
    assert [pid for pid in pids if not is_gone(pid)] == []
    assert state.running(site.home) is None
    assert "database system is shut down" in "".join(path.read_text() for path in site.place.log.glob("*.log"))


@pytest.mark.parametrize("name", ["web", "worker-1", "ticker"])
def test_a_killed_part_comes_back(site, name):
    supervised = site.start()
    supervised.until("ready")
    before = site.pid(name)
    os.kill(before, signal.SIGKILL)
    supervised.until("child.ended", name=name)
    supervised.until("child.started", name=name)
    assert site.pid(name) != before
    assert site.answers()
    assert next(child.restarts for child in site.state().children if child.name == name) == 1


def test_what_a_killed_part_had_started_is_ended_too(site, is_gone):
    supervised = site.start()
    supervised.until("ready")
    helper = int(re.findall(r"helper (\d+)", (site.home / "log" / "web.log").read_text())[-1])
    os.kill(site.pid("web"), signal.SIGKILL)
    supervised.until("child.started", name="web")
    assert is_gone(helper)


def test_a_visitor_who_comes_while_the_web_server_is_down_is_answered(site):
    supervised = site.start()
    supervised.until("ready")
    os.kill(site.pid("web"), signal.SIGKILL)
    assert site.answers()


def test_a_killed_database_comes_back(site):
    supervised = site.start()
    supervised.until("ready")
    before = site.database_pid()
    os.kill(before, signal.SIGKILL)
    supervised.until("database.ready")
    assert site.database_pid() not in {None, before}


def test_after_kill_9_of_the_supervisor_nothing_of_it_goes_on_and_a_new_start_works(site, is_gone):
    first = site.start()
    first.until("ready")
    parts = [site.pid("web"), site.pid("worker-1"), site.pid("ticker")]
    first.end(signal.SIGKILL)
    second = site.start()
    assert second.until("ready")["values"]["desk_url"] == f"http://127.0.0.1:{site.port}"
    assert [pid for pid in parts if not is_gone(pid)] == []


def test_killing_everything_at_once_is_recovered_from(site):
    first = site.start()
    first.until("ready")
    for pid in (site.database_pid(), site.pid("web"), site.pid("worker-1"), site.pid("ticker"), first.process.pid):
        os.kill(pid, signal.SIGKILL)
    first.end(signal.SIGKILL)
    site.start().until("ready")
    assert site.answers()


def test_a_second_start_beside_a_running_one_says_where_it_is(site):
    site.start().until("ready")
    command = [sys.executable, "-m", "crosscut.cli", "up", "--json"]
    second = subprocess.run(
        command, env={**os.environ, "CROSSCUT_HOME": str(site.home)}, capture_output=True, check=False
    )
    assert second.returncode == 0
    assert json.loads(second.stdout)["message"] == f"Crosscut is running already at http://127.0.0.1:{site.port}"


@pytest.mark.parametrize("offset", [0, 1])
def test_a_port_taken_by_another_program_is_told_and_passed_over(site, offset):
    with socket.create_server(("127.0.0.1", site.port + offset)):
        supervised = site.start()
        assert str(site.port) in supervised.until("ports.moved")["message"]
        assert supervised.until("ready")["values"]["desk_url"] != f"http://127.0.0.1:{site.port}"


def test_a_part_that_does_not_listen_is_ended_in_time(site, is_gone):
    supervised = site.start(workers=2)
    supervised.until("ready")
    deaf = site.pid("ticker")
    supervised.process.send_signal(signal.SIGTERM)
    supervised.until("stopping")
    assert supervised.end(signal.SIGTERM) == 0  # a second Ctrl-C does not wait any longer
    assert is_gone(deaf)


def test_a_database_from_elsewhere_is_used_and_left_running(site):
    supervised = site.start(DATABASE_URL="postgresql:///elsewhere")
    supervised.until("database.given")
    supervised.until("ready")
    assert site.database_pid() is None


def test_a_database_that_cannot_start_is_told_and_nothing_is_left(site, tmp_path):
    supervised = site.start(CROSSCUT_POSTGRES_BIN=str(tmp_path))
    assert supervised.process.wait(60) == 1
    assert state.running(site.home) is None

"""The whole product, with its real web server, workers and ticker, started from an empty folder."""

import json
import os
import signal
import sys
import urllib.request

import pytest

from crosscut.kernel.errors import Unavailable
from crosscut.site.supervisor.running import running

pytestmark = pytest.mark.fault
WELL = ("ok", "starting")  # the first test post needs a moment to go out


def health(url: str) -> str:
    with urllib.request.urlopen(f"{url}/health", timeout=60) as answer:
        return json.load(answer)["status"]


def test_up_starts_from_nothing_and_mends_itself(site, is_gone):
    supervised = site.run([sys.executable, "-m", "crosscut.cli", "up", "--json", "--port", str(site.port)], {})
    url = supervised.until("ready")["values"]["desk_url"]
    assert health(url) in WELL
    web, worker = site.pid("web"), site.pid("worker-1")
    for pid in (site.database_pid(), web, worker):
        os.kill(pid, signal.SIGKILL)
    supervised.until("database.ready")
    assert health(url) in WELL
    parts = [child.pid for child in site.state().children if child.pid]
    assert supervised.end(signal.SIGTERM) == 0
    assert [pid for pid in parts if not is_gone(pid)] == []


def test_a_program_can_have_it_running_for_a_while(site, monkeypatch):
    monkeypatch.delenv("DATABASE_URL", raising=False)
    heard = []
    with running(site.home, heard.append, port=site.port, workers=1) as up:
        assert health(up.desk_url) in WELL
        assert up.public_url.endswith(str(site.port + 1))
    assert up.wait() == 0
    assert [event.kind for event in heard][-2:] == ["stopping", "stopped"]
    assert site.database_pid() is None


def test_a_program_is_told_why_it_does_not_start(site, monkeypatch, tmp_path):
    monkeypatch.delenv("DATABASE_URL", raising=False)
    monkeypatch.setenv("CROSSCUT_POSTGRES_BIN", str(tmp_path))
    with pytest.raises(Unavailable, match="does not run"), running(site.home, print, port=site.port):
        pass

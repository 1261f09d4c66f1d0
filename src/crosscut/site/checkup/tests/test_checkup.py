"""What the doctor says."""

import shutil
import socket
from pathlib import Path

import psycopg
import pytest

from crosscut.apps.publish.timing import timing
from crosscut.site import checkup
from crosscut.site.checkup import machine
from crosscut.site.checkup.outcome import Grade
from crosscut.site.checkup.services import SILENT_AFTER_S, services
from crosscut.site.tests.session import database_url
from crosscut.site.worker import REPORT_EVERY_S


@pytest.fixture
def url() -> str:
    return database_url().replace("/crosscut?", "/postgres?")


def by_name(home: Path, url: str | None) -> dict[str, Grade]:
    return {outcome.name: outcome.grade for outcome in services(home, url)}


def test_every_repair_is_named_where_something_is_not_fine(tmp_path: Path):
    assert [
        outcome for outcome in checkup.examine(tmp_path) if outcome.grade != Grade.FINE and not outcome.repair
    ] == []


def test_ffmpeg_and_postgresql_are_found(tmp_path: Path):
    grades = {outcome.name: outcome.grade for outcome in checkup.examine(tmp_path)}
    assert (grades["FFmpeg"], grades["PostgreSQL"], grades["Python"]) == (Grade.FINE, Grade.FINE, Grade.FINE)


def test_a_stopped_installation_is_told_how_to_start(tmp_path: Path):
    assert by_name(tmp_path, None) == {"Running": Grade.ADVICE}


def test_a_database_that_does_not_answer_is_missing(tmp_path: Path):
    assert by_name(tmp_path, f"postgresql:///crosscut?host={tmp_path}")["Database"] == Grade.MISSING


def test_an_empty_database_lacks_its_tables_and_workers(tmp_path: Path, url: str):
    psycopg.connect(url).close()
    assert by_name(tmp_path, url) == {
        "Running": Grade.ADVICE,
        "Clock": Grade.FINE,
        "Jobs": Grade.MISSING,
        "Workers": Grade.MISSING,
    }


def test_a_nearly_full_disk_is_missing_space(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    nearly_full = shutil.disk_usage(tmp_path)._replace(free=machine.LEAST_FREE_BYTES - 1)
    monkeypatch.setattr(shutil, "disk_usage", lambda path: nearly_full)
    assert machine.home_folder(tmp_path).grade == Grade.MISSING


def test_a_taken_port_is_told_with_the_one_that_will_be_used(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        monkeypatch.setattr(machine, "DESK_PORT", taken.getsockname()[1])
        told = machine.ports(tmp_path)
    assert told.grade == Grade.ADVICE
    assert "--port" in told.repair


def test_a_worker_is_called_silent_later_than_it_is_given_up():
    assert REPORT_EVERY_S < timing().dead_worker_s < SILENT_AFTER_S

"""The supervisor's pieces, each alone. Together, with kills: tests/faults."""

import secrets
import socket
from pathlib import Path

import psycopg
import pytest
from psycopg.sql import SQL, Identifier

from crosscut.kernel.errors import Conflict, Unavailable
from crosscut.site.supervisor import migrations, parts, ports, state
from crosscut.site.supervisor.child import LONGEST_PAUSE_S, pause_after
from crosscut.site.supervisor.journal import KEPT, Journal
from crosscut.site.supervisor.running import running
from crosscut.site.supervisor.state import ChildState, State
from crosscut.site.tests.session import database_url


def test_a_full_log_is_put_aside_and_the_oldest_goes(tmp_path: Path):
    journal = Journal(tmp_path / "web.log", full_at_bytes=10)
    for number in range(KEPT + 3):
        journal.write(f"line {number:3}\n".encode())
    journal.close()
    assert sorted(path.name for path in tmp_path.iterdir()) == [
        "web.log",
        *(f"web.log.{n}" for n in range(1, KEPT + 1)),
    ]
    assert journal.last_lines(1) == f"line {KEPT + 2:3}"
    assert (tmp_path / f"web.log.{KEPT}").read_text() == "line   2\n"


def test_a_log_is_added_to_after_a_restart(tmp_path: Path):
    for word in (b"first\n", b"second\n"):
        journal = Journal(tmp_path / "web.log")
        journal.write(word)
        journal.close()
    assert (tmp_path / "web.log").read_text() == "first\nsecond\n"


def test_a_child_that_keeps_dying_is_given_longer_and_longer_pauses():
    pauses = [pause_after(deaths) for deaths in range(1, 2000)]
    assert pauses == sorted(pauses)
    assert pauses[-1] == LONGEST_PAUSE_S


def test_the_doors_are_neighbours_on_loopback_only():
    doors = ports.open_doors(20_000)
    assert ports.port_of(doors.public) == ports.port_of(doors.desk) + 1
    assert doors.desk.getsockname()[0] == "127.0.0.1"
    doors.close()


def test_when_no_pair_is_free_it_says_so():
    with socket.create_server(("127.0.0.1", 0)) as taken, pytest.raises(Unavailable, match="--port"):
        ports.open_doors(taken.getsockname()[1] - 1, tries=0)


def test_only_one_may_supervise_an_installation(tmp_path: Path):
    with state.held(tmp_path):
        state.write(tmp_path, State(pid=1, desk_url="http://127.0.0.1:8000", public_url="http://127.0.0.1:8001"))
        with pytest.raises(Conflict, match=r"running already at http://127\.0\.0\.1:8000"), state.held(tmp_path):
            pass
        assert state.running(tmp_path)
    assert state.running(tmp_path) is None


def test_a_description_reads_back_as_it_was_written(tmp_path: Path):
    children = [ChildState(name="web", pid=7, restarts=2)]
    described = State(pid=1, desk_url="a", public_url="b", is_ready=True, children=children)
    with state.held(tmp_path):
        state.write(tmp_path, described)
    assert state.last(tmp_path) == described


def test_half_a_description_is_none(tmp_path: Path):
    (tmp_path / "run").mkdir()
    (tmp_path / "run" / "state.json").write_text('{"pid": 1')
    assert state.last(tmp_path) is None


def test_addresses_given_from_outside_win(monkeypatch: pytest.MonkeyPatch):
    doors = ports.open_doors(20_100)
    monkeypatch.setenv("CROSSCUT_URL", "https://desk.example.org")
    told = parts.environment(doors, "postgresql:///x")
    assert (told["CROSSCUT_URL"], told["CROSSCUT_PUBLIC_URL"]) == ("https://desk.example.org", doors.public_url)
    doors.close()


def test_playing_on_a_site_that_runs_already_names_its_address(tmp_path: Path):
    with state.held(tmp_path):
        state.write(tmp_path, State(pid=1, desk_url="http://127.0.0.1:8000", public_url=""))
        with pytest.raises(Conflict, match="8000"), running(tmp_path, print):
            pass


@pytest.fixture
def empty_database() -> str:
    url, name = database_url(), f"migrated_{secrets.token_hex(4)}"
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(SQL("CREATE DATABASE {}").format(Identifier(name)))
    return url.replace("/crosscut?", f"/{name}?")


def test_the_database_is_migrated_once_for_each_version(empty_database: str, monkeypatch: pytest.MonkeyPatch):
    runs: list[int] = []
    monkeypatch.setattr(migrations, "_run_django", lambda environment: runs.append(1))
    assert [migrations.migrate(empty_database, {}) for _ in range(3)] == [True, False, False]
    monkeypatch.setattr(migrations, "fingerprint", lambda: "the next version")
    assert migrations.migrate(empty_database, {})
    assert len(runs) == 2


def test_a_failed_migration_is_told_and_tried_again(empty_database: str, monkeypatch: pytest.MonkeyPatch):
    def fails(environment: object) -> None:
        raise Unavailable("no")

    monkeypatch.setattr(migrations, "_run_django", fails)
    for _ in range(2):
        with pytest.raises(Unavailable):
            migrations.migrate(empty_database, {})

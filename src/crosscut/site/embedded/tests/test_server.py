"""The embedded server's life, with a real PostgreSQL."""

import os
import signal
import stat
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from crosscut.kernel.errors import Unavailable
from crosscut.site.embedded import cluster, processes
from crosscut.site.embedded.place import Place
from crosscut.site.embedded.server import Server, serving
from crosscut.site.embedded.tests.conftest import WITHOUT_WAITING_FOR_THE_DISK, placed

STARTS_AND_IS_KILLED = """
import os, signal, sys
from pathlib import Path
from crosscut.site.embedded.place import place_of
from crosscut.site.embedded.processes import ends_with_parent
from crosscut.site.embedded.server import Server
server = Server(place_of(Path(sys.argv[1])), settings={"fsync": "off"})
server.start()
print(server.pid, flush=True)
os.kill(os.getpid(), signal.SIGKILL)
"""

only_asked = pytest.mark.xdist_group("standing server")  # all on the one worker that has it


@pytest.fixture
def server(place: Place) -> Iterator[Server]:
    server = Server(place, settings=WITHOUT_WAITING_FOR_THE_DISK)
    server.start()
    yield server
    server.leave()


@pytest.fixture(scope="module")
def standing(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """One server for all that is only asked."""
    with placed(tmp_path_factory.mktemp("standing") / "home") as place:
        server = Server(place, settings=WITHOUT_WAITING_FOR_THE_DISK)
        server.start()
        yield server
        server.leave()


def ask(server: Server, question: str) -> object:
    with psycopg.connect(server.url) as connection:
        (answer,) = connection.execute(question).fetchone() or (None,)
        return answer


@only_asked
def test_it_has_the_database_and_the_extensions(standing: Server):
    assert ask(standing, "SELECT similarity('coral', 'corals') > 0.5")
    assert ask(standing, "SELECT unaccent('Récif') = 'Recif'")
    assert ask(standing, "SELECT '[1,2]'::vector <-> '[1,3]'::vector") == 1


@only_asked
def test_it_listens_on_no_network(standing: Server):
    assert ask(standing, "SHOW listen_addresses") == ""


@only_asked
def test_only_its_owner_can_enter_the_folder_of_its_socket(standing: Server):
    status = standing.place.socket_folder.stat()
    assert stat.S_IMODE(status.st_mode) == 0o700
    assert status.st_uid == standing.place.owner.uid


@only_asked
def test_it_never_runs_as_root(standing: Server):
    assert Path(f"/proc/{standing.pid}").stat().st_uid != 0


@only_asked
def test_it_sorts_and_lowers_words_of_other_languages(standing: Server):
    assert ask(standing, "SELECT lower('ÉÅÜ')") == "éåü"


def test_it_comes_back_after_its_first_process_was_killed(server: Server):
    with psycopg.connect(server.url) as connection:
        connection.execute("CREATE TABLE kept AS SELECT 1 AS one")
    before = server.pid
    assert before
    os.kill(before, signal.SIGKILL)
    server.start()
    assert server.pid not in {None, before}
    assert ask(server, "SELECT one FROM kept") == 1


def test_a_number_in_the_pid_file_that_is_now_another_program_is_no_obstacle(place: Place):
    with serving(Server(place, settings=WITHOUT_WAITING_FOR_THE_DISK)):
        pid_file = (place.data / "postmaster.pid").read_text()
    own_number = "\n".join([str(os.getpid()), *pid_file.splitlines()[1:]])
    (place.data / "postmaster.pid").write_text(own_number)
    with serving(Server(place, settings=WITHOUT_WAITING_FOR_THE_DISK)) as url:
        psycopg.connect(url).close()


def test_the_next_start_joins_the_server_of_a_killed_process(place: Place):
    said = subprocess.run(
        [sys.executable, "-c", STARTS_AND_IS_KILLED, place.home], capture_output=True, text=True, check=False
    )
    orphan = int(said.stdout)
    server = Server(place, settings=WITHOUT_WAITING_FOR_THE_DISK)
    server.start()
    assert server.pid == orphan
    server.leave()
    assert not processes.works_in(orphan, place.data)


def test_the_last_to_leave_stops_it(place: Place):
    first, second = (Server(place, settings=WITHOUT_WAITING_FOR_THE_DISK) for _ in range(2))
    first.start()
    second.start()
    assert first.pid == second.pid
    first.leave()
    assert second.pid
    assert ask(second, "SELECT 1") == 1
    second.leave()
    assert second.pid is None
    assert not (place.home / "run" / "database.url").exists()


def test_it_ends_with_the_process_that_asked_for_it(place: Place):
    leashed = STARTS_AND_IS_KILLED.replace('settings={"fsync": "off"}', "leash=ends_with_parent(signal.SIGINT)")
    said = subprocess.run([sys.executable, "-c", leashed, place.home], capture_output=True, text=True, check=False)
    assert processes.wait_until(lambda: not processes.works_in(int(said.stdout), place.data), timeout_s=20)


def test_a_setting_postgresql_refuses_is_told_in_its_own_words(place: Place):
    with pytest.raises(Unavailable, match=r"(?s)did not start.*shared_buffers"):
        Server(place, settings={"shared_buffers": "lots"}).start()


def test_a_failed_first_start_leaves_no_half_made_data(place: Place, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(cluster, "ROLE", "pg_not_allowed")  # names with pg_ are PostgreSQL's own
    with pytest.raises(Unavailable, match="pg_not_allowed"):
        Server(place).start()
    assert sorted(path.name for path in place.folder.iterdir() if path.name.startswith("data")) == []

"""The embedded server's life: started once, shared by every process of the installation, stopped by the last.

Each process that uses the server holds a shared file lock for as long as it lives. The kernel drops the lock when the
process ends, however it ends, so nobody has to be counted and a killed process leaves nothing stale. Whoever leaves
and then gets the lock alone was the last, and stops the server. Starting and stopping happen under a second lock.
"""

import contextlib
import fcntl
import os
import signal
import subprocess
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import IO

import psycopg

from crosscut.kernel.errors import Conflict, CrosscutError, Unavailable
from crosscut.site.embedded import cluster, database, processes
from crosscut.site.embedded.binaries import Binaries, choose
from crosscut.site.embedded.place import SOCKET_NAME, Place

READY_WITHIN_S = 60  # a start that first repairs after a crash replays at most max_wal_size of changes
STOP_WITHIN_S = 30


class Server:
    """One installation's database server."""

    def __init__(
        self, place: Place, *, settings: Mapping[str, str] | None = None, leash: Callable[[], None] | None = None
    ) -> None:
        """Describe the server of that place. Nothing is started.

        `settings` are PostgreSQL settings beyond ours. `leash` is run in the server's process before it starts:
        `processes.ends_with_parent` makes the server end with us.
        """
        self.place = place
        self.binaries: Binaries | None = None
        self._settings = settings or {}
        self._leash = leash
        self._users: IO[str] | None = None
        self._child_pid: int | None = None

    @property
    def url(self) -> str:
        """The database's address."""
        return database.address(self.place.socket_folder)

    @property
    def pid(self) -> int | None:
        """The server's process number while it runs."""
        self._collect()
        running = processes.postmaster_of(self.place.data)
        return running.pid if running else None

    def start(self) -> None:
        """Have the server running and answering, and be one of its users. Does nothing more when both are so.

        A server that runs already is joined. What a killed one left is cleared first.
        """
        self.place.prepare()
        was_user = self._users is not None
        try:
            with self._transition():
                self._become_user()
                self._have_answering()
        except CrosscutError:
            if not was_user:
                self.leave()
            raise
        self._write_address()

    def leave(self) -> None:
        """Stop using the server. It is stopped when nobody else uses it."""
        if self._users is None:
            return
        with self._transition():
            fcntl.flock(self._users, fcntl.LOCK_UN)
            with contextlib.suppress(BlockingIOError):
                fcntl.flock(self._users, fcntl.LOCK_EX | fcntl.LOCK_NB)
                self._stop()
            self._users.close()
            self._users = None

    def _become_user(self) -> None:
        if self._users is None:
            self._users = self._open("users.lock")
            fcntl.flock(self._users, fcntl.LOCK_SH)

    def _have_answering(self) -> None:
        """Join or launch, and again should a server die in just this moment."""
        for is_last_try in (False, False, True):
            try:
                if not self._joins_running():
                    self._launch()
                database.ensure(self.place.socket_folder)
            except psycopg.OperationalError as error:
                if is_last_try:
                    raise Unavailable(f"PostgreSQL in {self.place.folder} does not stay up: {error}") from error
            else:
                return

    def _joins_running(self) -> bool:
        running = processes.postmaster_of(self.place.data)
        if running is None:
            return False
        is_ours = Path(running.socket_folder or self.place.socket_folder) == self.place.socket_folder
        if is_ours and self._answers_while_it_lives():
            self.binaries = choose(self.place.data_major)
            return True
        self._stop()
        return False

    def _launch(self) -> None:
        processes.end_leftovers(self.place.data)
        processes.wait_until(self._is_collected, timeout_s=STOP_WITHIN_S)
        processes.forget(self.place.data, self.place.socket_folder / SOCKET_NAME)
        self.binaries = cluster.reachable(self.place, choose(self.place.data_major))
        cluster.prepare(self.place, self.binaries, self._settings)
        said = self.place.log / "start.log"
        with said.open("wb") as output:
            child = subprocess.Popen(
                [self.binaries.folder / "postgres", "-D", self.place.data],
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                cwd="/",
                start_new_session=True,
                preexec_fn=self._leash,  # one system call; nothing that could wait for another thread
                **self.place.owner.run_as,
            )
        self._child_pid = child.pid
        child.returncode = 0  # the server may outlive this process: `_collect` waits for it, not Popen
        if not self._answers_while_it_lives():
            raise Unavailable(f"PostgreSQL did not start in {self.place.folder}: {self._last_words(said)}")

    def _last_words(self, said: Path) -> str:
        """What PostgreSQL gave as the reason: before its log is open it tells `said`, then its log."""
        lines = said.read_text(errors="replace").splitlines()
        logs = sorted(self.place.log.glob("postgresql-*.log"), key=lambda path: path.stat().st_mtime)
        if logs and not any("FATAL" in line for line in lines):
            lines = logs[-1].read_text(errors="replace").splitlines()
        return " / ".join(lines[-3:]) or "it said nothing."

    def _answers_while_it_lives(self) -> bool:
        processes.wait_until(lambda: self._answers() or not self._lives(), timeout_s=READY_WITHIN_S)
        return self._answers()

    def _lives(self) -> bool:
        self._collect()
        return self._child_pid is not None or processes.postmaster_of(self.place.data) is not None

    def _answers(self) -> bool:
        try:
            psycopg.connect(database.address(self.place.socket_folder, "postgres"), connect_timeout=5).close()
        except psycopg.OperationalError:
            return False
        return True

    def _stop(self) -> None:
        """Stop the server, at once and without losing anything: SIGINT is its fast shutdown."""
        running = processes.postmaster_of(self.place.data)
        if running is None:
            return
        for stop in (signal.SIGINT, signal.SIGQUIT):
            with contextlib.suppress(ProcessLookupError):
                os.kill(running.pid, stop)
            if processes.wait_until(lambda: self.pid is None, timeout_s=STOP_WITHIN_S):
                break
        else:
            raise Conflict(f"PostgreSQL (process {running.pid}) does not stop. End it, then try again.")
        processes.wait_until(self._is_collected, timeout_s=STOP_WITHIN_S)
        self._address_file.unlink(missing_ok=True)

    def _is_collected(self) -> bool:
        self._collect()
        return self._child_pid is None

    def _collect(self) -> None:
        """Take note of our child's end, so that it is not left as a zombie."""
        if self._child_pid is not None:
            try:
                ended, _ = os.waitpid(self._child_pid, os.WNOHANG)
            except ChildProcessError:
                ended = self._child_pid
            if ended:
                self._child_pid = None

    @property
    def _address_file(self) -> Path:
        return self.place.home / "run" / "database.url"

    def _write_address(self) -> None:
        """Tell processes started by hand where the server is; `settings` reads it."""
        draft = self._address_file.with_suffix(f".{os.getpid()}")
        draft.write_text(f"{self.url}\n")
        draft.replace(self._address_file)

    def _open(self, name: str) -> IO[str]:
        folder = self.place.home / "run"
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        return (folder / f"database-{name}").open("a")

    @contextlib.contextmanager
    def _transition(self) -> Iterator[None]:
        with self._open("change.lock") as file:
            fcntl.flock(file, fcntl.LOCK_EX)
            yield


@contextlib.contextmanager
def serving(server: Server) -> Iterator[str]:
    """The database's address, with the server running for as long as the block lasts."""
    server.start()
    try:
        yield server.url
    finally:
        server.leave()

"""What a test run stands on: a home of its own, and a PostgreSQL of its own where DATABASE_URL names none.

A pytest plug-in (`-p crosscut.site.tests.session` in pyproject.toml) and not a `conftest.py`: Django's settings are
read before the first conftest is, and no test may ever see the home of the person who runs it. All of a parallel run
share one server; it is started when the first test asks for a database and ends with the run, whatever ends the run.
"""

import atexit
import os
import re
import shutil
import signal
import sys
import tempfile
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from crosscut.site.embedded.place import place_of
from crosscut.site.embedded.processes import ends_with_parent
from crosscut.site.embedded.server import Server

FOLDER = "CROSSCUT_TEST_FOLDER"  # tells the parallel workers which folder the run has
# The data of a test run is worth nothing after it: do not wait for the disk.
FORGETFUL = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off", "log_min_duration_statement": "-1"}
MAY_NOT_CHANGE_TESTS = {"CROSSCUT_URL", "CROSSCUT_PUBLIC_URL", "CROSSCUT_DEBUG", "CROSSCUT_HOSTS", "CROSSCUT_S3_BUCKET"}
_STORED = re.compile(r"[0-9a-f]{2}|incoming")
_BEFORE: pytest.StashKey[Any] = pytest.StashKey()
_is_first_process = FOLDER not in os.environ
_served: list[Server] = []  # the server this process uses, once it does


def _take_home() -> Path:
    if _is_first_process:
        os.environ[FOLDER] = tempfile.mkdtemp(prefix="crosscut-tests-")
    folder = Path(os.environ[FOLDER])
    home = folder / os.environ.get("PYTEST_XDIST_WORKER", "home")
    home.mkdir(exist_ok=True)
    os.environ["CROSSCUT_HOME"] = str(home)
    for name in MAY_NOT_CHANGE_TESTS & os.environ.keys():
        del os.environ[name]
    return folder


def _keep_compiled() -> None:
    """Lets this process and all it starts read Python compiled once, in the run's cache.

    Some environments set PYTHONDONTWRITEBYTECODE: then each of a run's many processes (workers, capped children,
    commands) compiles Django and us anew, half of the time it takes to start.
    """
    cache = Path(__file__).parents[4] / ".pytest_cache" / "compiled"
    sys.dont_write_bytecode, sys.pycache_prefix = False, str(cache)
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
    os.environ["PYTHONPYCACHEPREFIX"] = str(cache)


_folder = _take_home()
_keep_compiled()


def database_url() -> str:
    """The address of the run's database server: DATABASE_URL's, else our own, started now when it is not yet."""
    if given := os.environ.get("DATABASE_URL"):
        return given
    if not _served:
        leash = ends_with_parent(signal.SIGINT) if _is_first_process else None
        home = _folder / "server"
        home.mkdir(exist_ok=True)
        server = Server(place_of(home, [Path(tempfile.gettempdir())]), settings=FORGETFUL, leash=leash)
        server.start()
        _served.append(server)
    return _served[0].url


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_setupnodes() -> None:
    """A parallel run: the first process starts the server, so that it ends with the run and not with one worker."""
    database_url()


@pytest.fixture(scope="session")
def django_db_modify_db_settings(django_db_modify_db_settings_parallel_suffix: None) -> None:
    """Point Django at the run's server, when the first test needs it, and at what its database is a copy of."""
    from django.db import connections  # Django's settings are read by now

    from crosscut.site import settings
    from crosscut.site.tests.template import have_template

    server = settings._database(database_url())
    ours = connections["default"].settings_dict
    ours.update({name: server[name] for name in ("HOST", "PORT", "USER", "PASSWORD")})
    if _served:  # on a server of somebody else we make only what Django itself makes
        ours["TEST"]["TEMPLATE"] = have_template(_served[0])


@atexit.register
def _take_away() -> None:
    """Leave the server; the first process takes everything away, also when the run never got going."""
    while _served:
        server = _served.pop()
        server.leave()
        if _is_first_process and server.place.folder != server.place.home / "db":
            shutil.rmtree(server.place.folder)
    if _is_first_process:
        shutil.rmtree(_folder, ignore_errors=True)


def strays(folder: Path) -> set[str]:
    """The stored files' folders that lie in a folder: `9d`, `ba`, `incoming`. In the checkout's own there are none."""
    return {path.name for path in folder.iterdir() if path.is_dir() and _STORED.fullmatch(path.name)}


def pytest_sessionstart(session: pytest.Session) -> None:
    """Remembers what lay where the run began."""
    session.stash[_BEFORE] = strays(session.config.rootpath)


def pytest_sessionfinish(session: pytest.Session) -> None:
    """A run that stores files where it happens to stand has failed, whatever its tests say."""
    if _is_first_process and (left := strays(session.config.rootpath) - session.stash[_BEFORE]):
        session.exitstatus = pytest.ExitCode.TESTS_FAILED
        session.config.get_terminal_writer().line(f"\nStored in the checkout by a test: {', '.join(sorted(left))}")


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Say once more, at the very end and counted, what was skipped and why."""
    skipped = terminalreporter.stats.get("skipped", [])
    told = [report.longrepr for report in skipped]
    reasons = Counter(reason[2] if isinstance(reason, tuple) else str(reason) for reason in told)
    if reasons:
        terminalreporter.section("skipped, and why")
        for reason, count in reasons.most_common():
            terminalreporter.write_line(f"{count:4} {reason.removeprefix('Skipped: ')}")

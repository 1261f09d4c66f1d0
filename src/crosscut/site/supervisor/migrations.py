"""Bringing the database to this version of the code, by one process at a time and only when there is something to do.

Django needs a second or two to find out that nothing is to be done. So the last migration leaves a fingerprint of all
migration files in the database; while the files are the same, nothing is asked of Django.
"""

import hashlib
import importlib.metadata
import subprocess
import sys
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import psycopg

import crosscut
from crosscut.apps.publish import restoring
from crosscut.kernel.errors import Conflict, Unavailable
from crosscut.site.embedded import database

LOCK = 0x63726F7373  # "cross": any number that no other program on this database takes for its advisory lock
PACKAGES_WITH_TABLES = ("django", "procrastinate")
CONNECT_WITHIN_S = 60
TABLE = """
CREATE TABLE IF NOT EXISTS crosscut_migrated (fingerprint text NOT NULL, at timestamptz NOT NULL DEFAULT now())
"""


def fingerprint() -> str:
    """One line for all migrations of this version of the code and of the packages that bring tables."""
    found = hashlib.sha256()
    for package in PACKAGES_WITH_TABLES:
        found.update(f"{package} {importlib.metadata.version(package)}\n".encode())
    root = Path(crosscut.__file__).parent
    for path in sorted(root.glob("**/migrations/*.py")):
        found.update(f"{path.relative_to(root)}\n".encode() + path.read_bytes())
    return found.hexdigest()


def migrate(url: str, environment: Mapping[str, str]) -> bool:
    """Whether anything was done to bring the database to this version. Waits while another process does it.

    Raises Unavailable with Django's own words when a migration fails; it is undone then. Raises Conflict while a
    backup is brought back only in part.
    """
    wanted = fingerprint()
    with _connect(url) as connection:
        if connection.execute("SELECT to_regnamespace(%s)", [restoring.SCHEMA]).fetchone() != (None,):
            raise Conflict(restoring.HALF_RESTORED)
        connection.execute("SELECT pg_advisory_lock(%s)", [LOCK])
        connection.execute("SET client_min_messages TO warning")
        connection.execute(TABLE)
        if connection.execute("SELECT 1 FROM crosscut_migrated WHERE fingerprint = %s", [wanted]).fetchone():
            return False
        database.ensure_extensions(url)
        _run_django(environment)
        connection.execute("DELETE FROM crosscut_migrated")
        connection.execute("INSERT INTO crosscut_migrated (fingerprint) VALUES (%s)", [wanted])
    return True


def _connect(url: str) -> psycopg.Connection[tuple[Any, ...]]:
    """A connection to a server that may still be starting."""
    until = time.monotonic() + CONNECT_WITHIN_S
    while True:
        try:
            return psycopg.connect(url, autocommit=True, connect_timeout=10)
        except psycopg.OperationalError as error:
            if time.monotonic() > until:
                raise Unavailable(f"The database does not answer: {error}") from error
            time.sleep(0.5)


def _run_django(environment: Mapping[str, str]) -> None:
    # Django's own checks read all pages before; the tests have made them.
    words = ["manage", "migrate", "--no-input", "--skip-checks", "--verbosity", "1"]
    command = [sys.executable, "-m", "crosscut.cli.within", *words]
    done = subprocess.run(command, env=dict(environment), capture_output=True, text=True, check=False)
    if done.returncode:
        said = (done.stderr or done.stdout).strip()
        raise Unavailable(f"The database could not be brought to this version:\n{said[-3000:]}")

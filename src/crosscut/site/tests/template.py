"""The migrated database that every test database of a run is a copy of.

Migrating an empty database takes most of the time that a few tests take. It is done once for each state of the
migrations and kept as a dump in the checkout's cache; a run restores the dump, and its processes copy the template.
"""

import fcntl
import hashlib
import os
import subprocess
import sys
from pathlib import Path

import django
import psycopg
from django.apps import apps

from crosscut.site.embedded import database
from crosscut.site.embedded.server import Server

CACHE = Path(__file__).parents[4] / ".pytest_cache" / "databases"


def have_template(server: Server) -> str:
    """The name of the server's migrated database: made now, from the kept dump where there is one."""
    state = _state()
    name = f"template_{state[:16]}"
    CACHE.mkdir(parents=True, exist_ok=True)
    with (server.place.home / "template.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)  # the run's other processes wait for the first
        with psycopg.connect(database.address(server.place.socket_folder, "postgres"), autocommit=True) as connection:
            if connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [name]).fetchone():
                return name
            connection.execute("CREATE DATABASE draft")
            _fill(server, database.address(server.place.socket_folder, "draft"), CACHE / f"{state}.dump")
            connection.execute(f'ALTER DATABASE draft RENAME TO "{name}"')  # only now: a half-made one is no template
    return name


def _state() -> str:
    """What the migrated database depends on, as a digest: our migrations, those of Django and of other apps."""
    digest = hashlib.sha256(django.__version__.encode())
    for config in apps.get_app_configs():
        for path in sorted(Path(config.path, "migrations").glob("*.py")):
            digest.update(path.name.encode() + path.read_bytes())
    return digest.hexdigest()


def _fill(server: Server, url: str, kept: Path) -> None:
    if not (server.binaries and (server.binaries.folder / "pg_dump").exists()):
        _migrate(url)
    elif kept.exists():
        _run(server, "pg_restore", "--single-transaction", "--no-owner", "--dbname", url, kept)
    else:
        _migrate(url)
        fresh = kept.with_suffix(f".{os.getpid()}")
        _run(server, "pg_dump", "--format=custom", "--no-owner", "--dbname", url, "--file", fresh)
        for old in CACHE.glob("*.dump"):
            old.unlink()
        fresh.replace(kept)


def _migrate(url: str) -> None:
    settings = {"DATABASE_URL": url, "DJANGO_SETTINGS_MODULE": "crosscut.site.settings"}
    command = [sys.executable, "-m", "django", "migrate", "--verbosity=0"]
    subprocess.run(command, check=True, env={**os.environ, **settings})


def _run(server: Server, program: str, *arguments: str | Path) -> None:
    folder = server.binaries.folder if server.binaries else Path()
    subprocess.run([folder / program, *arguments], check=True)

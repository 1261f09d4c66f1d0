"""What is running for an installation, for other processes to see: a lock that proves it, a file that describes it."""

import contextlib
import fcntl
import json
import os
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
from pathlib import Path

from crosscut.kernel.errors import Conflict


@dataclass(frozen=True, kw_only=True)
class ChildState:
    """How one part of the product is."""

    name: str  # "web", "worker-1", "ticker"
    pid: int | None  # its process number while it runs
    restarts: int  # how often it had to be started again


@dataclass(frozen=True, kw_only=True)
class State:
    """What a supervisor runs."""

    pid: int  # the supervisor's process number
    desk_url: str  # where people work
    public_url: str  # what the audience sees
    is_ready: bool = False  # whether the desk has answered
    children: list[ChildState] = field(default_factory=list)  # each part, in order of starting


def write(home: Path, state: State) -> None:
    """Describe what runs; readers see the old description or the new one, never half of it."""
    path = _file(home)
    draft = path.with_suffix(f".{os.getpid()}")
    draft.write_text(json.dumps(asdict(state), indent=1))
    draft.replace(path)


def last(home: Path) -> State | None:
    """The last description written, by a supervisor that may be gone."""
    try:
        data = json.loads(_file(home).read_text())
        children = [ChildState(**child) for child in data.pop("children")]
        return State(**data, children=children)
    except (FileNotFoundError, ValueError, TypeError, KeyError):
        return None


def running(home: Path) -> State | None:
    """What runs for this installation now; None when nothing does."""
    try:
        with held(home):
            return None
    except Conflict:
        return last(home) or State(pid=0, desk_url="", public_url="")


@contextlib.contextmanager
def held(home: Path) -> Iterator[None]:
    """The right to supervise this installation, for as long as the block lasts. Raises Conflict when another has it."""
    folder = home / "run"
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    with (folder / "up.lock").open("a") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            state = last(home)
            where = f" at {state.desk_url}" if state and state.desk_url else ""
            raise Conflict(f"Crosscut is running already{where}.") from error
        yield


def _file(home: Path) -> Path:
    return home / "run" / "state.json"

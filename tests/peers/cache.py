"""The folder in which what is slow to prepare is kept between runs: installed packages, an initialised database."""

import contextlib
import fcntl
import os
import shutil
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path


def folder() -> Path:
    """`CROSSCUT_PEERS_CACHE`, else a folder of this user's cache. Nobody else can read it."""
    default = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "crosscut-peers"
    path = Path(os.environ.get("CROSSCUT_PEERS_CACHE") or default)
    path.mkdir(parents=True, exist_ok=True, mode=0o700)
    return path


def kept(name: str, make: Callable[[Path], None]) -> Path:
    """The folder of that name, made once by whichever process comes first; half-made ones are never seen."""
    done = folder() / name
    with _locked(folder() / f"{name}.lock"):
        if not done.exists():
            with private(f"{name}.new.") as fresh:
                make(fresh)
                fresh.rename(done)
    return done


@contextlib.contextmanager
def private(prefix: str) -> Iterator[Path]:
    """A new folder inside the cache's file system, gone afterwards."""
    path = Path(tempfile.mkdtemp(prefix=prefix, dir=folder()))
    try:
        yield path
    finally:
        shutil.rmtree(path, ignore_errors=True)


@contextlib.contextmanager
def _locked(path: Path) -> Iterator[None]:
    with path.open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield

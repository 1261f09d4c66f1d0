"""Installations with a server of their own, taken away afterwards."""

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from crosscut.site.embedded.place import Place, place_of

WITHOUT_WAITING_FOR_THE_DISK = {"fsync": "off"}


@pytest.fixture
def home(tmp_path: Path) -> Path:
    return tmp_path / "home"


@contextmanager
def placed(home: Path) -> Iterator[Place]:
    """The place of a server, where root's server would also find its way; taken away after the block."""
    place = place_of(home, [Path(tempfile.gettempdir())])
    yield place
    if place.folder != home / "db":
        shutil.rmtree(place.folder)
    shutil.rmtree(place.socket_folder, ignore_errors=True)


@pytest.fixture
def place(home: Path) -> Iterator[Place]:
    """The place of a server of the test's own."""
    with placed(home) as place:
        yield place

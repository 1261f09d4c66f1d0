"""Where the server lives."""

import json
import os
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from crosscut.kernel.errors import NotAllowed, NotFound
from crosscut.site.embedded import owner, place
from crosscut.site.embedded.place import Place, is_open_to_all, place_of

as_root = pytest.mark.skipif(os.geteuid() != 0, reason="needs root")


@pytest.fixture
def open_folder() -> Iterator[Path]:
    """A folder every account can pass through, unlike pytest's own."""
    with tempfile.TemporaryDirectory() as folder:
        Path(folder).chmod(0o755)
        yield Path(folder)


@pytest.fixture
def closed_folder(tmp_path: Path) -> Path:
    folder = tmp_path / "closed"
    folder.mkdir(mode=0o700)
    return folder


def test_a_long_path_gets_a_short_socket_folder(tmp_path: Path):
    deep = tmp_path / ("deep" * 30)
    socket_folder = Place(folder=deep, home=deep, owner=owner.me()).socket_folder
    assert len(str(socket_folder / place.SOCKET_NAME)) <= place.LONGEST_SOCKET_PATH_BYTES
    assert not socket_folder.is_relative_to(deep)


def test_a_socket_folder_somebody_else_holds_is_refused(tmp_path: Path):
    held = Place(folder=tmp_path, home=tmp_path, owner=owner.me())
    held.socket_folder.symlink_to(tmp_path)  # whoever made it could point it anywhere
    with pytest.raises(NotAllowed, match="held by another account"):
        held.prepare()


def test_a_folder_under_a_closed_one_is_not_open_to_all(closed_folder: Path):
    inside = closed_folder / "inside"
    inside.mkdir(mode=0o755)
    assert not is_open_to_all(inside)
    assert is_open_to_all(Path("/"))


@as_root
def test_roots_server_gets_a_folder_its_owner_can_reach_and_keeps_it(closed_folder: Path, open_folder: Path):
    chosen = place_of(closed_folder, [open_folder])
    assert is_open_to_all(chosen.folder)
    assert chosen.owner.uid != 0
    assert place_of(closed_folder).folder == chosen.folder


@as_root
def test_folders_that_are_not_ours_keep_their_permissions(closed_folder: Path, open_folder: Path):
    def permissions() -> list[tuple[int, int]]:
        steps = (closed_folder, *closed_folder.parents)
        return [(step.stat().st_mode, step.stat().st_uid) for step in steps]

    before = permissions()
    place_of(closed_folder, [open_folder]).prepare()
    assert permissions() == before


@as_root
def test_closed_folders_are_passed_over(closed_folder: Path, tmp_path: Path):
    with pytest.raises(NotFound, match="DATABASE_URL"):
        place_of(tmp_path / "home", [closed_folder])


@as_root
def test_root_runs_an_ordinary_persons_server_as_that_person(tmp_path: Path):
    data = tmp_path / "db" / "data"
    data.mkdir(parents=True)
    os.chown(data, 12345, 12345)
    found = place_of(tmp_path)
    assert (found.folder, found.owner.uid) == (tmp_path / "db", 12345)


@as_root
def test_a_lost_folder_is_told_and_not_replaced_by_an_empty_one(closed_folder: Path):
    note = closed_folder / "db" / "place.json"
    note.parent.mkdir()
    note.write_text(json.dumps({"folder": "/nowhere/crosscut-lost"}))
    with pytest.raises(NotFound, match=r"/nowhere/crosscut-lost is gone.*delete"):
        place_of(closed_folder)

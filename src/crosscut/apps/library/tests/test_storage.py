import errno
import hashlib
from pathlib import Path

import pytest

from crosscut.apps.library import storage
from crosscut.kernel.errors import Cancelled, Conflict, NotFound, Unavailable

BYTES = b"a coral reef" * 100_000


@pytest.fixture
def source(tmp_path: Path) -> Path:
    path = tmp_path / "source.bin"
    path.write_bytes(BYTES)
    return path


@pytest.fixture
def elsewhere(settings):
    """A storage that is no local disk, as S3 is none."""
    settings.STORAGES = {
        **settings.STORAGES,
        "default": {"BACKEND": "crosscut.apps.library.tests.making.Elsewhere"},
    }


def files_in(folder: Path) -> list[Path]:
    return [path for path in folder.rglob("*") if path.is_file()] if folder.exists() else []


def test_it_keeps_a_file_under_the_hash_of_its_content(source, store):
    stored = storage.keep(source)
    assert stored.sha256 == hashlib.sha256(BYTES).hexdigest()
    assert stored.size_bytes == len(BYTES)
    place = store / stored.sha256[:2] / stored.sha256[2:4] / stored.sha256
    assert place.read_bytes() == BYTES
    assert source.exists()


def test_it_stores_equal_files_once(source, tmp_path, store):
    twin = tmp_path / "twin.bin"
    twin.write_bytes(BYTES)
    assert storage.keep(source) == storage.keep(twin)
    assert len(files_in(store)) == 1


def test_it_gives_a_local_file_without_copying_it(source, store):
    stored = storage.keep(source)
    with storage.local_copy(stored.sha256) as path:
        assert path.is_relative_to(store)
        assert path.read_bytes() == BYTES


@pytest.mark.usefixtures("elsewhere")
def test_it_keeps_and_gives_files_of_a_storage_that_is_no_disk(source, settings):
    stored = storage.keep(source)
    assert storage.keep(source) == stored
    assert list(storage.stored_hashes()) == [stored.sha256]
    with storage.local_copy(stored.sha256) as path:
        assert path.read_bytes() == BYTES
    assert list(settings.UPLOAD_FOLDER.iterdir()) == []
    assert storage.remove(stored.sha256, is_old=lambda at: False) == 0
    assert storage.remove(stored.sha256, is_old=lambda at: True) == len(BYTES)
    assert not storage.exists(stored.sha256)


def test_a_full_disk_leaves_nothing_half_done(source, store, monkeypatch):
    def no_room(descriptor: int) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr("crosscut.apps.library.storage.os.fsync", no_room)
    with pytest.raises(Unavailable, match=r"no room left to store source.bin"):
        storage.keep(source)
    assert files_in(store) == []
    assert source.read_bytes() == BYTES


def test_any_other_disk_error_is_not_taken_for_a_full_disk(source, monkeypatch):
    def broken(descriptor: int) -> None:
        raise OSError(errno.EIO, "Input/output error")

    monkeypatch.setattr("crosscut.apps.library.storage.os.fsync", broken)
    with pytest.raises(OSError, match="Input/output"):
        storage.keep(source)


def test_a_stop_leaves_nothing_half_done(source, store):
    with pytest.raises(Cancelled):
        storage.keep(source, should_stop=lambda: True)
    assert files_in(store) == []


def test_it_refuses_a_file_that_changes_while_it_is_read(source, store):
    def grow() -> bool:
        with source.open("ab") as file:
            file.write(b"more")
        return False

    with pytest.raises(Conflict, match="changed while it was being read"):
        storage.keep(source, should_stop=grow)
    assert files_in(store) == []


def test_a_missing_file_is_said_plainly():
    with pytest.raises(NotFound, match="missing"), storage.local_copy("ab" * 32):
        pass
    with pytest.raises(NotFound, match="missing"):
        storage.open_stored("ab" * 32)


def test_it_takes_old_files_away_and_leaves_young_ones(source):
    stored = storage.keep(source)
    assert storage.remove(stored.sha256, is_old=lambda at: False) == 0
    assert storage.exists(stored.sha256)
    assert storage.remove(stored.sha256, is_old=lambda at: True) == len(BYTES)
    assert not storage.exists(stored.sha256)


def test_a_file_stored_again_while_it_is_taken_away_stays(source):
    stored = storage.keep(source)
    looks = iter([True, False])  # old at the first look, then it was stored anew
    assert storage.remove(stored.sha256, is_old=lambda at: next(looks)) == 0
    with storage.local_copy(stored.sha256) as path:
        assert path.read_bytes() == BYTES

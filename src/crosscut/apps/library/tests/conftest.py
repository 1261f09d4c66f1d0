"""Every library test has a store and an upload folder of its own."""

from pathlib import Path

import pytest
from tests.cast import Cast

from crosscut.apps.accounts.models import Member
from crosscut.apps.library.models import Asset
from crosscut.apps.library.tests import making
from crosscut.apps.library.tests.remembering import Memory


@pytest.fixture(autouse=True)
def store(settings, tmp_path: Path) -> Path:
    """The folder in which files are stored."""
    settings.UPLOAD_FOLDER = tmp_path / "uploads"
    settings.UPLOAD_FOLDER.mkdir()
    settings.FILE_UPLOAD_TEMP_DIR = settings.UPLOAD_FOLDER
    where = {"BACKEND": "django.core.files.storage.FileSystemStorage", "OPTIONS": {"location": tmp_path / "store"}}
    settings.STORAGES = {**settings.STORAGES, "default": where}
    return tmp_path / "store"


@pytest.fixture
def junior(cast: Cast) -> Member:
    """Who may upload and describe, and not clear rights."""
    return cast.junior


@pytest.fixture(scope="session")
def memory(tmp_path_factory: pytest.TempPathFactory) -> Memory:
    """What was found of the fixtures' files."""
    return Memory(tmp_path_factory.mktemp("memory"))


@pytest.fixture
def photo(cast: Cast, tmp_path: Path, memory: Memory) -> Asset:
    """A picture in the library of the cast's workspace."""
    with memory.in_use():
        return making.taken_in(cast.junior, making.jpeg(tmp_path / "in" / "coral reef.jpg"))


@pytest.fixture
def film(cast: Cast, tmp_path: Path, memory: Memory) -> Asset:
    """A two-second film with sound in the library."""
    with memory.in_use():
        return making.taken_in(cast.junior, making.film(tmp_path / "in" / "dive.mp4"))

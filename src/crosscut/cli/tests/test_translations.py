"""The command of translations: a language added, sent out, taken back, and the memory written."""

from pathlib import Path

import pytest
from tests.cast import Cast
from typer.testing import CliRunner

from crosscut.apps.produce.services.write import change_piece
from crosscut.apps.produce.tests import translated
from crosscut.cli import desk, translations


def test_the_command_sends_a_translation_out_and_takes_it_back(
    cast: Cast, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(desk, "acting_member", lambda email, workspace: cast.junior)
    run, file, memory = CliRunner().invoke, tmp_path / "a.xlf", tmp_path / "memory.tmx"
    found = translated.german(cast)
    source, piece = str(found.source.piece.pk), str(found.piece.pk)
    assert run(translations.app, ["add", source, "fr"]).stdout.strip().isdigit()
    listed = run(translations.app, ["list", source])
    assert "translated (6 of 6)" in listed.stdout and "not-begun" in listed.stdout and listed.exit_code == 0
    run(translations.app, ["export", piece, str(file)])
    file.write_bytes(file.read_bytes().replace(b"Ein Plan", b"Der Plan"))
    looked = run(translations.app, ["import", piece, str(file)])
    assert "title: clean" in looked.stdout and "text: It says this already." in looked.stdout and looked.exit_code == 1
    run(translations.app, ["import", piece, str(file), "--apply"])
    found.piece.refresh_from_db()
    assert found.piece.title == "Der Plan"
    run(translations.app, ["memory", str(memory), "--language", "de"])
    assert "Das halbe Riff ist weg." in memory.read_text()
    change_piece(cast.junior, found.source.piece, text="Another text.")
    assert run(translations.app, ["list", source]).exit_code == 1

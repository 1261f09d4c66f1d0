"""The terminal's language."""

import json
from pathlib import Path

import pytest
from PIL import Image
from typer.testing import CliRunner

from crosscut.cli.language import translator
from crosscut.cli.main import app
from crosscut.kernel.errors import NotFound
from crosscut.kernel.phrases import phrase


@pytest.fixture(autouse=True)
def plain_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("LANGUAGE", "LC_ALL", "LC_MESSAGES", "LANG"):
        monkeypatch.delenv(name, raising=False)


@pytest.mark.parametrize("setting", ["", "C", "C.UTF-8", "de_DE.UTF-8"])
def test_a_language_nobody_translated_to_is_english(setting: str, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("LANG", setting)
    assert translator().gettext("Write a title.") == "Write a title."


@pytest.mark.parametrize("name", ["LANGUAGE", "LC_ALL", "LC_MESSAGES", "LANG"])
def test_a_check_is_said_in_the_language_of_the_terminal(name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    Image.new("RGB", (40, 4000)).save(tmp_path / "tall.png")
    monkeypatch.setenv(name, "en_XA.UTF-8")
    answer = CliRunner().invoke(app, ["check", str(tmp_path / "tall.png"), "--for", "instagram/feed_image", "--json"])
    (findings,) = json.loads(answer.stdout).values()
    assert findings and all(finding["message"].startswith("[") for finding in findings)


def test_an_error_is_said_in_the_language_of_the_terminal(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("LANG", "ar_XB")
    assert NotFound(phrase("Write a title.")).said_in(translator()) == "\u200fWrite a title.\u200f"

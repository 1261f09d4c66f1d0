"""`crosscut readers`, as a script meets it."""

import json
from pathlib import Path

import pytest
from tests.cast import Cast
from typer.testing import CliRunner

from crosscut.apps.accounts.models import Member
from crosscut.apps.readers.tests.made import a_newsletter, a_reader
from crosscut.channels.tests.mailserver import MailServer
from crosscut.cli.readers import app
from crosscut.kernel.errors import NotAllowed, NotFound

pytestmark = pytest.mark.django_db


def _crosscut(member: Member, *words: object) -> str:
    ran = CliRunner().invoke(app, [*map(str, words), "--as", member.user.email])
    if ran.exception:
        raise ran.exception
    return ran.output


def test_it_lists_enters_brings_writes_and_takes_out(cast: Cast, tmp_path: Path):
    account = a_newsletter(cast, tmp_path, MailServer(port=25))
    a_reader(account, "ada@reader.example")
    _crosscut(cast.senior, "add", "ben@reader.example", "--consent", "Asked by phone")
    table = tmp_path / "readers.csv"
    table.write_text("E-mail\ncleo@reader.example\nnobody\n")
    told = _crosscut(cast.senior, "import", table, "--consent", "At the stand")
    assert "Nothing was taken in" in told and "Line 3: nobody" in told
    assert "1 added." in _crosscut(cast.senior, "import", table, "--consent", "At the stand", "--yes")
    assert _crosscut(cast.senior, "take-out", "Ada@reader.example").strip() == "left"
    listed = {row["address"]: row["state"] for row in json.loads(_crosscut(cast.senior, "list", "--json"))}
    assert listed == {"ada@reader.example": "left", "ben@reader.example": "reads", "cleo@reader.example": "reads"}
    _crosscut(cast.senior, "export", tmp_path / "out.csv")
    assert "ben@reader.example" in (tmp_path / "out.csv").read_text()


def test_juniors_and_strangers_are_refused(cast: Cast, tmp_path: Path):
    a_newsletter(cast, tmp_path, MailServer(port=25))
    with pytest.raises(NotAllowed):
        _crosscut(cast.junior, "list")
    with pytest.raises(NotFound):
        _crosscut(cast.stranger, "list")

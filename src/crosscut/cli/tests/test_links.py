"""The command of links: marks, shortens, lists, and says what leads nowhere."""

from pathlib import Path

import pytest
from tests.cast import Cast
from typer.testing import CliRunner

from crosscut.apps.produce.services import link_rules
from crosscut.cli import desk, links

PAGE = "https://www.reef.example/half"
AGREED = link_rules.Wish(hosts=("reef.example",), sources=("newsletter", "practice"))


def test_the_command_marks_shortens_and_lists(cast: Cast, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(desk, "acting_member", lambda email, workspace: cast.lead)
    run = CliRunner().invoke
    link_rules.set_rules(cast.lead, AGREED)
    marked = run(links.app, ["mark", PAGE, "--how", "source=practice"]).stdout
    assert marked.strip() == f"{PAGE}?utm_source=practice"
    code = tmp_path / "poster.svg"
    short = run(links.app, ["shorten", PAGE, "--how", "code=k2", "--how", "until=2090-01-31", "--qr", str(code)]).stdout
    assert short.strip().endswith("/go/reef-watch/k2") and code.read_bytes()
    assert PAGE in run(links.app, ["list"]).stdout
    assert run(links.app, ["check"]).exit_code == 0

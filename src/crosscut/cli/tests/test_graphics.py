"""What `crosscut graphics` and `crosscut provenance` answer, and how they end."""

import json
from pathlib import Path

from typer.testing import CliRunner

from crosscut.cli.main import app
from crosscut.media.provenance.tests.test_provenance import DATA

EXAMPLE = Path(__file__).parents[4] / "examples" / "graphics"
LAYOUT = str(EXAMPLE / "quote" / "square-1080x1080.svg")


def test_graphics_are_made_and_those_to_repair_are_said(tmp_path):
    (tmp_path / "turtle.svg").write_text((EXAMPLE / "turtle.svg").read_text())
    table = tmp_path / "rows.csv"
    table.write_text("quote,picture\nWe count turtles,turtle.svg\n")
    answer = CliRunner().invoke(app, ["graphics", LAYOUT, str(table), "--out", str(tmp_path / "out"), "--json"])
    assert (answer.exit_code, json.loads(answer.stdout)["blocked"]) == (0, 0)
    table.write_text("quote,picture\nWe count turtles,gone.svg\n")
    answer = CliRunner().invoke(app, ["graphics", LAYOUT, str(table), "--out", str(tmp_path / "out")])
    assert answer.exit_code == 1
    assert "row 1 · square-1080x1080 · picture: There is no picture gone.svg" in answer.stdout


def test_provenance_says_what_is_broken_and_ends_with_1():
    answer = CliRunner().invoke(app, ["provenance", str(DATA / "adobe-20220124-E-dat-CA.jpg")])
    assert answer.exit_code == 1
    assert "changed after it was signed" in answer.stdout and "authors: Adobe make_test" in answer.stdout
    answer = CliRunner().invoke(app, ["provenance", str(DATA / "adobe-20220124-A.jpg"), "--json"])
    assert (answer.exit_code, json.loads(answer.stdout)["state"]) == (0, "none")

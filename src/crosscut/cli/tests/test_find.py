"""`crosscut find` and `crosscut meaning`: what the search box finds, and how far the search by meaning is."""

import json

import pytest
from typer.testing import CliRunner

from crosscut.apps.library.tests.conftest import store
from crosscut.apps.library.tests.test_meaning import folder, model, needs_engine, shelf
from crosscut.cli import desk
from crosscut.cli.main import app

__all__ = ["folder", "model", "shelf", "store"]
pytestmark = pytest.mark.django_db


@needs_engine
def test_commands_find_and_say_how_far_it_is(cast, shelf, monkeypatch):
    monkeypatch.setattr(desk, "acting_member", lambda email, workspace: cast.lead)
    run = CliRunner().invoke
    told = run(app, ["find", "crimson"]).stdout
    assert "IMG red  (alike in meaning)" in told and "1 found" in told
    assert json.loads(run(app, ["find", "crimson", "--literal", "--json"]).stdout)["count"] == 0
    assert "4 assets understood, 0 wait" in run(app, ["meaning", "--now"]).stdout
    monkeypatch.setattr(desk, "acting_member", lambda email, workspace: cast.stranger)
    assert json.loads(run(app, ["find", "crimson", "--json"]).stdout)["assets"] == []

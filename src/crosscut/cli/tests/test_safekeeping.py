"""The words about keeping and moving, as a person types them. What they do is shown where it is done."""

import json
from pathlib import Path
from typing import Any

import pytest
from tests.cast import Cast
from typer.testing import CliRunner

from crosscut.apps.accounts.models import Workspace
from crosscut.apps.library import storage
from crosscut.apps.library.models import Asset
from crosscut.apps.library.services import sweep
from crosscut.apps.library.services.placements import note_placement
from crosscut.apps.library.tests import making
from crosscut.apps.library.tests.conftest import store
from crosscut.apps.publish.services.takedowns import watch_placements
from crosscut.apps.work.models import Job
from crosscut.cli import desk
from crosscut.cli.main import app
from crosscut.kernel.errors import Conflict, NotFound

__all__ = ["store"]


@pytest.fixture
def say(monkeypatch: pytest.MonkeyPatch, settings: Any, tmp_path: Path) -> Any:
    """Types a command and gives what it answers."""
    monkeypatch.setenv("DATABASE_URL", "the tests' own")
    monkeypatch.setenv("CROSSCUT_HOME", str(tmp_path / "home"))
    settings.HOME, settings.PUBLIC_FOLDER = tmp_path / "home", tmp_path / "home" / "public"

    def typed(*words: str, code: int = 0) -> Any:
        done = CliRunner().invoke(app, [*words, "--json"], catch_exceptions=False)
        assert done.exit_code == code, done.output
        return json.loads(done.stdout)

    return typed


@pytest.fixture
def photo(cast: Cast, tmp_path: Path) -> Asset:
    return making.taken_in(cast.lead, making.jpeg(tmp_path / "reef.jpg"))


def test_a_workspace_is_exported_and_refused_where_it_is_already(say: Any, cast: Cast, photo: Asset, tmp_path: Path):
    told = say("export", cast.workspace.slug, "--to", str(tmp_path / "reef.zip"))
    assert told["files"] >= 2 and (tmp_path / "reef.zip").is_file()
    with pytest.raises(Conflict):
        say("import", str(tmp_path / "reef.zip"))
    with pytest.raises(NotFound, match="reef-watch"):
        say("export", "nobody", "--to", str(tmp_path / "nobody"))
    assert Workspace.objects.count() == 2


@pytest.mark.django_db(transaction=True)
def test_a_backup_is_made_and_lost_files_come_back(say: Any, photo: Asset, store: Path, tmp_path: Path):
    folder = str(tmp_path / "backups")
    assert say("backup", "--to", folder, "--keep", "3")["files"] >= 2
    assert photo.current
    (store / storage.name_of(photo.current.sha256)).unlink()
    assert say("restore", folder, "--files")["brought_back"] == 1
    assert storage.is_whole(photo.current.sha256)
    with pytest.raises(Conflict, match="empty"):
        say("restore", folder)


def test_storage_is_told_and_looked_through(
    say: Any, cast: Cast, photo: Asset, store: Path, monkeypatch: pytest.MonkeyPatch
):
    me = ("--as", "lead@example.org", "--workspace", cast.workspace.slug)
    assert photo.current
    rooms = {room["storage_class"]: room["size_bytes"] for room in say("storage", *me)["rooms"]}
    assert rooms["masters"] == photo.current.size_bytes

    def done(by: Any, job: Job, *, quiet: bool) -> Job:
        job.result, job.state = sweep.check_storage(is_deep=True, is_dry=True), "done"
        return job

    monkeypatch.setattr(desk, "watch", done)
    assert say("storage", "--check", "--deep", *me)["missing_count"] == 0
    (store / storage.name_of(photo.current.sha256)).unlink()
    assert say("storage", "--check", *me, code=1)["missing"][0].startswith("version ")


def test_what_is_to_be_taken_down_is_listed(say: Any, cast: Cast, photo: Asset):
    note_placement(cast.lead, photo.pk, "Season brochure")
    photo.licences.create(holder="Rosa", terms="Old", ends_on="2020-01-01")
    watch_placements()
    me = ("--as", "lead@example.org", "--workspace", cast.workspace.slug)
    (told,) = say("takedowns", *me)["takedowns"]
    assert (told["place"], told["asset"]) == ("Season brochure", photo.pk)

"""`crosscut brand`: a kit out as a folder, and in again; said in words and as JSON."""

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from crosscut.apps.library.models import BrandFile, BrandKit
from crosscut.apps.library.services import brands
from crosscut.apps.library.tests import making
from crosscut.apps.library.tests.conftest import store
from crosscut.cli import desk
from crosscut.cli.main import app
from crosscut.kernel.errors import NotAllowed, NotFound
from crosscut.specs.brand import Colour

__all__ = ["store"]
pytestmark = pytest.mark.django_db


@pytest.fixture
def kit(cast, tmp_path, monkeypatch) -> BrandKit:
    """A kit with a logo; jobs are done at once."""
    made = brands.make_kit(cast.senior, brands.Kit(name="Reef Watch", colours=[Colour(name="Sea", hex="#003355")]))
    logo = making.taken_in(cast.junior, making.jpeg(tmp_path / "mark.jpg", colour="navy"))
    brands.put_file(cast.senior, made.pk, logo.pk, "logo")
    monkeypatch.setattr(desk, "watch", lambda by, job, quiet: making.worked_off(job))
    return made


def crosscut(*arguments: str, who: str = "senior@example.org"):
    return CliRunner().invoke(app, ["brand", *arguments, "--as", who])


def test_a_kit_goes_out_and_comes_in_again(cast, kit: BrandKit, tmp_path: Path):
    out = tmp_path / "out"
    answer = crosscut("export", "Reef Watch", str(out))
    assert answer.exit_code == 0 and "kit.yaml and 1 files" in answer.stdout
    assert (out / "kit.yaml").is_file() and [path.name for path in out.rglob("*.jpg")] == ["mark.jpg"]
    BrandFile.objects.all().delete()
    brands.change_kit(cast.senior, kit.pk, brands.Kit(name="Reef Watch"))
    answer = crosscut("import", str(out), "--json")
    assert answer.exit_code == 0, answer.output
    assert json.loads(answer.stdout) == {"kit": kit.pk, "name": "Reef Watch", "files": 1, "problems": []}
    assert brands.kit_of(BrandKit.objects.get()).colours == [Colour(name="Sea", hex="#003355")]
    told = crosscut("export", str(kit.pk), str(tmp_path / "again"), "--json")
    assert json.loads(told.stdout)["kit"] == kit.pk


def test_a_file_that_is_missing_ends_with_1_and_is_named(kit: BrandKit, tmp_path: Path):
    out = tmp_path / "out"
    assert crosscut("export", "Reef Watch", str(out)).exit_code == 0
    (mark,) = out.rglob("mark.jpg")
    mark.write_bytes(b"\xff\xd8\xff broken")
    answer = crosscut("import", str(out))
    assert answer.exit_code == 1 and "mark.jpg" in answer.stdout


def test_others_kits_are_not_there_and_juniors_bring_none_in(kit: BrandKit, tmp_path: Path):
    out = tmp_path / "out"
    assert isinstance(crosscut("export", "Reef Watch", str(out), who="stranger@example.org").exception, NotFound)
    assert crosscut("export", "Reef Watch", str(out)).exit_code == 0
    assert isinstance(crosscut("import", str(out), who="junior@example.org").exception, NotAllowed)

"""Backups through deaths and full disks: what is half there is no backup, and those before it stay whole."""

import hashlib
import resource
import shutil
from datetime import timedelta
from pathlib import Path

import pytest
from django.utils import timezone

from crosscut.apps.library.models import Asset
from crosscut.apps.library.services import papers
from crosscut.apps.library.services.clear import Terms, add_licence
from crosscut.apps.library.tests import making
from crosscut.apps.library.tests.conftest import store
from crosscut.kernel.errors import Conflict, CrosscutError, NotFound, Unavailable
from crosscut.site.safekeeping import programs, save
from crosscut.site.safekeeping.bring_back import bring_back
from crosscut.site.safekeeping.kept import Backup, Keep
from crosscut.site.safekeeping.save import back_up
from tests.cast import Cast
from tests.faults.dying import Death, fated

__all__ = ["store"]
pytestmark = pytest.mark.django_db(transaction=True)
MOST_STEPS = 200  # more than a backup of a few files takes


@pytest.fixture
def photo(cast: Cast, settings, tmp_path: Path) -> Asset:
    """An installation with a picture, and a post on a channel of its own."""
    settings.HOME = tmp_path / "home"
    settings.PUBLIC_FOLDER = settings.HOME / "public"
    settings.PUBLIC_FOLDER.mkdir(parents=True)
    (settings.PUBLIC_FOLDER / "post.json").write_text('{"key": "post"}')
    return making.taken_in(cast.lead, making.jpeg(tmp_path / "reef.jpg"))


@pytest.fixture
def folder(photo: Asset, cast: Cast, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with one whole backup. Something came since; the next one is an hour later, its dump ready-made."""
    place = tmp_path / "backups"
    first = back_up(place)
    making.taken_in(cast.lead, making.jpeg(tmp_path / "kelp.jpg", colour="olive"))
    later = timezone.now() + timedelta(hours=1)
    monkeypatch.setattr(timezone, "now", lambda: later)
    ready = shutil.copyfile(Keep(place).dump_of(first.stamp), tmp_path / "ready.dump")
    monkeypatch.setattr(programs, "dump", lambda path, *, snapshot: shutil.copyfile(ready, path))
    return place


def whole(folder: Path, stamp: str) -> Backup:
    """The record of that backup, of which everything is there and as it was."""
    keep = Keep(folder)
    backup = keep.read(stamp)
    assert not backup.lost
    kept = {sha256: keep.path_of(sha256) for sha256 in (*backup.files, *backup.public.values())}
    for sha256, path in {**kept, backup.dump_sha256: keep.dump_of(stamp)}.items():
        assert hashlib.sha256(path.read_bytes()).hexdigest() == sha256
    return backup


def leftovers(folder: Path) -> set[str]:
    """What lies there and belongs to no backup."""
    keep = Keep(folder)
    known = {keep.dump_of(stamp) for stamp in keep.stamps()} | set(folder.glob("backups/*.json"))
    named = {name for stamp in keep.stamps() for name in (*keep.read(stamp).files, *keep.read(stamp).public.values())}
    there = {path for path in folder.rglob("*") if path.is_file() and path.name not in named} - known
    return {path.name for path in there} - {".lock", save.SECRET_NAME}


@pytest.mark.parametrize("kind", ["kill", "full"])
def test_at_whichever_step_it_ends_there_is_a_whole_backup_or_none(
    kind: str, folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (before,) = Keep(folder).stamps()
    struck = 0
    for step in range(1, MOST_STEPS):
        again = shutil.copytree(folder, tmp_path / "struck")
        with fated(monkeypatch, step, kind) as fate:
            try:
                back_up(again, with_key="with")
            except (Death, CrosscutError):
                assert fate.has_struck
        whole(again, before)
        stamps = Keep(again).stamps()
        for stamp in stamps:
            whole(again, stamp)
        if len(stamps) == 1:  # half there is not there
            with pytest.raises(NotFound):
                bring_back(again, stamp=f"{timezone.now():%Y%m%dT%H%M%SZ}")
            back_up(again)
        assert Keep(again).forget_all_but(2) == [] and leftovers(again) == set()
        secret = again / save.SECRET_NAME
        assert not secret.exists() or secret.read_text()
        shutil.rmtree(again)
        if not fate.has_struck:
            break
        struck += 1
    assert not fate.has_struck and struck > 10, "it never got through, or met too little"


@pytest.mark.parametrize("kind", ["kill", "full"])
def test_forgetting_the_oldest_leaves_the_newest_whole_at_whichever_step_it_ends(
    kind: str, folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    newest = back_up(folder)
    for step in range(1, MOST_STEPS):
        again = shutil.copytree(folder, tmp_path / "struck")
        with fated(monkeypatch, step, kind) as fate:
            try:
                Keep(again).forget_all_but(1)
            except (Death, OSError):
                assert fate.has_struck
        for stamp in Keep(again).stamps():
            whole(again, stamp)
        Keep(again).forget_all_but(1)
        assert Keep(again).stamps() == [newest.stamp] and leftovers(again) == set()
        shutil.rmtree(again)
        if not fate.has_struck:
            return
    pytest.fail("it never got through")


def test_a_disk_that_fills_under_a_real_dump_or_a_file_leaves_no_backup(
    photo: Asset, cast: Cast, tmp_path: Path
) -> None:
    """A limit on the size of files stands for the full disk: the system refuses the write in the same way."""
    first = back_up(tmp_path / "backups")
    dump_bytes = Keep(tmp_path / "backups").dump_of(first.stamp).stat().st_size
    contract = tmp_path / "contract.pdf"
    contract.write_bytes(b"%PDF-1.7 " + b"We agree. " * (dump_bytes // 5))
    licence = add_licence(cast.lead, photo.pk, Terms(holder="Rosa", terms="Contract"))
    papers.attach_to_licence(cast.lead, licence.pk, contract, filename="contract.pdf")
    usual = resource.getrlimit(resource.RLIMIT_FSIZE)
    for limit_bytes, words in ((dump_bytes // 2, "pg_dump did not manage"), (dump_bytes * 3 // 2, "no room left")):
        resource.setrlimit(resource.RLIMIT_FSIZE, (limit_bytes, usual[1]))
        try:
            with pytest.raises(Unavailable, match=words):
                back_up(tmp_path / "other")
        finally:
            resource.setrlimit(resource.RLIMIT_FSIZE, usual)
        assert Keep(tmp_path / "other").stamps() == []
        assert not list((tmp_path / "other").rglob("*.part"))
    assert contract.stat().st_size in back_up(tmp_path / "other").files.values()


def test_two_writers_do_not_clear_each_others_work_away(folder: Path) -> None:
    with Keep(folder).writing():
        with pytest.raises(Conflict, match="Another backup"):
            back_up(folder)
        with pytest.raises(Conflict, match="Another backup"):
            Keep(folder).forget_all_but(1)
    assert back_up(folder)
    with pytest.raises(Conflict, match="this very second"):  # the clock stands: it would take the other's place
        back_up(folder)
    for stamp in Keep(folder).stamps():
        whole(folder, stamp)

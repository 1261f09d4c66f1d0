"""Backups, shown by bringing them back: whole, incremental, consistent while people work."""

import threading
from datetime import timedelta
from pathlib import Path

import psycopg
import pytest
from django.db import connection
from django.utils import timezone
from tests.cast import Cast

from crosscut.apps.accounts.models import Member, Workspace
from crosscut.apps.library import storage
from crosscut.apps.library.models import Asset, Rendition, Version
from crosscut.apps.library.removals import may_remove
from crosscut.apps.library.services import bins, sweep
from crosscut.apps.library.tests import making
from crosscut.apps.library.tests.conftest import store
from crosscut.apps.publish.models import Hold, Target
from crosscut.apps.publish.services import send
from crosscut.apps.publish.tests import made
from crosscut.kernel.errors import Conflict, Invalid, NotFound, Unavailable
from crosscut.site.safekeeping import programs
from crosscut.site.safekeeping.bring_back import bring_back, bring_files_back
from crosscut.site.safekeeping.kept import Keep
from crosscut.site.safekeeping.save import back_up
from crosscut.site.supervisor import migrations

__all__ = ["store"]
pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def home(settings, tmp_path: Path):
    """An installation's folder of its own."""
    settings.HOME = tmp_path / "home"
    settings.PUBLIC_FOLDER = settings.HOME / "public"
    item = settings.PUBLIC_FOLDER / "site-1" / "items" / "post.json"
    item.parent.mkdir(parents=True)
    item.write_text('{"key": "post"}')
    return settings.HOME


@pytest.fixture
def photo(cast: Cast, tmp_path: Path) -> Asset:
    return making.taken_in(cast.lead, making.jpeg(tmp_path / "in" / "reef.jpg"))


def kept_in(folder: Path) -> set[Path]:
    return {path for path in (folder / "files").rglob("*") if path.is_file()}


def emptied(store: Path, home: Path) -> None:
    """As after the loss of the machine: no row, no file."""
    connection.close()
    with connection.cursor() as cursor:
        cursor.execute("DROP SCHEMA public CASCADE")
        cursor.execute("CREATE SCHEMA public")
    for folder in (store, home / "public"):
        for path in folder.rglob("*"):
            if path.is_file():
                path.unlink()


def state() -> tuple[object, ...]:
    rows = (Workspace, Asset, Version, Rendition)
    return tuple(list(model.objects.order_by("pk").values()) for model in rows)


def test_what_was_backed_up_comes_back_into_an_empty_home(cast: Cast, photo: Asset, store: Path, home: Path, tmp_path):
    before = state()
    backup = back_up(tmp_path / "backups")
    hashes = set(storage.stored_hashes())
    emptied(store, home)
    assert bring_back(tmp_path / "backups") == backup
    assert state() == before
    assert set(storage.stored_hashes()) == hashes
    assert sweep.check_rows(is_deep=True, is_dry=True).missing == []
    assert (home / "public" / "site-1" / "items" / "post.json").read_text() == '{"key": "post"}'
    lead = Member.objects.get(role="lead", workspace=cast.workspace)
    making.taken_in(lead, making.jpeg(tmp_path / "more.jpg", colour="red"))  # it goes on


def test_the_next_one_copies_only_what_is_new_and_each_can_be_brought_back(
    cast: Cast, photo: Asset, store: Path, home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    folder, start = tmp_path / "backups", timezone.now()
    first = back_up(folder)
    before = {path: path.stat().st_mtime_ns for path in kept_in(folder)}
    making.taken_in(cast.lead, making.jpeg(tmp_path / "more.jpg", colour="red"))
    monkeypatch.setattr(timezone, "now", lambda: start + timedelta(seconds=2))
    second = back_up(folder)
    assert first.stamp != second.stamp and set(first.files) < set(second.files)
    assert {path: path.stat().st_mtime_ns for path in before} == before
    emptied(store, home)
    bring_back(folder, stamp=first.stamp)
    assert Asset.objects.count() == 1
    Keep(folder).forget_all_but(1)
    assert Keep(folder).stamps() == [second.stamp]
    assert all(Keep(folder).has(sha256) for sha256 in second.files)


def test_nothing_that_may_be_out_already_is_sent_after_a_restore(cast: Cast, store: Path, home: Path, tmp_path: Path):
    overdue = made.a_post(cast.lead, due_at=timezone.now() + timedelta(seconds=0))
    planned = made.a_post(cast.lead, due_at=timezone.now() + timedelta(days=9))
    Target.objects.filter(pk=overdue.pk).update(due_at=timezone.now() + timedelta(milliseconds=1))
    back_up(tmp_path / "backups")
    Target.objects.filter(pk=overdue.pk).update(state="proven")  # sent after the backup was taken
    emptied(store, home)
    bring_back(tmp_path / "backups")
    again = Target.objects.get(pk=overdue.pk)
    assert again.state == "blocked" and again.needs_person and "may be out" in again.problem
    assert Target.objects.get(pk=planned.pk).state == "scheduled"
    assert Hold.objects.filter(lifted_at=None, workspace=cast.workspace).get().reason.startswith("Brought back")


def database_url() -> str:
    told = connection.settings_dict
    return psycopg.conninfo.make_conninfo(
        dbname=told["NAME"], user=told["USER"], password=told["PASSWORD"] or None, host=told["HOST"], port=told["PORT"]
    )


class Killed(BaseException):
    """The process ends here."""


def test_killed_when_the_rows_are_there_nothing_is_sent_and_the_same_command_ends_it(
    cast: Cast, store: Path, home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    overdue = made.a_post(cast.lead, due_at=timezone.now())
    backup = back_up(tmp_path / "backups")
    emptied(store, home)
    load = programs.load

    def dies(place: Path) -> None:
        load(place)
        raise Killed

    with monkeypatch.context() as patch:
        patch.setattr(programs, "load", dies)
        with pytest.raises(Killed):
            bring_back(tmp_path / "backups")
    Target.objects.filter(pk=overdue.pk).update(next_at=timezone.now() - timedelta(seconds=1))
    send.send(overdue.pk)
    assert Target.objects.get().state == "scheduled" and not Hold.objects.exists()
    with pytest.raises(Conflict, match="crosscut restore again"):  # neither does `crosscut up` start
        migrations.migrate(database_url(), {})
    assert bring_back(tmp_path / "backups") == backup
    assert Target.objects.get().state == "blocked" and Hold.objects.filter(workspace=cast.workspace).exists()
    with pytest.raises(Conflict, match="empty"):
        bring_back(tmp_path / "backups")


def test_a_backup_taken_while_people_work_fits_together(
    cast: Cast, photo: Asset, store: Path, home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    """Between reading the rows and copying the files, one asset goes for good and another comes."""
    late = making.taken_in(cast.lead, making.jpeg(tmp_path / "late.jpg", colour="red"))
    dump = programs.dump

    def meanwhile(place: Path, *, snapshot: str) -> None:
        dump(place, snapshot=snapshot)
        worker = threading.Thread(target=_work, args=(cast, photo, tmp_path))
        worker.start()
        worker.join()

    monkeypatch.setattr(programs, "dump", meanwhile)
    back_up(tmp_path / "backups")
    assert set(Asset.objects.values_list("title", flat=True)) == {"late", "new"}
    emptied(store, home)
    bring_back(tmp_path / "backups")
    assert set(Asset.objects.values_list("title", flat=True)) == {"reef", "late"}
    found = sweep.check_rows(is_deep=True, is_dry=True)
    assert (found.missing, found.changed) == ([], [])
    assert late.current_id


def _work(cast: Cast, photo: Asset, tmp_path: Path) -> None:
    try:
        bins.put_into_bin(cast.lead, [photo.pk])
        assert bins.empty_bin(cast.lead) == 1
        making.taken_in(cast.lead, making.jpeg(tmp_path / "new.jpg", colour="navy"))
    finally:
        connection.close()


def test_files_are_taken_away_only_when_no_backup_runs(cast: Cast):
    with may_remove() as before:
        assert before
    with psycopg.connect(**connection.get_connection_params() | {"cursor_factory": None}) as other:
        other.execute("SELECT pg_advisory_lock_shared(7215403)")
        with may_remove() as meanwhile:
            assert not meanwhile


def test_a_second_restore_over_something_is_refused(cast: Cast, photo: Asset, tmp_path: Path):
    back_up(tmp_path / "backups")
    with pytest.raises(Conflict, match="empty"):
        bring_back(tmp_path / "backups")
    assert Asset.objects.count() == 1


def test_lost_and_changed_files_come_back_into_a_running_installation(photo: Asset, store: Path, tmp_path: Path):
    back_up(tmp_path / "backups")
    assert photo.current
    master, thumbnail = photo.current.sha256, photo.current.renditions.get(purpose="thumbnail").sha256
    (store / storage.name_of(master)).unlink()
    (store / storage.name_of(thumbnail)).write_bytes(b"not what it was")
    found = bring_files_back(tmp_path / "backups")
    assert (found["brought_back"], found["not_in_backup"]) == (2, 0)
    assert storage.is_whole(master) and storage.is_whole(thumbnail)


def test_a_damaged_or_missing_backup_is_refused(cast: Cast, photo: Asset, store: Path, home: Path, tmp_path: Path):
    folder = tmp_path / "backups"
    with pytest.raises(NotFound):
        bring_back(folder)
    backup = back_up(folder)
    emptied(store, home)
    next(path for path in kept_in(folder) if path.name == max(backup.files)).unlink()
    with pytest.raises(Invalid, match="missing from the backup"):
        bring_back(folder)
    Keep(folder).dump_of(backup.stamp).write_bytes(b"no dump")
    with pytest.raises(Invalid, match="damaged"):
        bring_back(folder)
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM pg_tables WHERE schemaname = 'public'")
        assert cursor.fetchone() == (0,)
    assert set(storage.stored_hashes()) == set()
    _tables_again()


def _tables_again() -> None:
    """The other tests' tables."""
    from django.core.management import call_command

    call_command("migrate", verbosity=0)


def test_a_disk_that_cannot_hold_it_is_told_before_and_leaves_older_ones_whole(
    photo: Asset, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    folder = tmp_path / "backups"
    monkeypatch.setattr(Keep, "room_bytes", lambda self: 10)
    with pytest.raises(Unavailable, match="free"):
        back_up(folder)
    assert Keep(folder).stamps() == [] and kept_in(folder) == set()


def test_a_backup_inside_the_installation_is_none(photo: Asset, home: Path):
    with pytest.raises(Invalid, match="another disk"):
        back_up(home / "backups")


def test_the_key_of_logins_is_kept_only_when_asked_for(photo: Asset, tmp_path: Path):
    assert not back_up(tmp_path / "without").has_secret_key
    assert not (tmp_path / "without" / "secret.key").exists()
    assert back_up(tmp_path / "with", with_key="with").has_secret_key
    assert (tmp_path / "with" / "secret.key").stat().st_mode & 0o077 == 0

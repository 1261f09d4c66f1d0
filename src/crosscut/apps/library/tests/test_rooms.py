"""What files take: classes, budgets, giving back and making again, sweeps, the cold store, the page."""

from datetime import date, timedelta

import pytest
from django.core.files.storage import storages
from django.urls import reverse
from django.utils import timezone

from crosscut.apps.accounts.tests.asking import program, signed_in
from crosscut.apps.library import storage, tasks
from crosscut.apps.library.models import Arrival, ColdFile, Rendition, StorageBudget, StorageClass, StorageDay, Version
from crosscut.apps.library.queries.rooms import rooms_of
from crosscut.apps.library.services import derive, rooms, sweep
from crosscut.apps.library.tests import making
from crosscut.apps.library.tests.making import streamed
from crosscut.apps.work.models import Job
from crosscut.kernel.errors import Invalid, NotAllowed, Unsupported

PREVIEWS, MASTERS = StorageClass.PREVIEWS, StorageClass.MASTERS


@pytest.fixture
def settled(monkeypatch):
    """Files count as settled, and old, at once."""
    monkeypatch.setattr(rooms, "FRESH_S", -5)
    monkeypatch.setattr(sweep, "AGE_S", -5)


@pytest.fixture
def cold(settings, tmp_path):
    """A cold store in a folder."""
    where = {"BACKEND": "django.core.files.storage.FileSystemStorage", "OPTIONS": {"location": tmp_path / "cold"}}
    settings.STORAGES = {**settings.STORAGES, "cold": where}
    return tmp_path / "cold"


def room(workspace, storage_class):
    return next(one for one in rooms_of(workspace) if one.storage_class is storage_class)


def proxy_of(film):
    return film.current.renditions.get(purpose="proxy")


# --- budgets and giving back


def test_each_sort_is_counted_and_equal_files_once(cast, film):
    masters, previews = room(cast.workspace, MASTERS), room(cast.workspace, PREVIEWS)
    assert (masters.size_bytes, masters.file_count, masters.regenerable_bytes) == (film.current.size_bytes, 1, 0)
    assert previews.file_count == film.current.renditions.count()
    assert 0 < previews.regenerable_bytes < previews.size_bytes  # thumbnails stay
    Version.objects.create(
        asset=film,
        number=2,
        sha256=film.current.sha256,
        size_bytes=film.current.size_bytes,
        media_type="video/mp4",
        filename="again.mp4",
    )
    assert room(cast.workspace, MASTERS).size_bytes == film.current.size_bytes


def test_masters_over_their_budget_are_not_taken_in(cast, photo, tmp_path):
    rooms.set_budget(cast.lead, "masters", photo.current.size_bytes)
    with pytest.raises(Invalid, match="no room"):
        making.ingest(cast.junior, making.jpeg(tmp_path / "more.jpg", colour="red"))
    assert Arrival.objects.count() == 1
    rooms.set_budget(cast.lead, "masters", None)
    making.taken_in(cast.junior, making.jpeg(tmp_path / "more.jpg", colour="red"))


def test_over_a_budget_the_longest_unused_previews_give_back_their_room_and_thumbnails_stay(cast, film, settled):
    rooms.set_budget(cast.lead, "previews", 1)
    assert rooms.keep_within(cast.workspace) > 0
    proxy = proxy_of(film)
    assert proxy.freed_at and not storage.exists(proxy.sha256)
    thumbnail = film.current.renditions.get(purpose="thumbnail")
    assert not thumbnail.freed_at and storage.exists(thumbnail.sha256)
    assert storage.exists(film.current.sha256)


def test_what_was_given_back_is_made_again_when_somebody_asks(cast, film, settled):
    proxy = proxy_of(film)
    rooms.free(proxy)
    browser, address = signed_in(cast.junior), reverse("rendition-file", args=[proxy.pk])
    answer = browser.get(address)
    assert answer.status_code == 503
    assert "is being made again" in browser.get(reverse("asset", args=[film.pk])).content.decode()
    tasks.remake_rendition.func(proxy.pk)
    proxy.refresh_from_db()
    assert proxy.freed_at is None
    again = browser.get(address)
    assert again.status_code == 200
    assert len(b"".join(streamed(again))) == proxy.size_bytes


def test_a_file_that_needs_more_than_its_master_waits_for_its_post(film, settled):
    proxy = proxy_of(film)
    Rendition.objects.filter(pk=proxy.pk).update(recipe={**proxy.recipe, "beside": ["0" * 64]})
    proxy.refresh_from_db()
    rooms.free(proxy)
    proxy.refresh_from_db()
    with pytest.raises(Unsupported, match="post"):
        derive.make_again(proxy)


def test_the_bytes_stay_while_another_row_needs_them(film, settled):
    proxy = proxy_of(film)
    Rendition.objects.create(
        version=film.current,
        purpose="practice/video",
        recipe=proxy.recipe,
        recipe_digest="0" * 64,
        sha256=proxy.sha256,
        size_bytes=proxy.size_bytes,
        media_type=proxy.media_type,
    )
    assert rooms.free(proxy) == 0
    assert storage.exists(proxy.sha256)


def test_only_a_lead_sets_budgets_and_sees_storage(cast, film):
    for who in (cast.senior, cast.junior):
        with pytest.raises(NotAllowed):
            rooms.set_budget(who, "masters", 1)
        assert signed_in(who).get(reverse("storage")).status_code == 403
        assert program(who).get("/api/library/storage").status_code == 403
    with pytest.raises(Invalid):
        rooms.set_budget(cast.lead, "everything", 1)
    assert program(cast.stranger).get("/api/library/storage").json()["rooms"][0]["size_bytes"] == 0
    rooms.set_budget(cast.stranger, "masters", 1)
    assert StorageBudget.objects.get().workspace == cast.stranger.workspace


# --- sweeps


def test_a_dry_look_tells_what_is_wrong_and_changes_nothing(cast, film, tmp_path, settled):
    orphan = tmp_path / "orphan"
    orphan.write_bytes(b"nobody names this")
    stored = storage.keep(orphan)
    storage.remove(proxy_of(film).sha256, is_old=lambda at: True)
    found = sweep.check_storage(is_deep=False, is_dry=True)
    assert (found["orphans"], found["missing_count"], found["changed_count"], found["mended"]) == (1, 1, 0, 0)
    assert found["missing"][0].startswith("rendition ")
    assert storage.exists(stored.sha256) and not proxy_of(film).freed_at


def test_a_look_in_earnest_frees_orphans_and_has_broken_previews_made_again(cast, film, tmp_path, store, settled):
    orphan = tmp_path / "orphan"
    orphan.write_bytes(b"nobody names this")
    stored = storage.keep(orphan)
    proxy, master = proxy_of(film), film.current
    for row in (proxy, master):
        path = store / storage.name_of(row.sha256)
        path.write_bytes(b"x" * row.size_bytes)  # as a failing disk would
    assert sweep.check_storage(is_deep=False, is_dry=True)["changed_count"] == 0  # the sizes are right
    found = sweep.check_storage(is_deep=True, is_dry=False)
    assert (found["orphans"], found["changed_count"], found["mended"]) == (1, 2, 1)
    assert not storage.exists(stored.sha256)
    assert proxy_of(film).freed_at
    assert (store / storage.name_of(master.sha256)).exists()  # a master is never taken away


def test_a_lead_starts_a_look_and_reads_the_report(cast, film):
    browser = signed_in(cast.lead)
    assert "Nobody has looked yet" in browser.get(reverse("storage")).content.decode()
    browser.post(reverse("storage-check"), {"is_deep": "1"})
    job = Job.objects.get(kind="storage")
    tasks.check_storage.func(job.pk, is_deep=True, is_dry=True)
    assert "Every row has its file" in browser.get(reverse("storage")).content.decode()
    asked = program(cast.lead).post("/api/library/storage/check", {"is_dry": True}, content_type="application/json")
    assert asked.status_code == 202
    assert signed_in(cast.senior).post(reverse("storage-check")).status_code == 403


def test_the_page_shows_what_is_taken_and_keeps_a_budget(cast, film):
    browser = signed_in(cast.lead)
    browser.post(reverse("storage-budget"), {"storage_class": "previews", "limit_gb": "1,5"})
    assert StorageBudget.objects.get().limit_bytes == 1_500_000_000
    browser.post(reverse("storage-budget"), {"storage_class": "previews", "limit_gb": "much"})
    browser.post(reverse("storage-budget"), {"storage_class": "previews", "limit_gb": "1e999999999"})
    assert StorageBudget.objects.get().limit_bytes == 1_500_000_000
    rooms.note_day(cast.workspace)
    StorageDay.objects.update(day=date(2026, 11, 1))
    rooms.note_day(cast.workspace)
    page = browser.get(reverse("storage")).content.decode()
    assert "1 500" in page.replace("\u202f", " ") or "1.5" in page
    assert StorageDay.objects.count() == 6


# --- the cold store


def test_masters_that_nobody_uses_go_into_the_cold_and_come_back_when_asked_for(cast, photo, film, cold):
    late = timezone.now().date() + timedelta(days=200)
    Version.objects.filter(pk=film.current_id).update(used_on=late)
    assert rooms.cool_down(today=late) == 1
    name = storage.name_of(photo.current.sha256)
    assert (cold / name).exists() and not storages["default"].exists(name)
    assert storage.exists(photo.current.sha256)
    browser, address = signed_in(cast.junior), reverse("version-file", args=[photo.current_id])
    assert "cold store" in browser.get(reverse("asset", args=[photo.pk])).content.decode()
    waiting = browser.get(address)
    assert waiting.status_code == 503 and "brought back" in waiting.content.decode()
    assert "being brought back" in browser.get(reverse("asset", args=[photo.pk])).content.decode()
    tasks.warm_file.func(photo.current.sha256)
    back = browser.get(address)
    assert back.status_code == 200
    assert len(b"".join(streamed(back))) == photo.current.size_bytes
    assert not ColdFile.objects.exists() and not (cold / name).exists()


def test_work_brings_a_cold_master_back_by_itself(photo, cold):
    storage.put_away(photo.current.sha256)
    with storage.local_copy(photo.current.sha256) as path:
        assert path.stat().st_size == photo.current.size_bytes


def test_cold_masters_are_no_missing_ones_and_no_orphans(cast, photo, cold, settled):
    rooms.cool_down(today=timezone.now().date() + timedelta(days=200))
    found = sweep.check_storage(is_deep=True, is_dry=False)
    assert (found["missing_count"], found["orphans"], found["cold"]) == (0, 0, 1)


def test_a_file_that_is_not_what_its_name_says_is_not_moved(photo, cold, store):
    path = store / storage.name_of(photo.current.sha256)
    path.write_bytes(b"x" * photo.current.size_bytes)
    assert rooms.cool_down(today=timezone.now().date() + timedelta(days=200)) == 0
    assert path.exists() and not ColdFile.objects.exists()


def test_without_a_cold_store_nothing_moves(photo):
    assert rooms.cool_down(today=timezone.now().date() + timedelta(days=900)) == 0
    assert storage.is_warm(photo.current.sha256)

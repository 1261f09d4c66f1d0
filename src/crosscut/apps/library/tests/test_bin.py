"""The bin: deleting, bringing back, and what goes for good."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from crosscut.apps.accounts.models import AuditEvent
from crosscut.apps.accounts.tests.asking import program, signed_in
from crosscut.apps.library import storage
from crosscut.apps.library.models import Asset
from crosscut.apps.library.services import bins, rooms, sweep
from crosscut.apps.library.tests import making
from crosscut.kernel.errors import NotAllowed, NotFound


@pytest.fixture(autouse=True)
def settled(monkeypatch):
    """Files count as settled at once."""
    monkeypatch.setattr(rooms, "FRESH_S", -5)


def files_of(asset):
    return [asset.current.sha256, *asset.current.renditions.values_list("sha256", flat=True)]


def test_what_is_deleted_is_out_of_sight_and_comes_back_whole(cast, photo):
    browser = signed_in(cast.junior)
    before = (photo.current_id, list(photo.current.renditions.values_list("pk", flat=True)))
    browser.post(reverse("asset-delete", args=[photo.pk]))
    assert browser.get(reverse("asset", args=[photo.pk])).status_code == 404
    assert "coral reef" not in browser.get(reverse("library")).content.decode()
    assert program(cast.junior).get("/api/library/assets").json()["items"] == []
    page = browser.get(reverse("bin")).content.decode()
    assert "coral reef" in page and "30 days left" in page
    browser.post(reverse("bin-restore"), {"asset": photo.pk})
    row = Asset.objects.get(pk=photo.pk)
    assert row.current
    assert (row.current_id, list(row.current.renditions.values_list("pk", flat=True))) == before
    assert browser.get(reverse("asset", args=[photo.pk])).status_code == 200
    verbs = AuditEvent.objects.filter(subject=f"asset:{photo.pk}").values_list("verb", flat=True)
    assert {"asset.binned", "asset.unbinned"} <= set(verbs)


def test_emptying_it_frees_the_files_that_no_other_row_needs(cast, photo, film, tmp_path):
    twin = making.taken_in(cast.stranger, making.jpeg(tmp_path / "coral reef.jpg"))  # the same bytes elsewhere
    own, shared = files_of(film), files_of(photo)
    bins.put_into_bin(cast.junior, [photo.pk, film.pk])
    with pytest.raises(NotAllowed):
        bins.empty_bin(cast.senior)
    assert bins.empty_bin(cast.lead) == 2
    assert not any(storage.exists(sha256) for sha256 in own)
    assert all(storage.exists(sha256) for sha256 in shared)
    assert list(Asset.objects.all()) == [twin]
    assert sweep.check_rows(is_deep=True, is_dry=True).missing == []


def test_it_goes_by_itself_after_some_days_and_not_before(cast, photo, settings):
    bins.put_into_bin(cast.junior, [photo.pk])
    assert bins.empty_old() == 0
    Asset.objects.update(binned_at=timezone.now() - timedelta(days=settings.BIN_DAYS, hours=1))
    assert bins.empty_old() == 1
    assert not Asset.objects.exists()


def test_all_or_none_is_deleted(cast, photo):
    with pytest.raises(NotFound):
        bins.put_into_bin(cast.junior, [photo.pk, 999_999])
    assert Asset.objects.get().binned_at is None


def test_the_same_file_brought_again_is_found_in_the_bin(cast, photo, tmp_path):
    bins.put_into_bin(cast.junior, [photo.pk])
    job = making.ingest(cast.junior, making.jpeg(tmp_path / "again.jpg"))
    assert "in the bin" in job.arrivals.get().problem


def test_programs_delete_bring_back_and_empty(cast, photo, film):
    asking, leading = program(cast.junior), program(cast.lead)

    def post(client, path, ids=None):
        body = {"asset_ids": ids} if ids else {}
        return client.post(f"/api/library/{path}", body, content_type="application/json")

    assert post(asking, "assets/delete", [photo.pk, film.pk]).json() == {"changed": 2}
    assert {row["title"] for row in asking.get("/api/library/bin").json()["items"]} == {"coral reef", "dive"}
    assert post(asking, "bin/restore", [photo.pk]).json() == {"changed": 1}
    assert post(asking, "bin/empty").status_code == 403
    assert post(leading, "bin/empty").json() == {"removed": 1}
    assert list(Asset.objects.values_list("pk", flat=True)) == [photo.pk]


def test_strangers_and_guests_delete_and_see_nothing(cast, photo, film):
    bins.put_into_bin(cast.junior, [film.pk])
    for act, row in ((bins.put_into_bin, photo), (bins.take_out_of_bin, film)):
        with pytest.raises(NotFound):
            act(cast.stranger, [row.pk])
        with pytest.raises(NotAllowed):
            act(cast.guest, [row.pk])
    assert program(cast.stranger).get("/api/library/bin").json()["items"] == []
    assert program(cast.guest).get("/api/library/bin").status_code == 403
    assert bins.empty_bin(cast.stranger) == 0
    assert Asset.objects.count() == 2

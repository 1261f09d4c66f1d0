"""Files in an object store, against moto's S3: stored, read by parts, fetched for work, moved, linked, taken away."""

import os
from collections.abc import Iterator
from typing import Any

import boto3
import pytest
from django.core.files.storage import default_storage
from django.urls import reverse
from moto import mock_aws

from crosscut.apps.accounts.tests.asking import program, signed_in
from crosscut.apps.library import objects, storage
from crosscut.apps.library.models import ColdFile
from crosscut.apps.library.queries import today_in
from crosscut.apps.library.services import rooms, sweep
from crosscut.apps.library.services.clear import Terms, add_licence, change_licence
from crosscut.apps.library.tests import making
from crosscut.apps.library.tests.making import streamed
from crosscut.kernel.errors import NotFound

LARGE = os.urandom(1_000_003) * 20  # 20 MB, above the 8 MB from which the storage sends in parts


def _place(bucket: str) -> dict[str, Any]:
    options = {"bucket_name": bucket, "region_name": "us-east-1", "access_key": "test", "secret_key": "test"}
    return {"BACKEND": "storages.backends.s3.S3Storage", "OPTIONS": options}


@pytest.fixture(autouse=True)
def bucket(settings, store) -> Iterator[Any]:
    """Two empty buckets in memory: the store and its cold place."""
    with mock_aws():
        s3 = boto3.resource("s3", region_name="us-east-1")
        for name in ("files", "cold"):
            s3.create_bucket(Bucket=name)
        settings.STORAGES = {**settings.STORAGES, "default": _place("files"), "cold": _place("cold")}
        yield s3.Bucket("files")


@pytest.fixture
def large(tmp_path):
    """A file that is sent in parts, stored."""
    path = tmp_path / "large.bin"
    path.write_bytes(LARGE)
    return storage.keep(path)


def test_a_large_file_goes_in_by_parts_and_comes_back_whole(large, bucket, settings):
    kept = bucket.Object(storage.name_of(large.sha256))
    assert kept.content_length == len(LARGE) and "-" in kept.e_tag  # S3 marks what came in parts so
    assert storage.is_whole(large.sha256)
    assert list(storage.stored_hashes()) == [large.sha256]
    with storage.local_copy(large.sha256) as path:
        assert path.read_bytes() == LARGE
    assert list(settings.UPLOAD_FOLDER.iterdir()) == []


def test_only_the_part_that_is_asked_for_is_fetched(large, monkeypatch):
    fetched = []
    original = objects._object

    def watched(place, name):
        found = original(place, name)
        get = found.get

        def noted(**asked):
            fetched.append(asked.get("Range"))
            return get(**asked)

        found.get = noted
        return found

    monkeypatch.setattr(objects, "_object", watched)
    assert b"".join(storage.read_part(large.sha256, 1_000_000, 1_000_009)) == LARGE[1_000_000:1_000_010]
    assert fetched == ["bytes=1000000-1000009"]


def test_a_player_gets_its_parts_and_the_whole(cast, tmp_path):
    film = making.taken_in(cast.junior, making.film(tmp_path / "dive.mp4"))
    assert film.current
    content = (tmp_path / "dive.mp4").read_bytes()
    browser, address = signed_in(cast.junior), reverse("version-file", args=[film.current_id])
    part = browser.get(address, headers={"Range": "bytes=10-19"})
    assert (part.status_code, b"".join(streamed(part))) == (206, content[10:20])
    whole = browser.get(address)
    assert b"".join(streamed(whole)) == content
    assert whole.headers["Content-Length"] == str(len(content))
    assert film.current.renditions.filter(purpose="proxy").exists()  # the capped child worked from a local copy


def test_a_direct_link_works_and_never_outlives_the_rights(cast, tmp_path):
    photo = making.taken_in(cast.junior, making.jpeg(tmp_path / "reef.jpg"))
    licence = add_licence(cast.specialist, photo.pk, Terms(holder="Rosa", terms="Contract"))
    address = f"/api/library/versions/{photo.current_id}/link"
    told = program(cast.junior).get(address).json()
    assert told["lasts_s"] == 900 and "Signature=" in told["url"] and "Expires=" in told["url"]
    yesterday = today_in(cast.workspace).replace(year=2020)
    change_licence(cast.specialist, licence.pk, Terms(holder="Rosa", terms="Old", ends_on=yesterday))
    over = program(cast.junior).get(address).json()
    assert over["lasts_s"] is None and "amazonaws" not in over["url"]
    assert program(cast.stranger).get(address).status_code == 404
    assert program(cast.guest).get(address).status_code == 404


def test_masters_move_between_buckets_and_back(cast, tmp_path):
    photo = making.taken_in(cast.junior, making.jpeg(tmp_path / "reef.jpg"))
    assert photo.current
    sha256 = photo.current.sha256
    storage.put_away(sha256)
    ColdFile.objects.create(sha256=sha256, size_bytes=photo.current.size_bytes)
    assert storage.is_cold(sha256) and not storage.is_warm(sha256)
    with storage.opened_anywhere(sha256) as file:
        assert file.read() == (tmp_path / "reef.jpg").read_bytes()
    assert signed_in(cast.junior).get(reverse("version-file", args=[photo.current_id])).status_code == 503
    rooms.warm(sha256)
    assert storage.is_warm(sha256) and not storage.is_cold(sha256)


def test_sweeps_look_through_it_and_take_orphans_away(cast, large, tmp_path, monkeypatch):
    monkeypatch.setattr(sweep, "AGE_S", -5)
    photo = making.taken_in(cast.junior, making.jpeg(tmp_path / "reef.jpg"))
    found = sweep.check_storage(is_deep=True, is_dry=False)
    assert (found["orphans"], found["orphan_bytes"], found["missing_count"]) == (1, len(LARGE), 0)
    assert photo.current and storage.exists(photo.current.sha256) and not storage.exists(large.sha256)


def test_what_is_stored_again_is_young_again(large, tmp_path, monkeypatch):
    """A sweep that looked a moment ago must not take what somebody is about to name."""
    monkeypatch.setattr(storage, "_YOUNG_S", -5)
    before = default_storage.get_modified_time(storage.name_of(large.sha256))
    storage.keep(tmp_path / "large.bin")
    assert default_storage.get_modified_time(storage.name_of(large.sha256)) >= before


def test_a_lost_object_is_said_plainly():
    for ask in (storage.open_stored, storage.size_of, lambda sha256: storage.read_part(sha256, 0, 1)):
        with pytest.raises(NotFound, match="missing"):
            ask("ab" * 32)

"""Files sent straight into a store, against moto's S3: every way in which they can be cut off, and what kills leave."""

import base64
import hashlib
import os
import threading
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest
from django.core.files.storage import default_storage, storages
from django.db import connections
from django.test import Client
from django.utils import timezone

from crosscut.apps.accounts.tests.asking import program
from crosscut.apps.library import multiparts, staging, storage
from crosscut.apps.library.models import Arrival, Asset, Upload, Version
from crosscut.apps.library.services import sweep, uploads
from crosscut.apps.library.tests import making, storing
from crosscut.apps.library.tests.storing import PART_BYTES

ADDRESS = "/api/library/uploads/parts"


@pytest.fixture(scope="module")
def server() -> Iterator[str]:
    """An S3 server's address."""
    with storing.server() as address:
        yield address


@pytest.fixture(autouse=True)
def bucket(settings, store, server, monkeypatch) -> Any:
    """An empty bucket on it, which is the store."""
    return storing.use(settings, server, monkeypatch)


@pytest.fixture
def api(cast) -> Client:
    return program(cast.junior)


@pytest.fixture
def content(tmp_path: Path) -> bytes:
    """A picture of two full parts and a little more."""
    return making.jpeg(tmp_path / "x.jpg", size=(8, 8)).read_bytes() + os.urandom(2 * PART_BYTES)


def begin(api: Client, content: bytes, **told: Any) -> str:
    """The address of an upload that has begun."""
    answer = api.post(ADDRESS, {"filename": "reef.jpg", "size_bytes": len(content), **told}, "application/json")
    assert answer.status_code == 201, answer.content
    return f"{ADDRESS}/{answer.json()['upload']['key']}"


def signed(api: Client, address: str, *wanted: int, **told: str) -> list[dict[str, Any]]:
    body = {"parts": [{"number": number, **told} for number in wanted]}
    answer = api.post(f"{address}/addresses", body, "application/json")
    assert answer.status_code == 200, answer.content
    return list(answer.json()["addresses"])


def put(api: Client, address: str, content: bytes, *wanted: int) -> None:
    for one in signed(api, address, *wanted):
        piece = content[(one["number"] - 1) * PART_BYTES :][:PART_BYTES]
        assert len(piece) == one["size_bytes"]
        assert httpx.put(one["url"], content=piece, headers=one["headers"]).status_code == 200


def complete(api: Client, address: str) -> Any:
    return api.post(f"{address}/complete")


def whole(api: Client, content: bytes, **told: Any) -> tuple[str, Arrival]:
    """A file that was sent, and its arrival, which nobody has read yet."""
    address = begin(api, content, **told)
    put(api, address, content, 1, 2, 3)
    answer = complete(api, address)
    assert (answer.status_code, answer.json()["state"]) == (202, "waiting")  # here, and not called stored
    return address, Arrival.objects.get(pk=answer.json()["id"])


def work_off(arrival: Arrival) -> str:
    making.work_off(arrival)
    arrival.refresh_from_db()
    return arrival.state


def names(bucket: Any) -> set[str]:
    return {one.key for one in bucket.objects.all() if one.key.startswith(f"{staging.FOLDER}/")}


def unfinished() -> int:
    return len(list(multiparts.begun(default_storage, staging.FOLDER)))


def test_a_killed_sender_asks_what_arrived_sends_the_rest_and_it_is_stored(api, content, bucket, settings):
    address = begin(api, content, sha256=hashlib.sha256(content).hexdigest())
    put(api, address, content, 2)
    told = api.get(address).json()
    assert (told["part_bytes"], told["part_count"]) == (PART_BYTES, 3)
    assert [part["number"] for part in told["parts"]] == [2]
    assert told["upload"]["offset_bytes"] == PART_BYTES
    put(api, address, content, 1, 3)
    assert complete(api, address).status_code == 202
    assert complete(api, address).status_code == 202  # also for a sender that never heard the first answer
    arrival = Arrival.objects.get()
    assert Version.objects.count() == 0
    assert work_off(arrival) == "stored"
    version = Version.objects.get()
    assert version.sha256 == hashlib.sha256(content).hexdigest()
    assert storage.is_whole(version.sha256)
    assert names(bucket) == set()
    assert unfinished() == 0
    assert list(settings.UPLOAD_FOLDER.iterdir()) == []
    assert [part["number"] for part in api.get(address).json()["parts"]] == [1, 2, 3]


def test_an_address_ends_and_binds_length_and_checksum(api, content):
    address = begin(api, content)
    md5 = base64.b64encode(hashlib.md5(content[:PART_BYTES], usedforsecurity=False).digest()).decode()
    (one,) = signed(api, address, 1, md5=md5)
    told = parse_qs(urlsplit(one["url"]).query)
    assert told["X-Amz-Expires"] == ["3600"]
    assert set(told["X-Amz-SignedHeaders"][0].split(";")) == {"content-length", "content-md5", "host"}
    assert one["headers"] == {"Content-MD5": md5}
    assert signed(api, address, 1, 2)[1]["number"] == 2  # asked for again: new ones
    for wrong in ({"number": 4}, {"number": 0}, {"number": 1, "md5": "x"}):
        assert api.post(f"{address}/addresses", {"parts": [wrong]}, "application/json").status_code == 422


def test_the_senders_side_of_the_store_can_have_another_address(api, content, settings):
    settings.S3_PUBLIC_ENDPOINT = "https://files.example.org"
    (one,) = signed(api, begin(api, content), 1)
    assert one["url"].startswith("https://files.example.org/files/staging/")


def test_parts_missing_and_of_another_length_are_named_and_nothing_is_put_together(api, content, bucket):
    address = begin(api, content)
    put(api, address, content, 1)
    (third,) = signed(api, address, 3)
    assert httpx.put(third["url"], content=b"other length").status_code == 200  # moto checks no signature
    answer = complete(api, address)
    assert answer.status_code == 422
    problems = {problem["where"]: problem["code"] for problem in answer.json()["problems"]}
    assert problems == {"parts/2": "upload.part_missing", "parts/3": "upload.part_size"}
    assert not Arrival.objects.exists()
    put(api, address, content, 2, 3)
    assert complete(api, address).status_code == 202


def test_other_bytes_than_promised_are_refused_and_leave_nothing(api, content, bucket):
    _, arrival = whole(api, content, sha256="ab" * 32)
    assert work_off(arrival) == "refused"
    assert not Asset.objects.exists()
    assert list(bucket.objects.all()) == []  # neither under its own name nor under that of its content


def test_an_address_is_dead_after_the_end(api, content, bucket):
    address = begin(api, content)
    put(api, address, content, 1, 2, 3)
    (late,) = signed(api, address, 1)
    complete(api, address)
    assert httpx.put(late["url"], content=content[:PART_BYTES]).is_error  # S3 says 404, moto 500
    assert api.post(f"{address}/addresses", {"parts": [{"number": 1}]}, "application/json").status_code == 409
    assert work_off(Arrival.objects.get()) == "stored"
    assert Version.objects.get().sha256 == hashlib.sha256(content).hexdigest()


def test_giving_up_deletes_what_the_store_holds(api, content, bucket, django_capture_on_commit_callbacks):
    address = begin(api, content)
    put(api, address, content, 1)
    (late,) = signed(api, address, 2)
    with django_capture_on_commit_callbacks(execute=True):
        assert api.delete(address).status_code == 204
    assert (unfinished(), api.get(address).status_code) == (0, 404)
    assert httpx.put(late["url"], content=content[:PART_BYTES]).is_error  # S3 says 404, moto 500
    _, arrival = whole(api, content)
    assert api.delete(f"{ADDRESS}/{Upload.objects.get().key}").status_code == 409  # in the library's hands
    assert work_off(arrival) == "stored"


def test_killed_between_putting_together_and_the_row_it_arrives_all_the_same(api, content, monkeypatch):
    address = begin(api, content)
    put(api, address, content, 1, 2, 3)
    with monkeypatch.context() as patch:
        patch.setattr(uploads, "finish", killed)
        with pytest.raises(Killed):
            complete(api, address)
    assert not Arrival.objects.exists()
    assert len(api.get(address).json()["parts"]) == 3
    assert uploads.sweep_uploads() == 1
    assert complete(api, address).status_code == 202
    assert work_off(Arrival.objects.get()) == "stored"


@pytest.mark.parametrize(
    "step",
    [
        (staging, "_fetch"),  # before a byte was read back
        (storage, "keep_staged"),  # read, not yet under the name of its content
        (None, "delete"),  # all is done but the deletion
    ],
    ids=["read", "copy", "delete"],
)
def test_a_worker_killed_at_any_step_does_it_again_and_leaves_nothing(
    api, content, bucket, step, monkeypatch, settings
):
    _, arrival = whole(api, content)
    place, name = step
    with monkeypatch.context() as patch:
        patch.setattr(type(storages["default"]) if name == "delete" else place, name, killed)
        with pytest.raises(Killed):
            making.work_off(arrival)
    assert not Version.objects.exists()
    assert work_off(arrival) == "stored"
    assert storage.is_whole(Version.objects.get().sha256)
    monkeypatch.setattr(sweep, "AGE_S", -5)
    assert sweep.sweep_files(is_dry=True).leftovers == (1 if name == "delete" else 0)
    sweep.sweep_files()
    assert names(bucket) == set()
    assert list(settings.UPLOAD_FOLDER.iterdir()) == []
    assert storage.is_whole(Version.objects.get().sha256)


def test_what_the_store_lost_is_refused_in_words(api, content, bucket):
    _, arrival = whole(api, content)
    bucket.Object(next(iter(names(bucket)))).delete()
    assert work_off(arrival) == "refused"
    assert "gone from the store" in arrival.problem


def test_the_sweep_takes_only_what_no_row_needs(api, content, bucket, cast, monkeypatch):
    _, arrival = whole(api, content)
    begin(api, content)
    multiparts.begin(default_storage, f"{staging.FOLDER}/{'0' * 32}")  # killed before its row
    bucket.put_object(Key=f"{staging.FOLDER}/{'1' * 32}", Body=b"x")
    monkeypatch.setattr(sweep, "AGE_S", -5)
    assert sweep.sweep_files(is_dry=True).leftovers == 2
    assert (len(names(bucket)), unfinished()) == (2, 2)
    assert sweep.sweep_files().leftovers == 2
    assert (len(names(bucket)), unfinished()) == (1, 1)
    Upload.objects.update(expires_at=timezone.now() - timedelta(seconds=1))
    assert uploads.sweep_uploads() == 1  # the unfinished one; the other is still to be read
    assert (len(names(bucket)), unfinished()) == (1, 0)
    assert work_off(arrival) == "stored"


def test_a_large_object_is_copied_in_parts(bucket, monkeypatch):
    monkeypatch.setattr(multiparts, "COPIED_AT_ONCE_BYTES", PART_BYTES)
    content = os.urandom(PART_BYTES * 2 + 7)
    bucket.put_object(Key="staging/a", Body=content)
    sha256 = hashlib.sha256(content).hexdigest()
    storage.keep_staged("staging/a", sha256, len(content))
    assert "-" in bucket.Object(storage.name_of(sha256)).e_tag  # S3 marks what came in parts so
    assert storage.is_whole(sha256)


def test_hostile_names_too_large_files_and_full_rooms_are_judged_as_by_tus(api, content, settings, cast):
    told = {"filename": "../../etc/pass\u202ewd.jpg", "size_bytes": 10}
    assert api.post(ADDRESS, told, "application/json").json()["upload"]["filename"] == "passwd.jpg"
    assert api.post(ADDRESS, {**told, "sha256": "x"}, "application/json").status_code == 422
    assert api.post(ADDRESS, {**told, "asset_id": 999}, "application/json").status_code == 404
    assert api.post(ADDRESS, {**told, "size_bytes": 10**15}, "application/json").status_code == 422
    assert unfinished() == 1  # what was refused began nothing in the store


def test_nobody_else_reaches_it_and_guests_begin_none(api, cast, content):
    address = begin(api, content)
    for other in (cast.stranger, cast.guest, cast.specialist):
        for answer in (
            program(other).get(address),
            program(other).delete(address),
            complete(program(other), address),
            program(other).post(f"{address}/addresses", {"parts": [{"number": 1}]}, "application/json"),
        ):
            assert answer.status_code == 404
    told = {"filename": "a.jpg", "size_bytes": 1}
    assert program(cast.guest).post(ADDRESS, told, "application/json").status_code == 403
    for method in (Client().get, Client().delete):
        assert method(address).status_code == 401
    assert Client().post(ADDRESS, told, "application/json").status_code == 401


def test_a_disk_takes_no_parts_and_says_so(api, settings, tmp_path):
    place = {"BACKEND": "django.core.files.storage.FileSystemStorage", "OPTIONS": {"location": tmp_path}}
    settings.STORAGES = {**settings.STORAGES, "default": place}
    answer = api.post(ADDRESS, {"filename": "a.jpg", "size_bytes": 1}, "application/json")
    assert (answer.status_code, answer.json()["code"]) == (422, "upload.no_parts")


@pytest.mark.django_db(transaction=True)
def test_two_who_complete_at_once_make_one_arrival(api, content, cast):
    address = begin(api, content)
    put(api, address, content, 1, 2, 3)
    answers: list[int] = []

    def ask() -> None:
        try:
            answers.append(complete(program(cast.junior), address).json()["id"])
        finally:
            connections.close_all()

    both = [threading.Thread(target=ask) for _ in range(2)]
    for one in both:
        one.start()
    for one in both:
        one.join()
    assert len(answers) == 2
    assert {Arrival.objects.get().pk} == set(answers)


class Killed(BaseException):
    """What a kill looks like from inside."""


def killed(*args: Any, **kwargs: Any) -> None:
    raise Killed

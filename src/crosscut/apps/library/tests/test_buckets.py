"""A bucket as a way in, against moto's S3 server over real HTTP: each object once, and only from where it may be."""

import warnings
from collections.abc import Iterator
from typing import Any

import boto3
import pytest
from django.test import Client
from django.urls import reverse

from crosscut.apps.accounts.tests.asking import program, signed_in
from crosscut.apps.library.models import Arrival, WayIn
from crosscut.apps.library.services import arrive, ways
from crosscut.apps.library.tests import making
from crosscut.channels import s3
from crosscut.kernel.errors import Invalid, NotAllowed

KEYS = {"aws_access_key_id": "AKREEF", "aws_secret_access_key": "sesame-sesame"}


@pytest.fixture(scope="module")
def server() -> Iterator[str]:
    """The address of a real server on this machine."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # moto thinks that it lacks parts, which are those of other services
        from moto.server import ThreadedMotoServer
    running = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    running.start()
    host, port = running.get_host_and_port()
    yield f"http://{host}:{port}"
    running.stop()


@pytest.fixture
def bucket(server: str, settings) -> Iterator[Any]:
    """An empty bucket there; the test may reach the server by name."""
    settings.ALLOWED_PRIVATE_HOSTS = (server.removeprefix("http://"),)
    found = boto3.resource("s3", endpoint_url=server, region_name="us-east-1", **KEYS).Bucket("deliveries")
    found.create()
    yield found
    found.objects.all().delete()
    found.delete()


def a_bucket(by, server: str, **changed: object) -> WayIn:
    told = {"endpoint": server, "region": "us-east-1", "bucket": "deliveries", "access_key": "AKREEF", **changed}
    return ways.add_way(by, "bucket", "Agency", told, password="sesame-sesame")


def came() -> list[str]:
    return list(Arrival.objects.order_by("id").values_list("filename", flat=True))


def put(bucket: Any, key: str, content: bytes = b"x") -> None:
    bucket.put_object(Key=key, Body=content)


def test_each_object_comes_in_once_and_again_when_it_becomes_another(cast, server, bucket, tmp_path, settings):
    way = a_bucket(cast.lead, server, prefix="shoots/")
    put(bucket, "shoots/2026/riff – Küste +1.jpg", making.jpeg(tmp_path / "a.jpg").read_bytes())
    put(bucket, "shoots/Thumbs.db")
    put(bucket, "shoots/folder/", b"")
    put(bucket, "other/secret.jpg")
    assert ways.look_everywhere() == 1
    assert ways.look_everywhere() == 0
    assert came() == ["riff – Küste +1.jpg"]
    making.work_off(Arrival.objects.get())
    assert Arrival.objects.get().state == Arrival.State.STORED
    put(bucket, "shoots/2026/riff – Küste +1.jpg", making.jpeg(tmp_path / "b.jpg", colour="red").read_bytes())
    assert ways.look_everywhere() == 1
    way.refresh_from_db()
    assert (way.taken, way.problem) == (2, "")
    assert [one.key for one in bucket.objects.filter(Prefix="shoots/2026/")]  # it is only read
    assert not list(settings.UPLOAD_FOLDER.glob("part-*"))


def test_more_than_one_page_is_read_and_taken_a_look_at_a_time(cast, server, bucket, monkeypatch):
    monkeypatch.setattr(s3, "PAGE", 2)
    monkeypatch.setattr("crosscut.apps.library.services.bucket.AT_ONCE", 3)
    a_bucket(cast.lead, server)
    for number in range(5):
        put(bucket, f"{number}.jpg", b"%d" % number)
    assert (ways.look_everywhere(), ways.look_everywhere(), ways.look_everywhere()) == (3, 2, 0)
    assert came() == [f"{number}.jpg" for number in range(5)]


class Killed(BaseException):
    """The worker ends here."""


def test_killed_between_fetching_and_noting_nothing_comes_twice_and_nothing_is_left(
    cast, server, bucket, monkeypatch, settings
):
    a_bucket(cast.lead, server)
    put(bucket, "reef.jpg")
    real = arrive.receive

    def dies(*args):
        real(*args)
        raise Killed

    with monkeypatch.context() as patch:
        patch.setattr(arrive, "receive", dies)
        with pytest.raises(Killed):
            ways.look_everywhere()
    assert came() == [] and not [path for path in settings.UPLOAD_FOLDER.rglob("*") if path.is_file()]
    assert (ways.look_everywhere(), ways.look_everywhere()) == (1, 0)


def test_an_object_that_changes_or_goes_while_it_is_fetched_waits_for_the_next_look(cast, server, bucket, monkeypatch):
    a_bucket(cast.lead, server)
    put(bucket, "reef.jpg", b"before")
    put(bucket, "gone.jpg")
    real = s3.listed

    def changes(*args, **named):
        yield from list(real(*args, **named))
        put(bucket, "reef.jpg", b"after it")
        bucket.Object("gone.jpg").delete()

    with monkeypatch.context() as patch:
        patch.setattr(s3, "listed", changes)
        assert ways.look_everywhere() == 0
    assert ways.look_everywhere() == 1
    assert came() == ["reef.jpg"] and Arrival.objects.get().size_bytes == 8


def test_what_cannot_be_taken_stands_once_among_the_arrivals_with_its_reason(cast, server, bucket, settings):
    settings.MAX_UPLOAD_BYTES = 10
    a_bucket(cast.lead, server)
    put(bucket, "film.mov", b"x" * 11)
    bucket.put_object(Key="packed.svg", Body=b"x", ContentEncoding="gzip")
    bucket.put_object(Key="cold.mov", Body=b"x", StorageClass="GLACIER")
    put(bucket, "reef.jpg")
    assert (ways.look_everywhere(), ways.look_everywhere()) == (1, 0)
    reasons = dict(Arrival.objects.filter(state=Arrival.State.REFUSED).values_list("filename", "problem"))
    assert set(reasons) == {"film.mov", "packed.svg", "cold.mov"}
    assert "too large" in reasons["film.mov"] and "packed" in reasons["packed.svg"] and "archive" in reasons["cold.mov"]


def test_what_is_wrong_with_a_bucket_is_said_and_its_key_nowhere(cast, server, bucket, settings):
    way = a_bucket(cast.lead, server, bucket="nowhere")

    def told() -> str:
        ways.look_everywhere()
        way.refresh_from_db()
        return way.problem

    assert "NoSuchBucket" in told()
    assert b"sesame" not in bytes(way.secrets) and "sesame" not in str(way.settings)
    way.settings = {**way.settings, "endpoint": server.replace("http:", "https:")}
    way.save()
    assert "does not answer" in told()
    settings.ALLOWED_PRIVATE_HOSTS = ()
    assert "not on the public internet" in told() and "sesame" not in way.problem
    with pytest.raises(Invalid) as refused:
        a_bucket(cast.lead, server)  # plain http is for hosts that the keeper named
    assert refused.value.problems[0].where == "endpoint"


# What is wrong with a bucket's settings, and the field that is named.
WRONG: tuple[tuple[dict[str, object], str], ...] = (
    ({"bucket": "Not A Bucket"}, "bucket"),
    ({"region": "eu central/../1"}, "region"),
    ({"endpoint": "ftp://store.example"}, "endpoint"),
    ({"endpoint": "https://me:secret@store.example"}, "endpoint"),
    ({"access_key": ""}, "access_key"),
    ({"prefix": "x" * 501}, "prefix"),
)


@pytest.mark.parametrize(("changed", "where"), WRONG)
def test_a_wrong_bucket_is_refused_field_by_field(cast, changed, where):
    with pytest.raises(Invalid) as refused:
        a_bucket(cast.lead, "https://s3.example.org", **changed)
    assert where in {problem.where for problem in refused.value.problems}


def test_a_lead_sets_it_up_by_page_and_program_and_nobody_else_does(cast):
    fields = {"name": "Agency", "bucket": "deliveries", "region": "eu-central-1", "access_key": "AK"}
    page = signed_in(cast.lead)
    form = {f"bucket-{name}": value for name, value in fields.items()}
    page.post(reverse("ways-in"), {"kind": "bucket", **form, "bucket-password_": "sesame"})
    assert "deliveries/" in page.get(reverse("ways-in")).content.decode()
    address, json = "/api/library/ways-in/buckets", "application/json"
    told = program(cast.lead).post(address, {**fields, "secret_key": "sesame"}, content_type=json)
    assert told.status_code == 201, told.content
    assert "sesame" not in told.content.decode() and told.json()["settings"]["bucket"] == "deliveries"
    assert Client().post(address, {}, content_type=json).status_code == 401
    for member in (cast.senior, cast.junior, cast.guest):
        answer = program(member).post(address, {**fields, "secret_key": "sesame"}, content_type=json)
        assert answer.status_code == 403
        with pytest.raises(NotAllowed):
            a_bucket(member, "https://s3.example.org")
    assert WayIn.objects.filter(workspace=cast.stranger.workspace).count() == 0

"""Sending a file piece by piece, as any tus client does it, and every way in which it can be cut off."""

import errno
import hashlib
from datetime import timedelta
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from crosscut.apps.accounts.tests.asking import program, signed_in
from crosscut.apps.library import partial
from crosscut.apps.library.models import Arrival, Upload, Version
from crosscut.apps.library.services import sweep, uploads
from crosscut.apps.library.tests import making
from crosscut.apps.library.tests.uploading import ADDRESS, TUS, base64_of, begin, offset, send
from crosscut.kernel.errors import Conflict


@pytest.fixture
def api(cast) -> Client:
    return program(cast.junior)


@pytest.fixture
def content(tmp_path: Path) -> bytes:
    """A small picture's bytes."""
    return making.jpeg(tmp_path / "x.jpg", size=(8, 8)).read_bytes()


def broken_off(client: Client, address: str, piece: bytes, at_byte: int, *, after: int, **headers: str):
    """A request whose connection ends after so many bytes of its body."""
    told: dict[str, Any] = {f"HTTP_{name.upper().replace('-', '_')}": value for name, value in headers.items()}
    return client.generic(
        "PATCH",
        address,
        CONTENT_TYPE="application/offset+octet-stream",
        HTTP_TUS_RESUMABLE="1.0.0",
        HTTP_UPLOAD_OFFSET=str(at_byte),
        CONTENT_LENGTH=str(len(piece)),
        **{"wsgi.input": BytesIO(piece[:after]), **told},
    )


def work_off_all() -> None:
    for arrival in Arrival.objects.filter(state="waiting"):
        making.work_off(arrival)


def test_it_says_what_of_tus_it_speaks(client):
    answer = client.options(ADDRESS)
    assert answer.status_code == 204
    assert answer["Tus-Version"] == "1.0.0"
    assert set(answer["Tus-Extension"].split(",")) >= {"creation", "checksum", "termination", "expiration"}
    assert int(answer["Tus-Max-Size"]) > 0


def test_a_file_sent_in_pieces_is_in_the_library_when_it_is_said(api, content):
    begun = begin(api, len(content), filename="coral reef.jpg", sha256=hashlib.sha256(content).hexdigest())
    assert begun.status_code == 201
    address = begun["Location"]
    for at_byte in range(0, len(content), 100):
        answer = send(api, address, content[at_byte : at_byte + 100], at_byte)
        assert (answer.status_code, answer["Tus-Resumable"]) == (204, "1.0.0")
        assert int(answer["Upload-Offset"]) == min(at_byte + 100, len(content))
    (told,) = api.get(ADDRESS).json()["items"]
    assert told["arrival"]["state"] == "waiting"  # here, and not called stored
    work_off_all()
    (told,) = api.get(ADDRESS).json()["items"]
    assert told["arrival"]["state"] == "stored"
    assert api.get(f"/api/library/assets/{told['arrival']['asset_id']}").json()["title"] == "coral reef"
    assert offset(api, address) == len(content)  # also for a client that never heard the last answer


def test_killed_at_any_byte_it_goes_on_from_there(api, content):
    address = begin(api, len(content), filename="a.jpg")["Location"]
    for at_byte in range(len(content)):
        assert offset(api, address) == at_byte
        broken_off(api, address, content[at_byte:], at_byte, after=1)
    assert offset(api, address) == len(content)
    assert Arrival.objects.get().size_bytes == len(content)
    work_off_all()
    assert Version.objects.get().sha256 == hashlib.sha256(content).hexdigest()


def test_a_piece_with_a_checksum_is_kept_whole_or_not_at_all(api, content):
    address = begin(api, len(content), filename="a.jpg")["Location"]
    good = {"Upload-Checksum": f"sha256 {base64_of(hashlib.sha256(content).digest())}"}
    bad = {"Upload-Checksum": f"sha1 {base64_of(hashlib.sha1(b'other').digest())}"}
    assert send(api, address, content[:50], 0).status_code == 204
    changed = send(api, address, content[50:], 50, **bad)
    assert (changed.status_code, changed.json()["code"]) == (460, "upload.checksum")
    assert offset(api, address) == 50
    broken_off(api, address, content[50:], 50, after=20, **bad)
    assert offset(api, address) == 50
    rest = {"Upload-Checksum": f"sha256 {base64_of(hashlib.sha256(content[50:]).digest())}"}
    assert send(api, address, content[50:], 50, **good).status_code == 460
    assert send(api, address, content[50:], 50, **rest).status_code == 204
    assert Arrival.objects.count() == 1


class Killed(BaseException):
    """The process ends here."""


# Where the server is killed while the last piece comes: the function, and whether it had done its work.
MOMENTS = (
    ("crosscut.apps.library.partial._add", False),
    ("crosscut.apps.library.partial._add", True),
    ("crosscut.apps.library.partial._force_to_disk", False),
    ("crosscut.apps.library.services.uploads.finish", False),
    ("crosscut.apps.library.services.arrive.receive", False),
    ("crosscut.apps.library.services.arrive.receive", True),
)


@pytest.mark.parametrize("with_checksum", [False, True])
@pytest.mark.parametrize(("place", "after"), MOMENTS)
def test_a_server_killed_at_any_boundary_loses_and_doubles_nothing(
    api, content, monkeypatch, place, after, with_checksum
):
    module, _, name = place.rpartition(".")
    address = begin(api, len(content), filename="a.jpg")["Location"]
    send(api, address, content[:40], 0)
    real = getattr(__import__(module, fromlist=[name]), name)

    is_dead = []
    cut_back = partial.cut_back

    def dies(*args, **kwargs):
        if after:
            real(*args, **kwargs)
        is_dead.append(True)
        raise Killed

    def cut_back_while_alive(*args):
        if not is_dead:  # kill -9 runs no more code: what stands on disk stays as it is
            cut_back(*args)

    headers = {"Upload-Checksum": f"sha256 {base64_of(hashlib.sha256(content[40:]).digest())}"} if with_checksum else {}
    with monkeypatch.context() as patch:
        patch.setattr(place, dies)
        patch.setattr(partial, "cut_back", cut_back_while_alive)
        with pytest.raises(Killed):
            send(api, address, content[40:], 40, **headers)
    here = offset(api, address)
    assert here in (40, len(content))
    if here < len(content):
        assert send(api, address, content[here:], here).status_code == 204
    assert Arrival.objects.count() == 1
    work_off_all()
    assert Version.objects.get().sha256 == hashlib.sha256(content).hexdigest()


def test_an_upload_whose_sender_never_comes_back_for_the_last_answer_arrives(api, content, monkeypatch):
    address = begin(api, len(content), filename="a.jpg")["Location"]
    with monkeypatch.context() as patch:
        patch.setattr(uploads, "finish", lambda upload: None)  # killed before it
        send(api, address, content, 0)
    assert not Arrival.objects.exists()
    assert uploads.sweep_uploads() == 1
    assert Arrival.objects.get().filename == "a.jpg"


def test_a_wrong_offset_changes_nothing_and_says_where_it_goes_on(api, content):
    address = begin(api, len(content), filename="a.jpg")["Location"]
    send(api, address, content[:10], 0)
    for at_byte in (0, 9, 11, len(content)):
        answer = send(api, address, b"xx", at_byte)
        assert answer.status_code == 409
        assert "byte 10" in answer.json()["detail"]
    assert offset(api, address) == 10


def test_a_dead_connection_that_wakes_up_adds_nothing(api, content, cast):
    upload = uploads.begin(cast.junior, uploads.Announced(filename="a.jpg", size_bytes=len(content)))
    address = f"{ADDRESS}/{upload.key}"

    def asleep():
        yield content[:10]
        assert send(api, address, content[10:30], 10).status_code == 204  # the client came back meanwhile
        yield b"something old"

    with pytest.raises(Conflict, match="Another connection"):
        uploads.receive(upload, asleep(), at_byte=0)
    assert offset(api, address) == 30
    assert uploads.path_of(upload).read_bytes() == content[:30]


def test_more_than_was_announced_is_refused(api):
    address = begin(api, 10, filename="a.jpg")["Location"]
    assert send(api, address, b"x" * 11, 0).status_code == 422
    assert offset(api, address) == 0


def test_bytes_that_are_not_those_its_sender_named_are_not_taken_in(api, content):
    begun = begin(api, len(content), filename="a.jpg", sha256="ab" * 32)
    send(api, begun["Location"], content, 0)
    work_off_all()
    arrival = Arrival.objects.get()
    assert (arrival.state, arrival.asset) == ("refused", None)
    assert "Send it again" in arrival.problem


def test_the_first_piece_can_come_with_the_beginning(api, content):
    headers = {**TUS, "Upload-Length": str(len(content)), "Upload-Metadata": f"filename {base64_of('a.jpg')}"}
    answer = api.post(ADDRESS, content, content_type="application/offset+octet-stream", headers=headers)
    assert (answer.status_code, answer["Upload-Offset"]) == (201, str(len(content)))
    assert Arrival.objects.count() == 1


def test_an_empty_file_arrives_and_is_refused_for_what_it_is(api):
    assert begin(api, 0, filename="a.jpg").status_code == 201
    work_off_all()
    assert "empty" in Arrival.objects.get().problem


def test_it_becomes_a_version_of_the_asset_named(api, photo, tmp_path):
    newer = making.jpeg(tmp_path / "b.jpg", colour="olive").read_bytes()
    send(api, begin(api, len(newer), filename="b.jpg", asset=str(photo.pk))["Location"], newer, 0)
    work_off_all()
    photo.refresh_from_db()
    assert photo.current.number == 2


# What is sent, and the status of the refusal.
REFUSED = (
    ({"Upload-Length": "10"}, 412),  # no version
    ({**TUS, "Tus-Resumable": "0.2.2", "Upload-Length": "10"}, 412),
    (TUS, 422),
    ({**TUS, "Upload-Length": "-1"}, 422),
    ({**TUS, "Upload-Length": "9" * 15}, 413),
    ({**TUS, "Upload-Length": "10", "Upload-Metadata": "filename ä"}, 422),
    ({**TUS, "Upload-Length": "10", "Upload-Metadata": "sha256 " + base64_of("abc")}, 422),
    ({**TUS, "Upload-Length": "10", "Upload-Metadata": "asset " + base64_of("999999")}, 404),
    ({**TUS, "Upload-Length": "10", "Upload-Metadata": "asset " + base64_of("x")}, 422),
)


@pytest.mark.parametrize(("headers", "status"), REFUSED)
def test_a_wrong_beginning_leaves_nothing(api, settings, headers, status):
    answer = api.post(ADDRESS, headers=headers)
    assert answer.status_code == status, answer.content
    assert answer.headers["Content-Type"] == "application/problem+json"
    assert not Upload.objects.exists()
    assert list(settings.UPLOAD_FOLDER.iterdir()) == []


def test_wrong_pieces_are_refused(api):
    address = begin(api, 10, filename="a.jpg")["Location"]
    told = {**TUS, "Upload-Offset": "0"}
    assert api.patch(address, b"x", content_type="image/jpeg", headers=told).status_code == 415
    assert send(api, address, b"x", 0, **{"Upload-Checksum": "crc32 AAAA"}).status_code == 400
    assert send(api, address, b"x", 0, **{"Upload-Checksum": "sha1 ä"}).status_code == 400
    assert send(api, address, b"x", 0, **{"Tus-Resumable": "2.0"}).status_code == 412
    assert offset(api, address) == 0


@pytest.mark.parametrize(
    ("name", "kept"),
    [
        ("../../etc/passwd", "passwd"),
        ("x" * 4000 + ".jpg", "x" * 200 + ".jpg"),
        ("photo\u202egpj.exe", "photogpj.exe"),  # a right-to-left mark would show as photoexe.jpg
        ("Ко\u0440\u0430лл 珊瑚 🐠.jpg", "Ко\u0440\u0430лл 珊瑚 🐠.jpg"),
        ("nul\0l.jpg", "null.jpg"),
        ("..", "file"),
        ("", "file"),
    ],
)
def test_hostile_names_become_plain_ones(api, settings, name, kept):
    assert begin(api, 10, filename=name).status_code == 201
    upload = Upload.objects.get()
    assert upload.filename == kept
    assert uploads.path_of(upload).is_file()
    assert uploads.path_of(upload).parent.parent == settings.UPLOAD_FOLDER


def test_a_full_disk_is_said_before_and_during_and_costs_nothing(api, content, monkeypatch):
    address = begin(api, len(content), filename="a.jpg")["Location"]
    send(api, address, content[:10], 0)
    with monkeypatch.context() as patch:

        def no_room(descriptor, data):
            raise OSError(errno.ENOSPC, "No space left on device")

        patch.setattr("crosscut.apps.library.partial.os.write", no_room)
        answer = send(api, address, content[10:], 10)
        assert (answer.status_code, "no room left" in answer.json()["detail"]) == (503, True)
        assert offset(api, address) == 10
    assert send(api, address, content[10:], 10).status_code == 204
    with monkeypatch.context() as patch:
        patch.setattr(uploads, "_SPARE_BYTES", 10**18)
        assert begin(api, 10, filename="b.jpg").status_code == 503


def test_an_upload_given_up_leaves_nothing(api, settings, django_capture_on_commit_callbacks):
    address = begin(api, 10, filename="a.jpg")["Location"]
    with django_capture_on_commit_callbacks(execute=True):
        assert api.delete(address, headers=TUS).status_code == 204
    assert list(settings.UPLOAD_FOLDER.iterdir()) == []
    assert api.head(address, headers=TUS).status_code == 404


def test_what_nobody_goes_on_with_is_swept_and_what_somebody_may_is_not(api, settings, content):
    old, young = (begin(api, len(content), filename=name)["Location"] for name in ("old.jpg", "young.jpg"))
    for address in (old, young):
        send(api, address, content[:10], 0)
    Upload.objects.filter(filename="old.jpg").update(expires_at=timezone.now() - timedelta(hours=1))
    uploads.sweep_uploads()
    assert api.head(old, headers=TUS).status_code == 404
    assert [path.name for path in settings.UPLOAD_FOLDER.rglob("*.jpg")] == ["young.jpg"]
    sweep.sweep_files()  # which takes away what belongs to nothing
    assert offset(api, young) == 10


def test_nobody_else_sees_or_touches_an_upload(cast, api, content):
    address = begin(api, len(content), filename="secret.jpg")["Location"]
    send(api, address, content[:10], 0)
    others = [program(member) for member in (cast.lead, cast.stranger)] + [signed_in(cast.senior)]
    for other in others:
        assert other.head(address, headers=TUS).status_code == 404
        assert send(other, address, b"x", 10).status_code == 404
        assert other.delete(address, headers=TUS).status_code == 404
        assert other.get(ADDRESS).json()["count"] == 0
    nobody, guest = Client(), program(cast.guest)
    assert begin(nobody, 10).status_code == 401
    assert nobody.head(address, headers=TUS).status_code == 401
    assert send(nobody, address, b"x", 10).status_code == 401
    assert begin(guest, 10).status_code == 403
    assert send(guest, address, b"x", 10).status_code == 404
    assert offset(api, address) == 10


def test_who_was_removed_from_the_team_sends_nothing_more(cast, api, content):
    address = begin(api, len(content), filename="a.jpg")["Location"]
    send(api, address, content[:10], 0)
    cast.junior.left_at = timezone.now()
    cast.junior.save()
    assert send(api, address, content[10:], 10).status_code in (401, 403)
    uploads.sweep_uploads()
    assert not Arrival.objects.exists()

"""Places from which files come by themselves: a folder, a mailbox, and whoever would misuse them."""

import os
import socketserver
import threading
from collections.abc import Iterator
from datetime import timedelta
from email.message import EmailMessage
from pathlib import Path

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from crosscut.apps.accounts.tests.asking import program, signed_in
from crosscut.apps.library.models import Arrival, WayIn, WayItem
from crosscut.apps.library.services import arrive, ways
from crosscut.apps.library.tests import making
from crosscut.kernel.errors import Invalid, NotAllowed, NotFound


@pytest.fixture
def folder(tmp_path: Path, settings) -> Path:
    """A folder that may be watched."""
    place = tmp_path / "drop box"
    place.mkdir()
    settings.WATCH_FOLDERS = [str(tmp_path)]
    return place


@pytest.fixture
def way(cast, folder: Path) -> WayIn:
    return ways.add_way(cast.lead, "folder", "Studio", {"path": str(folder)})


def settled() -> None:
    """As if everything had lain there for a minute."""
    WayItem.objects.update(noticed_at=timezone.now() - timedelta(minutes=1))


def came() -> list[str]:
    return list(Arrival.objects.order_by("id").values_list("filename", flat=True))


def test_a_file_is_taken_once_it_has_settled_and_only_once(way, folder):
    making.jpeg(folder / "deep" / "reef.jpg")
    assert ways.look_everywhere() == 0  # it may still be written
    assert ways.look_everywhere() == 0
    settled()
    assert ways.look_everywhere() == 1
    assert ways.look_everywhere() == 0
    assert came() == ["reef.jpg"]
    assert (folder / "deep" / "reef.jpg").exists()
    making.work_off(Arrival.objects.get())
    assert Arrival.objects.get().state == Arrival.State.STORED
    way.refresh_from_db()
    assert (way.taken, way.problem, way.looked_at is not None) == (1, "", True)


def test_a_file_that_still_grows_waits(way, folder):
    path = folder / "film.mov"
    path.write_bytes(b"1")
    ways.look_everywhere()
    settled()
    path.write_bytes(b"12")
    assert ways.look_everywhere() == 0
    settled()
    assert ways.look_everywhere() == 1


def test_a_file_that_is_changed_later_comes_again(way, folder):
    path = making.jpeg(folder / "reef.jpg")
    for _ in range(2):
        ways.look_everywhere()
        settled()
        assert ways.look_everywhere() == 1
        making.jpeg(path, colour="red", size=(80, 60))
    assert came() == ["reef.jpg", "reef.jpg"]


class Killed(BaseException):
    """The worker ends here."""


def test_killed_between_taking_and_noting_nothing_comes_twice(way, folder, monkeypatch):
    making.jpeg(folder / "reef.jpg")
    ways.look_everywhere()
    settled()
    real = arrive.ingest_paths

    def dies(*args):
        real(*args)
        raise Killed

    with monkeypatch.context() as patch:
        patch.setattr(arrive, "ingest_paths", dies)
        with pytest.raises(Killed):
            ways.look_everywhere()
    assert ways.look_everywhere() == 1
    assert ways.look_everywhere() == 0
    assert came() == ["reef.jpg"]


def test_rubbish_links_and_half_files_are_left_alone(way, folder, tmp_path):
    secret = making.jpeg(tmp_path / "secret" / "secret.jpg")
    (folder / "link.jpg").symlink_to(secret)
    (folder / "linked").symlink_to(secret.parent)
    for name in (".hidden.jpg", "Thumbs.db", "reef.jpg.part", "M0001.THM"):
        (folder / name).write_bytes(b"x")
    os.close(os.open(os.fsencode(folder) + b"/bad\xff.jpg", os.O_CREAT | os.O_WRONLY))
    ways.look_everywhere()
    settled()
    assert ways.look_everywhere() == 0


def test_a_folder_that_is_gone_says_so_and_goes_on_when_it_is_back(way, folder):
    folder.rmdir()
    ways.look_everywhere()
    way.refresh_from_db()
    assert "no such folder" in way.problem
    folder.mkdir()
    ways.look_everywhere()
    way.refresh_from_db()
    assert way.problem == ""


def test_a_paused_way_and_that_of_somebody_who_left_are_not_looked_into(cast, way, folder):
    making.jpeg(folder / "reef.jpg")
    ways.look_everywhere()
    settled()
    ways.switch(cast.lead, way.pk, is_on=False)
    assert ways.look_everywhere() == 0
    ways.switch(cast.lead, way.pk, is_on=True)
    cast.lead.left_at = timezone.now()
    cast.lead.save()
    assert ways.look_everywhere() == 0


@pytest.mark.parametrize("path", ["/etc", "relative", "", "{folder}/../..", "{folder}/nowhere"])
def test_only_folders_that_the_keeper_allowed_are_watched(cast, folder, path):
    with pytest.raises(Invalid) as refused:
        ways.add_way(cast.lead, "folder", "x", {"path": path.format(folder=folder)})
    assert refused.value.problems[0].where == "path"
    assert not WayIn.objects.exists()


def test_a_link_out_of_what_is_allowed_is_no_way_out(cast, folder, settings):
    settings.WATCH_FOLDERS = [str(folder)]
    (folder / "etc").symlink_to("/etc")
    with pytest.raises(Invalid):
        ways.add_way(cast.lead, "folder", "x", {"path": str(folder / "etc")})


# A mailbox.


class _Imap(socketserver.StreamRequestHandler):
    """Just enough of IMAP (RFC 9051), and strict about it."""

    messages: dict[int, bytes] = {}
    password = "sesame"

    def handle(self) -> None:
        self.wfile.write(b"* OK [CAPABILITY IMAP4rev1] ready\r\n")
        while line := self.rfile.readline():
            tag, _, rest = line.strip().partition(b" ")
            word = rest.split(b" ")[0].upper()
            answer = getattr(self, f"_{word.decode().lower()}", None)
            done = answer(rest) if answer else b"BAD unknown"
            self.wfile.write(tag + b" " + done + b"\r\n")
            if word == b"LOGOUT":
                return

    def _capability(self, rest: bytes) -> bytes:
        self.wfile.write(b"* CAPABILITY IMAP4rev1\r\n")
        return b"OK done"

    def _login(self, rest: bytes) -> bytes:
        return b"OK in" if self.password.encode() in rest else b"NO wrong"

    def _examine(self, rest: bytes) -> bytes:
        if b"INBOX" not in rest:
            return b"NO there is no such folder"
        self.wfile.write(b"* %d EXISTS\r\n* OK [UIDVALIDITY 7] fine\r\n" % len(self.messages))
        return b"OK [READ-ONLY] open"

    def _uid(self, rest: bytes) -> bytes:
        parts = rest.split(b" ", 3)
        if parts[1].upper() == b"SEARCH":
            self.wfile.write(b"* SEARCH " + b" ".join(b"%d" % uid for uid in self.messages) + b"\r\n")
            return b"OK done"
        content = self.messages[int(parts[2])]
        if b"RFC822.SIZE" in parts[3]:
            self.wfile.write(b"* 1 FETCH (UID %s RFC822.SIZE %d)\r\n" % (parts[2], len(content)))
        else:
            self.wfile.write(b"* 1 FETCH (UID %s BODY[] {%d}\r\n" % (parts[2], len(content)) + content + b")\r\n")
        return b"OK done"

    def _logout(self, rest: bytes) -> bytes:
        self.wfile.write(b"* BYE\r\n")
        return b"OK bye"


def letter(sender: str, **files: bytes) -> bytes:
    message = EmailMessage()
    message["From"], message["To"], message["Subject"] = sender, "desk@example.org", "Photos"
    message.set_content("Here they are.")
    for name, content in files.items():
        message.add_attachment(content, maintype="image", subtype="jpeg", filename=name.replace("_", "."))
    return message.as_bytes()


@pytest.fixture
def mailserver(settings) -> Iterator[int]:
    """A mail server on this machine, which the test allows by name."""
    _Imap.messages = {}
    server = socketserver.ThreadingTCPServer(("127.0.0.1", 0), _Imap)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    port = server.server_address[1]
    settings.ALLOWED_PRIVATE_HOSTS = (f"127.0.0.1:{port}",)
    yield port
    server.shutdown()
    server.server_close()


def a_mailbox(by, at_port: int, **changed: object) -> WayIn:
    told = {"host": "127.0.0.1", "port": at_port, "user": "desk", "senders": ["rosa@example.org", "@house.example"]}
    return ways.add_way(by, "mail", "By mail", {**told, **changed}, password="sesame")


def test_attachments_of_allowed_senders_come_in_once(cast, mailserver, tmp_path):
    reef = making.jpeg(tmp_path / "x.jpg").read_bytes()
    way = a_mailbox(cast.lead, mailserver)
    _Imap.messages = {
        1: letter("Rosa Diaz <ROSA@example.org>", reef_jpg=reef, kelp_jpg=b"2"),
        2: letter("Mallory <mallory@example.net>", evil_jpg=b"3"),
        3: letter("ben@house.example"),
        9: letter("ben@house.example", late_jpg=b"4"),
    }
    assert ways.look_everywhere() == 3
    assert ways.look_everywhere() == 0
    assert came() == ["reef.jpg", "kelp.jpg", "late.jpg"]
    way.refresh_from_db()
    assert (way.taken, way.problem) == (3, "")
    _Imap.messages[10] = letter("rosa@example.org", more_jpg=b"5")
    assert ways.look_everywhere() == 1


LOOKING_ALLOWED = (
    "mallory@example.net, rosa@example.org",
    "rosa@example.org@evil.example",
    '"rosa@example.org" <m@evil.example>',
    "",
)


@pytest.mark.parametrize("sender", LOOKING_ALLOWED)
def test_a_sender_that_only_looks_allowed_is_not(cast, mailserver, sender):
    a_mailbox(cast.lead, mailserver)
    _Imap.messages = {1: letter(sender, a_jpg=b"x") if sender else b"Subject: x\r\n\r\nx"}
    assert ways.look_everywhere() == 0
    assert came() == []


def test_two_senders_are_nobodys_word(cast, mailserver):
    a_mailbox(cast.lead, mailserver)
    _Imap.messages = {1: b"From: m@evil.example\r\n" + letter("rosa@example.org", a_jpg=b"x")}
    assert ways.look_everywhere() == 0


def test_hostile_attachment_names_become_plain_ones(cast, mailserver, settings):
    a_mailbox(cast.lead, mailserver)
    message = letter("rosa@example.org", NAME=b"x").replace(b"NAME", b"../../../etc/cron.d/evil.jpg")
    _Imap.messages = {1: message}
    assert ways.look_everywhere() == 1
    assert Path(Arrival.objects.get().path).parent.parent == settings.UPLOAD_FOLDER


def test_what_is_wrong_with_a_mailbox_is_said(cast, mailserver, settings):
    way = a_mailbox(cast.lead, mailserver, folder="Nowhere")

    def told() -> str:
        ways.look_everywhere()
        way.refresh_from_db()
        return way.problem

    assert "no folder Nowhere" in told()
    _Imap.password = "other"
    try:
        assert "password right" in told()
    finally:
        _Imap.password = "sesame"
    settings.ALLOWED_PRIVATE_HOSTS = ()
    assert "not on the public internet" in told()
    assert b"sesame" not in bytes(way.secrets)
    assert "sesame" not in str(way.settings)


# What is wrong with a mailbox, and the field that is named.
WRONG: tuple[tuple[dict[str, object], str], ...] = (
    ({"host": "no host"}, "host"),
    ({"port": 0}, "port"),
    ({"user": ""}, "user"),
    ({"senders": []}, "senders"),
    ({"senders": ["x"]}, "senders"),
)


@pytest.mark.parametrize(("changed", "where"), WRONG)
def test_a_wrong_mailbox_is_refused_field_by_field(cast, changed, where):
    with pytest.raises(Invalid) as refused:
        a_mailbox(cast.lead, 993, **changed)
    assert where in {problem.where for problem in refused.value.problems}


# Who may.


def test_only_a_lead_sets_up_pauses_and_removes(cast, way, folder):
    for member in (cast.senior, cast.junior, cast.guest):
        with pytest.raises(NotAllowed):
            ways.add_way(member, "folder", "x", {"path": str(folder)})
        with pytest.raises(NotAllowed):
            ways.switch(member, way.pk, is_on=False)
        with pytest.raises(NotAllowed):
            ways.remove_way(member, way.pk)
    with pytest.raises(NotFound):
        ways.switch(cast.stranger, way.pk, is_on=False)
    with pytest.raises(NotFound):
        ways.remove_way(cast.stranger, way.pk)


def test_a_lead_works_on_the_page(cast, folder):
    browser = signed_in(cast.lead)
    page = reverse("ways-in")
    wrong = browser.post(page, {"kind": "folder", "folder-name": "Studio", "folder-path": "/etc"})
    assert (wrong.status_code, "may not be watched" in wrong.content.decode()) == (422, True)
    browser.post(page, {"kind": "folder", "folder-name": "Studio", "folder-path": str(folder)})
    way = WayIn.objects.get()
    assert "Studio" in browser.get(page).content.decode()
    browser.post(reverse("way-switch", args=[way.pk]), {"is_on": "0"})
    assert "Paused" in browser.get(page).content.decode()
    browser.post(reverse("way-remove", args=[way.pk]))
    assert not WayIn.objects.exists()
    assert "Watch a folder" not in signed_in(cast.senior).get(page).content.decode()


def test_a_program_does_the_same(cast, folder):
    api, json = program(cast.lead), "application/json"
    made = api.post("/api/library/ways-in/folders", {"name": "Studio", "path": str(folder)}, content_type=json)
    assert made.status_code == 201, made.content
    mail = {"name": "Mail", "host": "imap.example.org", "user": "u", "password": "p", "senders": ["a@example.org"]}
    told = api.post("/api/library/ways-in/mailboxes", mail, content_type=json)
    assert told.status_code == 201, told.content
    assert "password" not in told.json()["settings"]
    address = f"/api/library/ways-in/{made.json()['id']}"
    assert api.patch(address, {"is_on": False}, content_type=json).json()["is_on"] is False
    assert api.get("/api/library/ways-in").json()["count"] == 2
    assert program(cast.stranger).get("/api/library/ways-in").json()["count"] == 0
    assert program(cast.stranger).delete(address).status_code == 404
    assert program(cast.junior).delete(address).status_code == 403
    assert Client().get("/api/library/ways-in").status_code == 401
    assert api.delete(address).status_code == 204

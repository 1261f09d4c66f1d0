"""Where readers come and go: looking changes nothing, nobody learns who is on a list, and leaving takes one click."""

from datetime import timedelta
from email.message import EmailMessage
from urllib.parse import urlsplit

import pytest
from django.test import Client
from django.utils import timezone
from procrastinate.contrib.django.models import ProcrastinateJob

from crosscut.apps.accounts.models import Account, AuditEvent
from crosscut.apps.readers import tasks
from crosscut.apps.readers.models import JoinTry, Reader
from crosscut.apps.readers.public import confirm_url, join_url, leave_url
from crosscut.apps.readers.services import joining, lists
from crosscut.apps.readers.tests.made import Desk, a_reader
from crosscut.channels.tests.mailserver import TAKE_AND_DROP

PUBLIC = {"host": "127.0.0.1:8001"}
ONE_CLICK = {"List-Unsubscribe": "One-Click"}
pytestmark = pytest.mark.django_db


@pytest.fixture
def public() -> Client:
    """Somebody out there, with a browser that checks what browsers check."""
    return Client(headers=PUBLIC, enforce_csrf_checks=True)


def _path(url: str) -> str:
    return urlsplit(url).path


def _asks(public: Client, desk: Desk, address: str) -> bytes:
    """What the page says to who signs up."""
    answer = public.post(_path(join_url(desk.account)), {"address": address})
    assert answer.status_code == 200, answer.content
    return answer.content


def _work() -> None:
    """What workers do with the questions that wait."""
    for row in ProcrastinateJob.objects.filter(task_name=joining.ASK, status="todo"):
        tasks.ask_reader(**row.args)
    ProcrastinateJob.objects.filter(task_name=joining.ASK).update(status="succeeded")


def _text(message: EmailMessage) -> str:
    body = message.get_body(("plain",))
    assert body is not None
    return str(body.get_content())


def test_signing_up_takes_a_letter_and_a_yes(desk: Desk, public: Client):
    assert b'name="address"' in public.get(_path(join_url(desk.account))).content
    assert b"mailbox" in _asks(public, desk, " Ada@Reader.example ")
    reader = Reader.objects.get()
    assert reader.state == "asked" and desk.begun().letters.count() == 0
    _work()
    (message,) = desk.mails.letters()
    url = confirm_url(reader)
    assert url in _text(message) and message["Auto-Submitted"] == "auto-generated"
    assert b"Yes, sign me up" in public.get(_path(url)).content
    reader.refresh_from_db()
    assert reader.state == "asked"  # a scanner that looks confirms nothing
    assert b"You are signed up" in public.post(_path(url)).content
    reader.refresh_from_db()
    assert reader.state == "reads" and reader.came_by == "form" and "Confirmed by a link" in reader.consent
    assert public.post(_path(url)).status_code == 404  # a link works once
    assert desk.begun(text="The next issue").letters.count() == 1


def test_the_question_goes_out_once_for_each_time_somebody_asks(desk: Desk, public: Client):
    desk.mails.order("data", TAKE_AND_DROP)
    _asks(public, desk, "ada@reader.example")
    reader = Reader.objects.get()
    for _number in range(3):
        joining.ask(reader.pk)
    assert len(desk.mails.taken) == 1
    _asks(public, desk, "ada@reader.example")
    _work()
    assert len(desk.mails.taken) == 2


def test_nobody_learns_who_is_on_the_list(desk: Desk, public: Client):
    a_reader(desk.account, "ada@reader.example")
    a_reader(desk.account, "ben@reader.example", state=Reader.State.LEFT)
    said = {_asks(public, desk, f"{name}@reader.example") for name in ("ada", "ben", "cleo")}
    assert len(said) == 1
    _work()
    assert sorted(desk.mails.addresses()) == ["ben@reader.example", "cleo@reader.example"]  # who reads is not bothered


def test_who_has_left_comes_back_only_by_their_own_yes(desk: Desk, public: Client):
    ben = a_reader(desk.account, "ben@reader.example")
    lists.leave(ben.code)
    _asks(public, desk, "ben@reader.example")
    ben.refresh_from_db()
    assert ben.state == "left"
    public.post(_path(confirm_url(ben)))
    ben.refresh_from_db()
    assert ben.state == "reads" and ben.ended_at is None


def test_links_to_confirm_end_and_the_address_is_forgotten(desk: Desk, public: Client):
    _asks(public, desk, "ada@reader.example")
    reader = Reader.objects.get()
    Reader.objects.update(confirm_until=timezone.now() - timedelta(minutes=1))
    assert public.post(_path(confirm_url(reader))).status_code == 404
    JoinTry.objects.update(at=timezone.now() - timedelta(days=2))
    joining.forget_unconfirmed()
    assert not Reader.objects.exists() and not JoinTry.objects.exists()


def test_floods_are_slowed_down(desk: Desk, public: Client):
    path = _path(join_url(desk.account))
    answers = [public.post(path, {"address": "ada@reader.example"}).status_code for _number in range(4)]
    assert answers == [200, 200, 200, 429]
    others = [public.post(path, {"address": f"a{number}@reader.example"}).status_code for number in range(20)]
    assert others.count(200) == joining.TRIES_PER_PLACE - 3 and others[-1] == 429


def test_what_is_no_address_is_said_kindly_and_stored_nowhere(desk: Desk, public: Client):
    answer = public.post(_path(join_url(desk.account)), {"address": "<ada>"})
    assert answer.status_code == 422 and b"This is no e-mail address" in answer.content
    assert b"<ada>" not in answer.content and not Reader.objects.exists()


def test_mail_programs_leave_with_one_click_and_scanners_do_not(desk: Desk, public: Client):
    ada = a_reader(desk.account, "ada@reader.example")
    path = _path(leave_url(ada))
    for look in (public.get, public.head):
        look(path)
    ada.refresh_from_db()
    assert ada.state == "reads"
    answer = public.post(path, ONE_CLICK)
    ada.refresh_from_db()
    assert answer.status_code == 200 and ada.state == "left" and not answer.cookies
    assert public.post(path, ONE_CLICK).status_code == 200  # again, as mail programs may
    assert AuditEvent.objects.filter(verb="reader.left").count() == 1
    assert b"You have left" in public.get(path).content


def test_leaving_works_on_the_page_too(desk: Desk, public: Client):
    ada = a_reader(desk.account, "ada@reader.example")
    assert b"Leave the list" in public.get(_path(leave_url(ada))).content
    assert b"You have left the list" in public.post(_path(leave_url(ada))).content


@pytest.mark.parametrize(
    "path", ["/letters/leave/nothing", "/letters/confirm/nothing", "/letters/join/999999", "/letters/x.css"]
)
def test_a_link_that_was_never_ours_says_nothing(desk: Desk, public: Client, path: str):
    assert public.get(path).status_code == 404
    assert public.post(path).status_code in (403, 404)


def test_these_pages_are_kept_by_nobody_and_their_dress_by_all(desk: Desk, public: Client):
    answer = public.get(_path(join_url(desk.account)))
    assert answer["Cache-Control"] == "no-store" and answer["Referrer-Policy"] == "no-referrer"
    style = answer.content.decode().partition('rel="stylesheet" href="')[2].partition('"')[0]
    assert (
        public.get(style)["Content-Type"].startswith("text/css") and public.get("/letters/mark.svg").status_code == 200
    )


def test_they_are_on_the_public_origin_alone(desk: Desk):
    path = _path(join_url(desk.account))
    assert Client().get(path).status_code == 404


def test_a_newsletter_that_was_disconnected_signs_nobody_up_and_lets_everybody_leave(desk: Desk, public: Client):
    ada = a_reader(desk.account, "ada@reader.example")
    Account.objects.update(state=Account.State.DISCONNECTED)
    assert public.get(_path(join_url(desk.account))).status_code == 404
    assert public.post(_path(leave_url(ada)), ONE_CLICK).status_code == 200

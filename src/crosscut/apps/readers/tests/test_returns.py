"""Letters that come back: told by their own names, and nobody who is gone is written to again."""

from collections.abc import Iterator

import pytest

from crosscut.apps.accounts.secrets import seal
from crosscut.apps.readers import tasks
from crosscut.apps.readers.models import Letter, Mailing, Reader, ReturnsLook
from crosscut.apps.readers.services import returns
from crosscut.apps.readers.tests.made import Desk, states
from crosscut.channels.tests.mailbox import Box, mailbox
from crosscut.channels.tests.mailserver import PASSWORD, TAKE_AND_DROP, USER
from crosscut.channels.tests.test_mailreports import report

pytestmark = pytest.mark.django_db
MAILBOX_PASSWORD = "an-other-one"


@pytest.fixture
def box(desk: Desk) -> Iterator[Box]:
    """The sender's mailbox, which the newsletter reads."""
    with mailbox(USER, MAILBOX_PASSWORD) as found:
        desk.account.settings |= {"returns_host": "127.0.0.1", "returns_port": found.port}
        desk.account.sealed_secrets = seal({"password": PASSWORD, "returns_password": MAILBOX_PASSWORD})
        desk.account.save()
        yield found


def _sent(desk: Desk, text: str = "An issue") -> Mailing:
    """An issue whose letters were taken."""
    return desk.all_turns(desk.begun(text=text))


def _comes_back(box: Box, letter: Letter, **said: str) -> None:
    box.messages.append(report(f"<{letter.key}@reef.example>", **said))


def test_a_mailbox_that_does_not_exist_gets_nothing_more(desk: Desk, box: Box):
    ada, _ben = desk.sign_up("ada", "ben")
    mailing = _sent(desk)
    _comes_back(box, Letter.objects.get(reader=ada))
    assert returns.look(desk.account.pk) == 1
    ada.refresh_from_db()
    assert states(mailing) == {"ada": "returned", "ben": "accepted"}
    assert ada.state == "barred" and "no such user" in ada.ended_why


def test_a_full_mailbox_is_counted_and_given_up_after_three(desk: Desk, box: Box):
    (ada,) = desk.sign_up("ada")
    for number in range(3):
        ada.refresh_from_db()
        assert ada.state == "reads"
        _comes_back(box, _sent(desk, f"Issue {number}").letters.get(), status="5.2.2")
        returns.look(desk.account.pk)
    ada.refresh_from_db()
    assert ada.state == "barred"


@pytest.mark.parametrize(("action", "becomes"), [("failed", "returned"), ("delayed", "accepted")])
def test_what_was_unknown_is_settled_by_what_comes_back(desk: Desk, box: Box, action: str, becomes: str):
    desk.sign_up("ada")
    desk.mails.order("data", TAKE_AND_DROP)
    mailing = _sent(desk)
    assert states(mailing) == {"ada": "unknown"}
    _comes_back(box, Letter.objects.get(), action=action, status="4.4.1")
    returns.look(desk.account.pk)
    assert states(mailing) == {"ada": becomes} and Reader.objects.get().state == "reads"


def test_each_message_is_read_once_and_a_new_mailbox_from_its_beginning(desk: Desk, box: Box):
    desk.sign_up("ada")
    _sent(desk)
    box.messages.append(b"Subject: I am on holiday\r\n\r\nUntil May.")
    for _number in range(2):
        tasks.returns_due(0)
        tasks.look_for_returns(desk.account.pk)
    assert box.read == [1] and ReturnsLook.objects.get().until == "7:1"
    box.validity = 8
    returns.look(desk.account.pk)
    assert box.read == [1, 1]


def test_nobody_is_thrown_off_by_a_message_that_anybody_can_write(desk: Desk, box: Box):
    (ada,) = desk.sign_up("ada")
    mailing = _sent(desk)
    box.messages.append(report("<0123456789abcdef0123456789abcdef@reef.example>"))
    box.messages.append(report(f"<{ada.address}>"))
    assert returns.look(desk.account.pk) == 0
    ada.refresh_from_db()
    assert ada.state == "reads" and states(mailing) == {"ada": "accepted"}


def test_a_mailbox_that_cannot_be_read_stops_no_letters_and_is_told(desk: Desk, box: Box):
    desk.sign_up("ada")
    _sent(desk)
    box.password = "changed"
    assert returns.look(desk.account.pk) == 0
    assert "password" in ReturnsLook.objects.get().problem
    desk.account.refresh_from_db()
    assert desk.account.state == "connected"


def test_without_a_mailbox_nothing_is_asked(desk: Desk):
    desk.sign_up("ada")
    _sent(desk)
    assert returns.look(desk.account.pk) == 0 and ReturnsLook.objects.get().problem == ""

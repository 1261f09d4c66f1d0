"""The promise for letters: one issue reaches every reader once, or it is said that nobody knows."""

from collections import Counter
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone
from procrastinate.contrib.django.models import ProcrastinateJob

from crosscut.apps.accounts.models import Account, AuditEvent
from crosscut.apps.accounts.tests.asking import program, signed_in
from crosscut.apps.publish.models import Target
from crosscut.apps.publish.services.hold import lift_hold, place_hold
from crosscut.apps.readers import queries, tasks
from crosscut.apps.readers.models import Letter, Mailing, Reader
from crosscut.apps.readers.services import lists, mail, settling
from crosscut.apps.readers.tests.made import Desk, hurry, states
from crosscut.channels.tests.mailserver import DROP, TAKE_AND_DROP
from crosscut.kernel.errors import Conflict, NotAllowed, RetryLater

State = Letter.State
pytestmark = pytest.mark.django_db


def test_every_reader_gets_one_letter_with_a_way_out_of_their_own(desk: Desk):
    ada, ben = desk.sign_up("ada", "ben")
    mailing = desk.all_turns(desk.begun())
    assert mailing.state == Mailing.State.DONE and states(mailing) == {"ada": "accepted", "ben": "accepted"}
    assert desk.mails.addresses() == ["ada@reader.example", "ben@reader.example"]
    links = [message["List-Unsubscribe"] for message in desk.mails.letters()]
    assert [reader.code in link for reader, link in zip((ada, ben), links, strict=True)] == [True, True]
    assert "<http://127.0.0.1:8001/letters/leave/" in links[0]
    assert Letter.objects.first().answer.startswith("250")  # type: ignore[union-attr]


def test_nothing_happens_twice(desk: Desk):
    desk.sign_up("ada")
    target = desk.issue()
    mailing = mail.begin(target.pk)
    assert mailing is not None and mail.begin(target.pk) is None and mail.begin_due() == 0
    desk.all_turns(mailing)
    Mailing.objects.filter(pk=mailing.pk).update(state=Mailing.State.GOING)
    desk.all_turns(mailing)
    assert len(desk.mails.taken) == 1


def test_letters_wait_until_the_page_was_seen_as_it_was_approved(desk: Desk):
    desk.sign_up("ada")
    target = desk.issue(state=Target.State.SENT)
    assert mail.begin_due() == 0
    Target.objects.filter(pk=target.pk).update(state=Target.State.PROVEN)
    assert mail.begin_due() == 1


def test_workers_do_it_all_by_themselves(desk: Desk):
    desk.sign_up("ada")
    desk.issue()
    tasks.letters_due(0)
    mailing = Mailing.objects.get()
    tasks.mail_letters(mailing.pk)
    tasks.mail_letters(mailing.pk)
    mailing.refresh_from_db()
    assert mailing.state == Mailing.State.DONE and len(desk.mails.taken) == 1


def test_a_turn_ends_after_some_seconds_and_the_next_goes_on(desk: Desk, monkeypatch):
    """With one worker, posts wait no longer for letters than that."""
    desk.sign_up("ada", "ben", "cleo", "dora")
    mailing, now, hand_over = desk.begun(), timezone.now(), mail._hand_over

    def slowly(*given: Any) -> mail.Outcome:
        nonlocal now
        now += timedelta(seconds=3)
        return hand_over(*given)

    monkeypatch.setattr(timezone, "now", lambda: now)
    monkeypatch.setattr(mail, "_hand_over", slowly)
    tasks.mail_letters(mailing.pk)
    assert Counter(states(mailing).values()) == {"accepted": 2, "waiting": 2}
    jobs = ProcrastinateJob.objects.filter(task_name=tasks.mail_letters.name, status="todo")
    assert [job.args for job in jobs] == [{"mailing_id": mailing.pk}]
    assert jobs.values_list("lock", flat=True).get() == "letters"  # one at a time, of all newsletters


@pytest.mark.parametrize("fault", [TAKE_AND_DROP, DROP])  # it is on its way, or it is not: to us the same
def test_a_lost_answer_is_unknown_and_never_sent_again_by_itself(desk: Desk, fault: str):
    desk.sign_up("ada", "ben")
    desk.mails.order("data", fault)
    mailing = desk.all_turns(desk.begun())
    assert states(mailing) == {"ada": "unknown", "ben": "accepted"} and mailing.state == Mailing.State.DONE
    assert Counter(desk.mails.addresses())["ada@reader.example"] == (1 if fault == TAKE_AND_DROP else 0)
    assert "Of some letters nobody knows" in signed_in(desk.cast.lead).get("/").content.decode()


def test_a_person_settles_what_nobody_else_can(desk: Desk):
    desk.sign_up("ada", "ben")
    desk.mails.order("data", TAKE_AND_DROP, DROP)
    mailing = desk.all_turns(desk.begun())
    first, second = Letter.objects.order_by("pk")
    assert states(mailing) == {"ada": "unknown", "ben": "unknown"}
    with pytest.raises(NotAllowed):
        settling.say_arrived(desk.cast.specialist, mailing.target_id, [first.pk])
    settling.say_arrived(desk.cast.senior, mailing.target_id, [first.pk])
    settling.send_again(desk.cast.senior, mailing.target_id, [second.pk])
    with pytest.raises(Conflict):
        settling.send_again(desk.cast.senior, mailing.target_id, [first.pk])
    desk.all_turns(mailing)
    assert states(mailing) == {"ada": "accepted", "ben": "accepted"}
    assert Counter(desk.mails.addresses()) == {"ada@reader.example": 1, "ben@reader.example": 1}


def test_a_worker_that_dies_leaves_a_letter_unknown_and_the_others_to_the_next(desk: Desk, monkeypatch):
    class Death(BaseException):
        """A worker that is killed."""

    def die(*_given: object) -> None:
        raise Death

    desk.sign_up("ada", "ben")
    mailing = desk.begun()
    monkeypatch.setattr(mail, "write_down", die)  # the mail server has it, and nobody writes that down
    with pytest.raises(Death):
        desk.turn(mailing)
    monkeypatch.undo()
    assert states(mailing) == {"ada": "sent", "ben": "waiting"} and mail.doubt_overdue() == 0
    hurry(mailing)
    assert mail.doubt_overdue() == 1
    desk.all_turns(mailing)
    assert states(mailing) == {"ada": "unknown", "ben": "accepted"}
    assert Counter(desk.mails.addresses()) == {"ada@reader.example": 1, "ben@reader.example": 1}


def test_an_answer_that_comes_late_is_still_believed(desk: Desk):
    desk.sign_up("ada")
    mailing = desk.begun()
    letter = Letter.objects.get()
    Letter.objects.update(state=State.UNKNOWN)
    mail.write_down(letter.pk, 0, "250 OK")
    assert states(mailing) == {"ada": "accepted"}


def test_a_late_no_to_an_earlier_try_says_nothing_of_a_later_one(desk: Desk):
    desk.sign_up("ada")
    mailing = desk.begun()
    letter = Letter.objects.get()
    Letter.objects.update(state=State.SENT, tries=2)  # somebody had it sent once more
    mail.write_down(letter.pk, 1, RetryLater("later"))
    assert states(mailing) == {"ada": "sent"}


def test_a_letter_that_cannot_be_made_stops_no_other(desk: Desk, monkeypatch):
    desk.sign_up("ada", "ben")
    channel = queries.mailer("newsletter")
    made = type(channel).issue

    def made_for_ben(self, context, remote_id, to):
        return made(self, context, remote_id, to) if to.address.startswith("ben") else 1 // 0

    monkeypatch.setattr(type(channel), "issue", made_for_ben)
    mailing = desk.all_turns(desk.begun())
    assert states(mailing) == {"ada": "refused", "ben": "accepted"}


def test_a_reader_whose_server_asks_to_wait_gets_it_later_and_once(desk: Desk):
    desk.sign_up("ada", "ben")
    desk.mails.order("rcpt", "451 4.7.1 greylisted")
    mailing = desk.begun()
    desk.turn(mailing)
    assert states(mailing) == {"ada": "waiting", "ben": "accepted"}
    assert Letter.objects.get(reader__address__startswith="ada").next_at > timezone.now() + timedelta(minutes=4)
    desk.all_turns(mailing)
    assert Counter(desk.mails.addresses()) == {"ada@reader.example": 1, "ben@reader.example": 1}


def test_it_gives_up_after_two_days_of_later(desk: Desk):
    desk.sign_up("ada")
    desk.mails.refuses["ada@reader.example"] = "452 4.2.2 mailbox full"
    mailing = desk.begun()
    desk.turn(mailing)
    Letter.objects.update(first_at=timezone.now() - timedelta(days=3))
    desk.all_turns(mailing)
    assert states(mailing) == {"ada": "refused"} and "mailbox full" in Letter.objects.get().answer


@pytest.mark.parametrize(
    ("answer", "becomes"),
    [
        ("550 5.1.1 no such user", "barred"),  # nobody is there
        ("550 5.7.1 blocked by policy", "reads"),  # somebody is, and does not want this letter
        ("554 no", "reads"),  # it does not say why
    ],
)
def test_a_mailbox_that_does_not_exist_gets_nothing_more(desk: Desk, answer: str, becomes: str):
    (ada,) = desk.sign_up("ada")
    desk.mails.refuses["ada@reader.example"] = answer
    mailing = desk.all_turns(desk.begun())
    ada.refresh_from_db()
    assert states(mailing) == {"ada": "refused"} and ada.state == becomes
    if becomes == "barred":
        assert "5.1.1" in ada.ended_why and desk.begun(text="Another issue").letters.count() == 0


def test_what_every_letter_would_meet_stops_the_turn_and_says_why(desk: Desk):
    desk.sign_up("ada", "ben")
    desk.mails.order("mail", "550 5.7.1 sender not allowed")
    mailing = desk.begun()
    assert (desk.turn(mailing) or 0) > 60
    mailing.refresh_from_db()
    assert "sender not allowed" in mailing.problem and desk.mails.sessions == 1
    assert states(mailing) == {"ada": "waiting", "ben": "waiting"}
    assert desk.all_turns(mailing).problem == "" and len(desk.mails.taken) == 2


def test_a_wrong_password_lets_nothing_leave_until_the_account_is_connected_again(desk: Desk):
    desk.sign_up("ada")
    mailing, right = desk.begun(), desk.account.sealed_secrets
    Account.objects.update(sealed_secrets=b"")
    desk.turn(mailing)
    desk.account.refresh_from_db()
    assert states(mailing) == {"ada": "waiting"} and desk.account.state == Account.State.RECONNECT
    desk.turn(mailing)
    mailing.refresh_from_db()
    assert "connected again" in mailing.problem
    Account.objects.update(sealed_secrets=right, state=Account.State.CONNECTED)
    desk.all_turns(mailing)
    assert len(desk.mails.taken) == 1


def test_a_hold_stops_letters_that_have_not_left(desk: Desk, monkeypatch):
    desk.sign_up("ada", "ben", "cleo")
    mailing, written = desk.begun(), mail.write_down

    def hold_after(letter_id: int, number: int, outcome: mail.Outcome) -> None:
        written(letter_id, number, outcome)
        if len(desk.mails.taken) == 1:
            place_hold(desk.cast.lead, reason="Something happened")

    monkeypatch.setattr(mail, "write_down", hold_after)
    desk.turn(mailing)
    desk.turn(mailing)
    mailing.refresh_from_db()
    assert len(desk.mails.taken) == 1 and "Something happened" in mailing.problem
    lift_hold(desk.cast.lead, desk.cast.workspace.holds.get().pk)
    desk.all_turns(mailing)
    assert len(desk.mails.taken) == 3


def test_taking_an_issue_down_stops_what_has_not_left(desk: Desk):
    desk.sign_up("ada", "ben")
    mailing = desk.begun()
    Target.objects.update(state=Target.State.RECALLING)
    desk.all_turns(mailing)
    mailing.refresh_from_db()
    assert mailing.state == Mailing.State.STOPPED and states(mailing) == {"ada": "skipped", "ben": "skipped"}
    assert not desk.mails.taken


def test_who_has_left_meanwhile_gets_nothing(desk: Desk):
    ada, ben, cleo = desk.sign_up("ada", "ben", "cleo")
    mailing = desk.begun()
    lists.leave(ada.code)
    lists.forget(desk.cast.lead, cleo.pk)
    desk.all_turns(mailing)
    assert desk.mails.addresses() == [ben.address] and mailing.state == Mailing.State.DONE
    assert Counter(states(mailing).values()) == {"accepted": 1, "skipped": 2}


def test_it_keeps_to_what_the_mail_server_takes_in_a_minute(desk: Desk):
    desk.sign_up("ada", "ben", "cleo")
    desk.account.settings["letters_per_minute"] = 2
    desk.account.save()
    mailing = desk.begun()
    desk.turn(mailing)
    assert len(desk.mails.taken) == 2
    assert mail.mail_some(mailing.pk) == 15 and len(desk.mails.taken) == 2
    desk.all_turns(mailing)
    assert len(desk.mails.taken) == 3


def test_an_issue_that_goes_out_once_more_goes_only_to_who_has_not_had_it(desk: Desk):
    desk.sign_up("ada", "ben")
    desk.mails.order("data", TAKE_AND_DROP)  # ada may have it
    first = desk.all_turns(desk.begun()).target
    Target.objects.filter(pk=first.pk).update(state=Target.State.RECALLED)
    desk.sign_up("cleo")
    second = desk.issue()
    Target.objects.filter(pk=second.pk).update(piece=first.piece_id)
    mailing = mail.begin(second.pk)
    assert mailing is not None and set(states(mailing)) == {"cleo"}


def test_the_posts_page_tells_how_the_letters_stand(desk: Desk):
    desk.sign_up("ada", "ben")
    target = desk.issue()
    client = signed_in(desk.cast.junior)
    assert f"/posts/{target.pk}/letters/part/" in client.get(f"/posts/{target.pk}/").content.decode()
    assert "begin within a minute" in client.get(f"/posts/{target.pk}/letters/part/").content.decode()
    mail.begin_due()
    desk.all_turns(Mailing.objects.get())
    told = client.get(f"/posts/{target.pk}/letters/part/").content.decode()
    assert "Taken by the mail server" in told and "ada@" not in told
    answer = program(desk.cast.senior).get(f"/api/posts/{target.pk}/mailing").json()
    assert answer["state"] == "done" and answer["counts"] == {"accepted": 2}
    listed = signed_in(desk.cast.senior).get(f"/posts/{target.pk}/letters/").content.decode()
    assert "ada@reader.example" in listed


def test_history_keeps_no_addresses(desk: Desk):
    (ada,) = desk.sign_up("ada")
    desk.all_turns(desk.begun())
    lists.leave(ada.code)
    lists.forget(desk.cast.lead, ada.pk)
    told = "".join(f"{event.label}{event.detail}" for event in AuditEvent.objects.all())
    assert "letters.done" in set(AuditEvent.objects.values_list("verb", flat=True))
    assert "ada@" not in told and not Reader.objects.exists()

"""A little fault bench: a real mail server that misbehaves and workers that die, drawn by seed.

Six runs in an everyday run; `CROSSCUT_BENCH_RUNS=500` for many, `CROSSCUT_BENCH_SEED` for the first seed.
"""

import os
from collections import Counter
from functools import partial
from random import Random

import pytest

from crosscut.apps.readers.models import Letter, Mailing
from crosscut.apps.readers.services import mail
from crosscut.apps.readers.tests.made import Desk, hurry
from crosscut.channels.tests.mailserver import DROP, TAKE_AND_DROP

RUNS = int(os.environ.get("CROSSCUT_BENCH_RUNS", "6"))
FIRST_SEED = int(os.environ.get("CROSSCUT_BENCH_SEED", "1"))
READERS, MOST_TURNS, FAULTS, DEATHS = 8, 60, 5, 3
State = Letter.State
pytestmark = pytest.mark.django_db
_FAULTS = {
    "mail": ("451 4.3.0 later", "421 4.3.2 closing", DROP),
    "rcpt": ("451 4.7.1 greylisted", "550 5.7.1 no", "421 4.7.0 closing", DROP),
    "data": (TAKE_AND_DROP, DROP, "452 4.3.1 disk full", "554 5.7.1 spam", "421 4.3.2 closing"),
}
# Where a worker dies: before the letter is made, after the mail server had it, while that is written down.
_PLACES = ("_hand_over", "write_down", "_keep")


class Death(BaseException):
    """A worker that is killed."""


def _die_once(act, waiting: list[bool], *given, **named):
    if waiting and waiting.pop():
        raise Death
    return act(*given, **named)


def _play(desk: Desk, seed: int, monkeypatch: pytest.MonkeyPatch) -> Mailing:
    """One issue to everybody, through all that was drawn."""
    draw = Random(seed)
    desk.mails.taken.clear()
    desk.mails.orders.clear()
    for _number in range(FAULTS):
        command = draw.choice(list(_FAULTS))
        desk.mails.order(command, draw.choice(_FAULTS[command]))
    mailing = desk.begun(text=f"Issue {seed}")
    for _number in range(MOST_TURNS):
        with monkeypatch.context() as patched:
            if draw.random() < DEATHS / 10:
                place = draw.choice(_PLACES)
                patched.setattr(mail, place, partial(_die_once, getattr(mail, place), [True]))
            try:
                wait = desk.turn(mailing)
            except Death:
                wait = 0.0
        hurry(mailing)
        mail.doubt_overdue()
        if wait is None:
            break
    mailing.refresh_from_db()
    return mailing


def _wrong(desk: Desk, mailing: Mailing) -> list[str]:
    """Every promise that was broken."""
    came = Counter(desk.mails.addresses())
    found = [f"{address} got {count} letters" for address, count in came.items() if count > 1]
    allowed = {State.ACCEPTED: {1}, State.UNKNOWN: {0, 1}, State.REFUSED: {0}}
    for letter in mailing.letters.select_related("reader"):
        assert letter.reader is not None
        count = came[letter.reader.address]
        if count not in allowed.get(State(letter.state), set()):
            found.append(f"{letter.reader.address} is {letter.state} and got {count}")
    return found


@pytest.fixture
def many(desk: Desk) -> Desk:
    desk.sign_up(*(f"reader{number}" for number in range(READERS)))
    return desk


def test_every_reader_gets_it_once_or_a_person_is_asked(many: Desk, monkeypatch: pytest.MonkeyPatch):
    told = Counter[str]()
    for seed in range(FIRST_SEED, FIRST_SEED + RUNS):
        mailing = _play(many, seed, monkeypatch)
        assert not _wrong(many, mailing), f"seed {seed}"
        assert mailing.state == Mailing.State.DONE, f"seed {seed}"
        told.update(mailing.letters.values_list("state", flat=True))
    assert told[State.ACCEPTED] and told[State.UNKNOWN], "the faults were not met"


def test_the_bench_can_fail(many: Desk, monkeypatch: pytest.MonkeyPatch):
    """Where an unknown letter were sent again by itself, somebody would get two, and the bench would say so."""

    def forgetful(letter_id: int, number: int, outcome: mail.Outcome) -> None:
        written(letter_id, number, outcome)
        Letter.objects.filter(pk=letter_id, state=State.UNKNOWN).update(state=State.WAITING)

    written = mail.write_down
    monkeypatch.setattr(mail, "write_down", forgetful)
    many.mails.order("data", TAKE_AND_DROP)
    mailing = many.all_turns(many.begun())
    assert any("got 2 letters" in wrong for wrong in _wrong(many, mailing))

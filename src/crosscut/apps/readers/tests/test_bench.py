"""A little fault bench: a real mail server that misbehaves and workers that die, drawn by seed.

Six runs in an everyday run; `CROSSCUT_BENCH_RUNS=500` for many, `CROSSCUT_BENCH_SEED` for the first seed.
"""

import os
from collections import Counter
from contextlib import suppress
from functools import partial
from random import Random

import pytest
from django.db import IntegrityError, connection, transaction

from crosscut.apps.readers.models import Letter, Mailing
from crosscut.apps.readers.services import mail
from crosscut.apps.readers.tests.made import Desk, hurry
from crosscut.channels.tests.mailserver import DROP, TAKE_AND_DROP

RUNS = int(os.environ.get("CROSSCUT_BENCH_RUNS", "6"))
FIRST_SEED = int(os.environ.get("CROSSCUT_BENCH_SEED", "1"))
READERS, MOST_TURNS, FAULTS, DEATHS = 8, 60, 5, 3
WITHIN = 20  # runs in which a promise taken out must be noticed
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
    _write_twice(mailing)
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


def _write_twice(mailing: Mailing) -> None:
    """A second worker that writes the same letter, which the database has to refuse."""
    twin = mailing.letters.earliest("pk")
    twin.pk, twin.key = None, f"{twin.key[:-1]}~"
    with suppress(IntegrityError), transaction.atomic():
        twin.save(force_insert=True)


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


def _without_doubt(patch: pytest.MonkeyPatch) -> None:
    """An unknown letter is sent again by itself: what settling is for posts, a person is for letters."""

    def forgetful(letter_id: int, number: int, outcome: mail.Outcome) -> None:
        written(letter_id, number, outcome)
        Letter.objects.filter(pk=letter_id, state=State.UNKNOWN).update(state=State.WAITING)

    written = mail.write_down
    patch.setattr(mail, "write_down", forgetful)


def _without_the_unique_key(patch: pytest.MonkeyPatch) -> None:
    """The database takes a second letter to the same reader. The test's transaction undoes it."""
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE readers_letter DROP CONSTRAINT letter_once_per_reader")


def _without_the_commit_before_the_call(patch: pytest.MonkeyPatch) -> None:
    """That it is sent stands in the worker's memory only, when the mail server is asked."""

    def remembered(mailing_id: int) -> Letter | None:
        with transaction.atomic():
            letter = claim(mailing_id)
            transaction.set_rollback(True)
        return letter

    claim = mail._claim
    patch.setattr(mail, "_claim", remembered)


@pytest.mark.parametrize(
    ("mutate", "first"),  # and the seed from which it is soon noticed
    [(_without_doubt, 15), (_without_the_unique_key, 6), (_without_the_commit_before_the_call, 6)],
)
def test_the_bench_notices_that_somebody_got_two(many: Desk, monkeypatch: pytest.MonkeyPatch, mutate, first: int):
    mutate(monkeypatch)
    for seed in range(first, first + WITHIN):
        if wrong := _wrong(many, _play(many, seed, monkeypatch)):
            break
    assert any("got 2 letters" in words for words in wrong), f"{WITHIN} runs were green without it"

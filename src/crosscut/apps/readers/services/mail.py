"""The letters of an issue: one to each reader, or it is said that nobody knows.

    waiting → sent (committed) → the mail server is asked → accepted | unknown | refused, or waiting again

Nothing is handed over before "sent" is committed, so whatever dies at whatever moment, the row says whether a letter
may be on its way. Only what the mail server certainly did not take waits for another try; `unknown` is a person's.
"""

from datetime import datetime, timedelta
from functools import partial

import structlog
from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils import timezone

from crosscut.apps.accounts.models import Account
from crosscut.apps.accounts.services.audit import record
from crosscut.apps.accounts.services.connections import context_for, note_exchange
from crosscut.apps.publish.models import Target
from crosscut.apps.publish.queries import hold_on
from crosscut.apps.publish.services.patience import patiently
from crosscut.apps.readers.models import Letter, Mailing, Reader
from crosscut.apps.readers.public import leave_url
from crosscut.apps.readers.queries import issues_to_mail, mailer
from crosscut.apps.readers.services.doubting import letter_key
from crosscut.apps.readers.services.lists import end
from crosscut.apps.readers.services.returns import NO_MAILBOX
from crosscut.channels.mailing import FOR_ALL, PostOffice, Recipient
from crosscut.channels.protocol import Context
from crosscut.channels.registry import settings_class
from crosscut.kernel.errors import CrosscutError, OutcomeUnknown, Problem, ReconnectNeeded, Rejected, RetryLater
from crosscut.kernel.phrases import phrase

State = Letter.State
Outcome = str | CrosscutError
_TURN = timedelta(seconds=5)  # of a worker: then posts that are due have theirs
_BATCH, _BATCH_TIME = 40, timedelta(seconds=60)  # most of a turn; no letter of it is begun later
_ANSWER_TIME = timedelta(minutes=10)  # a letter begun at the end of a turn, with all its waits: see channels/smtp.py
_PAUSE, _BREATH, _LOOKS_AGAIN = timedelta(minutes=5), timedelta(minutes=1), timedelta(seconds=15)
_GIVE_UP_AFTER = timedelta(days=2)  # of "later": mail servers themselves try for four or five, RFC 5321, 4.5.4.1
_FIRST_WAIT, _LONGEST_WAIT = timedelta(minutes=5), timedelta(hours=4)
_AT_ONCE = 2000
_log = structlog.get_logger(__name__)


def begin_due() -> int:
    """Writes the letters of issues whose page was seen as approved. Returns of how many issues."""
    return sum(begin(target_id) is not None for target_id in issues_to_mail())


@transaction.atomic
def begin(target_id: int) -> Mailing | None:
    """The issue's letters, one for each who reads now; None when they have begun or the issue is not seen to be out.

    Who has, or may have, had this issue by an earlier post of the same piece gets no other.
    """
    target = Target.objects.select_for_update(of=("self",)).select_related("account__workspace").get(pk=target_id)
    if target.state != Target.State.PROVEN or Mailing.objects.filter(target=target).exists():
        return None
    mailing = Mailing.objects.create(target=target)
    readers = Reader.objects.filter(account=target.account_id, state=Reader.State.READS)
    wanted = readers.exclude(pk__in=_had_it(target).values("reader")).order_by("pk").values_list("pk", flat=True)
    letters = (Letter(mailing=mailing, reader_id=pk, key=letter_key(target, pk)) for pk in wanted.iterator(_AT_ONCE))
    Letter.objects.bulk_create(letters, batch_size=_AT_ONCE)
    record("letters.begun", target, by=target.account.workspace, letters=mailing.letters.count())
    return mailing


def mail_some(mailing_id: int) -> float | None:
    """Hands some letters over. Says in how many seconds to go on; None when that is nobody's turn any more."""
    mailing = _mailing(mailing_id)
    if mailing is None or mailing.state != Mailing.State.GOING:
        return None
    account = mailing.target.account
    if not _is_out(mailing.target):
        _stop(mailing)
        return None
    _pass_over_who_left(mailing)
    room = _room(account)
    if reason := _obstacle(mailing):
        return _wait(mailing, _LOOKS_AGAIN, reason)
    if room <= 0:
        return _wait(mailing, _LOOKS_AGAIN, "")
    if not _is_next(mailing).exists():
        return _end_or_wait(mailing)
    try:
        with (
            context_for(account, deadline_at=timezone.now() + _BATCH_TIME) as context,
            mailer(account.channel).post_office(context) as office,
        ):
            outcome = _hand_over_some(mailing, context, office, min(room, _BATCH))
    except CrosscutError as error:  # before any letter: nothing has left
        note_exchange(account, False, error)
        return _wait(mailing, _PAUSE, str(error))
    _note(mailing, outcome)
    mailing.refresh_from_db()
    return max((mailing.next_at - timezone.now()).total_seconds(), 0.0)


def doubt_overdue() -> int:
    """Letters that nobody answered for, as their worker died: from now on unknown. Returns how many."""
    overdue = Letter.objects.filter(state=State.SENT, deadline_at__lt=timezone.now())
    return overdue.update(
        state=State.UNKNOWN, answer="The worker that handed it over stopped before it knew.", answered_at=timezone.now()
    )


def _mailing(mailing_id: int) -> Mailing | None:
    related = Mailing.objects.select_related("target__account__workspace", "target__piece", "target__edition")
    return related.filter(pk=mailing_id).first()


def _had_it(target: Target) -> QuerySet[Letter]:
    """Letters of this very issue that are with a reader, or may be, by whichever post of it."""
    same = {"mailing__target__piece": target.piece_id, "mailing__target__account": target.account_id}
    letters = Letter.objects.filter(**same, mailing__target__occurrence=target.occurrence, reader__isnull=False)
    return letters.filter(state__in=Letter.MAYBE_THERE)


def _obstacle(mailing: Mailing) -> str:
    """Why nothing leaves now, in plain words; empty when nothing stands in the way."""
    hold = hold_on(mailing.target)
    if hold is not None:
        return phrase("Held: {reason}", reason=hold.reason)
    account = mailing.target.account
    if account.state != Account.State.CONNECTED:
        return phrase("{account} must be connected again first.", account=account.name)
    return ""


def _room(account: Account) -> int:
    """How many letters the mail server takes now."""
    pace = mailer(account.channel).pace_per_minute(settings_class(account.channel).model_validate(account.settings))
    minute = timezone.now() - timedelta(minutes=1)
    return pace - Letter.objects.filter(mailing__target__account=account, sent_at__gt=minute).count()


def _is_next(mailing: Mailing) -> QuerySet[Letter]:
    rows = Letter.objects.filter(mailing=mailing, state=State.WAITING, next_at__lte=timezone.now())
    return rows.filter(reader__state=Reader.State.READS).order_by("next_at", "pk")


def _hand_over_some(mailing: Mailing, context: Context, office: PostOffice, most: int) -> Outcome:
    """What ended the turn early: an answer that all letters would meet, or that broke the connection; else nothing."""
    until = timezone.now() + _TURN
    for _number in range(most):
        letter = _claim(mailing.pk) if timezone.now() < until else None
        if letter is None:
            break
        answer = _hand_over(letter, context, office)
        patiently(partial(write_down, letter.pk, letter.tries, answer))
        if _is_for_all(answer) or not office.is_open:
            return answer
    return ""


def _note(mailing: Mailing, outcome: Outcome) -> None:
    """How the account does, and a pause where the mail server does not go on."""
    is_for_all = _is_for_all(outcome)
    note_exchange(mailing.target.account, not is_for_all, outcome if is_for_all else "")
    if not outcome:
        Mailing.objects.filter(pk=mailing.pk).update(problem="")
    elif not is_for_all:
        _wait(mailing, _BREATH, str(outcome))


def _pass_over_who_left(mailing: Mailing) -> None:
    gone = Q(reader=None) | ~Q(reader__state=Reader.State.READS)
    rows = Letter.objects.filter(gone, mailing=mailing, state=State.WAITING)
    rows.update(state=State.SKIPPED, answer="The reader had left.", answered_at=timezone.now())


@transaction.atomic
def _claim(mailing_id: int) -> Letter | None:
    """The next letter, committed as sent; None when nothing may leave."""
    mailing = _mailing(mailing_id)
    if mailing is None or mailing.state != Mailing.State.GOING or _obstacle(mailing) or not _is_out(mailing.target):
        return None
    letter = _is_next(mailing).select_for_update(of=("self",), skip_locked=True).select_related("reader").first()
    if letter is None:
        return None
    now = timezone.now()
    letter.mailing = mailing
    letter.state, letter.sent_at, letter.first_at = State.SENT, now, letter.first_at or now
    letter.deadline_at, letter.tries = now + _BATCH_TIME + _ANSWER_TIME, letter.tries + 1
    letter.save(update_fields=["state", "sent_at", "first_at", "deadline_at", "tries"])
    return letter


def _is_out(target: Target) -> bool:
    return target.state in Target.LIVE_STATES


def _hand_over(letter: Letter, context: Context, office: PostOffice) -> Outcome:
    target, reader = letter.mailing.target, letter.reader
    assert reader is not None  # noqa: S101 - `_claim` looked
    to = Recipient(address=reader.address, name=reader.name, key=letter.key, leave_url=leave_url(reader))
    try:
        content = mailer(target.account.channel).issue(context, target.remote_id, to)
    except (CrosscutError, OSError) as error:  # the issue is away, or its pictures: so it is for everybody
        return RetryLater(str(error), problems=[Problem(code=FOR_ALL, message=str(error))])
    except Exception as error:  # noqa: BLE001 - one letter that cannot be made must not stop the others
        _log.exception("letter_fault", channel=target.account.channel, letter=letter.pk)
        return Rejected(phrase("The letter could not be made: {fault}.", fault=type(error).__name__))
    try:
        return office.hand_over(content)
    except CrosscutError as error:
        return error
    except Exception as error:  # noqa: BLE001 - a plug-in's fault must not lose the row: it may have handed it over
        _log.exception("post_office_fault", channel=target.account.channel, letter=letter.pk)
        return OutcomeUnknown(
            phrase("The connection to the mail server broke off: {fault}.", fault=type(error).__name__), key=letter.key
        )


@transaction.atomic
def write_down(letter_id: int, number: int, outcome: Outcome) -> None:
    """Writes the answer to that try into the row. Safe to call twice, and after the letter was doubted.

    What comes late is believed where it says that the letter was taken; a no to an earlier try says nothing of a later.
    """
    letter = Letter.objects.select_for_update(of=("self",)).select_related("reader", "mailing").get(pk=letter_id)
    is_ours = letter.tries == number and letter.state in (State.SENT, State.UNKNOWN)
    if isinstance(outcome, str):
        if letter.state != State.ACCEPTED:
            _keep(letter, State.ACCEPTED, outcome)  # also where somebody had said meanwhile that it did not arrive
    elif not is_ours:
        return
    elif isinstance(outcome, RetryLater) or _is_for_all(outcome):
        _later(letter, outcome)
    elif isinstance(outcome, Rejected):
        _keep(letter, State.REFUSED, str(outcome))
        _bar(letter, outcome)
    else:
        _keep(letter, State.UNKNOWN, str(outcome))


def _keep(letter: Letter, state: str, answer: str) -> None:
    letter.state, letter.answer, letter.answered_at = state, answer[:400], timezone.now()
    letter.save(update_fields=["state", "answer", "answered_at"])


def _later(letter: Letter, error: CrosscutError) -> None:
    """It certainly has not left: it waits, longer every time, and is given up after two days."""
    now = timezone.now()
    if letter.first_at and now - letter.first_at > _GIVE_UP_AFTER:
        _keep(letter, State.REFUSED, f"Given up after two days: {error}")
        return
    wait = min(_FIRST_WAIT * 2 ** min(letter.tries - 1, 6), _LONGEST_WAIT)
    letter.next_at = now if _is_for_all(error) else now + wait
    _keep(letter, State.WAITING, str(error))
    letter.save(update_fields=["next_at"])
    if _is_for_all(error):
        Mailing.objects.filter(pk=letter.mailing_id).update(problem=str(error)[:1000], next_at=now + _PAUSE)


def _is_for_all(outcome: Outcome) -> bool:
    """Whether every other letter would meet the same."""
    if isinstance(outcome, str):
        return False
    return isinstance(outcome, ReconnectNeeded) or any(problem.code == FOR_ALL for problem in outcome.problems)


def _bar(letter: Letter, refused: Rejected) -> None:
    """A mailbox that does not exist gets nothing more: who goes on is taken for a sender of spam."""
    told = [problem.values for problem in refused.problems if problem.values.get("stage") == "rcpt"]
    reader = letter.reader
    if reader is not None and any(values.get("enhanced") in NO_MAILBOX for values in told):
        row = Reader.objects.select_for_update().get(pk=reader.pk)
        if row.state == Reader.State.READS:
            end(row, Reader.State.BARRED, str(refused))


def _wait(mailing: Mailing, wait: timedelta, problem: str) -> float:
    Mailing.objects.filter(pk=mailing.pk).update(problem=problem[:1000], next_at=timezone.now() + wait)
    return wait.total_seconds()


def _end_or_wait(mailing: Mailing) -> float | None:
    """Nothing can leave this moment: it is over, or something waits for its time or for an answer."""
    open_letters = mailing.letters.filter(state__in=Letter.OPEN_STATES)
    waiting = open_letters.filter(state=State.WAITING).order_by("next_at").values_list("next_at", flat=True).first()
    if not open_letters.exists():
        _close(mailing, Mailing.State.DONE)
        return None
    later = (waiting or timezone.now() + _LOOKS_AGAIN) - timezone.now()
    return _wait(mailing, max(later, _LOOKS_AGAIN), "")


def _stop(mailing: Mailing) -> None:
    """The issue is out no longer: what has not left stays here."""
    waiting = mailing.letters.filter(state=State.WAITING)
    waiting.update(state=State.SKIPPED, answer="The issue was taken down.", answered_at=timezone.now())
    _close(mailing, Mailing.State.STOPPED)


@transaction.atomic
def _close(mailing: Mailing, state: str) -> None:
    now: datetime = timezone.now()
    if Mailing.objects.filter(pk=mailing.pk, state=Mailing.State.GOING).update(state=state, problem="", ended_at=now):
        record(f"letters.{state}", mailing.target, by=mailing.target.account.workspace)

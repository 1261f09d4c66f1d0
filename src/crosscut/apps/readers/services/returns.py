"""What comes back: letters that another mail server could not deliver, and what that means for their readers."""

from datetime import timedelta

from django.db import transaction
from django.utils import timezone

from crosscut.apps.accounts.models import Account
from crosscut.apps.accounts.services.connections import context_for
from crosscut.apps.readers.models import Letter, Reader, ReturnsLook
from crosscut.apps.readers.queries import mailer, mailing_channels
from crosscut.apps.readers.services.lists import end
from crosscut.channels.mailing import Returned
from crosscut.channels.registry import mails_readers
from crosscut.kernel.errors import CrosscutError
from crosscut.kernel.phrases import phrase

State = Letter.State
NO_MAILBOX = ("5.1.1", "5.1.2", "5.1.3", "5.1.6", "5.1.10", "5.2.1")  # RFC 3463, RFC 7505: nobody is there
_AT_ONCE = 200
_IN_A_ROW = 3  # letters that came back for other reasons, after which nobody is taken to be there
_WATCHED = timedelta(days=14)  # mail servers give up after four or five days, RFC 5321, 4.5.4.1


def accounts_to_look_at() -> list[int]:
    """Ids of newsletters that have sent letters lately."""
    since = timezone.now() - _WATCHED
    sent = Letter.objects.filter(sent_at__gt=since).values("mailing__target__account")
    rows = Account.objects.filter(channel__in=mailing_channels(), state=Account.State.CONNECTED, pk__in=sent)
    return list(rows.values_list("pk", flat=True))


def look(account_id: int) -> int:
    """Reads what came back since the last look. Returns how many letters it was about.

    A mailbox that cannot be read is noted and asked again; letters go out meanwhile.
    """
    account = Account.objects.filter(pk=account_id).first()
    if account is None or not mails_readers(account.channel):
        return 0
    row, _is_new = ReturnsLook.objects.get_or_create(account=account)
    try:
        with context_for(account) as context:
            found = mailer(account.channel).returns(context, after=row.until, most=_AT_ONCE)
    except CrosscutError as error:
        ReturnsLook.objects.filter(pk=row.pk).update(problem=str(error)[:500], looked_at=timezone.now())
        return 0
    with transaction.atomic():
        noted = sum(_note(account, returned) for returned in found.letters)
        ReturnsLook.objects.filter(pk=row.pk).update(until=found.until, problem="", looked_at=timezone.now())
    return noted


def _note(account: Account, returned: Returned) -> bool:
    """Whether it is about a letter of this newsletter's. Nobody guesses a letter's name: it is a hash of 128 bits."""
    rows = Letter.objects.select_for_update(of=("self",)).filter(key=returned.key, mailing__target__account=account)
    letter = rows.select_related("reader").first()
    if letter is None or letter.state not in Letter.MAYBE_THERE:
        return False
    if returned.is_final:
        _keep(letter, State.RETURNED, phrase("Came back: {words}", words=returned.words or returned.status))
        _judge(letter, returned)
    elif letter.state != State.ACCEPTED:
        _keep(
            letter,
            State.ACCEPTED,
            phrase("Another mail server has it: {words}", words=returned.words or returned.status),
        )
    return True


def _keep(letter: Letter, state: str, answer: str) -> None:
    letter.state, letter.answer, letter.answered_at = state, answer[:400], timezone.now()
    letter.save(update_fields=["state", "answer", "answered_at"])


def _judge(letter: Letter, returned: Returned) -> None:
    """Who does not exist gets nothing more; nor does who was out of reach three letters in a row."""
    reader = letter.reader
    if reader is None:
        return
    last = reader.letters.filter(sent_at__isnull=False).order_by("-sent_at", "-pk").values_list("state", flat=True)
    is_silent = list(last[:_IN_A_ROW]) == [State.RETURNED] * _IN_A_ROW
    if returned.status in NO_MAILBOX or is_silent:
        row = Reader.objects.select_for_update().get(pk=reader.pk)
        if row.state == Reader.State.READS:
            end(row, Reader.State.BARRED, letter.answer)

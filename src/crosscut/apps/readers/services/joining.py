"""Signing up: somebody asks, gets one letter that asks back, and says yes. Nobody learns here who is on the list."""

from datetime import timedelta

import structlog
from django.db import transaction
from django.utils import timezone
from procrastinate.contrib.django import app

from crosscut.apps.accounts.models import Account
from crosscut.apps.accounts.services.audit import record
from crosscut.apps.accounts.services.connections import context_for, note_exchange
from crosscut.apps.accounts.services.signing_in import plain_address
from crosscut.apps.readers.addresses import hash_of_address, key_of, tidy
from crosscut.apps.readers.models import Forgotten, JoinTry, Reader, new_code
from crosscut.apps.readers.public import confirm_url, leave_url
from crosscut.apps.readers.queries import mailer
from crosscut.channels.mailing import Recipient
from crosscut.kernel.errors import ChannelError, Unavailable
from crosscut.kernel.phrases import phrase
from crosscut.kernel.records import digest

State = Reader.State
ASK = "readers.ask"  # the task
# Who floods a stranger's mailbox with letters that ask, or us with addresses, is slowed down.
TRIES_PER_PLACE, TRIES_PER_ADDRESS, TRIES_PER_LIST = 20, 3, 500
_COUNTED, _KEPT, _VALID = timedelta(hours=1), timedelta(days=1), timedelta(days=7)
_log = structlog.get_logger(__name__)


@transaction.atomic
def ask_to_join(account: Account, address: str, *, place: str) -> None:
    """Puts the letter that asks on its way, where the address is not on the list. Says the same whether it is or not.

    `place` is the network address the request came from. Raises Invalid for what is no address, Unavailable for too
    many tries.
    """
    wire = tidy(address)
    _count(account, wire, plain_address(place))
    row = Reader.objects.select_for_update().filter(account=account, address_key=key_of(wire)).first()
    if row is None:
        told = {"state": State.ASKED, "came_by": Reader.Way.FORM, "consent": ""}
        row, _is_new = Reader.objects.get_or_create(
            account=account, address_key=key_of(wire), defaults={**told, "address": wire}
        )
    if row.state == State.READS:
        return
    row.confirm_code, row.confirm_until = new_code(), timezone.now() + _VALID
    row.save(update_fields=["confirm_code", "confirm_until"])
    _defer(row.pk)


def confirmable(code: str) -> Reader | None:
    """Whose link it is, while it is good."""
    rows = Reader.objects.select_related("account__workspace").filter(
        confirm_code=code, confirm_until__gt=timezone.now()
    )
    return rows.first() if code else None


@transaction.atomic
def confirm(code: str) -> Reader | None:
    """The reader who has said yes, and reads from now on; None when the link is over."""
    found = confirmable(code)
    if found is None:
        return None
    row = Reader.objects.select_for_update(of=("self",)).select_related("account__workspace").get(pk=found.pk)
    if row.confirm_code != code:
        return None
    now = timezone.now()
    row.state, row.came_by, row.joined_at = State.READS, Reader.Way.FORM, now
    row.consent = f"Confirmed by a link in a letter on {now:%Y-%m-%d %H:%M} UTC"
    row.confirm_code, row.confirm_until, row.ended_at, row.ended_why = "", None, None, ""
    row.save()
    Forgotten.objects.filter(account=row.account, address_mark=hash_of_address(row.address)).delete()
    record("reader.joined", row, by=row.account.workspace, account=row.account_id)
    return row


def ask(reader_id: int) -> None:
    """Hands the letter that asks over, once for each time somebody asked. Whoever misses it asks again."""
    row = _claim(reader_id)
    if row is None:
        return
    key = digest(["question", row.confirm_code])[:32]
    to = Recipient(address=row.address, key=key, leave_url=leave_url(row))
    channel = mailer(row.account.channel)
    try:
        with context_for(row.account) as context:
            letter = channel.question(context, to, confirm_url=confirm_url(row))
            with channel.post_office(context) as office:
                office.hand_over(letter)
    except ChannelError as error:
        note_exchange(row.account, False, error)
        _log.warning("question_not_taken", account=row.account_id, reader=row.pk)
    else:
        note_exchange(row.account, True)


def forget_unconfirmed() -> int:
    """Addresses of people who never confirmed, after a week; and old tries. Returns how many addresses."""
    now = timezone.now()
    JoinTry.objects.filter(at__lt=now - _KEPT).delete()
    found, _of_what = Reader.objects.filter(state=State.ASKED, confirm_until__lt=now).delete()
    return found


@transaction.atomic
def _claim(reader_id: int) -> Reader | None:
    """The reader, whose question is committed as handed over before it is; None when there is nothing to ask."""
    rows = Reader.objects.select_for_update(of=("self",)).select_related("account__workspace")
    row = rows.filter(pk=reader_id).exclude(confirm_code="").first()
    if row is None or row.state == State.READS or row.account.state == Account.State.DISCONNECTED:
        return None
    if row.question_at and row.confirm_until and row.question_at > row.confirm_until - _VALID:
        return None
    row.question_at = timezone.now()
    row.save(update_fields=["question_at"])
    return row


def _count(account: Account, address: str, place: str | None) -> None:
    since = timezone.now() - _COUNTED
    tries = JoinTry.objects.filter(at__gte=since)
    same = tries.filter(account=account, address_hash=hash_of_address(address)).count()
    here = tries.filter(place=place).count() if place else 0
    if same >= TRIES_PER_ADDRESS or here >= TRIES_PER_PLACE or tries.filter(account=account).count() >= TRIES_PER_LIST:
        raise Unavailable(phrase("Too many tries. Come back in an hour."), after_s=_COUNTED.total_seconds())
    JoinTry.objects.create(account=account, address_hash=hash_of_address(address), place=place)


def _defer(reader_id: int) -> None:
    app.configure_task(ASK, queue="publish").defer(reader_id=reader_id)

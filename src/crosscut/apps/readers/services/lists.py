"""Who is on a newsletter's list: entered, taken out, forgotten."""

import csv
import io
from collections.abc import Iterator
from typing import Any

from django.db import transaction
from django.utils import timezone

from crosscut.apps.accounts.models import Account, Member
from crosscut.apps.accounts.services.audit import record
from crosscut.apps.library.services.sheets import safe
from crosscut.apps.readers.addresses import hash_of_address, key_of, tidy, tidy_name
from crosscut.apps.readers.models import Forgotten, Reader
from crosscut.apps.readers.queries import newsletter_for, reader_for, readers_of
from crosscut.kernel.errors import Conflict, Invalid
from crosscut.kernel.phrases import phrase

State = Reader.State
HEAD = ("E-mail", "Name", "State", "Came by", "Agreed", "Since", "Left", "Why")
_AT_ONCE = 1000


@transaction.atomic
def add_reader(by: Member, account_id: int, *, address: str, name: str = "", consent: str) -> Reader:
    """A reader entered by hand. Raises Invalid for what is no address, Conflict for one who is there or has left."""
    account = newsletter_for(by, account_id)
    wire = tidy(address)
    demand_consent(consent)
    known = Reader.objects.filter(account=account, address_key=key_of(wire)).first()
    if known and known.state == State.READS:
        raise Conflict(phrase("This address is on the list already."))
    if (known and known.state != State.ASKED) or is_forgotten(account, wire):
        raise Conflict(phrase("This address has left the list. Only its owner can come back, by the sign-up page."))
    told: dict[str, Any] = {
        "name": tidy_name(name),
        "state": State.READS,
        "came_by": Reader.Way.HAND,
        "consent": consent.strip(),
    }
    told |= {"address": wire, "added_by": by, "joined_at": timezone.now(), "confirm_code": ""}
    row, _is_new = Reader.objects.update_or_create(account=account, address_key=key_of(wire), defaults=told)
    record("reader.added", row, by=by, account=account.pk)
    return row


@transaction.atomic
def take_out(by: Member, reader_id: int, *, why: str = "") -> Reader:
    """The reader gets nothing more, also not by another import."""
    row = _locked(reader_for(by, reader_id))
    if row.state != State.LEFT:
        end(row, State.LEFT, why.strip() or phrase("Taken out by {who}", who=str(by)))
        record("reader.taken_out", row, by=by, account=row.account_id)
    return row


@transaction.atomic
def forget(by: Member, reader_id: int) -> None:
    """Address, name and history go for good. What stays is a hash, by which no import brings the address back."""
    row = _locked(reader_for(by, reader_id))
    Forgotten.objects.get_or_create(account_id=row.account_id, address_mark=hash_of_address(row.address))
    record("reader.forgotten", row, by=by, account=row.account_id)
    row.letters.update(answer="")  # the mail servers' words may hold the address
    row.delete()


def leave(code: str) -> Reader | None:
    """The reader whose link it is, who has left by it; None when the link leads to nobody."""
    with transaction.atomic():
        row = Reader.objects.select_for_update().select_related("account__workspace").filter(code=code).first()
        if row is not None and row.state != State.LEFT:
            end(row, State.LEFT, phrase("By the link in a letter"))
            record("reader.left", row, by=row.account.workspace, account=row.account_id)
    return row


def end(row: Reader, state: str, why: str) -> None:
    """Writes down that no more letters go to the reader. Call it with the row locked."""
    row.state, row.ended_at, row.ended_why, row.confirm_code = state, timezone.now(), why[:300], ""
    row.save(update_fields=["state", "ended_at", "ended_why", "confirm_code"])


def as_csv(by: Member, account_id: int, *, state: str = "", q: str = "") -> Iterator[bytes]:
    """The list as a table that an import can read, with a mark that tells spreadsheets it is UTF-8."""
    account = newsletter_for(by, account_id)
    record("readers.exported", account, by=by)
    return _lines(account, state, q)


def _lines(account: Account, state: str, q: str) -> Iterator[bytes]:
    yield "\ufeff".encode()
    yield _written(HEAD)
    for row in readers_of(account, state=state, q=q).iterator(_AT_ONCE):
        cells = (row.address, row.name, row.state, row.came_by, row.consent, _day(row.joined_at), _day(row.ended_at))
        yield _written(tuple(safe(cell) for cell in (*cells, row.ended_why)))


def demand_consent(consent: str) -> None:
    """Raises Invalid where nobody says how readers agreed."""
    if not consent.strip():
        raise Invalid.at("consent", phrase("Say how and when they agreed to get it: who asks you must be told."))
    if len(consent.strip()) > 300:
        raise Invalid.at("consent", phrase("Say it in at most 300 characters."))


def is_forgotten(account: Account, address: str) -> bool:
    """Whether the address asked to be forgotten here."""
    return Forgotten.objects.filter(account=account, address_mark=hash_of_address(address)).exists()


def _locked(row: Reader) -> Reader:
    return Reader.objects.select_for_update(of=("self",)).select_related("account__workspace").get(pk=row.pk)


def _day(moment: object) -> str:
    return f"{moment:%Y-%m-%d}" if moment else ""


def _written(cells: tuple[str, ...]) -> bytes:
    out = io.StringIO()
    csv.writer(out, lineterminator="\r\n").writerow(cells)
    return out.getvalue().encode()

"""Readers out of a table: seen row by row before anything happens, and never somebody who has left."""

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from crosscut.apps.accounts.models import Account, Member
from crosscut.apps.accounts.services.audit import record
from crosscut.apps.library import incoming
from crosscut.apps.library.services import sheets
from crosscut.apps.readers.addresses import hash_of_address, key_of, tidy, tidy_name
from crosscut.apps.readers.models import Reader, ReaderTable
from crosscut.apps.readers.queries import newsletter_for, table_for
from crosscut.apps.readers.services.lists import demand_consent
from crosscut.kernel.errors import Conflict, Invalid
from crosscut.kernel.phrases import phrase

MOST_ROWS = 20_000
_LONGEST_LINE = 1000
_AT_ONCE = 2000
_ADDRESS = {"e-mail", "email", "e-mail address", "email address", "email_address", "address", "mail", "e-mail-adresse"}
_NAME = {"name", "full name", "first name", "firstname", "first_name", "fname", "vorname"}
BECOMES = {
    "new": _("Is added"),
    "asked": _("Is added: had asked and not confirmed"),
    "known": _("Is on the list already"),
    "left": _("Stays out: has left or cannot be reached"),
    "forgotten": _("Stays out: asked to be forgotten"),
    "twice": _("Stands above already"),
    "wrong": _("Is no address"),
}
_ADDED = ("new", "asked")
_BY_STATE = {"reads": "known", "left": "left", "barred": "left", "asked": "asked"}


@dataclass(frozen=True, kw_only=True)
class Row:
    """One line of the table, and what becomes of it."""

    line: int  # as the file counts, the head being 1
    address: str
    name: str
    becomes: str  # a key of BECOMES
    note: str = ""  # what is wrong with the address


def begin(by: Member, account_id: int, file: "UploadedFile[bytes]", *, consent: str) -> ReaderTable:
    """The table, read and waiting to be confirmed. Raises Invalid and Damaged for what is none."""
    newsletter_for(by, account_id)
    path = incoming.settle(file)
    try:
        return begin_path(by, account_id, path, consent=consent)
    finally:
        incoming.forget(path)


def begin_path(by: Member, account_id: int, path: Path, *, consent: str) -> ReaderTable:
    """The same with a file of this machine."""
    account = newsletter_for(by, account_id)
    demand_consent(consent)
    if not path.is_file():
        raise Invalid.at("file", phrase("There is no file {name}.", name=path.name))
    rows = [[line, address[:300], tidy_name(name)] for line, address, name in _read(path)]
    if not rows:
        raise Invalid.at("file", phrase("No line of it holds an e-mail address. Name the column “E-mail”."))
    told = {"name": path.name[:255], "consent": consent.strip(), "rows": rows}
    return ReaderTable.objects.create(account=account, by=by, **told)


@transaction.atomic
def confirm(by: Member, table_id: int) -> ReaderTable:
    """Adds the new ones and leaves everybody else as they are. Raises Conflict when it was done before."""
    table = ReaderTable.objects.select_for_update().get(pk=table_for(by, table_id).pk)
    if table.added is not None:
        raise Conflict(phrase("This table was taken in before."))
    rows, now = judged(table), timezone.now()
    told = {"account_id": table.account_id, "state": Reader.State.READS, "came_by": Reader.Way.TABLE}
    told |= {"consent": table.consent, "added_by": by, "joined_at": now}
    fresh = [
        Reader(address=row.address, address_key=key_of(row.address), name=row.name, **told)
        for row in rows
        if row.becomes == "new"
    ]
    made = Reader.objects.bulk_create(fresh, batch_size=_AT_ONCE, ignore_conflicts=True)
    asked = [key_of(row.address) for row in rows if row.becomes == "asked"]
    waiting = Reader.objects.filter(account=table.account_id, address_key__in=asked, state=Reader.State.ASKED)
    told.pop("account_id")
    table.added, table.rows = len(made) + waiting.update(**told, confirm_code=""), []
    table.save(update_fields=["added", "rows"])
    record("readers.imported", table, by=by, account=table.account_id, added=table.added)
    return table


@transaction.atomic
def discard(by: Member, table_id: int) -> None:
    """Forgets a table that was not taken in, with all its addresses."""
    table = table_for(by, table_id)
    if table.added is not None:
        raise Conflict(phrase("This table was taken in. Take its readers out one by one."))
    table.delete()


def judged(table: ReaderTable) -> list[Row]:
    """What becomes of each row, as things are now."""
    states = _states(table.account)
    gone = set(table.account.forgotten.values_list("address_mark", flat=True))
    seen: set[str] = set()
    return [_judged(row, states, gone, seen) for row in table.rows]


def counts_of(rows: list[Row]) -> dict[str, int]:
    """How many rows become what, in the order of BECOMES."""
    found = Counter(row.becomes for row in rows)
    return {key: found[key] for key in BECOMES if found[key]}


def addable(counts: Mapping[str, int]) -> int:
    """How many of them are added."""
    return sum(counts.get(key, 0) for key in _ADDED)


def _judged(row: list[str], states: Mapping[str, str], gone: set[str], seen: set[str]) -> Row:
    line, told, name = int(row[0]), row[1], row[2]
    try:
        address = tidy(told)
    except Invalid as error:
        return Row(line=line, address=told, name=name, becomes="wrong", note=str(error.problems[0].message))
    key = key_of(address)
    becomes = _BY_STATE.get(states.get(key, ""), "new")
    if becomes in _ADDED and hash_of_address(address) in gone:
        becomes = "forgotten"
    if key in seen:
        becomes = "twice"
    seen.add(key)
    return Row(line=line, address=address, name=name, becomes=becomes)


def _states(account: Account) -> dict[str, str]:
    return dict(Reader.objects.filter(account=account).values_list("address_key", "state"))


def _read(path: Path) -> Iterator[tuple[int, str, str]]:
    """Line, address and name of each row that holds something. A file without a head is read from its first line."""
    column = name_column = ""
    count = -1
    for count, row in enumerate(sheets.read(path)):
        if count == 0:
            column, name_column, first = _columns(list(row.cells))
            if first:
                yield 1, first, ""
        if count >= MOST_ROWS:
            raise Invalid.at("file", phrase("The table has more than {most:,} lines. Split it.", most=MOST_ROWS))
        if address := row.cells.get(column, "").strip():
            yield row.number, address, row.cells.get(name_column, "").strip()
    if count < 0 and (only := _only_line(path)):
        yield 1, only, ""


def _only_line(path: Path) -> str:
    """The address of a file that holds nothing else: where there is one line it is no head."""
    with path.open("rb") as file:
        line = file.readline(_LONGEST_LINE).decode("utf-8-sig", "replace").strip(' \t\r\n,;"')
    return line if "@" in line else ""


def _columns(heads: list[str]) -> tuple[str, str, str]:
    """The columns of address and name; and the head itself where it is an address already."""
    plain = {head: head.strip().casefold() for head in heads}
    named = next((head for head in heads if plain[head] in _NAME), "")
    for head in heads:
        if plain[head] in _ADDRESS:
            return head, named, ""
    bare = next((head for head in heads if "@" in head), "")
    if not bare:
        raise Invalid.at("file", phrase("No column of it is called “E-mail”."))
    return bare, named, bare

"""The fields of assets as a table: written for a spreadsheet, and read back from one."""

import csv
import io
import re
import zipfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from openpyxl import Workbook, load_workbook
from openpyxl.cell import WriteOnlyCell

from crosscut.apps.accounts.models import Member
from crosscut.apps.library.models import Asset
from crosscut.apps.library.queries import assets_for
from crosscut.apps.library.services.fields import FieldSet, field_set, values_of
from crosscut.apps.library.services.history import last_change_id
from crosscut.kernel.errors import Damaged, Invalid, NotFound
from crosscut.kernel.phrases import phrase
from crosscut.media.fields import said

ID, FILE, STATE = "Crosscut id", "File", "State (leave as it is)"
MOST_ROWS = 100_000
LIMIT_BYTES = 50_000_000  # of a file; and ten times that unpacked
CELL_LIMIT = 32_767  # characters that a cell of a spreadsheet can hold
_STARTS_FORMULA = ("=", "+", "-", "@", "\t", "\r")  # OWASP, CSV Injection
_NO_WORKBOOK = (KeyError, ValueError, IndexError, TypeError, AttributeError, SyntaxError, EOFError, zipfile.BadZipFile)
_KEY = re.compile(r"\[([\w.-]+)\]\s*$")
_UNPRINTABLE = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f]")


@dataclass(frozen=True, kw_only=True)
class Row:
    """One line of a table that came back."""

    number: int  # as the spreadsheet counts, the head being 1
    cells: Mapping[str, str]  # by the head of the column


def as_csv(by: Member, asset_ids: Iterable[int]) -> bytes:
    """The assets' fields as CSV, with a mark that tells spreadsheets it is UTF-8. Raises NotFound."""
    out = io.StringIO()
    table = csv.writer(out, lineterminator="\r\n")
    table.writerows(rows_of(by, asset_ids))
    return out.getvalue().encode("utf-8-sig")


def as_xlsx(by: Member, asset_ids: Iterable[int]) -> bytes:
    """The assets' fields as a workbook in which every cell is text. Raises NotFound."""
    book = Workbook(write_only=True)
    sheet = book.create_sheet("Assets")
    sheet.freeze_panes = "D2"
    for row in rows_of(by, asset_ids):
        sheet.append([_text_cell(sheet, text) for text in row])
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def rows_of(by: Member, asset_ids: Iterable[int]) -> Iterator[list[str]]:
    """The head and a line for each asset, every cell safe to open."""
    wanted = list(dict.fromkeys(asset_ids))
    assets = {row.pk: row for row in assets_for(by).filter(pk__in=wanted).select_related("current").defer("search")}
    if len(assets) < len(wanted) or not wanted:
        raise NotFound(phrase("Some of the chosen assets are not in this workspace."))
    known = field_set(by.workspace_id)
    last = last_change_id(wanted)
    yield [ID, FILE, STATE, *(f"{field.label} [{key}]" for key, field in known.fields.items())]
    for pk in wanted:
        yield _line(assets[pk], known, last.get(pk, 0))


def read(path: Path) -> Iterator[Row]:
    """The lines of a CSV or XLSX file. Raises Invalid (too large, too long) and Damaged."""
    if path.stat().st_size > LIMIT_BYTES:
        raise Invalid.at("file", phrase("The table is larger than 50 MB. Split it."))
    lines = _xlsx_lines(path) if zipfile.is_zipfile(path) else _csv_lines(path)
    head: list[str] = []
    for number, line in enumerate(lines, start=1):
        if number > MOST_ROWS:
            raise Invalid.at("file", phrase("The table has more than {most:,} lines. Split it.", most=MOST_ROWS))
        if not head:
            head = [cell.strip() for cell in line]
        elif any(cell.strip() for cell in line):
            yield Row(number=number, cells={name: bare(cell) for name, cell in zip(head, line, strict=False) if name})


def key_of(column: str, known: FieldSet) -> str:
    """The field that a column is about, by its key in brackets, its key, or its label; empty for none."""
    found = _KEY.search(column)
    if found and found[1] in known.fields:
        return found[1]
    wanted = column.strip().casefold()
    return next((key for key, field in known.fields.items() if wanted in (key, field.label.casefold())), "")


def safe(text: str) -> str:
    """The text as a cell that no spreadsheet takes for a formula.

    >>> safe("=1+1"), safe("Reef"), bare(safe("-1"))
    ("'=1+1", 'Reef', '-1')
    """
    return f"'{text}" if text.startswith(_STARTS_FORMULA) else text


def bare(cell: str) -> str:
    """The text of a cell that `safe` made."""
    return cell[1:] if cell.startswith("'") and cell[1:].startswith(_STARTS_FORMULA) else cell


def _line(asset: Asset, known: FieldSet, state: int) -> list[str]:
    values = values_of(asset)
    filename = asset.current.filename if asset.current else ""
    cells = [str(asset.pk), filename, str(state), *(said(values.get(key)) for key in known.fields)]
    return [safe(_UNPRINTABLE.sub("", cell)[:CELL_LIMIT]) for cell in cells]


def _text_cell(sheet: Any, text: str) -> Any:
    cell = WriteOnlyCell(sheet, value=text)
    cell.data_type = "s"  # also where it looks like a formula or a number
    return cell


def _csv_lines(path: Path) -> Iterator[Sequence[str]]:
    data = path.read_bytes()
    text = _decoded(path, data).replace("\0", "")
    if not text.strip():
        raise Damaged(path, phrase("There is nothing in it."), code="sheet.empty")
    head = text.split("\n", 1)[0]
    delimiter = max(",;\t", key=head.count)
    csv.field_size_limit(1_000_000)
    try:
        yield from csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
    except csv.Error as fault:
        raise Damaged(
            path, phrase("It is not a table that can be read: {fault}.", fault=str(fault)), code="sheet.unreadable"
        ) from fault


def _decoded(path: Path, data: bytes) -> str:
    for encoding in ("utf-8-sig", "utf-16" if data[:2] in (b"\xff\xfe", b"\xfe\xff") else "utf-8", "cp1252"):
        try:
            return data.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise Damaged(
        path, phrase("Its characters are in no encoding known here: save it as CSV UTF-8."), code="sheet.encoding"
    )


def _xlsx_lines(path: Path) -> Iterator[Sequence[str]]:
    """The first sheet's lines. openpyxl reads XML through defusedxml; the unpacked size is looked at before."""
    try:
        with zipfile.ZipFile(path) as archive:
            if sum(entry.file_size for entry in archive.infolist()) > 10 * LIMIT_BYTES:
                raise Invalid.at("file", phrase("The workbook unpacks to more than 500 MB."))
        with path.open("rb") as file:
            book = load_workbook(file, read_only=True, data_only=True)
            for row in book.worksheets[0].iter_rows(values_only=True):
                yield [said(cell) if isinstance(cell, int | float | bool) else str(cell or "") for cell in row]
    except _NO_WORKBOOK as fault:
        raise Damaged(path, phrase("It is not a workbook that can be read."), code="sheet.unreadable") from fault

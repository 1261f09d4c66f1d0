"""Reads the rows of a CSV, XLSX or JSON file."""

import csv
import io
import json
import zipfile
from pathlib import Path
from typing import Any

import openpyxl

from crosscut.kernel.errors import Damaged, Invalid
from crosscut.kernel.phrases import phrase
from crosscut.media.graphics.records import Row

MOST_ROWS = 10_000


def read(path: Path) -> list[Row]:
    """The rows by column, without those that are empty. Raises Invalid, or Damaged when the file cannot be read."""
    if not path.is_file():
        raise Invalid.at("table", phrase("There is no table {name}.", name=path.name))
    try:
        tables = _rows(path)
    except (ValueError, KeyError, csv.Error, zipfile.BadZipFile, OSError) as fault:
        raise Damaged(path, phrase("The table cannot be read: {fault}", fault=fault)) from fault
    rows = [Row(number=number, cells=cells) for number, cells in enumerate(tables, 1) if any(cells.values())]
    if not rows:
        raise Invalid.at(
            path.name, phrase("The table has no rows: the first line names the slots, each further one is a row.")
        )
    if len(rows) > MOST_ROWS:
        raise Invalid.at(
            path.name,
            phrase(
                "The table has {rows:,} rows; at most {most_rows:,} are taken at once.",
                rows=len(rows),
                most_rows=MOST_ROWS,
            ),
        )
    return rows


def _rows(path: Path) -> list[dict[str, str]]:
    if path.suffix.lower() == ".json":
        data = json.loads(path.read_text(encoding="utf-8-sig"))
        if not isinstance(data, list) or not all(isinstance(row, dict) for row in data):
            raise ValueError("it has to be a list of objects, one per row")
        return [{str(name): _text(value) for name, value in row.items()} for row in data]
    lines = _sheet(path) if path.suffix.lower() == ".xlsx" else _csv(path)
    names, *rest = lines or [[]]
    named = [(index, name.strip()) for index, name in enumerate(names) if name.strip()]
    return [{name: line[index].strip() if index < len(line) else "" for index, name in named} for line in rest]


def _csv(path: Path) -> list[list[str]]:
    text = path.read_text(encoding="utf-8-sig")
    first = text.partition("\n")[0]
    delimiter = max(",;\t", key=first.count)
    return list(csv.reader(io.StringIO(text), delimiter=delimiter))


def _sheet(path: Path) -> list[list[str]]:
    book = openpyxl.load_workbook(path, read_only=True, data_only=True)
    lines = book.worksheets[0].iter_rows(values_only=True, max_row=MOST_ROWS + 2)
    return [[_text(value) for value in line] for line in lines]


def _text(value: Any) -> str:
    return "" if value is None else str(value)

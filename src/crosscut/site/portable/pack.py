"""Writing a workspace: its rows as JSON lines with numbers of their own, its files under their hashes."""

import base64
import csv
import io
import json
import re
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import date, datetime, time
from decimal import Decimal
from pathlib import Path
from typing import Any

from django.db import connection, models, transaction

from crosscut.apps.accounts.models import User, Workspace
from crosscut.apps.library import storage
from crosscut.apps.library.models import Paper, Rendition, Version
from crosscut.apps.publish.models import Target
from crosscut.kernel.records import canonical_json, digest
from crosscut.site.portable import parcel, shape
from crosscut.site.portable.parcel import Writer

SCHEMA = 1  # raised when an older reader would misunderstand
UNSENT = (*Target.WAITING_STATES, Target.State.SENDING)  # posts that never went out, as far as anybody knows
FILTERED = {"account": "account", "campaign": "campaign", "person": "member"}  # filters of the calendar that name rows
SEARCHES = {"library.savedsearch": "text", "library.collection": "search"}  # where words of the search box are kept
_LIKE = re.compile(r"\blike:(\d{1,15})(?![0-9a-f])")  # of an asset; 16 digits are the hash of a picture
_UNSENT_WORDS = "This post came with an import and was not sent there: schedule it anew."
_PARTLY_WORDS = (
    "This thread came with an import, and not all of its parts were out: look there, then let it go on here."
)
_RECONNECT_WORDS = "This account came with an import: connect it again."
Tell = Callable[[str], None]


def export(workspace: Workspace, place: Path, *, tell: Tell = lambda words: None) -> dict[str, Any]:
    """Writes everything of the workspace into a folder or ZIP, as it was at one moment; returns the manifest.

    The same workspace always gives the same bytes. Raises Conflict when something is there already, NotFound when a
    file is missing from the store.
    """
    with _one_moment(), parcel.writing(place) as writer:
        numbers = {model: _numbers(model, workspace) for model in shape.travelling()}
        tables = {}
        for model in shape.travelling():
            lines = [canonical_json(line) for line in _lines(model, workspace, numbers)]
            content = "".join(f"{line}\n" for line in lines).encode()
            name = f"data/{shape.label(model)}.jsonl"
            writer.put(name, content)
            tables[shape.label(model)] = {"rows": len(lines), "sha256": parcel.sha256_of(io.BytesIO(content))}
            tell(f"{len(lines):,} × {shape.label(model)}")
        files = _files(workspace, writer, tell)
        writer.put("index.csv", _index(workspace))
        manifest = {"format": "crosscut-workspace", "schema": SCHEMA, "tables": tables, "files": files}
        writer.put(parcel.MANIFEST, json.dumps(manifest, indent=1, sort_keys=True).encode())
    return manifest


@contextmanager
def _one_moment() -> Iterator[None]:
    """All that is read inside is of one moment."""
    is_inside = connection.in_atomic_block
    with transaction.atomic():
        if not is_inside:
            with connection.cursor() as cursor:
                cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY")
                cursor.execute("SET LOCAL idle_in_transaction_session_timeout = 0")
        yield


def _numbers(model: shape.Model, workspace: Workspace) -> dict[Any, Any]:
    """What each row is called: a user by the address, everything else by a number from 1."""
    rows = shape.rows_of(model, workspace)
    if model is User:
        return dict(rows.values_list("pk", "email"))
    return {pk: number for number, pk in enumerate(rows.values_list("pk", flat=True), 1)}


def _lines(
    model: shape.Model, workspace: Workspace, numbers: dict[shape.Model, dict[Any, Any]]
) -> Iterator[dict[str, Any]]:
    """Each row: its number, its fields, and the numbers of the rows it points at."""
    fields, keys, lists = shape.plain_fields(model), shape.foreign_keys(model), shape.lists_of(model)
    rows = shape.rows_of(model, workspace).prefetch_related(*(field.name for field in lists))
    for row in rows.iterator(chunk_size=500):
        line: dict[str, Any] = {"n": numbers[model][row.pk]}
        line |= {field.name: _plain(field.value_from_object(row)) for field in fields}
        for key in keys:
            line[key.name] = numbers.get(key.related_model, {}).get(getattr(row, key.attname))
        for field in lists:
            known = numbers.get(field.related_model, {})
            line[field.name] = sorted(known[other.pk] for other in getattr(row, field.name).all() if other.pk in known)
        yield _fit_to_travel(model, line, numbers)


def _fit_to_travel(
    model: shape.Model, line: dict[str, Any], numbers: dict[shape.Model, dict[Any, Any]]
) -> dict[str, Any]:
    """The row as another installation may have it: nothing in it sends, and what names rows names them by number."""
    name = shape.label(model)
    by_label = {shape.label(known).split(".")[1]: names for known, names in numbers.items()}
    if name == "accounts.account":
        line |= {"state": "reconnect", "problem": _RECONNECT_WORDS}
    elif name == "publish.target":
        is_partly_out = line["parts_out"] and line["state"] in (Target.State.PARTLY, Target.State.SENDING)
        if is_partly_out:
            line |= {"state": "partly", "needs_person": True, "problem": _PARTLY_WORDS, "kept": {}, "stagings": 0}
            line |= {"staging_since": None, "staged_at": None}
        elif line["state"] in UNSENT:
            line |= {"state": "blocked", "problem": _UNSENT_WORDS, "kept": {}, "stagings": 0}
            line |= {"staging_since": None, "staged_at": None}
        elif line["state"] == "unknown":
            line |= {"needs_person": True}
    return _renumbered(name, line, by_label)


def _renumbered(name: str, line: dict[str, Any], by_label: Mapping[str, dict[Any, Any]]) -> dict[str, Any]:
    """The row with the numbers of its parcel wherever a text or a list in it names another row."""
    if name == "accounts.auditevent":
        line["subject"] = _renamed(line["subject"], by_label)
    elif name == "library.rightsanswer":
        about, _space, rest = line["about"].partition(" ")
        line["about"] = f"{_renamed(about, by_label)} {rest}".strip()
    elif name == "produce.edition":
        line["content"] = with_media(line["content"], by_label["asset"], by_label["version"])
        line["digest"] = digest(line["content"])
    elif name == "produce.translation":
        line["agreed"] = with_assets(line["agreed"], by_label["asset"])
    elif name == "publish.calendarview":
        line["filters"] = with_rows(line["filters"], by_label)
    elif name in SEARCHES:
        line[SEARCHES[name]] = with_like(line[SEARCHES[name]], by_label["asset"])
    return line


def with_media(content: dict[str, Any], assets: dict[Any, Any], versions: dict[Any, Any]) -> dict[str, Any]:
    """A frozen content whose media name other numbers."""
    media = [
        {**one, "asset": assets.get(one["asset"]), "version": versions.get(one["version"])} for one in content["media"]
    ]
    return {**content, "media": media}


def with_assets(agreed: dict[str, Any], assets: dict[Any, Any]) -> dict[str, Any]:
    """What was agreed on by passage, with the passages of media by other numbers: "media.812.alt" as "media.3.alt"."""
    parts = {key: key.split(".") for key in agreed}
    named = {key: assets.get(int(part[1])) if part[0] == "media" else None for key, part in parts.items()}
    return {
        f"media.{named[key]}.{parts[key][2]}" if named[key] else key: said
        for key, said in agreed.items()
        if named[key] or parts[key][0] != "media"
    }


def with_rows(filters: dict[str, str], numbers: Mapping[str, dict[Any, Any]]) -> dict[str, str]:
    """The filters of a kept view by other numbers; without those whose row is not there."""
    named = {
        key: numbers[FILTERED[key]].get(int(value)) if key in FILTERED else value for key, value in filters.items()
    }
    return {key: str(value) for key, value in named.items() if value}


def with_like(search: str, assets: dict[Any, Any]) -> str:
    """A kept search that asks for what is like an asset, by the asset's other number; 0 is none.

    >>> with_like("reef like:812 like:9f3a5d0000000000", {812: 3})
    'reef like:3 like:9f3a5d0000000000'
    """
    return _LIKE.sub(lambda found: f"like:{assets.get(int(found[1]), 0)}", search)


def _renamed(subject: str, by_label: Mapping[str, dict[Any, Any]]) -> str:
    """ "asset:812" as "asset:3"; 0 stands for a row that does not travel."""
    kind, _colon, pk = subject.partition(":")
    if kind not in by_label or not pk.isdigit():
        return subject
    return f"{kind}:{by_label[kind].get(int(pk), 0)}"


def _plain(value: Any) -> Any:
    if isinstance(value, datetime | date | time):
        return value.isoformat()
    if isinstance(value, Decimal):
        return str(value)
    if isinstance(value, models.Choices):
        return value.value
    if isinstance(value, bytes | memoryview):
        return base64.b64encode(value).decode()
    return value


def _files(workspace: Workspace, writer: Writer, tell: Tell) -> dict[str, int]:
    """Copies every file that a row names, by its hash; returns their sizes. Cold ones are brought back."""
    rows = (
        Version.objects.filter(asset__workspace=workspace),
        Rendition.objects.filter(version__asset__workspace=workspace, freed_at=None),
        Paper.objects.filter(workspace=workspace),
    )
    sizes = dict(sorted({pair for found in rows for pair in found.values_list("sha256", "size_bytes")}))
    for number, sha256 in enumerate(sizes, 1):
        with storage.local_copy(sha256) as path, path.open("rb") as source:
            writer.copy(file_name(sha256), source)
        if not number % 100:
            tell(f"{number:,} of {len(sizes):,} files")
    return sizes


def file_name(sha256: str) -> str:
    """Where a file lies in the parcel.

    >>> file_name("ab12")
    'files/ab/ab12'
    """
    return f"files/{sha256[:2]}/{sha256}"


def _index(workspace: Workspace) -> bytes:
    """A table for people: which file is which. Programs read the data."""
    text = io.StringIO()
    table = csv.writer(text, lineterminator="\n")
    table.writerow(("title", "version", "filename", "media_type", "size_bytes", "file"))
    rows = Version.objects.filter(asset__workspace=workspace).select_related("asset").order_by("asset", "number")
    for row in rows:
        facts = (row.number, row.filename, row.media_type, row.size_bytes, file_name(row.sha256))
        table.writerow([_harmless(str(value)) for value in (row.asset.title, *facts)])
    return text.getvalue().encode()


def _harmless(text: str) -> str:
    """A cell that no spreadsheet takes for a formula."""
    return f"'{text}" if text.startswith(("=", "+", "-", "@")) else text

"""Posts out of a table: read, shown row by row, made when somebody confirms, undone as a whole.

Nothing is made twice: a row is known by what it says, and a constraint lets one made row of that key stand.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from fractions import Fraction
from itertools import islice
from pathlib import Path
from typing import Any

from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.db.models import Count
from procrastinate.contrib.django import app

from crosscut.apps.accounts.models import Member
from crosscut.apps.accounts.permissions import demand
from crosscut.apps.accounts.services.audit import record
from crosscut.apps.library import incoming
from crosscut.apps.library.services import sheets
from crosscut.apps.publish import columns
from crosscut.apps.publish.models import PostImport, PostImportRow
from crosscut.apps.publish.queries import post_import_for
from crosscut.apps.publish.services.import_rows import Plan, make_row, planned, undo_row
from crosscut.apps.work.models import Job
from crosscut.apps.work.services import plan_job
from crosscut.kernel.errors import Conflict, CrosscutError, Invalid, NotFound
from crosscut.kernel.phrases import phrase
from crosscut.kernel.progress import Progress, Report, ShouldStop
from crosscut.kernel.zones import check_zone

MOST_ROWS = 10_000
_AT_ONCE = 200  # rows read in one go
_READ, _MAKE, _UNDO = "read", "make", "undo"
State, RowState = PostImport.State, PostImportRow.State


@dataclass(frozen=True, kw_only=True)
class Choices:
    """What a person says about a table."""

    mapping: Mapping[str, str] | None = None  # column: field, "" leaves it out; None: by their names
    zone: str = ""  # IANA, for rows that name none; empty: the workspace's
    date_order: str = ""  # ymd, dmy or mdy; empty: as the dates themselves tell
    accounts: tuple[str, ...] = ()  # names, for rows that name none
    undated: str = "draft"  # what becomes of rows without a date: draft, or slot for the next free one


@transaction.atomic
def begin(by: Member, upload: "UploadedFile[Any]", choices: Choices | None = None) -> PostImport:
    """An import that is read soon; nothing is made before somebody confirms it. Raises Invalid."""
    demand(by, "draft")
    return _begun(by, incoming.safe_name(str(upload.name)), incoming.settle(upload), choices or Choices())


@transaction.atomic
def begin_path(by: Member, path: Path, choices: Choices | None = None) -> PostImport:
    """The same with a file of this machine, which is read where it lies."""
    demand(by, "draft")
    if not path.is_file():
        raise Invalid.at("path", phrase("There is no file {name}.", name=path.name))
    return _begun(by, path.name, path.absolute(), choices or Choices())


@transaction.atomic
def read_again(by: Member, import_id: int, choices: Choices) -> PostImport:
    """Reads it anew with other columns, zone, order or accounts. Raises Invalid, and Conflict once posts are made."""
    demand(by, "draft")
    row = _held(by, import_id, State.READY, State.FAILED)
    _keep(row, choices)
    row.state, row.counts, row.problem = State.READING, {}, ""
    _defer(row, by, _READ, f"Reading {row.name}")
    return row


@transaction.atomic
def confirm(by: Member, import_id: int) -> PostImport:
    """Makes what was shown. Stopped or killed half-way it can be confirmed again, and goes on where it was."""
    demand(by, "draft")
    row = _held(by, import_id, State.READY)
    row.state = State.MAKING
    _defer(row, by, _MAKE, f"Making the posts of {row.name}")
    record("post_import.confirmed", row, by=by, rows=row.counts.get(RowState.READY, 0))
    return row


@transaction.atomic
def undo(by: Member, import_id: int) -> PostImport:
    """Takes back what was made and has not gone out: posts are cancelled, pieces archived. What went out stays."""
    demand(by, "draft")
    row = _held(by, import_id, State.MADE, State.READY)
    if not row.rows.filter(state=RowState.MADE).exists():
        raise Conflict(phrase("Nothing of it was made, so there is nothing to undo."))
    row.state = State.UNDOING
    _defer(row, by, _UNDO, f"Undoing {row.name}")
    record("post_import.undone", row, by=by)
    return row


@transaction.atomic
def discard(by: Member, import_id: int) -> None:
    """Forgets an import of which nothing was made, with its file."""
    demand(by, "draft")
    row = _held(by, import_id, State.READY, State.FAILED)
    if row.rows.filter(state=RowState.MADE).exists():
        raise Conflict(phrase("Some of it was made. Undo it instead."))
    path = Path(row.path)
    row.delete()
    transaction.on_commit(lambda: incoming.forget(path))


def work(import_id: int, what: str, report: Report, should_stop: ShouldStop) -> dict[str, Any]:
    """Reads, makes or undoes; says how many rows are what. Run again, it goes on where it was."""
    row = PostImport.objects.select_related("by__workspace", "by__user", "workspace").get(pk=import_id)
    if row.by is None:
        return {}
    act = {_READ: _read, _MAKE: _make, _UNDO: _undo}[what]
    try:
        act(row, row.by, report, should_stop)
    except CrosscutError as error:
        PostImport.objects.filter(pk=row.pk).update(state=State.FAILED, problem=str(error)[:1000])
        raise
    return dict(row.counts)


def watched_job(row: PostImport) -> Job:
    """The job that is at work on it, or was last. Raises NotFound when it is gone."""
    if row.job is None:
        raise NotFound(phrase("Nothing is at work on this import."))
    return row.job


def _begun(by: Member, name: str, path: Path, choices: Choices) -> PostImport:
    row = PostImport(workspace_id=by.workspace_id, by=by, name=name[:255], path=str(path))
    _keep(row, choices)
    row.save()
    _defer(row, by, _READ, f"Reading {row.name}")
    return row


def _keep(row: PostImport, choices: Choices) -> None:
    if choices.zone:
        check_zone(choices.zone)
    if choices.date_order not in ("", *columns.ORDERS):
        raise Invalid.at("date_order", phrase("Say ymd, dmy or mdy."))
    if choices.undated not in ("draft", "slot"):
        raise Invalid.at("undated", phrase("Say whether they become drafts or take free slots."))
    unknown = set((choices.mapping or {}).values()) - {"", *columns.FIELDS}
    if unknown:
        raise Invalid.at("mapping", phrase("There is no field {name}.", name=sorted(unknown)[0]))
    if choices.mapping is not None:
        row.mapping = dict(choices.mapping)
    row.choices = {
        "zone": choices.zone,
        "date_order": choices.date_order,
        "accounts": list(choices.accounts),
        "undated": choices.undated,
    }


def _defer(row: PostImport, by: Member, what: str, label: str) -> None:
    row.job = plan_job(by, kind="posts", label=label[:200], subject=f"post_import:{row.pk}")
    row.save()
    task = app.configure_task("publish.post_import", queue="media", lock=f"post_import:{row.pk}")
    task.defer(job_id=row.job.pk, import_id=row.pk, what=what)


def _held(by: Member, import_id: int, *states: str) -> PostImport:
    row = PostImport.objects.select_for_update(of=("self",)).get(pk=post_import_for(by, import_id).pk)
    if row.state not in states:
        raise Conflict(phrase("{file}: {state}.", file=row.name, state=str(row.get_state_display()).lower()))
    return row


def _read(row: PostImport, by: Member, report: Report, should_stop: ShouldStop) -> None:
    row.rows.all().delete()  # of a reading that was killed, or that other choices make anew
    lines = list(islice(sheets.read(Path(row.path)), MOST_ROWS + 1))
    if not lines:
        raise Invalid.at("file", phrase("There is no row in it that says anything."), code="import.empty")
    if len(lines) > MOST_ROWS:
        raise Invalid.at("file", phrase("It has more than {most} rows. Split it.", most=MOST_ROWS))
    heads = list(lines[0].cells)
    row.mapping = row.mapping or columns.mapping_of(heads)
    row.layout = columns.layout_of(heads)
    row.columns = [{"name": name, "example": lines[0].cells[name][:80]} for name in heads]
    told = [_values(line, row.mapping) for line in lines]
    plan = Plan.of(by, row, order=row.choices["date_order"] or columns.order_in(one.get("date", "") for one in told))
    for start in range(0, len(told), _AT_ONCE):
        if should_stop():
            raise Conflict(phrase("Reading was stopped. Read it again, or forget it."))
        report(Progress(done=Fraction(start, len(told)), label=f"{start} of {len(told)}"))
        some = zip(lines[start : start + _AT_ONCE], told[start : start + _AT_ONCE], strict=True)
        PostImportRow.objects.bulk_create(planned(plan, line.number, values) for line, values in some)
    _end(row, State.READY)


def _make(row: PostImport, by: Member, report: Report, should_stop: ShouldStop) -> None:
    numbers = list(row.rows.filter(state=RowState.READY).values_list("pk", flat=True))
    plan = Plan.of(by, row, order=row.choices["date_order"])
    for place, number in enumerate(numbers):
        if should_stop():
            _end(row, State.READY)
            return
        report(Progress(done=Fraction(place, len(numbers)), label=f"{place} of {len(numbers)}"))
        make_row(plan, number)
    _end(row, State.MADE)


def _undo(row: PostImport, by: Member, report: Report, should_stop: ShouldStop) -> None:
    numbers = list(row.rows.filter(state=RowState.MADE).values_list("pk", flat=True))
    for place, number in enumerate(numbers):
        if should_stop():
            _end(row, State.MADE)
            return
        report(Progress(done=Fraction(place, len(numbers)), label=f"{place} of {len(numbers)}"))
        undo_row(by, number)
    _end(row, State.UNDONE if not row.rows.filter(state=RowState.MADE).exists() else State.MADE)


def _end(row: PostImport, state: str) -> None:
    counted = row.rows.order_by().values_list("state").annotate(Count("pk"))
    row.counts, row.state = dict(counted), state
    row.save(update_fields=["counts", "state", "columns", "mapping", "layout", "choices"])


def _values(line: sheets.Row, mapping: Mapping[str, str]) -> dict[str, str]:
    fields: Iterable[tuple[str, str]] = ((mapping.get(name, ""), text) for name, text in line.cells.items())
    return {field: text.strip() for field, text in fields if field and text.strip()}

"""Metadata on its way in: a spreadsheet, sidecars, another system's export; shown row by row before it is applied."""

import zipfile
from collections.abc import Iterable, Sequence
from fractions import Fraction
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.db.models import Count
from procrastinate.contrib.django import app

from crosscut.apps.accounts.models import Member
from crosscut.apps.accounts.permissions import demand
from crosscut.apps.accounts.services.audit import record
from crosscut.apps.library import incoming
from crosscut.apps.library.models import Asset, ChangeSet, Intake, IntakeRow
from crosscut.apps.library.queries import intake_for
from crosscut.apps.library.services import about, foreign
from crosscut.apps.library.services.fields import field_set, values_of
from crosscut.apps.library.services.planning import planned_rows
from crosscut.apps.work.models import Job
from crosscut.apps.work.services import plan_job
from crosscut.kernel.errors import Conflict, CrosscutError, Invalid, NotFound
from crosscut.kernel.phrases import phrase
from crosscut.kernel.progress import Progress, Report, ShouldStop

READ, APPLY = "library.read_intake", "library.apply_intake"  # the tasks' names
_AT_ONCE = 200  # rows of one transaction
_HOW = {Intake.Kind.SHEET: ChangeSet.How.SHEET, Intake.Kind.SIDECARS: ChangeSet.How.SIDECAR}
State = IntakeRow.State


@transaction.atomic
def begin(by: Member, kind: str, uploads: "Sequence[UploadedFile[Any]]") -> Intake:
    """An import that is read soon; nothing is changed before somebody confirms it. Raises Invalid."""
    demand(by, "draft")
    if kind not in Intake.Kind.values or kind == Intake.Kind.WORDPRESS:
        raise Invalid.at("kind", phrase("Say what sort of file it is."))
    if not uploads or (len(uploads) > 1 and kind != Intake.Kind.SIDECARS):
        raise Invalid.at("file", phrase("Choose one file."))
    path = incoming.settle(uploads[0]) if len(uploads) == 1 else _bundled(uploads)
    name = str(uploads[0].name) if len(uploads) == 1 else f"{len(uploads)} × XMP"
    return _begun(by, kind, incoming.safe_name(name), path)


@transaction.atomic
def begin_path(by: Member, kind: str, path: Path) -> Intake:
    """The same with a file of this machine, which is read where it lies."""
    demand(by, "draft")
    if not path.is_file():
        raise Invalid.at("path", phrase("There is no file {name}.", name=path.name))
    return _begun(by, kind, path.name, path.absolute())


@transaction.atomic
def begin_wordpress(by: Member, address: str) -> Intake:
    """The media library of a WordPress site, read over its public REST API. Raises Invalid."""
    demand(by, "draft")
    site = address.strip().rstrip("/")
    if not site.startswith(("https://", "http://")) or len(site) > 200:
        raise Invalid.at("address", phrase("Give the address of the site, such as https://example.org."))
    return _begun(by, Intake.Kind.WORDPRESS, site, None)


@transaction.atomic
def remap(by: Member, intake_id: int, mapping: dict[str, str]) -> Intake:
    """Reads it again with other fields for its columns. Raises Invalid for what is no field, Conflict once applied."""
    demand(by, "draft")
    row = _waiting(by, intake_id)
    known = field_set(by.workspace_id)
    for key in filter(None, mapping.values()):
        known.field(key)
    columns = {column["name"] for column in row.columns}
    row.mapping = {column: key for column, key in mapping.items() if column in columns}
    row.state, row.counts = Intake.State.READING, {}
    row.rows.all().delete()
    _plan(row, by, READ, f"Reading {row.name}")
    return row


@transaction.atomic
def confirm(by: Member, intake_id: int, *, takes_conflicts: object = False) -> Intake:
    """Applies what was shown; what was changed here meanwhile stays, unless it is to be overwritten."""
    demand(by, "draft")
    row = _waiting(by, intake_id)
    if row.state != Intake.State.READY:
        raise Conflict(phrase("{file} could not be read, so there is nothing to apply.", file=row.name))
    row.state, row.takes_conflicts = Intake.State.APPLYING, bool(takes_conflicts)
    how = _HOW.get(Intake.Kind(row.kind), ChangeSet.How.IMPORT)
    row.change_set = ChangeSet.objects.create(workspace_id=by.workspace_id, by=by, how=how, label=row.name[:200])
    _plan(row, by, APPLY, f"Applying {row.name}")
    return row


@transaction.atomic
def discard(by: Member, intake_id: int) -> None:
    """Forgets an import that was not applied, with its file."""
    demand(by, "draft")
    row = _waiting(by, intake_id)
    path = Path(row.path)
    row.delete()
    transaction.on_commit(lambda: incoming.forget(path))


def read_in(intake_id: int, report: Report, should_stop: ShouldStop) -> dict[str, Any]:
    """Reads the file and notes what each row would change; says how many rows are what."""
    row = Intake.objects.select_related("by__workspace", "workspace").get(pk=intake_id)
    if row.state != Intake.State.READING:
        return {}
    try:
        _read(row, report, should_stop)
    except CrosscutError as error:
        Intake.objects.filter(pk=row.pk).update(state=Intake.State.FAILED, problem=str(error)[:1000])
        raise
    return dict(row.counts)


def apply_rows(intake_id: int, report: Report, should_stop: ShouldStop) -> dict[str, Any]:
    """Applies the rows in portions; killed and run again, it goes on where it was, and nothing is applied twice."""
    row = Intake.objects.select_related("by__workspace", "change_set").get(pk=intake_id)
    waiting = [State.CHANGE, *([State.CONFLICT] if row.takes_conflicts else [])]
    numbers = list(row.rows.filter(state__in=waiting).values_list("pk", flat=True))
    for start in range(0, len(numbers), _AT_ONCE):
        if should_stop():
            break
        report(Progress(done=Fraction(start, len(numbers)), label=f"{start} of {len(numbers)}"))
        _apply_some(row, numbers[start : start + _AT_ONCE])
    _finish(row)
    return dict(row.counts)


def watched_job(row: Intake) -> Job:
    """The job that is at work on it, or was last. Raises NotFound when it is gone."""
    if row.job is None:
        raise NotFound(phrase("Nothing is at work on this import."))
    return row.job


def _begun(by: Member, kind: str, name: str, path: Path | None) -> Intake:
    row = Intake.objects.create(workspace_id=by.workspace_id, by=by, kind=kind, name=name[:255], path=str(path or ""))
    _plan(row, by, READ, f"Reading {row.name}")
    return row


def _plan(row: Intake, by: Member, task: str, label: str) -> None:
    row.job = plan_job(by, kind="metadata", label=label[:200], subject=f"intake:{row.pk}")
    row.save()
    app.configure_task(task, queue="media", lock=f"intake:{row.pk}").defer(job_id=row.job.pk, intake_id=row.pk)


def _waiting(by: Member, intake_id: int) -> Intake:
    row = Intake.objects.select_for_update(of=("self",)).get(pk=intake_for(by, intake_id).pk)
    if row.state not in (Intake.State.READY, Intake.State.FAILED):
        raise Conflict(phrase("{file} is {state}.", file=row.name, state=row.get_state_display().lower()))
    return row


def _bundled(uploads: "Sequence[UploadedFile[Any]]") -> Path:
    """Several sidecars as one file."""
    first = incoming.settle(uploads[0])
    bundle = first.with_name("sidecars.zip")
    with zipfile.ZipFile(bundle, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.write(first, incoming.safe_name(str(uploads[0].name)))
        for upload in uploads[1:]:
            archive.writestr(incoming.safe_name(str(upload.name)), upload.read())
    first.unlink()
    return bundle


def _read(row: Intake, report: Report, should_stop: ShouldStop) -> None:
    if row.kind == Intake.Kind.WORDPRESS and not row.path:
        row.path = str(foreign.fetched_wordpress(row.name, Path(settings.UPLOAD_FOLDER), should_stop))
    kept: list[IntakeRow] = []
    row.rows.all().delete()  # of a reading that was killed
    for one in planned_rows(row, should_stop):
        kept.append(one)
        if len(kept) == _AT_ONCE:
            report(Progress(done=Fraction(1, 2), label=f"Row {one.number}"))
            IntakeRow.objects.bulk_create(kept)
            kept = []
    IntakeRow.objects.bulk_create(kept)
    row.counts, row.state = _counts(row), Intake.State.READY
    if not row.counts:
        raise Invalid.at("file", phrase("There is no row in it that says anything."), code="intake.empty")
    row.save(update_fields=["counts", "state", "path", "columns", "mapping"])


@transaction.atomic
def _apply_some(row: Intake, numbers: Iterable[int]) -> None:
    rows = list(row.rows.filter(pk__in=list(numbers)).select_for_update(of=("self",)))
    assets = {asset.pk: asset for asset in Asset.objects.filter(pk__in=[one.asset_id for one in rows])}
    edits: dict[int, dict[str, Any]] = {}
    for one in rows:
        changes = [change for change in one.changes if row.takes_conflicts or not change["conflict"]]
        now = values_of(assets[one.asset_id]) if one.asset_id in assets else {}
        if any(now.get(change["field"]) != change["before"] for change in changes):
            one.state, one.problem = State.CONFLICT, "It was changed here after this was shown."
            continue
        one.state = State.APPLIED
        edits[one.asset_id or 0] = {change["field"]: change["after"] for change in changes}
    _change(row, rows, edits)
    IntakeRow.objects.bulk_update(rows, ["state", "problem"])


def _change(row: Intake, rows: Iterable[IntakeRow], edits: dict[int, dict[str, Any]]) -> None:
    """Changes them together; where that is refused, one by one, so that one bad row does not cost the others."""
    if row.by is None or not edits:
        return
    try:
        with transaction.atomic():
            about.change(row.by, edits, into=row.change_set)
            return
    except CrosscutError:
        pass
    for one in rows:
        if one.asset_id in edits:
            try:
                with transaction.atomic():
                    about.change(row.by, {one.asset_id: edits[one.asset_id]}, into=row.change_set)
            except CrosscutError as error:
                one.state, one.problem = State.PROBLEM, str(error)[:1000]


@transaction.atomic
def _finish(row: Intake) -> None:
    row.counts, row.state = _counts(row), Intake.State.APPLIED
    row.save(update_fields=["counts", "state"])
    if row.change_set and not row.change_set.changes.exists():
        row.change_set.delete()
    elif row.change_set and row.by:
        record("changeset.made", row.change_set, by=row.by, assets=row.counts.get("applied", 0), intake=row.pk)
    path = Path(row.path) if row.path else None
    if path:
        transaction.on_commit(lambda: incoming.forget(path))


def _counts(row: Intake) -> dict[str, int]:
    rows = row.rows.order_by().values("state").annotate(number=Count("pk"))
    return {one["state"]: one["number"] for one in rows}

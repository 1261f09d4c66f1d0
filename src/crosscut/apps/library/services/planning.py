"""What each row of an import would change here, and whether somebody changed the same meanwhile."""

import tempfile
import zipfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from django.conf import settings

from crosscut.apps.library import incoming
from crosscut.apps.library.models import Asset, FieldChange, Intake, IntakeRow
from crosscut.apps.library.services import about, foreign, sheets
from crosscut.apps.library.services.fields import FieldSet, field_set, values_of
from crosscut.kernel.errors import Cancelled, CrosscutError, Damaged, Invalid
from crosscut.kernel.phrases import phrase
from crosscut.kernel.progress import ShouldStop
from crosscut.media import metadata
from crosscut.media.fields import is_empty, said

State = IntakeRow.State
_AT_ONCE = 500
SIDECAR_LIMIT_BYTES = 20_000_000
MOST_SIDECARS = 20_000


@dataclass(frozen=True, kw_only=True)
class Brought:
    """One row as it came."""

    number: int
    name: str  # of the file it is about
    asset_id: int | None = None  # where the row names it
    values: Mapping[str, Any] = field(default_factory=dict)  # by our keys
    state: int = 0  # the newest change the row knows of; 0: none
    knows_state: bool = False  # the row was exported from here
    problem: str = ""


def planned_rows(intake: Intake, should_stop: ShouldStop) -> Iterator[IntakeRow]:
    """The rows of the import, unsaved; fills its columns and mapping. Raises Invalid, Damaged, Cancelled."""
    known = field_set(intake.workspace_id)
    some: list[Brought] = []
    for brought in _brought(intake, known):
        if should_stop():
            raise Cancelled(phrase("Stopped on request. Nothing was changed."))
        some.append(brought)
        if len(some) == _AT_ONCE:
            yield from _planned(intake, known, some)
            some = []
    yield from _planned(intake, known, some)


def _brought(intake: Intake, known: FieldSet) -> Iterator[Brought]:
    path = Path(intake.path)
    if intake.kind == Intake.Kind.SHEET:
        return _of_sheet(intake, path, known)
    if intake.kind == Intake.Kind.SIDECARS:
        return _of_sidecars(path, known)
    return _of_foreign(intake, path, known)


def _of_sheet(intake: Intake, path: Path, known: FieldSet) -> Iterator[Brought]:
    columns: dict[str, str] = {}
    for row in sheets.read(path):
        if not columns:
            columns = {name: sheets.key_of(name, known) for name in row.cells}
            if sheets.ID not in columns or not any(columns.values()):
                message = phrase("It has no column “{column}”: export a table here first.", column=sheets.ID)
                raise Invalid.at("file", message)
        fixed = {key for key, one in known.fields.items() if one.is_fixed}
        values = {
            key: row.cells[name] for name, key in columns.items() if key and key not in fixed and name in row.cells
        }
        yield Brought(
            number=row.number,
            name=row.cells.get(sheets.FILE, ""),
            asset_id=_number(row.cells.get(sheets.ID, "")),
            values=values,
            state=_number(row.cells.get(sheets.STATE, "")) or 0,
            knows_state=bool(row.cells.get(sheets.STATE, "").strip()),
        )


def _of_sidecars(path: Path, known: FieldSet) -> Iterator[Brought]:
    with tempfile.TemporaryDirectory(dir=settings.UPLOAD_FOLDER, prefix="xmp-") as folder:
        for number, (name, file) in enumerate(_sidecar_files(path, Path(folder)), start=1):
            about_file = name[: -len(".xmp")]
            try:
                said = metadata.read_sidecar(file).fields
            except CrosscutError as error:
                yield Brought(number=number, name=about_file, problem=str(error)[:1000])
                continue
            values = {
                key: value for key, value in said.items() if key in known.fields and not known.fields[key].is_fixed
            }
            yield Brought(number=number, name=about_file, values=values)


def _sidecar_files(path: Path, folder: Path) -> Iterator[tuple[str, Path]]:
    """The sidecars in the file: itself, or those of a ZIP, one on disk at a time."""
    if not zipfile.is_zipfile(path):
        yield incoming.safe_name(path.name), path
        return
    with zipfile.ZipFile(path) as archive:
        entries = [entry for entry in archive.infolist() if entry.filename.lower().endswith(".xmp")]
        if not entries or len(entries) > MOST_SIDECARS:
            raise Invalid.at("file", phrase("Give 1 to {most:,} XMP files in one ZIP.", most=MOST_SIDECARS))
        for entry in entries:
            out = folder / "one.xmp"
            try:
                with archive.open(entry) as source:
                    out.write_bytes(source.read(SIDECAR_LIMIT_BYTES))
            except (zipfile.BadZipFile, RuntimeError, EOFError, NotImplementedError) as fault:
                raise Damaged(
                    path, phrase("The ZIP is damaged at {filename}.", filename=entry.filename), code="intake.zip"
                ) from fault
            yield incoming.safe_name(entry.filename), out


def _of_foreign(intake: Intake, path: Path, known: FieldSet) -> Iterator[Brought]:
    columns: dict[str, str] = {}
    mapping: dict[str, str] = dict(intake.mapping)
    for told in foreign.rows_of(intake.kind, path):
        for name, key in foreign.proposed(intake.kind, told.values.keys() - columns.keys()).items():
            columns[name] = _example(told.values[name])
            mapping.setdefault(name, key)
        yield Brought(number=told.number, name=told.filename, values=_mapped(told.values, mapping, known))
    intake.columns = [{"name": name, "example": example} for name, example in sorted(columns.items())]
    intake.mapping = mapping


def _mapped(values: Mapping[str, Any], mapping: Mapping[str, str], known: FieldSet) -> dict[str, Any]:
    """The values under our keys; several columns for one list are put together."""
    found: dict[str, Any] = {}
    for name, value in values.items():
        key = mapping.get(name, "")
        if key not in known.fields:
            continue
        if known.fields[key].kind.value in ("list", "choices"):
            items = value if isinstance(value, list) else _listed(str(value))
            found[key] = [*found.get(key, []), *items]
        else:
            found.setdefault(key, value if not isinstance(value, list) else "; ".join(map(str, value)))
    return found


def _listed(text: str) -> list[str]:
    """The items of a cell of another system: with "|", ";", lines or, where none of these, commas between them."""
    for mark in ("|", ";", "\n", ","):
        if mark in text:
            return [item.strip() for item in text.split(mark) if item.strip()]
    return [text.strip()]


def _planned(intake: Intake, known: FieldSet, some: Sequence[Brought]) -> Iterator[IntakeRow]:
    found = _assets_of(intake, some)
    later = _later_changes(some, found)
    for one in some:
        matches = found.get(one.number, [])
        if one.problem or len(matches) != 1:
            state, problem = State.PROBLEM, one.problem
            if not problem and not matches:
                state = State.UNKNOWN
            elif not problem:
                problem = "Several assets here have a file of this name."
            yield _row(intake, one, None, state, problem=problem)
            continue
        yield _compared(intake, known, one, matches[0], later.get(matches[0].pk, {}))


def _compared(
    intake: Intake, known: FieldSet, one: Brought, asset: Asset, later: Mapping[str, tuple[int, Any]]
) -> IntakeRow:
    now = values_of(asset)
    told = {key: value for key, value in one.values.items() if one.knows_state or not is_empty(value)}
    told = {key: value for key, value in told.items() if not _is_as_exported(known, key, value, now, later)}
    try:
        wanted = about.checked(known, told, before=asset.tags)
    except Invalid as error:
        words = " ".join(f"{_label(known, problem.where)}: {problem.message}" for problem in error.problems)
        return _row(intake, one, asset, State.PROBLEM, problem=words)
    changes = [
        {"field": key, "before": now.get(key), "after": None if is_empty(value) else value, "conflict": conflict}
        for key, value in wanted.items()
        if now.get(key) != (None if is_empty(value) else value)
        for conflict in [key in later if one.knows_state else about.is_peoples(asset, key)]
    ]
    if not changes:
        return _row(intake, one, asset, State.SAME)
    is_conflict = all(change["conflict"] for change in changes)
    return _row(intake, one, asset, State.CONFLICT if is_conflict else State.CHANGE, changes=changes)


def _is_as_exported(
    known: FieldSet, key: str, value: Any, now: Mapping[str, Any], later: Mapping[str, tuple[int, Any]]
) -> bool:
    """Whether the cell still says what it said when it left: then nobody wants a change, whatever happened since."""
    exported = later[key][1] if key in later else now.get(key)
    text = said(exported) if exported is not None else ""
    return not isinstance(value, list) and " ".join(str(value).split()) == " ".join(text[: sheets.CELL_LIMIT].split())


def _later_changes(some: Sequence[Brought], found: Mapping[int, list[Asset]]) -> dict[int, dict[str, tuple[int, Any]]]:
    """Of each asset the fields that were changed after its row was exported, with what stood there then."""
    states = {
        assets[0].pk: one.state for one in some if one.knows_state and len(assets := found.get(one.number, [])) == 1
    }
    if not states:
        return {}
    rows = FieldChange.objects.filter(asset__in=states, pk__gt=min(states.values())).order_by("pk")
    later: dict[int, dict[str, tuple[int, Any]]] = {}
    for change in rows.iterator():
        if change.pk > states[change.asset_id]:
            later.setdefault(change.asset_id, {}).setdefault(change.field, (change.pk, change.before))
    return later


def _assets_of(intake: Intake, some: Sequence[Brought]) -> dict[int, list[Asset]]:
    rows = Asset.objects.filter(workspace=intake.workspace_id).select_related("current").defer("search")
    ids = {one.asset_id for one in some if one.asset_id}
    by_id = {asset.pk: asset for asset in rows.filter(pk__in=ids)}
    by_name = _by_name(rows, {one.name for one in some if not one.asset_id and one.name}, is_sidecar=_is_xmp(intake))
    return {
        one.number: ([by_id[one.asset_id]] if one.asset_id in by_id else [])
        if one.asset_id
        else by_name.get(one.name.casefold(), [])
        for one in some
    }


def _by_name(rows: Any, names: Iterable[str], *, is_sidecar: bool) -> dict[str, list[Asset]]:
    """The assets by the name of their file; beside a sidecar its ending may be missing."""
    wanted = {name.casefold() for name in names}
    if not wanted:
        return {}
    found: dict[str, list[Asset]] = {}
    exact = "|".join(map(_escaped, wanted))
    pattern = rf"^({exact})(\.[A-Za-z0-9]{{1,8}})?$" if is_sidecar else rf"^({exact})$"
    for asset in rows.filter(current__filename__iregex=pattern):
        name = asset.current.filename.casefold()
        for key in {name, *([Path(name).stem] if is_sidecar else [])} & wanted:
            found.setdefault(key, []).append(asset)
    return found


def _escaped(name: str) -> str:
    return "".join(f"\\{sign}" if sign in r".^$*+?()[]{}|\\" else sign for sign in name)


def _is_xmp(intake: Intake) -> bool:
    return intake.kind == Intake.Kind.SIDECARS


def _row(
    intake: Intake,
    one: Brought,
    asset: Asset | None,
    state: State,
    *,
    changes: Sequence[Mapping[str, Any]] = (),
    problem: str = "",
) -> IntakeRow:
    name = (one.name or (asset.title if asset else ""))[:255].replace("\0", "")
    return IntakeRow(
        intake=intake,
        number=one.number,
        asset=asset,
        name=name,
        state=state,
        changes=list(changes),
        problem=problem[:1000],
    )


def _label(known: FieldSet, key: str) -> str:
    return known.fields[key].label if key in known.fields else key


def _example(value: Any) -> str:
    return "; ".join(map(str, value))[:120] if isinstance(value, list) else str(value)[:120]


def _number(text: str) -> int | None:
    digits = text.strip().removesuffix(".0")
    return int(digits) if digits.isascii() and digits.isdigit() and len(digits) < 19 else None

"""Reading a workspace that another installation wrote: files first, then all rows in one transaction."""

import json
import secrets
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import IntegrityError, models, transaction

from crosscut.apps.accounts.models import User, Workspace
from crosscut.apps.accounts.secrets import hash_of
from crosscut.apps.library import storage
from crosscut.apps.library.models import Asset
from crosscut.apps.library.services.index import refresh_search
from crosscut.apps.readers.services.doubting import doubt_what_may_be_out
from crosscut.kernel.errors import Conflict, Invalid
from crosscut.kernel.records import digest
from crosscut.site.portable import parcel, shape
from crosscut.site.portable.pack import (
    SCHEMA,
    SEARCHES,
    Tell,
    file_name,
    with_assets,
    with_like,
    with_media,
    with_rows,
)
from crosscut.site.portable.parcel import Reader

_CHUNK_BYTES = 1 << 20
_MOST_LINE_BYTES = 64 << 20  # of one row: more is no row of ours


def bring_in(place: Path, *, tell: Tell = lambda words: None) -> Workspace:
    """The workspace that was exported, here, with byte-identical files and all relations. All of it or nothing.

    Nothing of it sends by itself. Raises Invalid for what is damaged or no workspace, Conflict when it is here already.
    """
    with parcel.reading(place) as reader:
        manifest = _manifest(reader)
        with transaction.atomic():
            _refuse_second(reader)
        for number, (sha256, size_bytes) in enumerate(manifest["files"].items(), 1):
            _keep(reader, sha256, size_bytes)
            if not number % 100:
                tell(f"{number:,} of {len(manifest['files']):,} files")
        try:
            with transaction.atomic():
                workspace = _rows(reader, manifest, tell)
        except IntegrityError as error:
            raise Conflict(f"Something of this workspace is here already: {str(error).splitlines()[0]}") from error
    return workspace


def _manifest(reader: Reader) -> dict[str, Any]:
    with reader.open(parcel.MANIFEST) as file:
        try:
            found: dict[str, Any] = json.loads(file.read(_MOST_LINE_BYTES))
            kind, schema = found["format"], found["schema"]
            tables, files = dict(found["tables"]), dict(found["files"])
        except (ValueError, KeyError, TypeError) as error:
            raise Invalid.at(parcel.MANIFEST, f"{parcel.MANIFEST} cannot be read: {error}.") from error
    if kind != "crosscut-workspace" or schema != SCHEMA:
        raise Invalid.at(
            parcel.MANIFEST,
            f"This is {kind} {schema}; this version reads crosscut-workspace {SCHEMA}. Use a matching one.",
        )
    if any(not (isinstance(name, str) and len(name) == 64 and name.isalnum()) for name in files):
        raise Invalid.at(parcel.MANIFEST, "A file in it has a name that is no hash.")
    known = {shape.label(model) for model in shape.travelling()}
    if unknown := sorted(set(tables) - known):
        raise Invalid.at(parcel.MANIFEST, f"It has tables that this version does not know: {', '.join(unknown)}.")
    return found


def _refuse_second(reader: Reader) -> None:
    (line,) = _lines(reader, Workspace)
    if Workspace.objects.filter(slug=line["slug"]).exists():
        raise Conflict(f"There is a workspace “{line['slug']}” here already. Import into another installation.")


def _keep(reader: Reader, sha256: str, size_bytes: int) -> None:
    """Stores one file and believes it only when its content is what its name says."""
    if storage.is_warm(sha256) and storage.size_of(sha256) == size_bytes and storage.is_whole(sha256):
        return
    with (
        storage.plain_disk_errors("bring in a file"),
        tempfile.TemporaryDirectory(dir=settings.UPLOAD_FOLDER, prefix="import-") as folder,
    ):
        path = Path(folder) / "file"
        with reader.open(file_name(sha256)) as source, path.open("wb") as target:
            left_bytes = size_bytes
            while left_bytes >= 0 and (chunk := source.read(_CHUNK_BYTES)):
                left_bytes -= len(chunk)
                target.write(chunk)
        with path.open("rb") as written:
            found = parcel.sha256_of(written)
        if found != sha256 or left_bytes:
            raise Invalid.at(file_name(sha256), f"{file_name(sha256)} is damaged: it is not what its name says.")
        storage.keep(path)


def _rows(reader: Reader, manifest: dict[str, Any], tell: Tell) -> Workspace:
    made: dict[shape.Model, dict[Any, Any]] = {}
    later: list[tuple[shape.Model, dict[str, Any]]] = []
    for model in shape.travelling():
        told = manifest["tables"].get(shape.label(model))
        lines = _checked(reader, model, told) if told else []
        made[model] = _users(lines) if model is User else _made(model, lines, made)
        later += [(model, line) for line in lines]
        tell(f"{len(lines):,} × {shape.label(model)}")
    for model, line in later:
        _fill_in(model, line, made)
    workspace: Workspace = Workspace.objects.get(pk=made[Workspace][1])
    refresh_search(Asset.objects.filter(workspace=workspace).values_list("pk", flat=True))
    doubt_what_may_be_out(workspace)  # the other installation may go on
    return workspace


def _checked(reader: Reader, model: shape.Model, told: dict[str, Any]) -> list[dict[str, Any]]:
    name = f"data/{shape.label(model)}.jsonl"
    with reader.open(name) as file:
        if parcel.sha256_of(file) != told["sha256"]:
            raise Invalid.at(name, f"{name} is damaged: it is not what the manifest says.")
    return list(_lines(reader, model))


def _lines(reader: Reader, model: shape.Model) -> Iterator[dict[str, Any]]:
    name = f"data/{shape.label(model)}.jsonl"
    with reader.open(name) as file:
        while line := file.readline(_MOST_LINE_BYTES):
            try:
                found = json.loads(line)
            except ValueError as error:
                raise Invalid.at(name, f"{name} cannot be read: {error}.") from error
            if not isinstance(found, dict) or "n" not in found:
                raise Invalid.at(name, f"{name} has a line that is no row.")
            yield found


def _users(lines: list[dict[str, Any]]) -> dict[Any, Any]:
    """People by their address: those who are here already stay as they are, the others come without a password."""
    here = {user.email: user.pk for user in User.objects.filter(email__in=[line["email"] for line in lines])}
    new = [line for line in lines if line["email"] not in here]
    rows = User.objects.bulk_create(_row(User, line, {}) for line in new)
    return here | {row.email: row.pk for row in rows}


def _made(model: shape.Model, lines: list[dict[str, Any]], made: dict[shape.Model, dict[Any, Any]]) -> dict[Any, Any]:
    """The new rows' keys by their numbers, in the order in which they were made."""
    rows = model._default_manager.bulk_create([_row(model, line, made) for line in lines], batch_size=500)
    return {line["n"]: row.pk for line, row in zip(lines, rows, strict=True)}


def _row(model: shape.Model, line: dict[str, Any], made: dict[shape.Model, dict[Any, Any]]) -> Any:
    name = shape.label(model)
    values = {field.name: _value(field, line, name) for field in shape.plain_fields(model) if field.name in line}
    values |= shape.SECRET.get(name, {})
    values |= {field: hash_of(secrets.token_urlsafe(32)) for field in shape.FRESH.get(name, ())}
    for key in shape.foreign_keys(model):
        if key.related_model in made:
            values[key.attname] = _key(key, line, made)
    if name == "produce.edition":
        values["digest"] = line["digest"]  # of what was written; that of what it says here follows
    return model(**values)


def _value(field: Any, line: dict[str, Any], name: str) -> Any:
    value = line[field.name]
    if value is None or isinstance(field, models.JSONField):
        return value
    try:
        return field.to_python(value)
    except Exception as error:
        raise Invalid.at(f"data/{name}.jsonl", f"{field.name}: {value!r} cannot be read.") from error


def _key(key: Any, line: dict[str, Any], made: dict[shape.Model, dict[Any, Any]]) -> Any:
    number = line.get(key.name)
    if number is None:
        return None
    known = made[key.related_model]
    if number not in known:
        name = shape.label(key.model)
        raise Invalid.at(f"data/{name}.jsonl", f"{key.name} {number!r} is not among the rows.")
    return known[number]


def _fill_in(model: shape.Model, line: dict[str, Any], made: dict[shape.Model, dict[Any, Any]]) -> None:
    """Keys to rows that were made later, what names rows inside its text, and lists."""
    own = line["email"] if model is User else line["n"]
    order = shape.travelling()
    late = {
        key.attname: _key(key, line, made)
        for key in shape.foreign_keys(model)
        if shape.travels(key.related_model)
        and order.index(key.related_model) >= order.index(model)
        and line.get(key.name) is not None
    }
    late |= _said_here(shape.label(model), line, made)
    late |= {field.name: _value(field, line, shape.label(model)) for field in _clocks(model) if field.name in line}
    manager: Any = model._default_manager
    if late:
        manager.filter(pk=made[model][own]).update(**late)
    for field in shape.lists_of(model):
        if line.get(field.name):
            known = made[field.related_model]
            getattr(manager.get(pk=made[model][own]), field.name).add(*(known[number] for number in line[field.name]))


def _clocks(model: shape.Model) -> list[Any]:
    """The fields that are set to the moment in which a row is written, whatever it says."""
    return [field for field in shape.plain_fields(model) if getattr(field, "auto_now", False)]


def _said_here(name: str, line: dict[str, Any], made: dict[shape.Model, dict[Any, Any]]) -> dict[str, Any]:
    """Fields that name rows inside their text, by the keys that these have here."""
    if name == "produce.edition":
        content = with_media(line["content"], made[_by_label("library.asset")], made[_by_label("library.version")])
        return {"content": content, "digest": digest(content)}
    if name == "produce.translation":
        return {"agreed": with_assets(line["agreed"], made[_by_label("library.asset")])}
    if name == "publish.calendarview":
        keys = {shape.label(model).split(".")[1]: known for model, known in made.items()}
        return {"filters": with_rows(line["filters"], keys)}
    if name in SEARCHES:
        return {SEARCHES[name]: with_like(line[SEARCHES[name]], made[_by_label("library.asset")])}
    if name == "accounts.auditevent":
        return {"subject": _named_here(line["subject"], made)}
    if name == "library.rightsanswer":
        return {"about": _named_here(line["about"], made)}
    return {}


def _named_here(subject: str, made: dict[shape.Model, dict[Any, Any]]) -> str:
    """ "asset:3 more" as "asset:812 more", the row's own key here."""
    first, space, rest = subject.partition(" ")
    kind, _colon, number = first.partition(":")
    keys = next((keys for model, keys in made.items() if shape.label(model).split(".")[1] == kind), None)
    if keys is None or not number.isdigit():
        return subject
    return f"{kind}:{keys.get(int(number), 0)}{space}{rest}"


def _by_label(name: str) -> shape.Model:
    return next(model for model in shape.travelling() if shape.label(model) == name)

"""A brand kit as a folder: `kit.yaml`, and its files beside it, ready for other hands and for `crosscut graphics`.

kit.yaml                 what it says, and which file is what
logos/                   the newest version of each
templates/               SVG drawings; this folder is a template of `crosscut graphics`
templates/fonts/         the kit's fonts, in which those are written
"""

import shutil
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any

import yaml
from django.db import transaction
from pydantic import ConfigDict, ValidationError

from crosscut.apps.accounts.models import Member
from crosscut.apps.library import storage
from crosscut.apps.library.models import BrandFile, BrandKit
from crosscut.apps.library.queries import brand_kit_for, brand_kits_for
from crosscut.apps.library.services.arrive import ingest_paths
from crosscut.apps.library.services.brands import Kit, change_kit, kit_of, make_kit, put_file
from crosscut.apps.work.models import Job
from crosscut.kernel.errors import CrosscutError, Invalid, NotFound, Problem
from crosscut.kernel.phrases import phrase
from crosscut.kernel.records import as_data, from_data

NAME = "kit.yaml"
MOST_BYTES = 1_000_000
_FOLDERS = {
    BrandFile.Role.LOGO: "logos",
    BrandFile.Role.FONT: "templates/fonts",
    BrandFile.Role.TEMPLATE: "templates",
}


@dataclass(frozen=True, kw_only=True)
class Entry:
    """One file of the folder."""

    file: str  # its path within the folder: "logos/mark.svg"
    role: str  # of BrandFile.Role
    note: str = ""


@dataclass(frozen=True, kw_only=True)
class KitFile(Kit):
    """What `kit.yaml` says; a misspelt entry is a mistake."""

    __pydantic_config__ = ConfigDict(extra="forbid")
    files: tuple[Entry, ...] = field(default=())


def write_folder(by: Member, kit_id: int, out: Path) -> list[Entry]:
    """Writes the kit into an empty or new folder; gives what it wrote. Raises Invalid where something lies there."""
    row = brand_kit_for(by, kit_id)
    if out.exists() and any(out.iterdir()):
        raise Invalid.at("out", phrase("{folder} is not empty. Name a new folder.", folder=out.name))
    written: list[Entry] = []
    for file in row.files.filter(asset__binned_at=None, role__in=_FOLDERS).select_related("asset__current"):
        if version := file.asset.current:
            place = _place(out, _FOLDERS[BrandFile.Role(file.role)], version.filename, version.number)
            place.parent.mkdir(parents=True, exist_ok=True)
            with storage.local_copy(version.sha256) as path:
                shutil.copyfile(path, place)
            written.append(Entry(file=place.relative_to(out).as_posix(), role=file.role, note=file.note))
    said = {**as_data(kit_of(row)), "files": as_data(tuple(written))}
    out.mkdir(parents=True, exist_ok=True)
    (out / NAME).write_text(yaml.safe_dump(said, allow_unicode=True, sort_keys=False), encoding="utf-8")
    return written


def read_folder(folder: Path) -> KitFile:
    """What the folder's `kit.yaml` says. Raises NotFound, and Invalid naming everything that is wrong with it."""
    path = folder / NAME
    if not path.is_file():
        raise NotFound(phrase("There is no {name} in {folder}.", name=NAME, folder=folder.name))
    if path.stat().st_size > MOST_BYTES:
        raise Invalid.at(NAME, phrase("{name} is too large.", name=NAME))
    try:
        found = from_data(KitFile, yaml.safe_load(path.read_text("utf-8")))
    except (yaml.YAMLError, UnicodeDecodeError) as fault:
        raise Invalid.at(NAME, phrase("{name} cannot be read: {fault}", name=NAME, fault=str(fault)[:300])) from fault
    except ValidationError as fault:
        raise Invalid(problems=[_problem(error) for error in fault.errors()[:20]]) from fault
    if problems := list(_wrong_files(folder, found)):
        raise Invalid(problems=problems)
    return found


@transaction.atomic
def bring_in(by: Member, folder: Path) -> tuple[BrandKit, Job | None]:
    """The kit of the folder, made, or changed where one of its name is in use; and the job that takes its files in.

    Call `put_files` once that job has ended. Nothing is taken out of a kit that was there.
    """
    found = read_folder(folder)
    said = Kit(**{one.name: getattr(found, one.name) for one in fields(Kit)})
    there = brand_kits_for(by).filter(name=" ".join(found.name.split())).first()
    row = change_kit(by, there.pk, said) if there else make_kit(by, said)
    job = ingest_paths(by, [folder / entry.file for entry in found.files]) if found.files else None
    return row, job


def put_files(by: Member, kit_id: int, folder: Path, job: Job) -> list[str]:
    """Puts what the job took in into the kit; says of each that could not go in why."""
    arrived = {Path(row.path).name or row.filename: row for row in job.arrivals.select_related("asset")}
    lacking = []
    for entry in read_folder(folder).files:
        row = arrived.get(Path(entry.file).name)
        try:
            if row is None or row.asset is None:
                raise NotFound(row.problem if row else phrase("It was not taken in."))
            put_file(by, kit_id, row.asset.pk, entry.role, note=entry.note)
        except CrosscutError as error:
            lacking.append(f"{entry.file}: {error}")
    return lacking


def _place(out: Path, folder: str, filename: str, number: int) -> Path:
    """Where the file goes: under its own name, which no other file of the kit has, for they are told apart by it."""
    plain = Path(filename).name.lstrip(".") or "file"
    taken = {path.name for path in out.rglob("*")} if out.exists() else set()
    stem, suffix, count = Path(plain).stem, Path(plain).suffix, number
    while plain in taken:
        plain, count = f"{stem}-{count}{suffix}", count + 1
    return out / folder / plain


def _wrong_files(folder: Path, found: KitFile) -> list[Problem]:
    names = [Path(entry.file).name for entry in found.files]
    problems = []
    for number, entry in enumerate(found.files):
        path = (folder / entry.file).resolve()
        where = f"files[{number}]"
        if entry.role not in _FOLDERS:
            problems.append(_said(where, phrase("Choose logo, font or template.")))
        elif not path.is_relative_to(folder.resolve()) or not path.is_file():
            problems.append(_said(where, phrase("There is no file {file} in the folder.", file=entry.file[:200])))
        elif names.count(path.name) > 1:
            problems.append(_said(where, phrase("Two files are called {file}: rename one.", file=path.name[:200])))
    return problems


def _said(where: str, message: str) -> Problem:
    return Problem(code="brand.file", where=where, message=message)


def _problem(error: Any) -> Problem:
    where = ".".join(str(part) for part in error["loc"]) or NAME
    return Problem(code="brand.kit_file", where=where, message=str(error["msg"]))

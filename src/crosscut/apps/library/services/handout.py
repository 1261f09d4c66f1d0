"""Copies of files with what is known about them written in: the stored master is never touched."""

import shutil
import tempfile
import zipfile
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from django.conf import settings

from crosscut.apps.accounts.models import Member
from crosscut.apps.library import incoming, storage
from crosscut.apps.library.models import Version
from crosscut.apps.library.queries import version_for
from crosscut.apps.library.services.fields import field_set, values_of
from crosscut.kernel.errors import Unsupported
from crosscut.kernel.phrases import phrase
from crosscut.media import provenance
from crosscut.media.fields import fields as catalogue
from crosscut.media.fields.writing import Order, write_beside, write_into
from crosscut.media.provenance import State


@dataclass(frozen=True, kw_only=True)
class Handed:
    """A file that is on its way out. Its place on disk is free already: closing it frees the room."""

    file: IO[bytes]
    filename: str
    media_type: str
    is_beside: bool  # the metadata lies beside the untouched original, in one ZIP


@dataclass(frozen=True, kw_only=True)
class Telling:
    """What of all that is known a copy may tell beside the plain fields."""

    place: bool = False  # where it was taken, to the metre
    people: bool = False  # who is shown
    own: bool = False  # the workspace's own fields, which may be meant for the house alone


def copy_with_metadata(by: Member, version_id: int, telling: Telling = Telling()) -> Handed:
    """The version's file with the asset's fields in it; positions, names of people and own fields only where told so.

    A file with content credentials, which any writing would break, and one of a kind that cannot carry metadata come
    untouched, with an XMP file beside, in a ZIP. Raises NotFound, Damaged, Unavailable (disk full).
    """
    version = version_for(by, version_id)
    known, values = field_set(version.asset.workspace_id), values_of(version.asset)
    order = Order(
        fields={key: value for key, value in values.items() if key in catalogue()},
        own={key.removeprefix("own."): values[key] for key in known.own if key in values} if telling.own else {},
        keeps_place=telling.place,
        keeps_people=telling.people,
    )
    with (
        storage.plain_disk_errors(phrase("make a copy")),
        storage.local_copy(version.sha256) as master,
        tempfile.TemporaryDirectory(dir=settings.UPLOAD_FOLDER, prefix="copy-") as folder,
    ):
        return _handed(version, master, Path(folder), order)


def _handed(version: Version, master: Path, folder: Path, order: Order) -> Handed:
    copy = folder / incoming.safe_name(version.filename)
    shutil.copyfile(master, copy)
    if provenance.read(copy).state is State.NONE:
        try:
            write_into(copy, order)
            return Handed(file=copy.open("rb"), filename=copy.name, media_type=version.media_type, is_beside=False)
        except Unsupported:
            shutil.copyfile(master, copy)
    sidecar = copy.with_suffix(".xmp")
    write_beside(sidecar, order)
    bundle = folder / "both.zip"
    with zipfile.ZipFile(bundle, "w", zipfile.ZIP_STORED) as archive:
        archive.write(copy, copy.name)
        archive.write(sidecar, sidecar.name)
    return Handed(file=bundle.open("rb"), filename=f"{copy.stem}.zip", media_type="application/zip", is_beside=True)

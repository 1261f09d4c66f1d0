"""Sending a file piece by piece: killed at any byte, on either side, it goes on from there.

The bytes lie from the start where an arrival's bytes wait, so nothing is copied when all are here. Only then does the
file become an arrival; whether it is whole, by the hash its sender named, the worker says that stores it.
"""

import re
import shutil
from collections.abc import Iterable
from copy import copy
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from crosscut.apps.accounts.models import Member
from crosscut.apps.accounts.permissions import demand
from crosscut.apps.library import incoming, partial, queries, staging
from crosscut.apps.library.models import Arrival, Upload
from crosscut.apps.library.partial import Checksum
from crosscut.apps.library.services import arrive
from crosscut.apps.library.services.rooms import demand_room
from crosscut.kernel.errors import Conflict, Invalid, NotAllowed, NotFound, Unavailable
from crosscut.kernel.phrases import phrase

KEPT_FOR = timedelta(days=7)  # after the last piece
OPEN_LIMIT = 10_000  # uploads of one person that have not ended: more is a mistake of a script
_SHA256 = re.compile(r"[0-9a-f]{64}")
_SPARE_BYTES = 500_000_000  # that an upload leaves free, for what is made of the file and for everything else


@dataclass(frozen=True, kw_only=True)
class Announced:
    """What somebody is about to send."""

    filename: str
    size_bytes: int
    sha256: str = ""  # of the whole file, hex; empty when the sender does not know it
    asset_id: int | None = None  # the asset that it becomes a new version of


def begin(by: Member, announced: Announced) -> Upload:
    """An upload with nothing in it yet, which comes by tus. Raises what `announced_by` raises."""
    upload = announced_by(by, announced)
    partial.begin(path_of(upload))
    upload.save(force_insert=True)  # killed between the two: the sweep takes the empty file away
    return upload


def announced_by(by: Member, announced: Announced) -> Upload:
    """An upload that may begin; it is not stored yet.

    Raises Invalid (too large, or over the workspace's budget), NotFound for the asset, Unavailable when the disk has no
    room for it, Conflict when the person has begun too many.
    """
    demand(by, "draft")
    _check(announced)
    demand_room(by.workspace, announced.size_bytes)
    asset = queries.asset_for(by, announced.asset_id) if announced.asset_id else None
    if Upload.objects.filter(created_by=by, arrival=None).count() >= OPEN_LIMIT:
        raise Conflict(phrase("{most} uploads of yours have not ended. End or discard some first.", most=OPEN_LIMIT))
    return Upload(
        workspace_id=by.workspace_id,
        created_by=by,
        asset=asset,
        filename=incoming.safe_name(announced.filename),
        size_bytes=announced.size_bytes,
        sha256=announced.sha256.lower(),
        expires_at=timezone.now() + KEPT_FOR,
    )


def path_of(upload: Upload) -> Path:
    """Where its bytes lie, from the first to the last."""
    return Path(settings.UPLOAD_FOLDER) / upload.key.hex / upload.filename


def offset_of(upload: Upload) -> int:
    """How many of its bytes are here for good: sending goes on from there. Raises NotFound when it is over."""
    if upload.arrival_id:
        return upload.size_bytes
    if upload.part_bytes is not None:
        return upload.listed_bytes
    here = partial.size_of(path_of(upload))
    return here if upload.proven_bytes is None else min(here, upload.proven_bytes)


def receive(upload: Upload, pieces: Iterable[bytes], *, at_byte: int, checksum: Checksum | None = None) -> int:
    """How many bytes are here after these pieces. With the last one the file becomes an arrival.

    Raises Conflict when `at_byte` is not where the upload ends, and what `partial.append` raises.
    """
    if upload.part_bytes is not None:
        raise Conflict(phrase("This upload goes into the store in parts. Ask for their addresses."))
    here = offset_of(upload)
    if at_byte != here:
        raise Conflict(phrase("This upload goes on at byte {here}, not at {at_byte}.", here=here, at_byte=at_byte))
    if upload.arrival_id or here == upload.size_bytes:
        finish(upload)
        return upload.size_bytes
    path = path_of(upload)
    partial.cut_back(path, here)  # of a piece that was never proven
    limits = {"at_byte": at_byte, "most_bytes": upload.size_bytes}
    if checksum is None:
        _note(upload, proven_bytes=None)
        end = partial.append(path, pieces, **limits)
    else:
        _note(upload, proven_bytes=here)
        end = partial.append_proven(path, pieces, **limits, checksum=checksum)
        _note(upload, proven_bytes=None)
    if end == upload.size_bytes:
        finish(upload)
    return end


@transaction.atomic
def finish(upload: Upload) -> Arrival | None:
    """The arrival of an upload whose last byte is here; None while some are missing. Safe to call again."""
    rows = Upload.objects.select_for_update(of=("self",)).select_related("arrival", "asset", "created_by__workspace")
    row = rows.get(pk=upload.pk)
    if row.arrival is None and _is_whole(row):
        size_bytes = None if row.part_bytes is None else row.size_bytes
        file = arrive.Incoming(path=path_of(row), filename=row.filename, sha256=row.sha256, size_bytes=size_bytes)
        row.arrival = upload.arrival = arrive.receive(row.created_by, [file], asset=row.asset)[0]
        row.save(update_fields=["arrival"])
    return row.arrival


@transaction.atomic
def give_up(by: Member, upload: Upload) -> None:
    """Ends an upload and deletes what is here of it. One that has all its bytes already is in the library's hands."""
    if upload.created_by_id != by.pk:
        raise NotFound(phrase("There is no such upload."))
    row = Upload.objects.select_for_update().get(pk=upload.pk)
    if row.arrival_id:
        raise Conflict(
            phrase("{filename} has arrived already. Discard or archive it in the library.", filename=row.filename)
        )
    ended = copy(row)  # deleting takes the key away
    row.delete()
    transaction.on_commit(lambda: _forget(ended))


def sweep_uploads() -> int:
    """Ends what nobody went on with in time, finishes what only lacks its end, and says how many uploads changed."""
    late = Upload.objects.filter(expires_at__lt=timezone.now())
    late = late.exclude(staging.NOT_READ, arrival__isnull=False)  # a worker has yet to find them by their row
    for upload in late.filter(arrival=None):
        _forget(upload)
    count = late.delete()[1].get("library.Upload", 0)
    for upload in Upload.objects.filter(arrival=None, created_by__left_at=None).iterator():
        count += _finish_quietly(upload)
    return count


def _is_whole(upload: Upload) -> bool:
    return offset_of(upload) == upload.size_bytes if upload.part_bytes is None else staging.is_whole(upload)


def _forget(upload: Upload) -> None:
    """Deletes what is here of it, or in the store."""
    if upload.part_bytes is None:
        incoming.forget(path_of(upload))
    else:
        staging.forget(upload)


def _finish_quietly(upload: Upload) -> bool:
    """Whether it was whole and has now arrived. One that cannot arrive any more waits for its end."""
    try:
        return finish(upload) is not None
    except (NotFound, NotAllowed, Invalid):  # Invalid: no room is left for it now
        return False


def _note(upload: Upload, *, proven_bytes: int | None) -> None:
    upload.proven_bytes, upload.expires_at = proven_bytes, timezone.now() + KEPT_FOR
    upload.save(update_fields=["proven_bytes", "expires_at"])


def _check(announced: Announced) -> None:
    if announced.size_bytes > settings.MAX_UPLOAD_BYTES:
        raise incoming.too_large(incoming.safe_name(announced.filename))
    if announced.sha256 and not _SHA256.fullmatch(announced.sha256.lower()):
        raise Invalid.at("sha256", phrase("A SHA-256 has 64 hexadecimal digits."), code="upload.sha256")
    free_bytes = shutil.disk_usage(settings.UPLOAD_FOLDER).free
    if announced.size_bytes > free_bytes - _SPARE_BYTES:
        name = incoming.safe_name(announced.filename)
        message = phrase(
            "There is no room left to receive {file}. Free some disk space and try again; nothing was lost.", file=name
        )
        raise Unavailable(message, after_s=60)

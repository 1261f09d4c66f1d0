"""Sending a file straight into the store, part by part: its bytes pass no process of ours until a worker reads them.

The store alone tells what has arrived, so a sender that was killed asks and sends the rest. Once the parts are one
object, under a name that stands for no content, the file is an arrival like any other; `staging` brings it to its
worker, which says what it is.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from django.conf import settings
from django.core.files.storage import default_storage
from django.db import transaction
from django.utils import timezone

from crosscut.apps.accounts.models import Member
from crosscut.apps.library import multiparts, objects, staging
from crosscut.apps.library.models import Arrival, Upload
from crosscut.apps.library.multiparts import Address, Part
from crosscut.apps.library.services import uploads
from crosscut.apps.library.services.uploads import Announced
from crosscut.kernel.errors import Conflict, Invalid, NotFound, Problem, Unsupported
from crosscut.kernel.phrases import phrase

LASTS_S = 3600  # an address
AT_ONCE = 100  # addresses of one answer


@dataclass(frozen=True, kw_only=True)
class Sending:
    """An upload in parts, and how far it is."""

    upload: Upload
    part_bytes: int  # of each part but the last one
    part_count: int
    parts: list[Part]  # those that the store holds


class NoParts(Unsupported):
    """The files of this installation lie on a disk, which takes no parts."""

    code = "upload.no_parts"


def begin(by: Member, announced: Announced) -> Upload:
    """An upload whose parts go into the store. Raises NoParts, and what `uploads.begin` raises."""
    if not objects.is_bucket(default_storage):
        raise NoParts(phrase("This installation keeps files on a disk. Send them by tus to /api/library/uploads."))
    upload = uploads.announced_by(by, announced)
    upload.part_bytes = multiparts.part_bytes_of(upload.size_bytes)
    upload.multipart = multiparts.begin(default_storage, staging.name_of(upload))
    upload.save(force_insert=True)  # killed between the two: the sweep ends what no row names
    return upload


def sending(upload: Upload) -> Sending:
    """How far it is, as the store tells it now. Raises what `arrived` raises."""
    sizes, parts = sizes_of(upload), arrived(upload)
    return Sending(upload=upload, part_bytes=upload.part_bytes or 0, part_count=len(sizes), parts=parts)


def sizes_of(upload: Upload) -> list[int]:
    """How many bytes each of its parts has, in order. Raises Unsupported for an upload that comes by tus."""
    if upload.part_bytes is None:
        raise Unsupported(phrase("This upload does not go in parts. Send it by tus to /api/library/uploads."))
    return multiparts.sizes_of(upload.size_bytes, upload.part_bytes)


def addresses(upload: Upload, wanted: Mapping[int, str]) -> list[Address]:
    """Where these parts go for an hour: `wanted` has their numbers, each with its MD5 in Base64, empty if unknown.

    Raises Invalid for a number that it does not have, Conflict once all of it has arrived.
    """
    sizes = sizes_of(upload)
    if upload.arrival_id:
        raise Conflict(phrase("{filename} has arrived already.", filename=upload.filename))
    if wrong := [number for number in wanted if not 1 <= number <= len(sizes)]:
        raise Invalid.at("parts", phrase("Parts go from 1 to {last}, not {wrong}.", last=len(sizes), wrong=wrong[0]))
    upload.expires_at = timezone.now() + uploads.KEPT_FOR
    upload.save(update_fields=["expires_at"])
    return multiparts.addresses(
        default_storage,
        staging.name_of(upload),
        upload.multipart,
        {number: (sizes[number - 1], md5) for number, md5 in wanted.items()},
        endpoint=settings.S3_PUBLIC_ENDPOINT,
        lasts_s=LASTS_S,
    )


def arrived(upload: Upload) -> list[Part]:
    """The parts that the store holds; all of them as they were announced once the file is whole. Raises NotFound."""
    sizes = sizes_of(upload)
    if upload.arrival_id:
        return _all_of(sizes)
    try:
        parts = multiparts.listed(default_storage, staging.name_of(upload), upload.multipart)
    except NotFound:
        if not staging.is_whole(upload):
            raise
        return _all_of(sizes)  # put together, and we were killed before it could arrive
    upload.listed_bytes = min(sum(part.size_bytes for part in parts), upload.size_bytes)
    upload.save(update_fields=["listed_bytes"])
    return parts


@transaction.atomic
def complete(upload: Upload) -> Arrival:
    """The arrival of a file of which every part is there; the same one when asked again.

    The parts are looked at by us, not told by the sender. Raises Invalid with every part that is missing or has another
    length, Conflict when one changed at this moment, NotFound when the upload is over.
    """
    row = Upload.objects.select_for_update(of=("self",)).get(pk=upload.pk)
    sizes = sizes_of(row)
    if not row.arrival_id and not staging.is_whole(row):
        name = staging.name_of(row)
        parts = multiparts.listed(default_storage, name, row.multipart)
        _check(parts, sizes)
        multiparts.complete(default_storage, name, row.multipart, parts)
    arrival = uploads.finish(upload)
    if arrival is None:
        raise Conflict(phrase("The store did not put the file together as a whole. Send it again."))
    return arrival


def _check(parts: list[Part], sizes: list[int]) -> None:
    here = {part.number: part.size_bytes for part in parts}
    missing = [number for number in range(1, len(sizes) + 1) if number not in here]
    wrong = [number for number, size in here.items() if number > len(sizes) or size != sizes[number - 1]]
    problems = [
        _problem(number, "upload.part_missing", phrase("Part {number} is missing.", number=number))
        for number in missing
    ]
    problems += [
        _problem(number, "upload.part_size", phrase("Part {number} has another length than it should.", number=number))
        for number in wrong
    ]
    if problems:
        raise Invalid(problems=problems[:AT_ONCE])


def _problem(number: int, code: str, message: str) -> Problem:
    return Problem(code=code, where=f"parts/{number}", message=message)


def _all_of(sizes: list[int]) -> list[Part]:
    return [Part(number=number, size_bytes=size, etag="") for number, size in enumerate(sizes, 1)]

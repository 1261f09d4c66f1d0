"""Files that their senders put into the store themselves: where they lie until a worker has read them.

Such a file has a name of its own there, never that of content, until its bytes were read back and hashed. Killed
between any two steps, the next try begins at the first of them; what is then left over is swept.
"""

import hashlib
import os
from collections.abc import Callable
from pathlib import Path

from django.core.files.storage import default_storage
from django.db.models import Q

from crosscut.apps.library import incoming, multiparts, objects, storage
from crosscut.apps.library.models import Arrival, Upload
from crosscut.kernel.errors import Invalid, NotFound
from crosscut.kernel.phrases import phrase

FOLDER = "staging"
_CHUNK_BYTES = 1024 * 1024
NOT_READ = Q(part_bytes__isnull=False) & (Q(arrival=None) | ~Q(arrival__path=""))  # uploads whose object is needed


def name_of(upload: Upload) -> str:
    """The store's name for what its sender puts there."""
    return f"{FOLDER}/{upload.key.hex}"


def is_whole(upload: Upload) -> bool:
    """Whether its parts were put together and all of it is there."""
    name = name_of(upload)
    return default_storage.exists(name) and default_storage.size(name) == upload.size_bytes


def forget(upload: Upload) -> None:
    """Deletes what is there of it, in parts or whole."""
    multiparts.abort(default_storage, name_of(upload), upload.multipart)
    default_storage.delete(name_of(upload))


def bring_here(arrival: Arrival) -> None:
    """Reads a file back that lies in the store: from then on it waits where an arrival's bytes wait, and is kept.

    What comes to another hash than its sender named gets no place among the content; whoever reads the file refuses
    it. Nothing happens to a file that is here. Raises NotFound and Invalid for what the store lost.
    """
    place = Path(arrival.path)
    if not arrival.path or place.exists():
        return
    upload = Upload.objects.filter(NOT_READ, arrival=arrival).first()
    if upload is None:
        return
    draft = incoming.new_place()
    try:
        with storage.plain_disk_errors(phrase("receive {file}", file=arrival.filename)):
            sha256 = _fetch(upload, draft)
            if sha256 == (arrival.sha256 or sha256):
                storage.keep_staged(name_of(upload), sha256, upload.size_bytes)
            place.parent.mkdir(mode=0o700, exist_ok=True)
            draft.replace(place)
    finally:
        draft.unlink(missing_ok=True)
    default_storage.delete(name_of(upload))


def sweep(*, is_old: Callable[[float], bool], is_dry: bool) -> int:
    """Takes away what no upload needs any more; how many objects and unfinished uploads of the store that are."""
    if not objects.is_bucket(default_storage):
        return 0
    needed = {key.hex for key in Upload.objects.filter(NOT_READ).values_list("key", flat=True)}
    count = 0
    for name in default_storage.listdir(FOLDER)[1]:
        whole = f"{FOLDER}/{name}"
        if name not in needed and is_old(default_storage.get_modified_time(whole).timestamp()):
            count += 1
            if not is_dry:
                default_storage.delete(whole)
    for name, multipart, begun_at in list(multiparts.begun(default_storage, f"{FOLDER}/")):
        if name not in needed and is_old(begun_at.timestamp()):
            count += 1
            if not is_dry:
                multiparts.abort(default_storage, f"{FOLDER}/{name}", multipart)
    return count


def _fetch(upload: Upload, draft: Path) -> str:
    """The SHA-256 of what lies in the store, which is then on disk. Raises NotFound, and Invalid for another length."""
    if not default_storage.exists(name_of(upload)):
        raise NotFound(phrase("The sent file is gone from the store. Send it again."))
    digest, size_bytes = hashlib.sha256(), 0
    with objects.open_object(default_storage, name_of(upload)) as source, draft.open("xb") as target:
        for chunk in iter(lambda: source.read(_CHUNK_BYTES), b""):
            digest.update(chunk)
            size_bytes += target.write(chunk)
        target.flush()
        os.fsync(target.fileno())
    if size_bytes != upload.size_bytes:
        raise Invalid.at(upload.filename, phrase("The store holds another length than was sent. Send the file again."))
    return digest.hexdigest()

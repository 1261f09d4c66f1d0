"""Uploads on their way in: written to disk piece by piece, never beyond the limit, and never half."""

import os
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.files.uploadedfile import TemporaryUploadedFile, UploadedFile
from django.core.files.uploadhandler import StopUpload, TemporaryFileUploadHandler
from django.http import HttpRequest

from crosscut.apps.library.storage import plain_disk_errors
from crosscut.kernel.errors import CrosscutError, Invalid
from crosscut.kernel.phrases import phrase


class CappedUploadHandler(TemporaryFileUploadHandler):
    """Django's handler for files on disk, which keeps a plain reason when a file is too large or the disk is full.

    The file is then missing from `request.FILES`; `uploaded_files` tells why.
    """

    received_bytes = 0

    def receive_data_chunk(self, raw_data: bytes, start: int) -> bytes | None:
        """Writes the piece."""
        self.received_bytes += len(raw_data)
        try:
            if self.received_bytes > settings.MAX_UPLOAD_BYTES:
                raise too_large(str(self.file_name))
            with plain_disk_errors(phrase("receive {file}", file=self.file_name)):
                return super().receive_data_chunk(raw_data, start)
        except CrosscutError as error:
            raise self._stop(error) from error

    def file_complete(self, file_size: int) -> "UploadedFile[Any] | None":
        """The whole file."""
        try:
            with plain_disk_errors(phrase("receive {file}", file=self.file_name)):
                return super().file_complete(file_size)
        except CrosscutError as error:
            raise self._stop(error) from error

    def _stop(self, error: CrosscutError) -> StopUpload:
        if self.request is not None:
            self.request.META["crosscut.upload_error"] = error
        self.file.close()
        return StopUpload(connection_reset=False)


def too_large(filename: str) -> Invalid:
    """The refusal of a file over the limit, with the limit in it."""
    limit_mb = f"{settings.MAX_UPLOAD_BYTES / 1e6:,.0f} MB"
    message = phrase(
        "{file} is too large: at most {limit} are taken. Make it smaller and add it again.",
        file=filename,
        limit=limit_mb,
    )
    return Invalid.at(filename, message, code="media.too_large", limit_bytes=settings.MAX_UPLOAD_BYTES)


def uploaded_files(request: HttpRequest) -> "list[UploadedFile[Any]]":
    """The files of a request, under whichever field names. Raises what the handler met, or Invalid without any."""
    files = [file for _, group in request.FILES.lists() for file in group if isinstance(file, UploadedFile)]
    error = request.META.get("crosscut.upload_error")
    if isinstance(error, CrosscutError):
        raise error
    if not files:
        raise Invalid.at("file", phrase("No file arrived. Choose one and send it again."), code="upload.missing")
    return files


def new_place() -> Path:
    """A path of its own in our folder, for a file that is not whole yet."""
    return Path(settings.UPLOAD_FOLDER) / f"part-{uuid.uuid4().hex}"


def settle(upload: "UploadedFile[Any]") -> Path:
    """Where the upload's bytes stay after the request, under the name it came with, in a folder of its own.

    Raises Unavailable when the disk is full, leaving nothing.
    """
    place = Path(settings.UPLOAD_FOLDER) / uuid.uuid4().hex / safe_name(str(upload.name))
    with plain_disk_errors(phrase("receive {file}", file=upload.name)):
        place.parent.mkdir(mode=0o700)
        try:
            _put(upload, place)
        except OSError:
            forget(place)
            raise
    return place


@contextmanager
def kept_for(upload: "UploadedFile[Any]") -> Iterator[Path]:
    """The upload's bytes as a file, for as long as the block lasts."""
    path = settle(upload)
    try:
        yield path
    finally:
        forget(path)


def adopt(made: Path, name: str) -> Path:
    """Where a file that we made waits to be taken in, in a folder of its own; it is gone from where it was."""
    place = Path(settings.UPLOAD_FOLDER) / uuid.uuid4().hex / safe_name(name)
    with plain_disk_errors(phrase("keep {file}", file=name)):
        place.parent.mkdir(mode=0o700)
        made.replace(place)
    return place


def forget(path: Path) -> None:
    """Deletes a file that waited in our own folder; a file in a person's folder is never touched."""
    if is_ours(path):
        path.unlink(missing_ok=True)
        path.parent.rmdir()


def is_ours(path: Path) -> bool:
    """Whether the file waits in our own folder."""
    return path.parent.parent == Path(settings.UPLOAD_FOLDER) and path.parent.exists()


def safe_name(name: str) -> str:
    """The last part of a name, printable and short enough for any file system, with its ending kept.

    >>> safe_name("../../etc/pass\\0wd"), safe_name(""), len(safe_name("ä" * 300 + ".jpg").encode())
    ('passwd', 'file', 204)
    """
    last = "".join(sign for sign in name.replace("\\", "/").rsplit("/", 1)[-1] if sign.isprintable()).strip(". ")
    stem, ending = Path(last).stem, Path(last).suffix[:20]
    return (stem.encode()[:200].decode(errors="ignore") + ending) or "file"


def _put(upload: "UploadedFile[Any]", place: Path) -> None:
    """A second name for the file that Django wrote into the same folder, or a copy of what it holds in memory."""
    if isinstance(upload, TemporaryUploadedFile):
        upload.flush()
        os.fsync(upload.fileno())
        place.hardlink_to(upload.temporary_file_path())
        return
    with place.open("xb") as target:
        for chunk in upload.chunks():
            target.write(chunk)
        target.flush()
        os.fsync(target.fileno())

"""What an object store (S3 and its like) can do better than a file: parts, fetching in parallel, links of its own.

Django's storages give an object as a file that is fetched whole into memory before its first byte is read. A film is
larger than that: here it is read as it comes, and only the part that is asked for. Writing needs nothing of ours: the
storage sends what is larger than 8 MB in parts.
"""

import io
from collections.abc import Iterator
from typing import IO, Any

from django.core.files.storage import Storage
from django.utils.http import content_disposition_header

_CHUNK_BYTES = 256 * 1024


class _Stream(io.RawIOBase):
    """An object's body as a readable file, from its beginning on."""

    def __init__(self, body: Any) -> None:
        self._body = body

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        found = self._body.read(len(buffer))
        buffer[: len(found)] = found
        return len(found)

    def close(self) -> None:
        self._body.close()
        super().close()


def is_bucket(storage: Storage) -> bool:
    """Whether the storage is an object store."""
    return hasattr(storage, "bucket")


def open_object(storage: Any, name: str) -> IO[bytes]:
    """The object, read as it comes and never held whole. Ask first whether it is there."""
    return io.BufferedReader(_Stream(_object(storage, name).get()["Body"]), _CHUNK_BYTES)


def read_part(storage: Any, name: str, first: int, last: int) -> Iterator[bytes]:
    """The bytes from the first to the last, both counted, in pieces: RFC 9110, section 14."""
    body = _object(storage, name).get(Range=f"bytes={first}-{last}")["Body"]
    try:
        yield from body.iter_chunks(_CHUNK_BYTES)
    finally:
        body.close()


def fetch(storage: Any, name: str, target: IO[bytes]) -> None:
    """Writes the object into the open file, several parts of it at a time."""
    _object(storage, name).download_fileobj(target, Config=storage.transfer_config)


def signed_link(storage: Any, name: str, *, lasts_s: int, filename: str) -> str:
    """An address of the store itself that gives the object as a download for so many seconds."""
    disposition = content_disposition_header(as_attachment=True, filename=filename)
    parameters = {"ResponseContentDisposition": disposition, "ResponseCacheControl": f"private, max-age={lasts_s}"}
    return str(storage.url(name, parameters=parameters, expire=lasts_s))


def _object(storage: Any, name: str) -> Any:
    return storage.bucket.Object(storage._normalize_name(name))

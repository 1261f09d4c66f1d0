"""Objects that others send to the store themselves, part by part, by addresses signed for each: S3's multipart upload.

Limits and order: https://docs.aws.amazon.com/AmazonS3/latest/userguide/qfacts.html, read 2026-12-01. What signs is
Signature Version 4, which binds the length of a part, and its MD5 where it is known, to its address.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from crosscut.kernel.errors import Conflict, NotFound, Unavailable
from crosscut.kernel.phrases import phrase

MOST_PARTS = 10_000
LEAST_PART_BYTES = 16 * 1024**2  # S3 asks for 5 MiB; fewer addresses are asked for with larger ones
COPIED_AT_ONCE_BYTES = 5 * 1024**3  # a larger object is copied in parts
_MIB = 1024**2
_OVER = phrase("This upload is over. Send the file again from its beginning.")
_ENDED = {"NoSuchUpload", "NoSuchKey", "404"}
_MOVED = {"InvalidPart", "InvalidPartOrder", "EntityTooSmall"}


@dataclass(frozen=True, kw_only=True)
class Part:
    """A part that the store holds."""

    number: int  # from 1
    size_bytes: int
    etag: str  # the store's name for these bytes


@dataclass(frozen=True, kw_only=True)
class Address:
    """Where one part goes by PUT, and what must be sent along."""

    number: int
    url: str
    headers: dict[str, str]
    size_bytes: int


def part_bytes_of(size_bytes: int) -> int:
    """How large each part of such a file is, but for the last one.

    >>> part_bytes_of(1) == 16 * 1024**2, part_bytes_of(10**12) * 10_000 >= 10**12
    (True, True)
    """
    return max(LEAST_PART_BYTES, -(-size_bytes // (MOST_PARTS * _MIB)) * _MIB)


def sizes_of(size_bytes: int, part_bytes: int) -> list[int]:
    """How many bytes each part has, in order; a file without any is one empty part.

    >>> sizes_of(25, 10), sizes_of(20, 10), sizes_of(0, 10)
    ([10, 10, 5], [10, 10], [0])
    """
    whole, rest = divmod(size_bytes, part_bytes)
    return [part_bytes] * whole + ([rest] if rest or not whole else [])


def begin(storage: Any, name: str) -> str:
    """The store's own name for an upload that becomes this object once it is complete."""
    client = _client(storage)
    with _plain(client):
        return str(client.create_multipart_upload(**_at(storage, name))["UploadId"])


def addresses(
    storage: Any, name: str, multipart: str, parts: dict[int, tuple[int, str]], *, endpoint: str, lasts_s: int
) -> list[Address]:
    """An address for each part: `parts` has its number, its length in bytes and its MD5 in Base64, empty if unknown.

    `endpoint` is the store as the sender reaches it; empty for the same that we use.
    """
    signer = _signer(storage, endpoint)
    made = []
    for number, (size_bytes, md5) in parts.items():
        told = {"PartNumber": number, "UploadId": multipart, "ContentLength": size_bytes}
        told |= {"ContentMD5": md5} if md5 else {}
        url = signer.generate_presigned_url("upload_part", Params=_at(storage, name) | told, ExpiresIn=lasts_s)
        headers = {"Content-MD5": md5} if md5 else {}
        made.append(Address(number=number, url=url, headers=headers, size_bytes=size_bytes))
    return made


def listed(storage: Any, name: str, multipart: str) -> list[Part]:
    """What has arrived, by number. Raises NotFound when the upload is over."""
    client = _client(storage)
    with _plain(client):
        pages = client.get_paginator("list_parts").paginate(**_at(storage, name), UploadId=multipart)
        return [
            Part(number=part["PartNumber"], size_bytes=part["Size"], etag=part["ETag"])
            for page in pages
            for part in page.get("Parts", ())
        ]


def complete(storage: Any, name: str, multipart: str, parts: list[Part]) -> None:
    """Makes the parts one object. Raises Conflict when one of them is another by now, NotFound when it is over."""
    client = _client(storage)
    told = [{"PartNumber": part.number, "ETag": part.etag} for part in parts]
    with _plain(client):
        client.complete_multipart_upload(**_at(storage, name), UploadId=multipart, MultipartUpload={"Parts": told})


def abort(storage: Any, name: str, multipart: str) -> None:
    """Ends an upload and gives the room of its parts back; nothing when it has ended."""
    client = _client(storage)
    try:
        with _plain(client):
            client.abort_multipart_upload(**_at(storage, name), UploadId=multipart)
    except NotFound:
        return


def begun(storage: Any, prefix: str) -> Iterator[tuple[str, str, datetime]]:
    """Uploads of objects whose name begins so and that have not ended: name, the store's name, when they began."""
    client = _client(storage)
    with _plain(client):
        pages = client.get_paginator("list_multipart_uploads").paginate(
            Bucket=storage.bucket.name, Prefix=storage._normalize_name(prefix)
        )
        for page in pages:
            for row in page.get("Uploads", ()):
                yield row["Key"].rsplit("/", 1)[-1], row["UploadId"], row["Initiated"]


def copy(storage: Any, source: str, target: str) -> None:
    """Copies an object inside its store: no byte of it passes here. A large one goes in parts."""
    kind = type(storage.transfer_config)  # boto3 comes with an extra: it is not imported by name
    config = kind(
        multipart_threshold=COPIED_AT_ONCE_BYTES, multipart_chunksize=max(5 * _MIB, COPIED_AT_ONCE_BYTES // 10)
    )
    place = _at(storage, source)
    with _plain(_client(storage)):
        storage.bucket.Object(storage._normalize_name(target)).copy(place, Config=config)


def _client(storage: Any) -> Any:
    return storage.bucket.meta.client


def _at(storage: Any, name: str) -> dict[str, Any]:
    return {"Bucket": storage.bucket.name, "Key": storage._normalize_name(name)}


def _signer(storage: Any, endpoint: str) -> Any:
    """A client that signs for the sender's side. It asks nothing over the network."""
    config = storage.client_config.merge(type(storage.client_config)(signature_version="s3v4"))
    return storage._create_session().client(
        "s3",
        region_name=storage.region_name,
        endpoint_url=endpoint or storage.endpoint_url,
        use_ssl=storage.use_ssl,
        config=config,
    )


@contextmanager
def _plain(client: Any) -> Iterator[None]:
    """Turns a refusal of the store inside the block into our own errors."""
    try:
        yield
    except client.exceptions.ClientError as fault:
        code = str(fault.response["Error"]["Code"])
        if code in _ENDED:
            raise NotFound(_OVER) from fault
        if code in _MOVED:
            raise Conflict(phrase("A part changed while the file was put together. Try again.")) from fault
        raise Unavailable(phrase("The file store refuses: {code}. Try again later.", code=code), after_s=60) from fault

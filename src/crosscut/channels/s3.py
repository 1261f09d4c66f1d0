"""Reading a bucket of an S3-compatible store, over connections that reach nothing behind our own door.

boto3 only signs the addresses (AWS Signature Version 4, query parameters), which needs no network; what is asked goes
through the guarded client like everything else. Nothing is ever written, moved or deleted there.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import IO, Any, NoReturn
from urllib.parse import unquote_plus, urlsplit
from xml.etree.ElementTree import Element

import httpx
from defusedxml import DefusedXmlException
from defusedxml.ElementTree import ParseError, fromstring

from crosscut.channels import http
from crosscut.channels.addresses import is_named
from crosscut.kernel.errors import Conflict, Invalid, NotAllowed, NotFound, Unavailable, Unsupported
from crosscut.kernel.phrases import phrase

PAGE = 1000  # names of one answer: the most that S3 gives
BUCKET_NAME = re.compile(r"[a-z0-9][a-z0-9.\-]{1,61}[a-z0-9]")
_SIGNED_FOR_S = 900
_REFUSAL_BYTES = 65_536  # of what a store says when it refuses: the rest of a longer answer is not read
_ARCHIVES = frozenset({"GLACIER", "DEEP_ARCHIVE"})  # storage classes: docs.aws.amazon.com, PutObject, as of 2026-11
_FETCH_WITHIN_S = 6 * 3600


@dataclass(frozen=True, kw_only=True)
class Bucket:
    """Where the bucket is and who reads it."""

    endpoint: str  # https://s3.example.org; empty for Amazon's own
    region: str  # as the store calls it: eu-central-1
    name: str
    access_key: str
    secret_key: str


@dataclass(frozen=True, kw_only=True)
class Object:
    """One object, as the list tells it."""

    key: str
    size_bytes: int
    etag: str  # another one when the content is another
    is_archived: bool = False  # in a class from which nothing can be read at once


def listed(bucket: Bucket, prefix: str, *, allowed_hosts: Iterable[str] = ()) -> Iterator[Object]:
    """Every object whose name begins so, in the store's order; what stands for a folder is left out.

    Raises NotAllowed for a store in our own network that `allowed_hosts` does not name and for keys that may not list,
    NotFound without such a bucket, Invalid for a wrong region, Unavailable when it does not answer.
    """
    more: dict[str, str] = {}
    with _client(bucket, allowed_hosts) as client:
        while True:
            asked = {"Prefix": prefix, "MaxKeys": PAGE, "EncodingType": "url", **more}
            answer = _asked(client, _signed(bucket, "list_objects_v2", asked))
            page = _parsed(answer.content, bucket)
            yield from _objects(page)
            token = _text(page, "NextContinuationToken")
            if _text(page, "IsTruncated") != "true" or not token:
                return
            more = {"ContinuationToken": token}


def fetch(
    bucket: Bucket, found: Object, target: IO[bytes], *, limit_bytes: int, allowed_hosts: Iterable[str] = ()
) -> None:
    """Writes the object's content into the open file.

    Raises NotFound when it is gone, Conflict when it became another one or did not come whole, Unsupported when it is
    larger than the limit, archived or kept packed, and what `listed` raises.
    """
    if found.size_bytes > limit_bytes:
        raise Unsupported(phrase("{key} is larger than the {limit:,} bytes taken.", key=found.key, limit=limit_bytes))
    if found.is_archived:
        raise Unsupported(phrase("{key} lies in an archive class of the store: copy it to another one.", key=found.key))
    with _client(bucket, allowed_hosts, limit_bytes) as client:
        url = _signed(bucket, "get_object", {"Key": found.key})
        try:
            with client.stream("GET", url) as answer:
                if not answer.is_success:
                    _refuse(answer.status_code, _beginning(answer))
                if answer.headers.get("etag", "").strip('"') != found.etag:
                    raise Conflict(phrase("{key} was replaced while it was fetched.", key=found.key))
                written = sum(target.write(chunk) for chunk in answer.iter_bytes())
        except httpx.DecodingError as error:
            raise Unsupported(phrase("{key} is kept packed (Content-Encoding) there.", key=found.key)) from error
        except (httpx.RequestError, httpx.InvalidURL) as error:
            raise _silent(bucket, error) from error
    if written != found.size_bytes:
        raise Conflict(phrase("{key} did not come whole.", key=found.key))


def endpoint_of(endpoint: str, region: str) -> str:
    """The store's address: Amazon's own where none is given."""
    return endpoint.rstrip("/") or f"https://s3.{region}.amazonaws.com"


def is_safe(endpoint: str, allowed_hosts: Iterable[str]) -> bool:
    """Whether it is a plain address where names and content go encrypted, or to a host that the keeper named.

    >>> is_safe("https://s3.example.org", ()), is_safe("http://s3.example.org", ()), is_safe("https://s3:99999", ())
    (True, False, False)
    >>> is_safe("https://me:secret@s3.example.org", ()), is_safe("https://s3.example.org/?a=b", ())
    (False, False)
    """
    try:
        parts = urlsplit(endpoint)
        host, port = parts.hostname or "", parts.port or (443 if parts.scheme == "https" else 80)
    except ValueError:  # a port that is none, a bracket left open
        return False
    if not host or parts.scheme not in ("https", "http") or parts.username is not None or parts.query or parts.fragment:
        return False
    return parts.scheme == "https" or is_named(host, port, tuple(allowed_hosts))


def _client(bucket: Bucket, allowed_hosts: Iterable[str], limit_bytes: int = http.MAX_BYTES) -> httpx.Client:
    hosts = tuple(allowed_hosts)
    if not is_safe(endpoint_of(bucket.endpoint, bucket.region), hosts):
        raise Invalid.at("endpoint", phrase("Give an address that begins with https://."))
    return http.client(allowed_hosts=hosts, total_s=_FETCH_WITHIN_S, max_bytes=max(limit_bytes, http.MAX_BYTES))


def _signed(bucket: Bucket, operation: str, parameters: dict[str, Any]) -> str:
    try:
        from botocore.exceptions import BotoCoreError  # of the extra "s3": not everybody has it
    except ImportError as error:
        raise Unsupported(phrase("Buckets need the extra “s3”: pip install crosscut[s3]")) from error
    try:
        asked = {"Bucket": bucket.name, **parameters}
        return str(_signer(bucket).generate_presigned_url(operation, Params=asked, ExpiresIn=_SIGNED_FOR_S))
    except (BotoCoreError, ValueError) as error:
        raise Invalid.at("bucket", phrase("This bucket cannot be asked: {error}", error=str(error))) from error


@lru_cache(maxsize=1)
def _signer(bucket: Bucket) -> Any:
    """Reads boto3's description of all of S3 first: once for a bucket, not for each of its objects."""
    from boto3.session import Session
    from botocore.config import Config

    session = Session(
        aws_access_key_id=bucket.access_key, aws_secret_access_key=bucket.secret_key, region_name=bucket.region
    )
    config = Config(signature_version="s3v4", s3={"addressing_style": "path"})
    return session.client("s3", endpoint_url=endpoint_of(bucket.endpoint, bucket.region), config=config)


def _asked(client: httpx.Client, url: str) -> httpx.Response:
    try:
        with client.stream("GET", url) as answer:
            if not answer.is_success:
                _refuse(answer.status_code, _beginning(answer))
            answer.read()
            return answer
    except (httpx.RequestError, httpx.InvalidURL) as error:
        raise _silent(urlsplit(url).hostname or "", error) from error


def _silent(where: "Bucket | str", error: Exception) -> Unavailable:
    host = where if isinstance(where, str) else urlsplit(endpoint_of(where.endpoint, where.region)).hostname
    return Unavailable(phrase("{host} does not answer: {error}", host=host, error=type(error).__name__), after_s=60)


def _beginning(answer: httpx.Response) -> bytes:
    """The first of what it says: a refusal is short."""
    return next(answer.iter_bytes(_REFUSAL_BYTES), b"")


def _refuse(status: int, content: bytes) -> NoReturn:
    """Raises what the store's refusal means: https://docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html."""
    try:
        told = fromstring(content)
        code, words = _text(told, "Code"), _text(told, "Message")
    except (ParseError, DefusedXmlException):
        code, words = "", ""
    said = f"{code}: {words}".strip(": ") or f"HTTP {status}"
    if code in ("PermanentRedirect", "AuthorizationHeaderMalformed", "AuthorizationQueryParametersError"):
        raise Invalid.at("region", phrase("The bucket is in another region. {said}", said=said))
    if status in (401, 403):
        raise NotAllowed(phrase("The store refuses these keys: {said}. They must be able to list and read.", said=said))
    if status == 404:
        raise NotFound(phrase("It is not there: {said}.", said=said))
    raise Unavailable(phrase("The store answers: {said}.", said=said), after_s=60)


def _parsed(content: bytes, bucket: Bucket) -> Element:
    try:
        page: Element = fromstring(content)
    except (ParseError, DefusedXmlException) as error:
        host = urlsplit(endpoint_of(bucket.endpoint, bucket.region)).hostname
        raise Unavailable(phrase("{host} does not answer as an S3 store does.", host=host), after_s=600) from error
    return page


def _objects(page: Element) -> Iterator[Object]:
    is_encoded = _text(page, "EncodingType") == "url"
    for entry in page:
        if _plain(entry.tag) != "Contents":
            continue
        key, size = _text(entry, "Key"), _text(entry, "Size")
        name = unquote_plus(key) if is_encoded else key
        if name and not name.endswith("/") and size.isdigit() and int(size):
            etag, is_archived = _text(entry, "ETag").strip('"'), _text(entry, "StorageClass") in _ARCHIVES
            yield Object(key=name, size_bytes=int(size), etag=etag, is_archived=is_archived)


def _text(parent: Element, name: str) -> str:
    return next((child.text or "" for child in parent if _plain(child.tag) == name), "")


def _plain(tag: str) -> str:
    """The name without its namespace: stores differ in it."""
    return tag.rpartition("}")[2]

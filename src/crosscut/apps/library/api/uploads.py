"""Sending files piece by piece: tus 1.0 with creation, creation-with-upload, checksum, termination and expiration.

https://tus.io/protocols/resumable-upload, read 2026-11-29. Any tus client can be pointed at `/api/library/uploads`.
"""

import base64
import binascii
from collections.abc import Callable, Iterator
from functools import wraps
from http import HTTPStatus
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, JsonResponse, UnreadablePostError
from django.urls import reverse
from django.utils import translation
from django.utils.http import http_date
from ninja import Query, Router
from ninja.errors import HttpError
from ninja.pagination import paginate

from crosscut.apps.accounts.access import ApiRequest
from crosscut.apps.library import partial, queries
from crosscut.apps.library.models import Upload
from crosscut.apps.library.partial import Checksum
from crosscut.apps.library.schemas.uploads import UploadFilter, UploadOut
from crosscut.apps.library.services import uploads
from crosscut.kernel.errors import Invalid
from crosscut.kernel.phrases import phrase

router = Router(tags=["uploads"])
VERSION = "1.0.0"
EXTENSIONS = "creation,creation-with-upload,checksum,termination,expiration"
PIECE_TYPE = "application/offset+octet-stream"
CHANGED_ON_THE_WAY = 460  # what tus answers when a checksum does not fit
_READ_BYTES = 1024 * 1024
_METADATA_LIMIT = 20_000  # characters; names and hashes are short
_tus: dict[str, Any] = {
    "responses": {
        412: {"description": "`Tus-Resumable` is missing or names another version."},
        415: {"description": f"A piece must be sent as `{PIECE_TYPE}`."},
        460: {"description": "The piece does not come to its checksum. Send it again."},
        411: {"description": "`Content-Length` is missing."},
        413: {"description": "The file is larger than this installation takes."},
        204: {"description": "Done."},
    }
}


def _speaks_tus(operation: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """Refuses other versions of the protocol and says ours with every answer."""

    @wraps(operation)
    def guarded(request: ApiRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if request.headers.get("Tus-Resumable") != VERSION:
            raise HttpError(HTTPStatus.PRECONDITION_FAILED, f"Send the header Tus-Resumable: {VERSION}.")
        try:
            answer = operation(request, *args, **kwargs)
        except partial.Mismatch as error:
            answer = _changed_on_the_way(error)
        answer["Tus-Resumable"] = VERSION
        return answer

    return guarded


@router.get("/library/uploads", response=list[UploadOut], summary="Your uploads")
@paginate
def list_uploads(request: ApiRequest, wanted: Query[UploadFilter]) -> QuerySet[Upload]:
    """Newest first, for a week: what is still being sent and what has arrived. Nobody else sees them."""
    return queries.uploads_for(request.auth, keys=wanted.key, is_open=wanted.is_open)


@router.api_operation(["OPTIONS"], "/library/uploads", auth=None, summary="What of tus is spoken", openapi_extra=_tus)
def options_uploads(request: HttpRequest) -> HttpResponse:
    """Version, extensions, the largest file and the checksums, in headers."""
    return HttpResponse(
        status=HTTPStatus.NO_CONTENT,
        headers={
            "Tus-Resumable": VERSION,
            "Tus-Version": VERSION,
            "Tus-Extension": EXTENSIONS,
            "Tus-Max-Size": str(settings.MAX_UPLOAD_BYTES),
            "Tus-Checksum-Algorithm": ",".join(partial.ALGORITHMS),
        },
    )


@router.post(
    "/library/uploads", url_name="uploads", response={201: None}, summary="Begin an upload", openapi_extra=_tus
)
@_speaks_tus
def post_upload(
    request: ApiRequest,
) -> HttpResponse:
    """`Location` is where its pieces go. A body is its first piece. When all is here, it is read as any added file.

    Headers: `Tus-Resumable: 1.0.0`, `Upload-Length`, and in `Upload-Metadata`, as tus has it in Base64, `filename`, and
    if known `sha256` (hex) and `asset` (the number of the asset it becomes a version of).
    """
    try:
        upload = uploads.begin(request.auth, _announced(request))
    except Invalid as error:
        if error.problems[0].code != "media.too_large":
            raise
        raise HttpError(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, error.said_in(translation)) from error
    has_piece = request.content_type == PIECE_TYPE and request.headers.get("Content-Length", "0") != "0"
    end = uploads.receive(upload, _pieces(request), at_byte=0, checksum=_checksum(request)) if has_piece else 0
    if upload.size_bytes == 0:
        uploads.finish(upload)
    answer = _progress(upload, end, HTTPStatus.CREATED)
    answer["Location"] = reverse("api:upload", args=[upload.key])
    return answer


@router.api_operation(
    ["HEAD"],
    "/library/uploads/{uuid:key}",
    url_name="upload",
    response={200: None},
    summary="How much of it is here",
    openapi_extra=_tus,
)
@_speaks_tus
def head_upload(request: ApiRequest, key: UUID) -> HttpResponse:
    """In `Upload-Offset`. Sending goes on from there."""
    upload = queries.upload_for(request.auth, key)
    end = uploads.offset_of(upload)
    if end == upload.size_bytes:
        uploads.finish(upload)  # its last piece came, and we were killed before it could arrive
    answer = _progress(upload, end, HTTPStatus.OK)
    answer["Cache-Control"] = "no-store"
    answer["Upload-Length"] = str(upload.size_bytes)
    return answer


@router.patch("/library/uploads/{uuid:key}", response={204: None}, summary="Send a piece", openapi_extra=_tus)
@_speaks_tus
def patch_upload(
    request: ApiRequest,
    key: UUID,
) -> HttpResponse:
    """The body is the piece. What came before an interruption stays; with a checksum, all of it or nothing.

    Headers: `Tus-Resumable: 1.0.0`, `Upload-Offset`, and to prove the piece `Upload-Checksum: sha256 …` (or `sha1`) in
    Base64.
    """
    if request.content_type != PIECE_TYPE:
        raise HttpError(HTTPStatus.UNSUPPORTED_MEDIA_TYPE, f"A piece is sent as Content-Type: {PIECE_TYPE}.")
    if "Content-Length" not in request.headers:
        raise HttpError(HTTPStatus.LENGTH_REQUIRED, "Send the header Content-Length.")
    upload = queries.upload_for(request.auth, key)
    end = uploads.receive(
        upload, _pieces(request), at_byte=_number(request, "Upload-Offset"), checksum=_checksum(request)
    )
    return _progress(upload, end, HTTPStatus.NO_CONTENT)


@router.delete("/library/uploads/{uuid:key}", response={204: None}, summary="Give an upload up", openapi_extra=_tus)
@_speaks_tus
def delete_upload(request: ApiRequest, key: UUID) -> HttpResponse:
    """What is here of it is deleted."""
    uploads.give_up(request.auth, queries.upload_for(request.auth, key))
    return HttpResponse(status=HTTPStatus.NO_CONTENT)


def _progress(upload: Upload, end: int, status: HTTPStatus) -> HttpResponse:
    expires = http_date(upload.expires_at.timestamp())
    return HttpResponse(status=status, headers={"Upload-Offset": str(end), "Upload-Expires": expires})


def _pieces(request: HttpRequest) -> Iterator[bytes]:
    """The body, as it comes. It just ends where the connection broke: what is here then stays."""
    try:
        while piece := request.read(_READ_BYTES):
            yield piece
    except UnreadablePostError:
        return


def _number(request: HttpRequest, header: str) -> int:
    """The number of bytes in a header. Raises Invalid."""
    text = request.headers.get(header, "")
    if not (text.isascii() and text.isdigit() and len(text) < 19):
        raise Invalid.at(header, phrase("Send the header {header} with a number of bytes.", header=header))
    return int(text)


def _announced(request: HttpRequest) -> uploads.Announced:
    """What `Upload-Length` and `Upload-Metadata` tell. https://tus.io/protocols/resumable-upload#upload-metadata."""
    size_bytes, metadata = _number(request, "Upload-Length"), request.headers.get("Upload-Metadata", "")
    if len(metadata) > _METADATA_LIMIT:
        raise Invalid.at("Upload-Metadata", phrase("These are too many words about one file."))
    told: dict[str, str] = {}
    for pair in filter(None, (part.strip() for part in metadata.split(","))):
        name, _, value = pair.partition(" ")
        try:
            told[name] = base64.b64decode(value.strip(), validate=True).decode()
        except ValueError as fault:
            raise Invalid.at(
                "Upload-Metadata", phrase("The value of {name} is not text in Base64.", name=name)
            ) from fault
    asset = told.get("asset", "")
    if asset and not (asset.isascii() and asset.isdigit() and len(asset) < 19):
        raise Invalid.at("Upload-Metadata", phrase("The value of asset is not the number of an asset."))
    filename = told.get("filename") or told.get("name") or ""
    sha256, asset_id = told.get("sha256", ""), int(asset) if asset else None
    return uploads.Announced(filename=filename, size_bytes=size_bytes, sha256=sha256, asset_id=asset_id)


def _checksum(request: HttpRequest) -> Checksum | None:
    """What `Upload-Checksum` tells. Raises Invalid for an algorithm that is not spoken, as tus wants it: status 400."""
    told = request.headers.get("Upload-Checksum", "")
    if not told:
        return None
    algorithm, _, value = told.partition(" ")
    if algorithm not in partial.ALGORITHMS:
        raise HttpError(HTTPStatus.BAD_REQUEST, f"Checksums are {' or '.join(partial.ALGORITHMS)}.")
    try:
        return Checksum(algorithm=algorithm, digest=base64.b64decode(value.strip(), validate=True))
    except (binascii.Error, ValueError) as fault:
        raise HttpError(HTTPStatus.BAD_REQUEST, "The checksum is not in Base64.") from fault


def _changed_on_the_way(error: partial.Mismatch) -> HttpResponse:
    """Written here and not in `site.errors`: no other answer has a status that HTTP itself does not know."""
    detail = error.said_in(translation)
    body = {"type": "about:blank", "title": "Checksum Mismatch", "status": CHANGED_ON_THE_WAY}
    body |= {"code": "upload.checksum", "detail": detail, "problems": []}
    return JsonResponse(body, status=CHANGED_ON_THE_WAY, content_type="application/problem+json")

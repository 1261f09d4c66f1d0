"""Handing out stored files: the right type, parts of them for players, and nothing that a browser would run."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import IO, TypeVar

from django.http import FileResponse, HttpRequest, HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.utils.http import content_disposition_header

from crosscut.apps.library import storage
from crosscut.apps.library.models import Rendition, Track, Version

Response = TypeVar("Response", bound=HttpResponseBase)

_RANGE = re.compile(r"bytes=(\d*)-(\d*)")
_CHUNK_BYTES = 64 * 1024
# Whatever the file is: it may load nothing, run nothing, and counts as a stranger to our pages.
FILE_POLICY = "sandbox; default-src 'none'; media-src 'self'; img-src 'self' data:"
_SHOWN = ("image/", "video/", "audio/", "text/vtt", "application/json")  # everything else is downloaded


def version_response(request: HttpRequest, version: Version) -> HttpResponseBase:
    """The bytes of a master."""
    return file_response(
        request,
        version.sha256,
        media_type=version.media_type,
        filename=version.filename,
        size_bytes=version.size_bytes,
    )


def rendition_response(request: HttpRequest, made: Rendition) -> HttpResponseBase:
    """The bytes of a derived file."""
    name = f"{Path(made.version.filename).stem}-{made.purpose.replace('/', '-')}"
    return file_response(request, made.sha256, media_type=made.media_type, filename=name, size_bytes=made.size_bytes)


def track_response(track: Track) -> HttpResponse:
    """The text of captions, a transcript or chapters."""
    return HttpResponse(track.text, content_type=f"{track.media_type}; charset=utf-8")


def file_response(
    request: HttpRequest, sha256: str, *, media_type: str, filename: str, size_bytes: int
) -> HttpResponseBase:
    """The stored file, or the part of it that was asked for. Raises NotFound when the store has lost it.

    RFC 9110, sections 13.1 and 14: one range is answered with 206, an impossible one with 416, several or an unreadable
    one with the whole. The content never changes under its address, so browsers may keep it.
    """
    if request.headers.get("If-None-Match") == f'"{sha256}"':
        return _dressed(HttpResponse(status=304), sha256, media_type, filename)
    part = _wanted_part(request, sha256, size_bytes)
    if part is None:
        file = storage.open_stored(sha256)
        return _dressed(FileResponse(file, content_type=media_type), sha256, media_type, filename)
    first, last = part
    if first > last:
        response = HttpResponse(status=416, headers={"Content-Range": f"bytes */{size_bytes}"})
        return _dressed(response, sha256, media_type, filename)
    file = storage.open_stored(sha256)
    partial = StreamingHttpResponse(_read_part(file, first, last), status=206, content_type=media_type)
    partial["Content-Range"] = f"bytes {first}-{last}/{size_bytes}"
    partial["Content-Length"] = str(last - first + 1)
    return _dressed(partial, sha256, media_type, filename)


def _wanted_part(request: HttpRequest, sha256: str, size_bytes: int) -> tuple[int, int] | None:
    """First and last byte asked for, first beyond last when that cannot be; None for the whole file."""
    found = _RANGE.fullmatch(request.headers.get("Range", "").strip())
    is_other = request.headers.get("If-Range", f'"{sha256}"') != f'"{sha256}"'
    if not found or is_other or not any(found.groups()):
        return None
    start, end = found.groups()
    if not start:
        return (max(0, size_bytes - int(end)), size_bytes - 1) if int(end) else (1, 0)
    return (int(start), min(int(end or size_bytes), size_bytes - 1)) if int(start) < size_bytes else (1, 0)


def _read_part(file: IO[bytes], first: int, last: int) -> Iterator[bytes]:
    with file:
        file.seek(first)
        left_bytes = last - first + 1
        while left_bytes and (chunk := file.read(min(_CHUNK_BYTES, left_bytes))):
            left_bytes -= len(chunk)
            yield chunk


def _dressed(response: Response, sha256: str, media_type: str, filename: str) -> Response:
    is_shown = media_type.startswith(_SHOWN)
    response["Content-Type"] = media_type
    response["Content-Disposition"] = content_disposition_header(as_attachment=not is_shown, filename=filename) or ""
    response["Content-Security-Policy"] = FILE_POLICY
    response["X-Content-Type-Options"] = "nosniff"
    response["Cross-Origin-Resource-Policy"] = "same-origin"
    response["Accept-Ranges"] = "bytes"
    response["ETag"] = f'"{sha256}"'
    response["Cache-Control"] = "private, max-age=31536000, immutable"
    return response

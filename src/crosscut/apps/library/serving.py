"""Handing out stored files: the right type, parts of them for players, and nothing that a browser would run."""

import re
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

from django.http import FileResponse, HttpRequest, HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.utils.http import content_disposition_header

from crosscut.apps.library import storage
from crosscut.apps.library.lifetimes import YEAR_S, private_header, private_s
from crosscut.apps.library.models import Asset, Paper, Rendition, Track, Version
from crosscut.apps.library.services.derive import ask_again
from crosscut.apps.library.services.rooms import ask_back, note_use
from crosscut.kernel.errors import Unavailable
from crosscut.kernel.phrases import phrase

Response = TypeVar("Response", bound=HttpResponseBase)

_RANGE = re.compile(r"bytes=(\d*)-(\d*)")
_AGAIN = phrase("This file was put away to save room and is being made again. Try again in a moment.")
_OPAQUE = "application/octet-stream"
# Whatever the file is: it may load nothing, run nothing, and counts as a stranger to our pages.
FILE_POLICY = "sandbox; default-src 'none'; media-src 'self'; img-src 'self' data:"
_SHOWN = ("image/", "video/", "audio/", "text/vtt", "application/json")  # everything else is downloaded


def version_response(request: HttpRequest, version: Version) -> HttpResponseBase:
    """The bytes of a master. A browser may keep them as long as the rights last.

    Raises Unavailable while the file lies in the cold store, from where it is being brought back then.
    """
    note_use(version)
    answer = _warmed(
        version.sha256,
        lambda: file_response(
            request,
            version.sha256,
            media_type=version.media_type,
            filename=version.filename,
            size_bytes=version.size_bytes,
        ),
    )
    return _kept(answer, version.asset)


def rendition_response(request: HttpRequest, made: Rendition, *, most_s: int = YEAR_S) -> HttpResponseBase:
    """The bytes of a derived file. A browser may keep them as long as the rights last, and for `most_s` at most.

    Raises Unavailable for one whose room was given back: it is being made again then.
    """
    if made.freed_at or not storage.exists(made.sha256):
        ask_again(made)
        raise Unavailable(_AGAIN, after_s=10)
    note_use(made)
    name = f"{Path(made.version.filename).stem}-{made.purpose.replace('/', '-')}"
    answer = file_response(request, made.sha256, media_type=made.media_type, filename=name, size_bytes=made.size_bytes)
    return _kept(answer, made.version.asset, most_s=most_s)


def paper_response(request: HttpRequest, paper: Paper) -> HttpResponseBase:
    """The bytes of a contract or release: never shown by the browser, never kept by it."""
    answer = file_response(
        request, paper.sha256, media_type=_OPAQUE, filename=paper.filename, size_bytes=paper.size_bytes
    )
    answer["Cache-Control"] = "private, no-store"
    return answer


def track_response(track: Track) -> HttpResponse:
    """The text of captions, a transcript or chapters."""
    return HttpResponse(track.text, content_type=f"{track.media_type}; charset=utf-8")


def file_response(
    request: HttpRequest, sha256: str, *, media_type: str, filename: str, size_bytes: int
) -> HttpResponseBase:
    """The stored file, or the part of it that was asked for. Raises NotFound when the store has lost it.

    RFC 9110, sections 13.1 and 14: one range is answered with 206, an impossible one with 416, several or an unreadable
    one with the whole. Browsers ask again each time; who knows whose file it is may let them keep it.
    """
    if request.headers.get("If-None-Match") == f'"{sha256}"':
        return _dressed(HttpResponse(status=304), sha256, media_type, filename)
    part = _wanted_part(request, sha256, size_bytes)
    if part is None:
        whole = FileResponse(storage.open_stored(sha256), content_type=media_type)
        whole["Content-Length"] = str(size_bytes)
        return _dressed(whole, sha256, media_type, filename)
    first, last = part
    if first > last:
        response = HttpResponse(status=416, headers={"Content-Range": f"bytes */{size_bytes}"})
        return _dressed(response, sha256, media_type, filename)
    part_of_it = storage.read_part(sha256, first, last)
    partial = StreamingHttpResponse(part_of_it, status=206, content_type=media_type)
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


def _dressed(response: Response, sha256: str, media_type: str, filename: str) -> Response:
    is_shown = media_type.startswith(_SHOWN)
    response["Content-Type"] = media_type
    response["Content-Disposition"] = content_disposition_header(as_attachment=not is_shown, filename=filename) or ""
    response["Content-Security-Policy"] = FILE_POLICY
    response["X-Content-Type-Options"] = "nosniff"
    response["Cross-Origin-Resource-Policy"] = "same-origin"
    response["Accept-Ranges"] = "bytes"
    response["ETag"] = f'"{sha256}"'
    response["Cache-Control"] = private_header(0)
    return response


def _warmed(sha256: str, answer: Callable[[], Response]) -> Response:
    try:
        return answer()
    except storage.Away:
        ask_back(sha256)
        raise


def _kept(response: Response, asset: Asset, *, most_s: int = YEAR_S) -> Response:
    """The content never changes under its address: only the end of the rights ends a browser's copy."""
    response["Cache-Control"] = private_header(min(private_s(asset), most_s))
    return response

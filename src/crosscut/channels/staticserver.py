"""A small WSGI server of one folder of public files: whole, safe and good enough to be the only web server.

It answers GET and HEAD, serves parts of a file to players, lets browsers ask whether a file changed, shows no file
whose name or folder begins with a dot, and never leaves the folder.
"""

import mimetypes
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import format_datetime, parsedate_to_datetime
from pathlib import Path
from typing import Any, BinaryIO
from urllib.parse import quote

StartResponse = Callable[..., Any]
App = Callable[[dict[str, Any], StartResponse], Iterable[bytes]]

_CHUNK_BYTES = 1 << 16
_PAGE_S, _FILE_S = 60, 3600  # how long a copy may be shown unasked: short, because what is taken down must be gone
_TYPES = {  # what the standard table lacks or gets wrong
    ".atom": "application/atom+xml",
    ".rss": "application/rss+xml",
    ".css": "text/css",
    ".js": "text/javascript",
    ".vtt": "text/vtt",
    ".srt": "application/x-subrip",
    ".json": "application/json",
    ".xml": "application/xml",
    ".m4a": "audio/mp4",
    ".opus": "audio/ogg",
    ".flac": "audio/flac",
    ".webm": "video/webm",
    ".webp": "image/webp",
    ".avif": "image/avif",
    ".svg": "image/svg+xml",
    ".webmanifest": "application/manifest+json",
}
_TEXT = ("text/", "application/json", "application/xml", "application/rss+xml", "application/atom+xml")
_SAFE = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "strict-origin-when-cross-origin",
    "Content-Security-Policy": "frame-ancestors 'none'; object-src 'none'; base-uri 'none'",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=()",
}


@dataclass(frozen=True, kw_only=True)
class _Answer:
    """What goes back to the browser."""

    status: str  # "200 OK"
    headers: Mapping[str, str]
    body: Iterable[bytes] = ()


def static_app(
    folder: Path, *, is_gone: Callable[[str], bool] = lambda path: False, headers: Mapping[str, str] | None = None
) -> App:
    """A WSGI application for the folder. `is_gone` says which missing addresses were taken down for good (410)."""

    def app(environ: dict[str, Any], start_response: StartResponse) -> Iterable[bytes]:
        answer = _answer(folder, environ, is_gone)
        start_response(answer.status, list({**_SAFE, **(headers or {}), **answer.headers}.items()))
        return () if environ["REQUEST_METHOD"] == "HEAD" else answer.body

    return app


def media_type(path: Path) -> str:
    """The type a file is served with.

    >>> media_type(Path("feed.xml")), media_type(Path("x.unknown"))
    ('application/xml; charset=utf-8', 'application/octet-stream')
    """
    if path.name.endswith(".chapters.json"):
        return "application/json+chapters"
    kind = _TYPES.get(path.suffix.lower()) or mimetypes.guess_type(path.name)[0] or "application/octet-stream"
    return f"{kind}; charset=utf-8" if kind.startswith(_TEXT) else kind


def _answer(folder: Path, environ: dict[str, Any], is_gone: Callable[[str], bool]) -> _Answer:
    if environ["REQUEST_METHOD"] not in ("GET", "HEAD"):
        return _words("405 Method Not Allowed", "Only reading is possible here.", Allow="GET, HEAD")
    address = _address(environ.get("PATH_INFO", ""))
    path = _inside(folder, address)
    if path and path.is_dir():
        if not address.endswith("/"):
            place = quote(environ.get("SCRIPT_NAME", "") + address + "/")
            return _words("301 Moved Permanently", "This page has a slash at its end.", Location=place)
        path /= "index.html"
    if path is None or not path.is_file():
        return _missing(folder, is_gone(address.strip("/")))
    return _file(path, environ)


def _address(path_info: str) -> str:
    """The path as its UTF-8 words; WSGI hands bytes over as Latin-1 (PEP 3333)."""
    return path_info.encode("latin-1", "replace").decode("utf-8", "replace") or "/"


def _inside(folder: Path, address: str) -> Path | None:
    """The file meant, or None when the address leaves the folder or names something hidden."""
    names = [name for name in address.split("/") if name]
    if any(name.startswith(".") or "\\" in name or "\0" in name or len(name.encode()) > 255 for name in names):
        return None
    root = folder.resolve()
    path = root.joinpath(*names).resolve()
    return path if path.is_relative_to(root) else None


def _missing(folder: Path, was_taken_down: bool) -> _Answer:  # noqa: FBT001 read once, two lines above
    page = folder / ("410.html" if was_taken_down else "404.html")
    status = "410 Gone" if was_taken_down else "404 Not Found"
    if not page.is_file():
        return _words(status, "There is nothing at this address.")
    content = page.read_bytes()
    headers = {
        "Content-Type": "text/html; charset=utf-8",
        "Content-Length": str(len(content)),
        "Cache-Control": "no-cache",
    }
    return _Answer(status=status, headers=headers, body=[content])


def _words(status: str, words: str, **headers: str) -> _Answer:
    content = words.encode()
    head = {"Content-Type": "text/plain; charset=utf-8", "Content-Length": str(len(content)), **headers}
    return _Answer(status=status, headers=head, body=[content])


def _file(path: Path, environ: Mapping[str, Any]) -> _Answer:
    file = path.open("rb")
    state = path.stat()
    changed_at = datetime.fromtimestamp(int(state.st_mtime), UTC)
    kind = media_type(path)
    headers = {
        "ETag": f'"{state.st_mtime_ns:x}-{state.st_size:x}"',
        "Last-Modified": format_datetime(changed_at, usegmt=True),
        "Cache-Control": f"public, max-age={_PAGE_S if kind.startswith(_TEXT) else _FILE_S}",
        "Accept-Ranges": "bytes",
    }
    if _is_known(environ, headers["ETag"], changed_at):
        file.close()
        return _Answer(status="304 Not Modified", headers=headers)
    first, last = _range(environ, state.st_size, headers)
    if first is None:
        file.close()
        size = {"Content-Range": f"bytes */{state.st_size}"}
        return _words("416 Range Not Satisfiable", "The file is shorter.", **size)
    headers |= {"Content-Type": kind, "Content-Length": str(last - first + 1)}
    body = _Part(file, first, last - first + 1)
    if environ["REQUEST_METHOD"] == "HEAD":
        body.close()
    if (first, last) == (0, state.st_size - 1):
        return _Answer(status="200 OK", headers=headers, body=body)
    headers["Content-Range"] = f"bytes {first}-{last}/{state.st_size}"
    return _Answer(status="206 Partial Content", headers=headers, body=body)


def _is_known(environ: Mapping[str, Any], etag: str, changed_at: datetime) -> bool:
    """Whether the browser's copy is still right: RFC 9110 section 13.2.2."""
    if known := environ.get("HTTP_IF_NONE_MATCH"):
        return known.strip() == "*" or etag in [tag.strip().removeprefix("W/") for tag in known.split(",")]
    since = _date(environ.get("HTTP_IF_MODIFIED_SINCE", ""))
    return since is not None and changed_at <= since


def _range(environ: Mapping[str, Any], size_bytes: int, headers: Mapping[str, str]) -> tuple[int | None, int]:
    """First and last byte wanted, the whole file for anything but one range; None where there is no such part.

    RFC 9110 sections 13.1.5 and 14.
    """
    whole = 0, size_bytes - 1
    match = re.fullmatch(r"bytes=(\d*)-(\d*)", environ.get("HTTP_RANGE", "").strip())
    if not match or match[0] == "bytes=-" or not size_bytes:
        return whole
    if environ.get("HTTP_IF_RANGE", headers["ETag"]) not in (headers["ETag"], headers["Last-Modified"]):
        return whole
    if not match[1]:
        return (max(size_bytes - int(match[2]), 0), size_bytes - 1) if int(match[2]) else (None, 0)
    first, last = int(match[1]), min(int(match[2] or size_bytes), size_bytes - 1)
    if match[2] and int(match[2]) < first:
        return whole
    return (first, last) if first < size_bytes else (None, 0)


def _date(text: str) -> datetime | None:
    try:
        found = parsedate_to_datetime(text)
    except ValueError:
        return None
    return found if found.tzinfo else found.replace(tzinfo=UTC)


class _Part:
    """Part of an open file, in chunks; closed by the server."""

    def __init__(self, file: BinaryIO, first: int, length_bytes: int) -> None:
        self._file, self._left_bytes = file, length_bytes
        file.seek(first)

    def __iter__(self) -> Iterator[bytes]:
        while self._left_bytes > 0 and (chunk := self._file.read(min(_CHUNK_BYTES, self._left_bytes))):
            self._left_bytes -= len(chunk)
            yield chunk

    def close(self) -> None:
        self._file.close()

"""As much of a web framework as the practice network needs: a request, a response, and the way between them."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from http import HTTPStatus
from http.cookies import SimpleCookie
from typing import Any, BinaryIO
from urllib.parse import parse_qsl

from crosscut.kernel.errors import Invalid, NotAllowed

MAX_TEXT_BYTES = 1 << 18  # of a form or a JSON body
POLICY = "; ".join(
    (
        "default-src 'none'; img-src 'self'; media-src 'self'; style-src 'self'; form-action 'self'",
        "frame-ancestors 'none'; base-uri 'none'",
    )
)


@dataclass(frozen=True)
class Request:
    """What a browser or a program asks for."""

    environ: Mapping[str, Any]

    @property
    def method(self) -> str:
        """GET, POST and so on."""
        return str(self.environ["REQUEST_METHOD"])

    @property
    def root(self) -> str:
        """The path under which the network is mounted, without a slash at the end."""
        return str(self.environ.get("SCRIPT_NAME", "")).rstrip("/")

    @property
    def path(self) -> str:
        """The path below the root."""
        return str(self.environ.get("PATH_INFO", "")).encode("latin-1", "replace").decode("utf-8", "replace") or "/"

    @cached_property
    def query(self) -> dict[str, str]:
        """What stands behind the question mark."""
        return dict(parse_qsl(self.environ.get("QUERY_STRING", "")))

    @property
    def token(self) -> str:
        """The bearer token; empty without one."""
        kind, _, token = str(self.environ.get("HTTP_AUTHORIZATION", "")).partition(" ")
        return token.strip() if kind.lower() == "bearer" else ""

    @property
    def visitor(self) -> str:
        """What tells one browser from another; empty on the first visit."""
        cookies = SimpleCookie(str(self.environ.get("HTTP_COOKIE", "")))
        return cookies["visitor"].value[:40] if "visitor" in cookies else ""

    @property
    def size_bytes(self) -> int:
        """How long the body says it is."""
        told = str(self.environ.get("CONTENT_LENGTH") or "0")
        return int(told) if told.isdecimal() else 0

    @property
    def media_type(self) -> str:
        """The body's type without parameters."""
        return str(self.environ.get("CONTENT_TYPE", "")).partition(";")[0].strip().lower()

    @property
    def body(self) -> BinaryIO:
        """The body, to be read up to `size_bytes`."""
        stream: BinaryIO = self.environ["wsgi.input"]
        return stream

    @property
    def socket(self) -> Any:
        """The connection itself where the server hands it over, for the fault that resets it."""
        return self.environ.get("gunicorn.socket") or self.environ.get("crosscut.socket")

    def text(self) -> str:
        """The body as text. Raises Invalid when it is long or no UTF-8."""
        if self.size_bytes > MAX_TEXT_BYTES:
            raise Invalid.at("body", f"This is longer than {MAX_TEXT_BYTES} bytes.")
        try:
            return self.body.read(self.size_bytes).decode()
        except UnicodeDecodeError as error:
            raise Invalid.at("body", "This is not UTF-8.") from error

    def data(self) -> dict[str, Any]:
        """The body as a JSON object."""
        try:
            found = json.loads(self.text() or "{}")
        except ValueError as error:
            raise Invalid.at("body", f"This is not JSON: {error}") from error
        if not isinstance(found, dict):
            raise Invalid.at("body", "This is not a JSON object.")
        return found

    def form(self) -> dict[str, str]:
        """The fields of a page's form. Raises NotAllowed when another site sent it."""
        if self.environ.get("HTTP_SEC_FETCH_SITE", "same-origin") not in ("same-origin", "none"):
            raise NotAllowed("This form was sent by another site.")
        return dict(parse_qsl(self.text(), keep_blank_values=True))


@dataclass(frozen=True, kw_only=True)
class Response:
    """What goes back."""

    status: int = 200
    body: bytes = b""
    media_type: str = "text/html; charset=utf-8"
    headers: Mapping[str, str] = field(default_factory=dict)

    @property
    def line(self) -> str:
        """The status as WSGI wants it: "200 OK"."""
        return f"{self.status} {HTTPStatus(self.status).phrase}"

    def pairs(self) -> list[tuple[str, str]]:
        """All headers."""
        fixed = {
            "Content-Type": self.media_type,
            "Content-Length": str(len(self.body)),
            "Cache-Control": "no-store",
            "Content-Security-Policy": POLICY,
            "X-Content-Type-Options": "nosniff",
            "Referrer-Policy": "same-origin",
        }
        return list({**fixed, **self.headers}.items())


def as_json(data: Any, status: int = 200, **headers: str) -> Response:
    """The data as a JSON answer."""
    body = json.dumps(data, ensure_ascii=False).encode()
    return Response(status=status, body=body, media_type="application/json", headers=headers)


def see(place: str, **headers: str) -> Response:
    """Sends the browser to a page after a form."""
    return Response(status=303, headers={"Location": place, **headers})

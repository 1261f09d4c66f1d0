"""A strict Ghost site: the Admin API for posts, media and the site, and the public pages, with limits of its own.

Written from the published reference (https://docs.ghost.org/admin-api), the schema that Ghost 6.65.0 checks posts with,
and its source (schema.js, overrides.json, post.js, bookshelf-collision, api-key/admin.js; read 2026-11-30), not from
our own adapter or checks: a mistake there must not hide here. Ghost drops unknown fields without a word; this one
refuses them.
"""

import base64
import hashlib
import hmac
import html
import json
import re
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlencode

from tests.faults.bench.clock import Clock
from tests.faults.bench.strict import FAULTS, Answer, Made, Refused, Request, Strict

KEY_ID, SECRET = "5f0a" * 6, "c0ffee42" * 8
KEY, CONTENT_KEY = f"{KEY_ID}:{SECRET}", "0a1b2c3d4e5f60718293a4b5c6"
STAFF_ID = "5e0b" * 6
STAFF_TOKEN = f"{STAFF_ID}:{SECRET}"
NEWSLETTER, AUTHOR = "reef-weekly", "ada"
POST_FIELDS = {
    "authors", "canonical_url", "codeinjection_foot", "codeinjection_head", "collections", "custom_excerpt",
    "custom_template", "email_only", "email_subject", "feature_image", "feature_image_alt", "feature_image_caption",
    "featured", "html", "lexical", "locale", "meta_description", "meta_title", "mobiledoc", "og_description",
    "og_image", "og_title", "published_at", "slug", "status", "tags", "tiers", "title", "twitter_description",
    "twitter_image", "twitter_title", "updated_at", "visibility", "visibility_filter",
}  # fmt: skip
LONGEST = {"title": 255, "slug": 191, "custom_excerpt": 300, "feature_image_alt": 191, "meta_title": 300,
           "meta_description": 500, "email_subject": 300, "canonical_url": 2000}  # fmt: skip
TYPES = {
    "images": {".jpg": "image/jpeg", ".jpeg": "image/jpeg", ".png": "image/png", ".gif": "image/gif",
               ".webp": "image/webp", ".svg": "image/svg+xml"},
    "media": {".mp4": "video/mp4", ".webm": "video/webm", ".mp3": "audio/mpeg", ".wav": "audio/wav",
              ".m4a": "audio/mp4"},
    "files": {".pdf": "application/pdf", ".txt": "text/plain", ".json": "application/json"},
}  # fmt: skip
FORM = {"images": {"file", "purpose", "ref"}, "media": {"file", "thumbnail", "ref"}, "files": {"file", "ref"}}
MAX_FILE_BYTES, TOKEN_S = 5 * 2**20, 300
LISTED = {"filter", "formats", "limit", "include", "order", "page", "fields"}
CHANGED = {"source", "newsletter", "email_segment", "formats", "include", "save_revision", "force_rerender"}
WITH_DRAFTS = {
    **FAULTS,
    "draft": (FAULTS["make"][0], 0.3),
    "upload": ((*FAULTS["upload"][0], "drop_after", "error_after"), 0.25),
}
ADMIN = "/ghost/api/admin"


class Ghost(Strict):
    """One site with a theme, a newsletter and two people."""

    def __init__(self, clock: Clock) -> None:
        super().__init__(clock)
        self.faults_known = WITH_DRAFTS
        self.token, self.number = KEY, 0
        self.rows: dict[str, dict[str, Any]] = {}
        self.files: dict[str, tuple[bytes, str]] = {}  # by path: bytes and type
        self.mails: list[str] = []  # ids of posts, once for each mailing
        self.remakes = self.is_private = self.hides_pictures = self.is_over_its_plan = False

    def routes(self) -> list[tuple[str, str, str, Callable[..., Answer]]]:
        one = rf"{ADMIN}/posts/([0-9a-f]{{24}})/"
        return [
            ("GET", f"{ADMIN}/site/", "read", self.site),
            ("GET", f"{ADMIN}/users/(me|slug/[a-z0-9-]+)/", "read", self.person),
            ("GET", f"{ADMIN}/newsletters/", "read", self.newsletters),
            ("GET", f"{ADMIN}/posts/", "read", self.listing),
            ("POST", f"{ADMIN}/posts/", "draft", self.add),
            ("GET", one, "read", self.show),
            ("PUT", one, "make", self.edit),
            ("DELETE", one, "delete", self.remove),
            ("POST", f"{ADMIN}/(images|media|files)/upload/", "upload", self.upload),
            ("GET", r"/content/\w+/(?:size/w\d+/)?(.+)", "file", self.file),
            ("GET", "/private/", "page", self.private),
            ("GET", r"/([a-z0-9-]+)/", "read", self.page),
        ]

    def refusal(self, status: int, words: str, context: str = "", kind: str = "", code: str = "") -> Any:
        named = {401: "UnauthorizedError", 404: "NotFoundError", 422: "ValidationError", 400: "BadRequestError",
                 429: "TooManyRequestsError", 403: "NoPermissionError"}  # fmt: skip
        error = {
            "message": words, "context": context or None, "type": kind or named.get(status, "InternalServerError"),
            "details": None, "property": None, "help": None, "code": code or None, "id": "0", "ghostErrorCode": None,
        }  # fmt: skip
        return {"errors": [error]}

    def public(self) -> list[Made]:
        return [
            Made(remote_id=row["id"], text=row["html"], at=self.by_our_clock(_moment(row["published_at"])))
            for row in self.rows.values()
            if row["status"] == "published"
        ]

    def end_tokens(self) -> None:
        self.token = ""

    def somebody_edits(self, post_id: str, **fields: Any) -> None:
        """A person in Ghost's own editor, a moment later."""
        self.rows[post_id] |= {**fields, "updated_at": self._stamp(self.now() + timedelta(seconds=2))}

    def site(self, request: Request) -> Answer:
        return Answer(data={"site": {"title": "Reef Watch", "url": f"{self.url}/", "version": "6.1", "locale": "en"}})

    def person(self, request: Request, name: str) -> Answer:
        who = self._demand_login(request)
        if (name == "me" and who != STAFF_ID) or name not in ("me", f"slug/{AUTHOR}"):
            raise self._no(404, "Resource not found error, cannot read user.", "User not found.")
        return Answer(data={"users": [{"id": "1", "name": "Ada", "slug": AUTHOR}]})

    def newsletters(self, request: Request) -> Answer:
        self._demand_login(request)
        self._demand_query(request, {"filter", "limit"})
        return Answer(data={"newsletters": [{"id": "9", "name": "Reef weekly", "slug": NEWSLETTER}]})

    def listing(self, request: Request) -> Answer:
        self._demand_login(request)
        self._demand_query(request, LISTED)
        if not 1 <= int(request.query.get("limit", "15")) <= 100:
            raise self._no(422, "Validation error, cannot list posts.", "limit")
        rows = [row for row in self.rows.values() if self._matches(row, request.query.get("filter", ""))]
        told = [self._told(row, request.query) for row in rows]
        return Answer(data={"posts": told[: int(request.query.get("limit", "15"))], "meta": {"pagination": {}}})

    def add(self, request: Request) -> Answer:
        self._demand_login(request)
        self._demand_query(request, {"source", "formats", "include"})  # a newsletter goes with a change alone
        given = self._given(request)
        self.number += 1
        row = {
            "id": f"{self.number:024x}", "html": "", "status": "draft", "visibility": "public", "tags": [],
            "published_at": None, "newsletter": None, "updated_at": self._stamp(), **self._kept(request, given),
        }  # fmt: skip
        row["slug"] = self._free_slug(row.get("slug") or re.sub(r"[^a-z0-9]+", "-", row["title"].lower()).strip("-"))
        if row["status"] == "published":
            row["published_at"] = self._stamp()
        self.rows[row["id"]] = row
        return Answer(status=201, data={"posts": [self._told(row, request.query)]})

    def show(self, request: Request, post_id: str) -> Answer:
        self._demand_login(request)
        self._demand_query(request, {"formats", "include", "fields"})
        return Answer(data={"posts": [self._told(self._row(post_id, "read"), request.query)]})

    def edit(self, request: Request, post_id: str) -> Answer:
        self._demand_login(request)
        self._demand_query(request, CHANGED)
        row, given = self._row(post_id, "edit"), self._given(request)
        kept = self._kept(request, given)
        changed = [name for name, value in kept.items() if row.get(name) != value]
        if changed and given.get("updated_at", row["updated_at"]) != row["updated_at"]:
            code = {"kind": "UpdateCollisionError", "code": "UPDATE_COLLISION"}
            raise self._no(409, "Saving failed! Someone else is editing this post.", **code)
        if kept.get("status") == "published" and row["status"] != "published":
            self._publish(row, request.query)
        row |= kept | ({"updated_at": self._stamp()} if changed else {})
        return Answer(data={"posts": [self._told(row, request.query)]})

    def remove(self, request: Request, post_id: str) -> Answer:
        self._demand_login(request)
        del self.rows[self._row(post_id, "delete")["id"]]
        return Answer(status=204, content=b"")

    def upload(self, request: Request, store: str) -> Answer:
        self._demand_login(request)
        pattern = rb'name="(\w+)"(?:; filename="([^"]*)")?\r\n(?:Content-Type: (\S+)\r\n)?\r\n(.*?)\r\n--'
        form = {name.decode(): rest for name, *rest in re.findall(pattern, request.body, re.S)}
        if form.keys() - FORM[store] or "file" not in form:
            raise self._no(422, "Please select an image.")
        told = {}
        for field in ("file", "thumbnail"):
            if field in form:
                told[field] = self._store(store if field == "file" else "images", *form[field][:3])
        ref = form["ref"][2].decode() if "ref" in form else None
        still = {"thumbnail_url": told["thumbnail"]} if "thumbnail" in told else {}
        return Answer(status=201, data={store: [{"url": told["file"], "ref": ref, **still}]})

    def file(self, request: Request, name: str) -> Answer:
        if name not in self.files:
            return Answer(status=404, content=b"Image not found", media_type="text/plain")
        return Answer(content=self.files[name][0], media_type=self.files[name][1])

    def private(self, request: Request) -> Answer:
        return Answer(content=b"<html><h1>This site is private</h1></html>", media_type="text/html")

    def page(self, request: Request, slug: str) -> Answer:
        if self.is_private:
            there = f"/private/?{urlencode({'r': request.path})}"
            return Answer(status=302, content=b"", headers={"Location": there})
        row = next((row for row in self.rows.values() if row["slug"] == slug and row["status"] == "published"), None)
        if row is None or not self.is_shown(row["id"]):
            return Answer(status=404, content=b"<html><h1>404</h1></html>", media_type="text/html")
        return Answer(content=self._page(row).encode(), media_type="text/html")

    def _demand_login(self, request: Request) -> str:
        """The id of the key: HS256, for /admin/, issued less than five minutes ago."""
        scheme, _, token = request.headers.get("authorization", "").partition(" ")
        parts = token.split(".")
        if scheme != "Ghost" or len(parts) != 3:
            raise self._no(401, 'Authorization header format is "Authorization: Ghost [token]"', code="INVALID_JWT")
        head, claims = (json.loads(_unpacked(part)) for part in parts[:2])
        who = head.get("kid")
        known = {self.token.partition(":")[0]: self.token, STAFF_ID: STAFF_TOKEN}
        if not who or who not in known or not known[who]:
            raise self._no(401, "Unknown Admin API Key", code="UNKNOWN_ADMIN_API_KEY")
        secret = bytes.fromhex(known[who].partition(":")[2])
        seal = hmac.new(secret, f"{parts[0]}.{parts[1]}".encode(), hashlib.sha256).digest()
        if head.get("alg") != "HS256" or seal != _unpacked(parts[2]):
            raise self._no(401, "Invalid token: invalid signature", code="INVALID_JWT")
        now_s = self.now().timestamp()
        if claims.get("exp", 0) <= now_s or claims.get("iat", 0) + TOKEN_S <= now_s:
            raise self._no(401, "Invalid token: jwt expired", code="INVALID_JWT")
        if not re.search("/?admin/?$", claims.get("aud", "")):
            raise self._no(401, "Invalid token: jwt audience invalid", code="INVALID_JWT")
        return str(who)

    def _demand_query(self, request: Request, known: set[str]) -> None:
        if extra := request.query.keys() - known:
            raise self._no(422, "Validation error.", f"unknown: {', '.join(sorted(extra))}")
        if request.query.get("source", "html") != "html":
            raise self._no(422, "Validation error, cannot edit post.", "Validation (AllowedValues) failed for source")

    def _given(self, request: Request) -> dict[str, Any]:
        data = request.data()
        posts = data.get("posts") if isinstance(data, dict) else None
        if not isinstance(posts, list) or len(posts) != 1:
            raise self._no(400, "No root key ('posts') provided.")
        given = dict(posts[0])
        if extra := given.keys() - POST_FIELDS:
            raise self._no(422, "Validation error, cannot save post.", f"additional properties: {sorted(extra)}")
        for name, most in LONGEST.items():
            if len(given.get(name) or "") > most:
                said = f"Value in [posts.{name}] exceeds maximum length of {most} characters."
                raise self._no(422, "Validation error, cannot save post.", said)
        if given.get("visibility", "public") not in ("public", "members", "paid", "tiers"):
            raise self._no(422, "Validation error, cannot save post.", "visibility")
        if given.get("status", "draft") not in ("draft", "published", "scheduled", "sent"):
            raise self._no(422, "Validation error, cannot save post.", "status")
        return given

    def _kept(self, request: Request, given: dict[str, Any]) -> dict[str, Any]:
        """What of it is written: times are Ghost's own, and HTML counts with `source=html` alone."""
        left_out = {"updated_at"} | (set() if request.query.get("source") == "html" else {"html"})
        return {name: value for name, value in given.items() if name not in left_out}

    def _publish(self, row: dict[str, Any], query: dict[str, str]) -> None:
        if self.is_over_its_plan:
            said = "Your plan supports up to 1 members. Please upgrade to publish."
            raise self._no(403, "Host Limit error, cannot edit post.", said, kind="HostLimitError")
        if newsletter := query.get("newsletter"):
            if newsletter != NEWSLETTER:
                words = "The post does not have a newsletter relation"
                raise self._no(500, "Error sending email!", words, kind="EmailError")
            if not row["newsletter"]:
                row["newsletter"] = newsletter
                self.mails.append(row["id"])
        row["published_at"] = row["published_at"] or self._stamp()
        self.hide(row["id"])

    def _row(self, post_id: str, act: str) -> dict[str, Any]:
        if post_id not in self.rows:
            raise self._no(404, f"Resource not found error, cannot {act} post.", "Post not found.")
        return self.rows[post_id]

    def _matches(self, row: dict[str, Any], asked: str) -> bool:
        """A few sentences of Ghost's language of filters (NQL); others are refused."""
        name, key = r"slug:'([a-z0-9-]+)'", r"codeinjection_foot:~'([a-z0-9:-]+)'"
        if found := re.fullmatch(f"{name},{key}", asked):
            return row["slug"] == found[1] or found[2] in (row.get("codeinjection_foot") or "")
        if found := re.fullmatch(key, asked):
            return found[1] in (row.get("codeinjection_foot") or "")
        if found := re.fullmatch(rf"{name}\+status:\[([a-z,]+)\]", asked):
            return row["slug"] == found[1] and row["status"] in found[2].split(",")
        raise self._no(400, "Error parsing filter", asked)

    def _told(self, row: dict[str, Any], query: dict[str, str]) -> dict[str, Any]:
        formats = query.get("formats", "lexical").split(",")
        where = row["slug"] if row["status"] == "published" else f"p/{row['id']}"
        told = {name: value for name, value in row.items() if name != "html" or "html" in formats}
        mail = {"status": "submitted", "email_count": 120, "delivered_count": 118, "opened_count": 41,
                "track_opens": True, "track_clicks": True}  # fmt: skip
        email = mail if row["id"] in self.mails else None
        return {**told, "url": f"{self.url}/{where}/", "uuid": row["id"], "email": email, "count": {"clicks": 7}}

    def _store(self, store: str, filename: bytes, kind: bytes, content: bytes) -> str:
        stem, dot, ending = filename.decode().rpartition(".")
        if TYPES[store].get(f"{dot}{ending}".lower()) != kind.decode():
            words = "Please select a valid image." if store == "images" else "Please select a valid media file."
            raise self._no(415, words, kind="UnsupportedMediaTypeError")
        if len(content) > MAX_FILE_BYTES:
            raise self._no(413, "Request entity too large", kind="RequestEntityTooLargeError")
        name, number = f"2026/11/{re.sub(r'[^A-Za-z0-9_@.-]', '-', stem)}", 0
        while f"{name}{f'-{number}' if number else ''}.{ending}" in self.files:
            number += 1
        path = f"{name}{f'-{number}' if number else ''}.{ending}"
        self.files[path] = (content + (b"re-encoded" if self.remakes else b""), kind.decode())
        return f"{self.url}/content/{store}/{path}"

    def _free_slug(self, slug: str) -> str:
        taken, number, free = {row["slug"] for row in self.rows.values()}, 1, slug
        while free in taken:
            number += 1
            free = f"{slug}-{number}"
        return free

    def _page(self, row: dict[str, Any]) -> str:
        """As Ghost's own theme draws it: the feature image in several sizes, the words for those who may read them."""
        picture = row.get("feature_image") or ""
        words = re.sub(r'(<a href="https:[^"?]+)"', r'\1?ref=reef.example"', row["html"])  # but not in what is told
        if row["visibility"] != "public":
            words = words.partition("</p>")[0] + "</p><aside>This post is for subscribers only</aside>"
        alt, title = html.escape(row.get("feature_image_alt") or ""), html.escape(row["title"])
        sized = [picture.replace("/content/images/", f"/content/images/size/w{width}/") for width in (300, 1200)]
        shown = f'<figure><img srcset="{sized[0]} 300w, {sized[1]} 1200w" src="{sized[1]}" alt="{alt}"></figure>'
        head = f'<title>{title}</title><meta property="og:title" content="{title}">'
        head += f'<meta property="og:image" content="{picture}">' if picture else ""
        body = f"<h1>{title}</h1>{shown if picture and not self.hides_pictures else ''}<section>{words}</section>"
        return f"<html><head>{head}</head><body>{body}{row.get('codeinjection_foot') or ''}</body></html>"

    def _no(self, status: int, words: str, context: str = "", kind: str = "", code: str = "") -> Refused:
        return Refused(status, self.refusal(status, words, context, kind, code))

    def _stamp(self, at: datetime | None = None) -> str:
        """To the second, as its database keeps it."""
        return (at or self.now()).strftime("%Y-%m-%dT%H:%M:%S.000Z")


def _moment(stamp: str) -> datetime:
    return datetime.fromisoformat(stamp)


def _unpacked(part: str) -> bytes:
    return base64.urlsafe_b64decode(part + "=" * (-len(part) % 4))

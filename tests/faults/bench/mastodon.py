"""A strict server of the Mastodon API: statuses, media and the account, with limits and error bodies of its own.

Written from the published API (https://docs.joinmastodon.org/methods/statuses/, /media/, /accounts/, read 2026-08) and
not from our own checks: a mistake there must not hide here.
"""

import html
import re
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from tests.faults.bench.clock import Clock
from tests.faults.bench.strict import Answer, Made, Refused, Request, Strict

STATUS_FIELDS = {
    "status", "media_ids", "poll", "in_reply_to_id", "sensitive", "spoiler_text", "visibility", "language",
    "scheduled_at", "quoted_status_id", "quote_approval_policy",
}  # fmt: skip
MAX_CHARACTERS, LINK_CHARACTERS, MAX_MEDIA = 500, 23, 4  # /methods/statuses/#create, /user/posting/#links
MAX_ALT, KEPT_FOR = 1500, timedelta(hours=1)  # /methods/media/; Idempotency-Key: "up to 1 hour"
PAGE = 40
TYPES = {"image/jpeg", "image/png", "image/gif", "image/webp", "video/mp4", "audio/mpeg"}


class Mastodon(Strict):
    """One account on one server."""

    def __init__(self, clock: Clock) -> None:
        super().__init__(clock)
        self.token = "a-token"
        self.statuses: dict[str, dict[str, Any]] = {}
        self.media: dict[str, dict[str, Any]] = {}
        self.keys: dict[str, tuple[str, datetime]] = {}
        self.keeps_keys = True
        self.media_polls = 0  # how often a file is asked for before it is ready
        self.number = 100

    def routes(self) -> list[tuple[str, str, str, Callable[..., Answer]]]:
        return [
            ("GET", "/api/v1/accounts/verify_credentials", "read", self.me),
            ("GET", r"/api/v1/accounts/(\d+)/statuses", "read", self.listing),
            ("POST", "/api/v1/statuses", "make", self.make),
            ("GET", r"/api/v1/statuses/(\d+)", "read", self.show),
            ("DELETE", r"/api/v1/statuses/(\d+)", "delete", self.remove),
            ("POST", "/api/v2/media", "upload", self.upload),
            ("GET", r"/api/v1/media/(\d+)", "upload", self.medium),
            ("GET", r"/files/(\d+)", "file", self.file),
        ]

    def refusal(self, status: int, words: str) -> Any:
        return {"error": words}

    def public(self) -> list[Made]:
        return [
            Made(remote_id=row["id"], text=row["words"], at=self.by_our_clock(row["at"]), answers=row["parent"] or "")
            for row in self.statuses.values()
        ]

    def end_tokens(self) -> None:
        self.token = ""

    def me(self, request: Request) -> Answer:
        self._demand_login(request)
        return Answer(data=self._account())

    def listing(self, request: Request, account: str) -> Answer:
        self.refuse_unknown(request.query, {"limit", "max_id", "exclude_reblogs"}, "the query")
        if account != "7":
            raise Refused(404, self.refusal(404, "Record not found"))
        before = int(request.query.get("max_id", 10**18))
        limit = min(int(request.query.get("limit", 20)), PAGE)
        rows = [row for row in self.statuses.values() if int(row["id"]) < before and self.is_shown(row["id"])]
        return Answer(data=[self._shown(row) for row in reversed(rows)][:limit])

    def make(self, request: Request) -> Answer:
        self._demand_login(request)
        data, key = request.data(), request.headers.get("idempotency-key", "")
        known = self.keys.get(key)
        if self.keeps_keys and known and self.now() - known[1] < KEPT_FOR and known[0] in self.statuses:
            return Answer(data=self._shown(self.statuses[known[0]]))
        self._check(data)
        self.number += 1
        row = {
            "id": str(self.number), "words": data.get("status", ""), "at": self.now(),
            "files": list(data.get("media_ids", [])), "warning": data.get("spoiler_text", ""),
            "parent": data.get("in_reply_to_id") or None,
        }  # fmt: skip
        self.statuses[row["id"]] = row
        self.keys[key] = (row["id"], self.now())
        self.hide(row["id"])
        return Answer(data=self._shown(row))

    def show(self, request: Request, number: str) -> Answer:
        row = self.statuses.get(number)
        if row is None or not self.is_shown(number):
            raise Refused(404, self.refusal(404, "Record not found"))
        return Answer(data=self._shown(row))

    def remove(self, request: Request, number: str) -> Answer:
        self._demand_login(request)
        if number not in self.statuses:
            raise Refused(404, self.refusal(404, "Record not found"))
        return Answer(data=self._shown(self.statuses.pop(number)))

    def upload(self, request: Request) -> Answer:
        self._demand_login(request)
        names = set(re.findall(rb'name="(\w+)"', request.body))
        self.refuse_unknown(
            dict.fromkeys(name.decode() for name in names), {"file", "description", "focus", "thumbnail"}, "the form"
        )
        told = re.search(rb"Content-Type: (\S+)\r\n\r\n", request.body)
        if told is None or told[1].decode() not in TYPES:
            raise Refused(422, self.refusal(422, "Validation failed: File content type is invalid"))
        alt = re.search(rb'name="description"\r\n\r\n(.*?)\r\n--', request.body, re.DOTALL)
        if alt and len(alt[1].decode()) > MAX_ALT:
            raise Refused(422, self.refusal(422, "Validation failed: Description is too long"))
        start = request.body.index(told[0]) + len(told[0])
        self.number += 1
        file = {"id": str(self.number), "alt": alt[1].decode() if alt else "", "polls": self.media_polls}
        file["content"] = request.body[start : request.body.index(b"\r\n--", start)]
        self.media[file["id"]] = file
        return Answer(status=202 if file["polls"] else 200, data=self._attachment(file))

    def medium(self, request: Request, number: str) -> Answer:
        self._demand_login(request)
        file = self.media.get(number)
        if file is None:
            raise Refused(404, self.refusal(404, "Record not found"))
        file["polls"] = max(0, file["polls"] - 1)
        return Answer(status=206 if file["polls"] else 200, data=self._attachment(file))

    def file(self, request: Request, number: str) -> Answer:
        return Answer(content=self.media[number]["content"], media_type="image/jpeg")

    def _demand_login(self, request: Request) -> None:
        if not self.token or request.token != self.token:
            raise Refused(401, self.refusal(401, "The access token is invalid"))

    def _check(self, data: Any) -> None:
        self.refuse_unknown(data, STATUS_FIELDS, "the status")
        words, files = data.get("status", ""), data.get("media_ids", [])
        if not words and not files:
            raise Refused(422, self.refusal(422, "Validation failed: Text can't be blank"))
        counted = re.sub(r"https?://\S+", "x" * LINK_CHARACTERS, words) + data.get("spoiler_text", "")
        if len(counted) > MAX_CHARACTERS:
            raise Refused(422, self.refusal(422, f"Validation failed: Text limit of {MAX_CHARACTERS} exceeded"))
        unready = [name for name in files if name not in self.media or self.media[name]["polls"]]
        if len(files) > MAX_MEDIA or unready:
            raise Refused(422, self.refusal(422, "Cannot attach files that have not finished processing. Try again!"))
        if data.get("in_reply_to_id") and data["in_reply_to_id"] not in self.statuses:
            raise Refused(404, self.refusal(404, "The post you are trying to reply to does not appear to exist."))
        if data.get("visibility", "public") not in ("public", "unlisted", "private", "direct"):
            raise Refused(422, self.refusal(422, "'visibility' is invalid"))

    def _account(self) -> dict[str, Any]:
        return {"id": "7", "username": "reef", "display_name": "Reef Watch", "url": f"{self.url}/@reef"}

    def _attachment(self, file: dict[str, Any]) -> dict[str, Any]:
        url = None if file["polls"] else f"{self.url}/files/{file['id']}"
        return {"id": file["id"], "type": "image", "url": url, "description": file["alt"] or None}

    def _shown(self, row: dict[str, Any]) -> dict[str, Any]:
        return {
            "id": row["id"],
            "uri": f"{self.url}/users/reef/statuses/{row['id']}",
            "url": f"{self.url}/@reef/{row['id']}",
            "created_at": row["at"].isoformat(timespec="milliseconds").replace("+00:00", "Z"),
            "content": f"<p>{html.escape(row['words'])}</p>",
            "spoiler_text": row["warning"],
            "in_reply_to_id": row["parent"],
            "visibility": "public",
            "account": self._account(),
            "media_attachments": [self._attachment(self.media[name]) for name in row["files"]],
        }

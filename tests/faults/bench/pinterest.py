"""A strict server of Pinterest's API, version 5: one account, its boards and Pins, films that go to another's storage.

Every request is held against Pinterest's machine contract 5.23.0 (`contracts/pinterest.json`), and every answer of ours
too; limits the contract does not tell are from Pinterest's guides (developers.pinterest.com, stored copies read
2026-11-30), not from our own adapter or checks: a mistake there must not hide here.
"""

import base64
import binascii
from collections.abc import Callable
from datetime import timedelta
from typing import Any
from urllib.parse import parse_qs

from tests.faults.bench.clock import Clock
from tests.faults.bench.contract import contract
from tests.faults.bench.rotating import Rotating
from tests.faults.bench.strict import Answer, Made, Refused, Request

USER, NAME, BOARD, OTHER_BOARD, SECRET_BOARD = "549755885175", "reefwatch", "1001", "1002", "1003"
STORAGE = {"x-amz-date", "x-amz-signature", "x-amz-algorithm", "key", "policy", "x-amz-credential", "Content-Type"}
MAX_PICTURE_BYTES, LEGACY_DAYS = 20_000_000, 90


class Pinterest(Rotating):
    """One business account that an app may use."""

    life_s = 2_592_000

    def __init__(self, clock: Clock) -> None:
        super().__init__(clock)
        self.contract = contract("pinterest")
        self.rows: dict[str, dict[str, Any]] = {}
        self.is_standard = True  # else the app is on trial, and nobody else sees what it makes
        self.is_business = True
        self.lists_oldest_first = False
        self.boards = {BOARD: ("Reefs", "PUBLIC"), OTHER_BOARD: ("Kelp", "PUBLIC"), SECRET_BOARD: ("Plans", "SECRET")}

    def routes(self) -> list[tuple[str, str, str, Callable[..., Answer]]]:
        known: list[tuple[str, str, str, Callable[..., Answer]]] = [
            ("POST", "/oauth/token", "login", self.sign_in),
            ("GET", "/user_account", "read", self.me),
            ("GET", "/boards", "read", self.list_boards),
            ("POST", "/pins", "make", self.make),
            ("GET", "/pins", "read", self.listing),
            ("GET", r"/pins/(\d+)", "read", self.show),
            ("PATCH", r"/pins/(\d+)", "update", self.change),
            ("DELETE", r"/pins/(\d+)", "delete", self.remove),
            ("GET", r"/pins/(\d+)/analytics", "read", self.analytics),
            ("POST", "/media", "upload", self.register),
            ("GET", r"/media/(\d+)", "look", self.look),
        ]
        return [
            *((method, f"/v5{path}", kind, self._judged(work)) for method, path, kind, work in known),
            ("POST", r"/storage/(\d+)", "upload", self.take),
            ("GET", "/oembed.json", "look", self.for_strangers),
        ]

    def refusal(self, status: int, words: str, code: int = 1) -> Any:
        return {"code": code, "message": words}

    def held_back(self) -> Answer:
        return Answer(status=429, data=self.refusal(429, "You have exceeded your rate limit. Try again later.", 8))

    def shown_files(self) -> set[str]:
        return {row["media_source"].get("media_id", "") for row in self.rows.values()}

    def public(self) -> list[Made]:
        rows = self.rows.items() if self.is_standard else ()
        return [
            Made(remote_id=name, text=row.get("description") or "", at=self.by_our_clock(row["at"]))
            for name, row in rows
        ]

    def no_grant(self, words: str) -> Refused:
        return Refused(400, self.refusal(400, words, 283))

    def sign_in(self, request: Request) -> Answer:
        wanted = base64.b64encode(b"a-client-id:an-app-secret").decode()
        if request.headers.get("authorization") != f"Basic {wanted}":
            raise Refused(401, self.refusal(401, "Authentication failed.", 2))
        told = self.next_login(_form(request))
        ends = {
            "refresh_token_expires_in": 5_184_000,
            "refresh_token_expires_at": int(self.now().timestamp()) + 5_184_000,
        }
        scope = "boards:read boards:write pins:read pins:write user_accounts:read"
        kind = _form(request)["grant_type"]
        return Answer(data={**told, **ends, "scope": scope, "token_type": "bearer", "response_type": kind})

    def me(self, request: Request) -> Answer:
        kind = (
            {"account_type": "BUSINESS", "business_name": "Reef Watch"}
            if self.is_business
            else {"account_type": "PINNER"}
        )
        return Answer(data={"id": USER, "username": NAME, "website_url": "", **kind})

    def list_boards(self, request: Request) -> Answer:
        wanted = request.query.get("privacy")
        found = [(number, *told) for number, told in self.boards.items() if told[1] == wanted or not wanted]
        rows = [{"id": number, "name": name, "privacy": privacy} for number, name, privacy in found]
        return self._page(request, rows)

    def make(self, request: Request) -> Answer:
        data = request.data()
        if self.boards.get(data.get("board_id", ""), ("", "SECRET"))[1] == "SECRET":
            raise Refused(404, self.refusal(404, "Board not found.", 40))
        if "media_source" not in data:
            raise Refused(400, self.refusal(400, "The request lacks a media_source."))
        self._demand_media(data["media_source"])
        self.number += 1
        name = str((int(self.now().timestamp() * 1000) << 20) + self.number)
        self.rows[name] = {**data, "at": self.now()}
        self.hide(name)
        return Answer(status=201, data=self._shown(name))

    def listing(self, request: Request) -> Answer:
        names = sorted(
            (name for name in self.rows if self.is_shown(name)), key=int, reverse=not self.lists_oldest_first
        )
        return self._page(request, [self._shown(name) for name in names])

    def show(self, request: Request, name: str) -> Answer:
        self._demand_pin(name)
        metrics = {"pin_click": 3, "impression": 40, "clickthrough": 2, "reaction": 5, "comment": 1}
        told = {"90d": metrics, "lifetime_metrics": metrics} if request.query.get("pin_metrics") == "true" else None
        return Answer(data={**self._shown(name), "pin_metrics": told})

    def change(self, request: Request, name: str) -> Answer:
        self._demand_pin(name)
        self.rows[name] |= request.data()
        return Answer(data=self._shown(name))

    def remove(self, request: Request, name: str) -> Answer:
        if self.rows.pop(name, None) is None:
            raise self._no_pin()
        return Answer(status=204, content=b"")

    def analytics(self, request: Request, name: str) -> Answer:
        self._demand_pin(name)
        if not self.is_business:
            raise Refused(403, self.refusal(403, "You are not permitted to see the analytics of this Pin.", 29))
        start, end = request.query["start_date"], request.query["end_date"]
        if start < (self.now() - timedelta(days=LEGACY_DAYS)).date().isoformat() or end < start:
            raise Refused(400, self.refusal(400, "Invalid pins analytics parameters."))
        return Answer(data={"all": {"summary_metrics": {"SAVE": 7}, "lifetime_metrics": {}, "daily_metrics": []}})

    def register(self, request: Request) -> Answer:
        self.number += 1
        name = str(self.number)
        self.files[name] = {"bytes": b"", "looks": self.looks, "status": "registered"}
        fields = {**dict.fromkeys(STORAGE, "v"), "key": f"uploads/{name}", "Content-Type": "multipart/form-data"}
        told = {"media_id": name, "media_type": "video", "upload_url": f"{self.url}/storage/{name}"}
        return Answer(status=201, data={**told, "upload_parameters": fields})

    def take(self, request: Request, name: str) -> Answer:
        """The storage is Amazon's: it knows no logins of Pinterest's, and every field of the policy has to be there."""
        parts = request.parts()
        if "authorization" in request.headers or parts.keys() != STORAGE | {"file"} or list(parts)[-1] != "file":
            raise Refused(403, "<Error><Code>AccessDenied</Code></Error>")
        if parts["key"] != f"uploads/{name}".encode() or name not in self.files:
            raise Refused(403, "<Error><Code>AccessDenied</Code></Error>")
        self.files[name] |= {"bytes": parts["file"], "status": "processing"}
        return Answer(status=204, content=b"")

    def look(self, request: Request, name: str) -> Answer:
        if name not in self.files:
            raise Refused(404, self.refusal(404, "Media not found."))
        file = self.files[name]
        file["looks"] -= 1
        if file["status"] == "processing" and file["looks"] < 0:
            file["status"] = "succeeded"
        return Answer(data={"media_id": name, "media_type": "video", "status": file["status"]})

    def for_strangers(self, request: Request) -> Answer:
        name = request.query["url"].rstrip("/").rpartition("/")[2]
        if name not in self.rows or not self.is_standard:
            return Answer(status=404, data={"status": "failure"})
        return Answer(data={"version": "1.0", "type": "rich", "title": self.rows[name].get("title") or ""})

    def _judged(self, work: Callable[..., Answer]) -> Callable[..., Answer]:
        """The work, with what is asked and what is answered held against the contract."""

        def judged(request: Request, *names: str) -> Answer:
            path = request.path.removeprefix("/v5")
            is_login = path == "/oauth/token"
            if not is_login and not self.is_signed_in(request):
                raise Refused(401, self.refusal(401, "Authentication failed.", 2))
            body = {k: v for k, v in _form(request).items() if k != "continuous_refresh"} if is_login else None
            body = body if is_login else request.data()  # of the one left out the contract tells in words only
            if wrong := self.contract.wrong_in_request(request.method, path, request.query, body):
                raise Refused(400, self.refusal(400, "; ".join(wrong)))
            answer = work(request, *names)
            told = self.contract.wrong_in_answer(request.method, path, answer.status, answer.data)
            assert answer.content is not None or not told, told
            return answer

        return judged

    def _demand_media(self, source: dict[str, Any]) -> None:
        kind = source["source_type"]
        if kind == "video_id":
            if self.files.get(source["media_id"], {}).get("status") != "succeeded":
                raise Refused(400, self.refusal(400, "The media_id is not valid or its upload has not succeeded."))
            if not source.keys() & {"cover_image_url", "cover_image_data", "cover_image_key_frame_time"}:
                raise Refused(400, self.refusal(400, "A video needs a cover image."))
            return
        if kind not in ("image_base64", "multiple_image_base64"):
            raise Refused(400, self.refusal(400, "This bench fetches nothing."))
        for item in source.get("items", [source]):
            try:
                content = base64.b64decode(item["data"], validate=True)
            except binascii.Error:
                content = b""
            if not content.startswith((b"\xff\xd8", b"\x89PNG")) or len(content) > MAX_PICTURE_BYTES:
                raise Refused(400, self.refusal(400, "Sorry, we could not read the image."))

    def _demand_pin(self, name: str) -> None:
        if name not in self.rows or not self.is_shown(name):
            raise self._no_pin()

    def _no_pin(self) -> Refused:
        return Refused(404, self.refusal(404, "Pin not found.", 50))

    def _page(self, request: Request, rows: list[dict[str, Any]]) -> Answer:
        size, start = int(request.query.get("page_size", 25)), int(request.query.get("bookmark", "0"))
        if not 1 <= size <= 250:
            raise Refused(400, self.refusal(400, "page_size is not between 1 and 250"))
        after = str(start + size) if len(rows) > start + size else None
        return Answer(data={"items": rows[start : start + size], "bookmark": after})

    def _shown(self, name: str) -> dict[str, Any]:
        row = self.rows[name]
        told = {part: row.get(part) for part in ("title", "description", "link", "alt_text", "board_id")}
        at = row["at"].strftime("%Y-%m-%dT%H:%M:%S")  # without a zone, as Pinterest writes it
        return {"id": name, **told, "created_at": at, "is_owner": True, "media": self._media(name, row["media_source"])}

    def _media(self, name: str, source: dict[str, Any]) -> dict[str, Any]:
        images = {"1200x": {"width": 1200, "height": 900, "url": f"{self.url}/{name}.jpg"}, "150x150": None}
        images = {size: told for size, told in images.items() if told}
        if source["source_type"] == "video_id":
            return {"media_type": "video", "cover_image_url": f"{self.url}/{name}.jpg", "duration": None}
        if "items" in source:
            return {
                "media_type": "multiple_images",
                "items": [{"item_type": "image", "images": images}] * len(source["items"]),
            }
        return {"media_type": "image", "images": images}


def _form(request: Request) -> dict[str, str]:
    return {name: values[0] for name, values in parse_qs(request.body.decode()).items()}

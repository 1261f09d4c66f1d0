"""A strict server of Discord's API, version 10: messages in one channel, with limits and error bodies of its own.

Written from the published reference (https://docs.discord.com/developers/resources/message, /resources/channel,
/topics/rate-limits, /topics/opcodes-and-status-codes, 2026-08) and the machine contract of 2026-07-18, not from our own
adapter or checks: a mistake there must not hide here.
"""

import json
import re
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from tests.faults.bench.clock import Clock
from tests.faults.bench.strict import FAULTS, Answer, Made, Refused, Request, Strict

GUILD, CHANNEL, FORUM, BOT = "300000000000000001", "300000000000000077", "300000000000000078", "300000000000000007"
EPOCH_MS = 1_420_070_400_000
MESSAGE_FIELDS = {
    "content", "nonce", "tts", "embeds", "allowed_mentions", "message_reference", "components", "sticker_ids",
    "attachments", "flags", "enforce_nonce", "poll", "shared_client_theme",
}  # fmt: skip
ATTACHMENT_FIELDS = {"id", "filename", "description", "duration_secs", "waveform", "title", "is_spoiler", "is_remix"}
MAX_CHARACTERS, MAX_FILES, MAX_FILE_BYTES, MAX_NONCE, MAX_ALT = 2000, 10, 10 * 2**20, 25, 1024
REMEMBERS_FOR = timedelta(minutes=3)  # a nonce: "in the past few minutes"
WITH_UPLOADS = {**FAULTS, "make": ((*FAULTS["make"][0], "slow_upload"), FAULTS["make"][1])}


class Discord(Strict):
    """One bot on one server with a text channel, in which others write as well."""

    def __init__(self, clock: Clock) -> None:
        super().__init__(clock)
        self.faults_known = WITH_UPLOADS
        self.token, self.number = "a-token", 0
        self.rows: dict[str, dict[str, Any]] = {}
        self.files: dict[str, bytes] = {}
        self.nonces: dict[str, tuple[str, datetime]] = {}
        self.keeps_keys = True  # nonces
        self.may_read_history = self.may_write = True

    def routes(self) -> list[tuple[str, str, str, Callable[..., Answer]]]:
        channel = r"/api/v10/channels/(\d+)"
        return [
            ("GET", "/api/v10/users/@me", "read", self.me),
            ("GET", channel, "read", self.channel),
            ("GET", f"{channel}/messages", "read", self.listing),
            ("POST", f"{channel}/messages", "make", self.make),
            ("GET", rf"{channel}/messages/(\d+)", "read", self.show),
            ("PATCH", rf"{channel}/messages/(\d+)", "change", self.change),
            ("DELETE", rf"{channel}/messages/(\d+)", "delete", self.remove),
            ("GET", r"/attachments/(\d+)/[^/]+", "file", self.file),
        ]

    def refusal(self, status: int, words: str, code: int = 0) -> Any:
        return {"message": words, "code": code}

    def held_back(self) -> Answer:
        told = {"message": "You are being rate limited.", "retry_after": 1.337, "global": False}
        return Answer(status=429, data=told, headers={"Retry-After": "2", "X-RateLimit-Scope": "user"})

    def public(self) -> list[Made]:
        mine = [row for row in self.rows.values() if row["author"] == BOT]
        return [Made(remote_id=row["id"], text=row["words"], at=self.by_our_clock(row["at"])) for row in mine]

    def end_tokens(self) -> None:
        self.token = ""

    def somebody_writes(self, words: str) -> str:
        """A message of another member's."""
        return self._keep(words=words, files=[], author="300000000000000009", mentions=[], flags=0)

    def me(self, request: Request) -> Answer:
        self._demand_login(request)
        return Answer(data={"id": BOT, "username": "reefbot", "discriminator": "0", "global_name": None, "bot": True})

    def channel(self, request: Request, channel: str) -> Answer:
        self._demand_login(request)
        kinds = {CHANNEL: 0, FORUM: 15}
        if channel not in kinds:
            raise self._no(404, "Unknown Channel", 10003)
        return Answer(data={"id": channel, "type": kinds[channel], "guild_id": GUILD, "name": "reef-news"})

    def listing(self, request: Request, channel: str) -> Answer:
        self._demand_channel(request, channel)
        self.refuse_unknown(request.query, {"limit", "after", "before", "around"}, "the query")
        limit = int(request.query.get("limit", 50))
        if not 1 <= limit <= 100:
            raise self._no(400, "Invalid Form Body", 50035)
        if not self.may_read_history:
            return Answer(data=[])  # "no messages will be returned"
        after = int(request.query.get("after", 0))
        rows = sorted(
            (row for row in self.rows.values() if int(row["id"]) > after and self.is_shown(row["id"])),
            key=lambda row: int(row["id"]),
        )
        page = rows[:limit] if "after" in request.query else rows[-limit:]
        return Answer(data=[self._shown(row) for row in reversed(page)])

    def make(self, request: Request, channel: str) -> Answer:
        self._demand_channel(request, channel)
        if not self.may_write:
            raise self._no(403, "Missing Permissions", 50013)
        data, contents = self._given(request)
        self._check(data, contents)
        nonce = str(data.get("nonce", ""))
        known = self.nonces.get(nonce)
        is_known = known and self.now() - known[1] < REMEMBERS_FOR and known[0] in self.rows
        if known and is_known and data.get("enforce_nonce") and self.keeps_keys:
            return Answer(data=self._shown(self.rows[known[0]]))
        told = {int(one["id"]): one for one in data.get("attachments") or ()}
        files = []
        for number, (filename, kind, content) in contents.items():
            self.number += 1
            self.files[str(self.number)] = content
            alt = told.get(number, {}).get("description", "")
            files.append({"id": str(self.number), "filename": filename, "type": kind, "size": len(content), "alt": alt})
        made = self._keep(
            words=data.get("content", "").strip(),
            files=files,
            author=BOT,
            mentions=data.get("allowed_mentions", {}).get("parse", []),
            flags=data.get("flags", 0),
        )
        self.nonces[nonce] = (made, self.now())
        return Answer(data={**self._shown(self.rows[made]), "nonce": data.get("nonce")})

    def show(self, request: Request, channel: str, number: str) -> Answer:
        self._demand_channel(request, channel)
        if not self.may_read_history:
            raise self._no(403, "Missing Access", 50001)
        if number not in self.rows or not self.is_shown(number):
            raise self._no(404, "Unknown Message", 10008)
        return Answer(data=self._shown(self.rows[number]))

    def change(self, request: Request, channel: str, number: str) -> Answer:
        self._demand_channel(request, channel)
        given = request.data()
        self.refuse_unknown(
            given, {"content", "embeds", "flags", "allowed_mentions", "components", "attachments"}, "it"
        )
        if number not in self.rows:
            raise self._no(404, "Unknown Message", 10008)
        if self.rows[number]["author"] != BOT:
            raise self._no(403, "Cannot edit a message authored by another user", 50005)
        self.rows[number]["words"] = given.get("content", self.rows[number]["words"])
        return Answer(data=self._shown(self.rows[number]))

    def remove(self, request: Request, channel: str, number: str) -> Answer:
        self._demand_channel(request, channel)
        if number not in self.rows:
            raise self._no(404, "Unknown Message", 10008)
        del self.rows[number]
        return Answer(status=204, content=b"")

    def file(self, request: Request, number: str) -> Answer:
        return Answer(content=self.files[number], media_type="image/jpeg")

    def _no(self, status: int, words: str, code: int) -> Refused:
        return Refused(status, self.refusal(status, words, code))

    def _demand_login(self, request: Request) -> None:
        if not request.headers.get("user-agent", "").startswith("DiscordBot ("):
            raise self._no(403, "You are blocked from accessing our API", 40333)
        if not self.token or request.headers.get("authorization") != f"Bot {self.token}":
            raise self._no(401, "401: Unauthorized", 0)

    def _demand_channel(self, request: Request, channel: str) -> None:
        self._demand_login(request)
        if channel != CHANNEL:
            raise self._no(404, "Unknown Channel", 10003)

    def _given(self, request: Request) -> tuple[Any, dict[int, tuple[str, str, bytes]]]:
        """The message, and its files by their numbers."""
        if not request.headers.get("content-type", "").startswith("multipart/form-data"):
            return request.data(), {}
        pattern = rb'name="([\w\[\]]+)"(?:; filename="([^"]*)")?\r\n(?:Content-Type: (\S+)\r\n)?\r\n(.*?)\r\n--'
        data, contents = None, {}
        for name, filename, kind, content in re.findall(pattern, request.body, re.S):
            if name == b"payload_json":
                data = json.loads(content)
            elif number := re.fullmatch(rb"files\[(\d+)\]", name):
                contents[int(number[1])] = (filename.decode(), kind.decode(), content)
            else:
                raise self._no(400, "Invalid Form Body", 50035)
        return data, contents

    def _check(self, data: Any, contents: dict[int, tuple[str, str, bytes]]) -> None:
        self.refuse_unknown(data, MESSAGE_FIELDS, "the message")
        self.refuse_unknown(data.get("allowed_mentions", {}), {"parse", "roles", "users", "replied_user"}, "mentions")
        attached = data.get("attachments") or []
        for one in attached:
            self.refuse_unknown(one, ATTACHMENT_FIELDS, "an attachment")
        words = data.get("content") or ""
        if not words.strip() and not contents:
            raise self._no(400, "Cannot send an empty message", 50006)
        is_long = len(words) > MAX_CHARACTERS or len(str(data.get("nonce", ""))) > MAX_NONCE
        if is_long or any(len(one.get("description", "")) > MAX_ALT for one in attached):
            detail = {"content": {"_errors": [{"code": "BASE_TYPE_MAX_LENGTH", "message": "Must be 2000 or fewer."}]}}
            raise Refused(400, {**self.refusal(400, "Invalid Form Body", 50035), "errors": detail})
        if len(contents) > MAX_FILES or {int(one["id"]) for one in attached} != set(contents):
            raise self._no(400, "Invalid Form Body", 50035)
        if any(len(content) > MAX_FILE_BYTES for _name, _kind, content in contents.values()):
            raise self._no(413, "Request entity too large", 40005)

    def _keep(self, **row: Any) -> str:
        """One more message."""
        self.number += 1
        name = str(((int(self.now().timestamp() * 1000) - EPOCH_MS) << 22) + self.number)
        self.rows[name] = {"id": name, "at": self.now(), **row}
        self.hide(name)
        return name

    def _shown(self, row: dict[str, Any]) -> dict[str, Any]:
        files = [
            {
                "id": one["id"],
                "filename": one["filename"],
                "size": one["size"],
                "content_type": one["type"],
                "url": f"{self.url}/attachments/{one['id']}/{one['filename']}",
                "proxy_url": f"{self.url}/attachments/{one['id']}/{one['filename']}",
                **({"description": one["alt"]} if one["alt"] else {}),
            }
            for one in row["files"]
        ]
        return {
            "id": row["id"], "channel_id": CHANNEL, "type": 0, "content": row["words"], "attachments": files,
            "author": {"id": row["author"], "username": "somebody"}, "timestamp": row["at"].isoformat(),
            "edited_timestamp": None, "tts": False, "mention_everyone": False, "mentions": [], "mention_roles": [],
            "embeds": [], "components": [], "pinned": False, "flags": row["flags"],
            "reactions": [{"emoji": {"id": None, "name": "🐠"}, "count": 3}, {"emoji": {"name": "👍"}, "count": 2}],
        }  # fmt: skip

"""A strict server of Slack's Web API over real HTTP: one channel of one workspace, files, limits and scopes of its own.

Written from the published reference (https://docs.slack.dev/reference/methods, 2026-11) and the machine contract of
2021, not from our own adapter or checks: a mistake there must not hide here. Refusals are answers of 200 with
`"ok": false`.
"""

import html
import json
import re
from collections.abc import Callable
from typing import Any
from urllib.parse import parse_qs

from tests.faults.bench.clock import Clock
from tests.faults.bench.strict import Answer, KeepsFiles, Made, Refused, Request

CHANNEL, USER, OTHER = "C0REEFNEWS", "U0REEFBOT", "U0SOMEBODY"
MESSAGE_FIELDS = {
    "channel", "text", "blocks", "attachments", "thread_ts", "reply_broadcast", "mrkdwn", "parse", "link_names",
    "unfurl_links", "unfurl_media", "username", "icon_emoji", "icon_url", "as_user", "metadata", "markdown_text",
}  # fmt: skip
MAX_CHARACTERS, MAX_ALT, MOST_A_PAGE = 40_000, 1000, 15  # a page is as short as Slack makes it for some apps


class Slack(KeepsFiles):
    """One app in one channel, in which others write as well."""

    def __init__(self, clock: Clock) -> None:
        super().__init__(clock)
        self.token, self.number = "a-token", 0
        self.rows: dict[str, dict[str, Any]] = {}
        self.scopes = {"chat:write", "channels:read", "channels:history", "files:write", "files:read"}
        self.is_member, self.refuses_twins = True, False

    def routes(self) -> list[tuple[str, str, str, Callable[..., Answer]]]:
        return [
            ("POST", "/api/auth.test", "read", self.me),
            ("POST", "/api/conversations.info", "read", self.channel),
            ("POST", "/api/conversations.history", "read", self.history),
            ("POST", "/api/chat.getPermalink", "link", self.permalink),
            ("POST", "/api/chat.postMessage", "make", self.make),
            ("POST", "/api/files.completeUploadExternal", "make", self.complete),
            ("POST", "/api/files.getUploadURLExternal", "upload", self.begin),
            ("POST", r"/upload/(\w+)", "upload", self.take),
            ("POST", "/api/chat.update", "change", self.change),
            ("POST", "/api/chat.delete", "delete", self.remove),
            ("POST", "/api/files.delete", "delete", self.remove_file),
        ]

    def refusal(self, status: int, words: str) -> Any:
        return {"ok": False, "error": "internal_error" if status in (200, 500) else "service_unavailable"}

    def held_back(self) -> Answer:
        return Answer(status=429, data={"ok": False, "error": "ratelimited"})

    def shown_files(self) -> set[str]:
        return {name for row in self.rows.values() for name in row["files"]}

    def public(self) -> list[Made]:
        mine = [row for row in self.rows.values() if row["user"] == USER]
        return [Made(remote_id=row["ts"], text=row["text"], at=self.by_our_clock(row["at"])) for row in mine]

    def end_tokens(self) -> None:
        self.token = ""

    def somebody_writes(self, words: str) -> str:
        """A message of another member's."""
        return self._keep(text=words, user=OTHER, files=[], metadata=None)

    def me(self, request: Request) -> Answer:
        self._asked(request, set())
        return self._ok(url="https://reef.slack.example/", team="Reef", user="reefbot", user_id=USER, bot_id="B0REEF")

    def channel(self, request: Request) -> Answer:
        asked = self._asked(request, {"channel", "include_locale", "include_num_members"}, "channels:read")
        self._demand_channel(asked)
        told = {
            "id": CHANNEL,
            "name": "reef-news",
            "is_channel": True,
            "is_archived": False,
            "is_member": self.is_member,
        }
        return self._ok(channel=told)

    def history(self, request: Request) -> Answer:
        known = {"channel", "oldest", "latest", "inclusive", "limit", "cursor", "include_all_metadata"}
        asked = self._asked(request, known, "channels:history")
        self._demand_channel(asked)
        if not self.is_member:
            raise self._no("not_in_channel")
        oldest, latest = float(asked.get("oldest", 0)), float(asked.get("latest", "inf"))
        is_inclusive = asked.get("inclusive") == "true"
        rows = [
            row
            for ts, row in sorted(self.rows.items(), reverse=True)
            if self.is_shown(ts)
            and (oldest < float(ts) < latest or (is_inclusive and ts in (asked.get("oldest"), asked.get("latest"))))
        ]
        start, size = int(asked.get("cursor") or 0), min(int(asked.get("limit", 100)), MOST_A_PAGE)
        page, more = rows[start : start + size], len(rows) > start + size
        with_marks = asked.get("include_all_metadata") == "true"
        return self._ok(
            messages=[self._shown(row, with_marks=with_marks) for row in page],
            has_more=more,
            response_metadata={"next_cursor": str(start + size) if more else ""},
        )

    def permalink(self, request: Request) -> Answer:
        asked = self._asked(request, {"channel", "message_ts"})
        self._demand_channel(asked)
        self._row(asked.get("message_ts", ""))
        path = f"archives/{CHANNEL}/p{asked['message_ts'].replace('.', '')}"
        return self._ok(channel=CHANNEL, permalink=f"https://reef.slack.example/{path}")

    def make(self, request: Request) -> Answer:
        data = self._json(request, MESSAGE_FIELDS, "chat:write")
        self._demand_channel(data)
        if not self.is_member:
            raise self._no("not_in_channel")
        words, mark = data.get("text", ""), data.get("metadata")
        if not words.strip():
            raise self._no("no_text")
        if mark is not None and not (isinstance(mark.get("event_payload"), dict) and mark.get("event_type")):
            raise self._no("invalid_metadata_format")
        ts = self._keep(text=words[:MAX_CHARACTERS], user=USER, files=[], metadata=mark)
        return self._ok(channel=CHANNEL, ts=ts, message=self._shown(self.rows[ts], with_marks=True))

    def begin(self, request: Request) -> Answer:
        asked = self._asked(request, {"filename", "length", "alt_txt", "snippet_type"}, "files:write")
        if len(asked.get("alt_txt", "")) > MAX_ALT:
            raise self._no("alt_txt_too_large")
        if int(asked["length"]) <= 0 or not asked.get("filename"):
            raise self._no("invalid_arguments")
        self.number += 1
        name = f"F0{self.number:06}"
        self.files[name] = {**asked, "is_whole": False}
        return self._ok(upload_url=f"{self.url}/upload/{name}", file_id=name)

    def take(self, request: Request, name: str) -> Answer:
        """Its address is the permission; a token does not belong there."""
        if "authorization" in request.headers or name not in self.files:
            raise Refused(400, self.refusal(400, "no such upload"))
        self.files[name]["is_whole"] = len(request.body) == int(self.files[name]["length"])
        return Answer(content=f"OK - {len(request.body)}".encode(), media_type="text/plain")

    def complete(self, request: Request) -> Answer:
        data = self._json(request, {"files", "channel_id", "channels", "thread_ts", "initial_comment"}, "files:write")
        self._demand_channel({"channel": data.get("channel_id")})
        names = [one["id"] for one in data["files"]]
        if not self.is_member:
            raise self._no("not_in_channel")
        if any(not self.files.get(name, {}).get("is_whole") or name in self.shown_files() for name in names):
            raise self._no("file_not_found")
        self._keep(text=data.get("initial_comment", ""), user=USER, files=names, metadata=None)
        return self._ok(files=[{"id": name, "title": self.files[name]["filename"]} for name in names])

    def change(self, request: Request) -> Answer:
        known = {"channel", "ts", "text", "blocks", "metadata", "file_ids", "parse", "link_names", "as_user"}
        asked = self._asked(request, known, "chat:write")
        row = self._own(asked)
        row["text"] = asked.get("text", row["text"])
        row["metadata"] = json.loads(asked["metadata"]) if "metadata" in asked else row["metadata"]
        row["files"] = json.loads(asked["file_ids"]) if "file_ids" in asked else []
        return self._ok(channel=CHANNEL, ts=row["ts"], text=row["text"])

    def remove(self, request: Request) -> Answer:
        row = self._own(self._asked(request, {"channel", "ts", "as_user"}, "chat:write"))
        del self.rows[row["ts"]]
        return self._ok(channel=CHANNEL, ts=row["ts"])

    def remove_file(self, request: Request) -> Answer:
        asked = self._asked(request, {"file"}, "files:write")
        if asked.get("file") not in self.files:
            raise self._no("file_not_found")
        del self.files[asked["file"]]
        return self._ok()

    def _asked(self, request: Request, known: set[str], scope: str = "") -> dict[str, str]:
        """The form; what Slack calls `token` may stand in it or in the header."""
        if not request.headers.get("content-type", "application/x-www-form-urlencoded").startswith(
            "application/x-www-form-urlencoded"
        ):
            raise self._no("invalid_form_data")
        self._demand_login(request, scope)
        form = {name: values[0] for name, values in parse_qs(request.body.decode()).items()}
        if extra := sorted(form.keys() - known):
            raise self._no(f"invalid_arguments: {', '.join(extra)}")
        return form

    def _json(self, request: Request, known: set[str], scope: str) -> Any:
        self._demand_login(request, scope)
        if not request.headers.get("content-type", "").startswith("application/json"):
            raise self._no("invalid_form_data")
        data = request.data()
        if extra := sorted(data.keys() - known):
            raise self._no(f"invalid_arguments: {', '.join(extra)}")
        return data

    def _demand_login(self, request: Request, scope: str) -> None:
        if not self.token or request.token != self.token:
            raise self._no("token_revoked" if not self.token else "invalid_auth")
        if scope and scope not in self.scopes:
            raise Refused(200, {"ok": False, "error": "missing_scope", "needed": scope})

    def _demand_channel(self, asked: Any) -> None:
        if asked.get("channel") != CHANNEL:
            raise self._no("channel_not_found")

    def _row(self, ts: str) -> dict[str, Any]:
        if ts not in self.rows:
            raise self._no("message_not_found")
        return self.rows[ts]

    def _own(self, asked: Any) -> dict[str, Any]:
        self._demand_channel(asked)
        row = self._row(asked.get("ts", ""))
        if row["user"] != USER:
            raise self._no("cant_update_message")
        return row

    def _no(self, word: str) -> Refused:
        return Refused(200, {"ok": False, "error": word})

    def _ok(self, **fields: Any) -> Answer:
        return Answer(data={"ok": True, **fields})

    def _keep(self, **row: Any) -> str:
        """One more message."""
        self.number += 1
        ts = f"{int(self.now().timestamp())}.{self.number:06}"
        self.rows[ts] = {"ts": ts, "at": self.now(), **row}
        self.hide(ts)
        return ts

    def _shown(self, row: dict[str, Any], *, with_marks: bool) -> dict[str, Any]:
        files = [
            {
                "id": name, "name": self.files[name]["filename"], "mimetype": "image/jpeg",
                "size": int(self.files[name]["length"]), "permalink": f"https://reef.slack.example/files/{name}",
                **({"alt_txt": self.files[name]["alt_txt"]} if self.files[name].get("alt_txt") else {}),
            }
            for name in row["files"]
            if name in self.files
        ]  # fmt: skip
        return {
            "type": "message",
            "ts": row["ts"],
            "user": row["user"],
            "text": re.sub(r"(https?://[^\s<>|]+)", r"<\1>", row["text"]),
            "reactions": [{"name": "fish", "count": 3, "users": [OTHER]}, {"name": "+1", "count": 2, "users": [OTHER]}],
            **({"files": files} if files else {}),
            **({"metadata": row["metadata"]} if with_marks and row["metadata"] else {}),
        }


def said(server: Slack) -> list[str]:
    """The words of the app's own messages, as people read them."""
    return [html.unescape(one.text) for one in server.public()]

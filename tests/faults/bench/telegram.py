"""A strict server of Telegram's Bot API and of the public pages on t.me: one channel, one bot, and people who write.

Written from the published description of version 10.1 (2026-06-11) and from what readers of the public pages rely on,
not from our own adapter or checks: a mistake there must not hide here. The pages may lag behind; the API never does.
"""

import html
import json
import re
from collections.abc import Callable
from typing import Any
from urllib.parse import parse_qsl

from tests.faults.bench.clock import Clock
from tests.faults.bench.strict import FAULTS, Answer, Made, Refused, Request, Strict

CHAT, NAME, BOT = -1001234567890, "reefwatch", 7_000_000_001
TOKEN = "7000000001:AA-a-token-of-thirty-five-signs-xyz"
SHARED = {"chat_id", "disable_notification", "protect_content"}
FIELDS = {
    "sendMessage": SHARED | {"text", "parse_mode", "entities", "link_preview_options", "reply_parameters"},
    "sendPhoto": SHARED | {"photo", "caption", "parse_mode", "caption_entities", "has_spoiler"},
    "sendVideo": SHARED | {"video", "caption", "duration", "width", "height", "supports_streaming", "cover"},
    "sendDocument": SHARED | {"document", "caption", "disable_content_type_detection"},
    "sendMediaGroup": SHARED | {"media", "reply_parameters"},
    "editMessageText": {"chat_id", "message_id", "text", "link_preview_options", "entities", "parse_mode"},
    "editMessageCaption": {"chat_id", "message_id", "caption", "caption_entities", "parse_mode"},
    "editMessageReplyMarkup": {"chat_id", "message_id", "reply_markup"},
    "deleteMessages": {"chat_id", "message_ids"},
    "getChat": {"chat_id"},
    "getChatMember": {"chat_id", "user_id"},
    "getMe": set(),
}
ITEM_FIELDS = {"type", "media", "caption", "caption_entities", "width", "height", "duration", "supports_streaming"}
MAX_TEXT, MAX_CAPTION, MAX_PHOTO_BYTES, MAX_BYTES, MAX_ALBUM, PAGE = 4096, 1024, 10_000_000, 50_000_000, 10, 20
WITH_UPLOADS = {**FAULTS, "make": ((*FAULTS["make"][0], "slow_upload"), FAULTS["make"][1])}


class Telegram(Strict):
    """One bot, and a channel with a public page."""

    def __init__(self, clock: Clock) -> None:
        super().__init__(clock)
        self.faults_known = WITH_UPLOADS
        self.token, self.number, self.page_size = TOKEN, 1, PAGE
        self.rows: dict[int, dict[str, Any]] = {}  # by message
        self.is_public, self.kind = True, "channel"
        self.rights = {"status": "administrator", "can_post_messages": True, "can_edit_messages": False}
        self.touched = 0  # messages of others that were changed

    def routes(self) -> list[tuple[str, str, str, Callable[..., Answer]]]:
        bot = r"/bot([\w:-]+)/"
        sends = "sendMessage|sendPhoto|sendVideo|sendDocument|sendMediaGroup"
        return [
            ("POST", f"{bot}({sends})", "make", self.send),
            ("POST", f"{bot}(getMe|getChat|getChatMember|editMessageReplyMarkup)", "read", self.look),
            ("POST", f"{bot}(editMessageText|editMessageCaption)", "change", self.change),
            ("POST", f"{bot}(deleteMessages)", "delete", self.remove),
            ("GET", f"/s/{NAME}", "read", self.listing),
            ("GET", rf"/{NAME}/(\d+)", "read", self.single),
        ]

    def refusal(self, status: int, words: str) -> Any:
        return {"ok": False, "error_code": status if status != 200 else 500, "description": words}

    def held_back(self) -> Answer:
        told = {**self.refusal(429, "Too Many Requests: retry after 3"), "parameters": {"retry_after": 3}}
        return Answer(status=429, data=told)

    def public(self) -> list[Made]:
        posts: dict[str, dict[str, Any]] = {}
        for row in self.rows.values():
            if row["author"] == BOT:
                posts.setdefault(row["group"] or str(row["number"]), row)
        return [
            Made(remote_id=self._name(row), text=row["text"], at=self.by_our_clock(row["at"])) for row in posts.values()
        ]

    def end_tokens(self) -> None:
        self.token = ""

    def somebody_writes(self, text: str, **row: Any) -> int:
        """A message of an editor's, perhaps with buttons."""
        return self._keep(text=text, author=1, **row)

    def send(self, request: Request, token: str, method: str) -> Answer:
        given, files = self._given(request, token, method)
        if not self.rights["can_post_messages"]:
            raise self._no(400, "Bad Request: need administrator rights in the channel chat")
        if method == "sendMessage":
            text = given["text"].strip()
            self._demand(0 < _length(text) <= MAX_TEXT, "Bad Request: message is too long or empty")
            return self._told([self._keep(text=text)])
        items = json.loads(given["media"]) if method == "sendMediaGroup" else [{"caption": given.get("caption", "")}]
        for item in items if method == "sendMediaGroup" else []:
            self.refuse_unknown(item, ITEM_FIELDS, "an item")
            self._demand(item["media"].removeprefix("attach://") in files, "Bad Request: wrong file identifier")
        self._demand(method != "sendMediaGroup" or 2 <= len(items) <= MAX_ALBUM, "Bad Request: too few or too many")
        self._demand(len(files) == len(items), "Bad Request: there is no file in the request")
        caption = items[0].get("caption", "").strip()
        self._demand(_length(caption) <= MAX_CAPTION, "Bad Request: message caption is too long")
        most = MAX_PHOTO_BYTES if method == "sendPhoto" else MAX_BYTES
        self._demand(all(len(file) <= most for file in files.values()), "Request Entity Too Large")
        kinds = [item.get("type", method.removeprefix("send").lower()) for item in items]
        group = f"g{self.number + 1}" if len(items) > 1 else ""
        texts = [caption, *[""] * (len(items) - 1)]
        return self._told([self._keep(text=t, kind=kind, group=group) for t, kind in zip(texts, kinds, strict=True)])

    def look(self, request: Request, token: str, method: str) -> Answer:
        given, _files = self._given(request, token, method)
        if method == "getMe":
            return Answer(data={"ok": True, "result": {"id": BOT, "is_bot": True, "username": "reefbot"}})
        if method == "getChat":
            return Answer(data={"ok": True, "result": self._chat()})
        if method == "getChatMember":
            self._demand(int(given["user_id"]) == BOT, "Bad Request: user not found")
            return Answer(data={"ok": True, "result": {"user": {"id": BOT}, **self.rights}})
        row = self.rows.get(int(given["message_id"]))
        if row is None:
            raise self._no(400, "Bad Request: message to edit not found")
        if row["author"] != BOT and not self.rights["can_edit_messages"]:
            raise self._no(400, "Bad Request: message can't be edited")
        if not row["buttons"]:
            words = "specified new message content and reply markup are exactly the same as a current content"
            raise self._no(400, f"Bad Request: message is not modified: {words}")
        row["buttons"], self.touched = False, self.touched + 1
        return Answer(data={"ok": True, "result": self._message(row)})

    def change(self, request: Request, token: str, method: str) -> Answer:
        given, _files = self._given(request, token, method)
        row = self.rows.get(int(given["message_id"]))
        if row is None or row["author"] != BOT:
            raise self._no(400, "Bad Request: message to edit not found")
        text = given["text" if method == "editMessageText" else "caption"]
        self._demand((row["kind"] == "") == (method == "editMessageText"), "Bad Request: there is no such part")
        self._demand(text != row["text"], "Bad Request: message is not modified: it is exactly the same")
        row["text"] = text
        return Answer(data={"ok": True, "result": self._message(row)})

    def remove(self, request: Request, token: str, method: str) -> Answer:
        given, _files = self._given(request, token, method)
        for number in given["message_ids"]:
            self.rows.pop(number, None)
        return Answer(data={"ok": True, "result": True})

    def listing(self, request: Request) -> Answer:
        self.refuse_unknown(request.query, {"before", "after", "q"}, "the query")
        if not self.is_public:
            return Answer(status=302, content=b"", headers={"Location": f"/{NAME}"})
        before = int(request.query.get("before", 10**12))
        firsts = [number for number, row in self.rows.items() if self._is_first(row) and number < before]
        shown = [number for number in sorted(firsts) if self.is_shown(self._name(self.rows[number]))]
        posts = "".join(self._drawn(self.rows[number]) for number in shown[-self.page_size :])
        return _page(f'<section class="tgme_channel_history js-message_history">{posts}</section>')

    def single(self, request: Request, number: str) -> Answer:
        self.refuse_unknown(request.query, {"embed", "mode"}, "the query")
        row = self.rows.get(int(number))
        if not self.is_public or row is None or not self.is_shown(self._name(row)):
            words = "Post not found" if self.is_public else f"Channel with username {NAME} not found"
            return _page(f'<div class="tgme_widget_message_error">{words}</div>')
        return _page(self._drawn(self.rows[self._members(row)[0]]))

    def _given(self, request: Request, token: str, method: str) -> tuple[dict[str, Any], dict[str, bytes]]:
        """The fields, and the files by their names."""
        if not self.token or token != self.token:
            raise self._no(401, "Unauthorized")
        if "multipart" in request.headers.get("content-type", ""):
            parts = _form(request)
            files = {name: content for name, (is_file, content) in parts.items() if is_file}
            given = {name: content.decode() for name, (is_file, content) in parts.items() if not is_file}
        elif "urlencoded" in request.headers.get("content-type", ""):
            given, files = _fields(request.body), {}
        else:
            given, files = request.data() or {}, {}
        attached = {} if method == "sendMediaGroup" else files
        self.refuse_unknown({**given, **attached}, FIELDS[method], method)
        if method != "getMe" and str(given["chat_id"]) not in (f"@{NAME}", str(CHAT)):
            raise self._no(400, "Bad Request: chat not found")
        return given, files

    def _no(self, status: int, words: str) -> Refused:
        return Refused(status, self.refusal(status, words))

    def _demand(self, is_so: bool, words: str) -> None:
        if not is_so:
            raise self._no(400, words)

    def _keep(self, *, text: str, author: int = BOT, kind: str = "", group: str = "", buttons: bool = False) -> int:
        self.number += 1
        row = {"number": self.number, "at": self.now(), "text": text, "author": author, "kind": kind, "group": group}
        self.rows[self.number] = {**row, "buttons": buttons}
        return self.number

    def _told(self, numbers: list[int]) -> Answer:
        self.hide(",".join(map(str, numbers)))
        messages = [self._message(self.rows[number]) for number in numbers]
        return Answer(data={"ok": True, "result": messages if len(messages) > 1 else messages[0]})

    def _chat(self) -> dict[str, Any]:
        named = {"username": NAME} if self.is_public else {}
        return {"id": CHAT, "type": self.kind, "title": "Reef Watch", **named}

    def _message(self, row: dict[str, Any]) -> dict[str, Any]:
        part = {"caption" if row["kind"] else "text": row["text"]}
        return {"message_id": row["number"], "date": int(row["at"].timestamp()), "chat": self._chat(), **part}

    def _members(self, row: dict[str, Any]) -> list[int]:
        if not row["group"]:
            return [row["number"]]
        return sorted(number for number, one in self.rows.items() if one["group"] == row["group"])

    def _name(self, row: dict[str, Any]) -> str:
        return ",".join(map(str, self._members(row)))

    def _is_first(self, row: dict[str, Any]) -> bool:
        return bool(self._members(row)[0] == row["number"])

    def _drawn(self, row: dict[str, Any]) -> str:
        """A post as t.me draws it: an album's files in one frame, emoji as pictures with the sign inside."""
        files = "".join(self._file(self.rows[number]) for number in self._members(row) if self.rows[number]["kind"])
        text = html.escape(row["text"], quote=False).replace("\n", "<br/>")
        text = re.sub(r"(https?://[^\s<]+)", r'<a href="\1" target="_blank">\1</a>', text)
        text = re.sub("([\U0001f300-\U0001faff])", r'<i class="emoji"><b>\1</b></i>', text)
        words = f'<div class="tgme_widget_message_text js-message_text" dir="auto">{text}</div>' if text else ""
        at, address = row["at"].isoformat(timespec="seconds"), f"{NAME}/{row['number']}"
        return (
            f'<div class="tgme_widget_message_wrap"><div class="tgme_widget_message" data-post="{address}">'
            f'{files}{words}<span class="tgme_widget_message_views">1.2K</span>'
            f'<a class="tgme_widget_message_date"><time datetime="{at}"></time></a></div></div>'
        )

    def _file(self, row: dict[str, Any]) -> str:
        address = f"https://t.me/{NAME}/{row['number']}?single"
        if row["kind"] == "video":
            film = f'<video src="{self.url}/v.mp4"></video>'
            return f'<a class="tgme_widget_message_video_player" href="{address}">{film}</a>'
        part = "document_wrap" if row["kind"] == "document" else "photo_wrap"
        style = f"background-image:url('{self.url}/file/{row['number']}.jpg')"
        return f'<a class="tgme_widget_message_{part}" href="{address}" style="{style}"></a>'


def _page(inner: str) -> Answer:
    whole = f"<!DOCTYPE html><html><body><main>{inner}</main></body></html>"
    return Answer(content=whole.encode(), media_type="text/html; charset=utf-8")


def _length(text: str) -> int:
    return len(text.encode("utf-16-le")) // 2


def _fields(body: bytes) -> dict[str, str]:
    return dict(parse_qsl(body.decode(), keep_blank_values=True))


def _form(request: Request) -> dict[str, tuple[bool, bytes]]:
    """The parts of a form by their names, and whether each is a file."""
    boundary = request.headers["content-type"].partition("boundary=")[2].encode()
    parts = {}
    for part in request.body.split(b"--" + boundary)[1:-1]:
        head, _, content = part.partition(b"\r\n\r\n")
        name = re.search(rb'name="(\w+)"', head)
        assert name, head
        parts[name[1].decode()] = (b"filename=" in head, content.removesuffix(b"\r\n"))
    return parts

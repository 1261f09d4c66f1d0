"""A strict server of X's API, version 2: one account's posts, files in parts, and a login whose key works once.

Written from the published guides (https://docs.x.com/x-api, 2026-08-22) and the names of the machine contract 2.167,
not from our own adapter or checks: a mistake there must not hide here.
"""

import base64
import html
import re
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import parse_qs

from tests.faults.bench.clock import Clock
from tests.faults.bench.rotating import Rotating
from tests.faults.bench.strict import Answer, Made, Refused, Request

USER, NAME, EPOCH_MS = "2244994945", "reefwatch", 1_288_834_974_657
POST_FIELDS = {
    "card_uri", "community_id", "direct_message_deep_link", "edit_options", "for_super_followers_only", "geo",
    "made_with_ai", "media", "nullcast", "paid_partnership", "poll", "quote_tweet_id", "reply", "reply_settings",
    "share_with_followers", "text",
}  # fmt: skip
MEDIA_FIELDS = {
    "call_to_actions", "description", "embeddable", "media_ids", "preview_media_id", "tagged_user_ids", "title",
}  # fmt: skip
QUERY = {"post.fields", "media.fields", "user.fields", "expansions"}
MAX_WEIGHT, MAX_FILES, MAX_ALT, MAX_PICTURE_BYTES = 280, 4, 1000, 5_000_000
TWINS_FOR = timedelta(days=1)  # how long it remembers what was said; X does not tell


class X(Rotating):
    """One account that an app may use."""

    def __init__(self, clock: Clock) -> None:
        super().__init__(clock)
        self.rows: dict[str, dict[str, Any]] = {}
        self.said: list[tuple[str, datetime]] = []

    def routes(self) -> list[tuple[str, str, str, Callable[..., Answer]]]:
        return [
            ("POST", "/2/oauth2/token", "login", self.sign_in),
            ("GET", "/2/users/me", "read", self.me),
            ("GET", rf"/2/users/{USER}/tweets", "read", self.listing),
            ("POST", "/2/tweets", "make", self.make),
            ("GET", r"/2/tweets/(\d+)", "read", self.show),
            ("DELETE", r"/2/tweets/(\d+)", "delete", self.remove),
            ("POST", "/2/media/upload", "upload", self.upload),
            ("GET", "/2/media/upload", "look", self.look),
            ("POST", "/2/media/upload/initialize", "upload", self.initialize),
            ("POST", r"/2/media/upload/(\d+)/append", "upload", self.append),
            ("POST", r"/2/media/upload/(\d+)/finalize", "upload", self.finalize),
            ("POST", "/2/media/metadata", "upload", self.describe),
            ("POST", "/2/media/subtitles", "upload", self.subtitle),
        ]

    def refusal(self, status: int, words: str, kind: str = "about:blank") -> Any:
        if status == 200:
            return {"errors": [{"title": "Internal", "detail": words, "type": "about:blank"}]}
        return {"title": "Refused", "detail": words, "type": kind, "status": status}

    def held_back(self) -> Answer:
        at = int(self.now().timestamp()) + 60
        kind = "https://api.x.com/2/problems/rate-limit-exceeded"
        return Answer(
            status=429, data=self.refusal(429, "Too Many Requests", kind), headers={"x-rate-limit-reset": str(at)}
        )

    def shown_files(self) -> set[str]:
        return {name for row in self.rows.values() for name in row["files"]}

    def public(self) -> list[Made]:
        rows = self.rows.values()
        return [
            Made(remote_id=row["id"], text=row["text"], at=self.by_our_clock(row["at"]), answers=row["parent"])
            for row in rows
        ]

    def sign_in(self, request: Request) -> Answer:
        name = base64.b64encode(b"a-client-id:an-app-secret").decode()
        if request.headers.get("authorization") != f"Basic {name}":
            raise Refused(401, {"error": "unauthorized_client", "error_description": "Missing valid authorization"})
        form = {key: values[0] for key, values in parse_qs(request.body.decode()).items()}
        known = {"grant_type", "code", "redirect_uri", "code_verifier", "refresh_token"}
        self.refuse_unknown(form, known, "the form")
        if "code" in form and len(form.get("code_verifier", "")) < 43:
            raise self.no_grant("Value passed for the code verifier was invalid.")
        scope = "tweet.read tweet.write users.read media.write offline.access"
        return Answer(data={**self.next_login(form), "token_type": "bearer", "scope": scope})

    def me(self, request: Request) -> Answer:
        self._demand_login(request)
        return Answer(data={"data": {"id": USER, "name": "Reef Watch", "username": NAME}})

    def listing(self, request: Request) -> Answer:
        self._demand_login(request)
        known = QUERY | {"start_time", "max_results", "exclude", "pagination_token", "since_id", "until_id", "end_time"}
        self.refuse_unknown(request.query, known, "the query")
        most, after = int(request.query.get("max_results", 10)), int(request.query.get("pagination_token", "0"))
        if not 5 <= most <= 100:
            raise Refused(400, self.refusal(400, "max_results is not between 5 and 100"))
        start = datetime.fromisoformat(request.query["start_time"])
        rows = [row for row in self.rows.values() if row["at"] >= start and self.is_shown(row["id"])]
        rows = sorted(rows, key=lambda row: int(row["id"]), reverse=True)
        page, rest = rows[after : after + most], rows[after + most :]
        meta = {"result_count": len(page), **({"next_token": str(after + most)} if rest else {})}
        return Answer(data={"data": [self._shown(row) for row in page], "meta": meta} if page else {"meta": meta})

    def make(self, request: Request) -> Answer:
        self._demand_login(request)
        data = request.data()
        self.refuse_unknown(data, POST_FIELDS, "the post")
        self.refuse_unknown(data.get("media", {}), MEDIA_FIELDS, "its media")
        text, names = data.get("text", ""), data.get("media", {}).get("media_ids", [])
        if _weight(text) > MAX_WEIGHT or not (text.strip() or names) or len(names) > MAX_FILES:
            raise Refused(400, self.refusal(400, "Your Tweet text is too long or empty."))
        if any(not self.files.get(name, {}).get("is_ready") for name in names):
            errors = [{"parameters": {"media.media_ids": names}, "message": "Your media IDs are invalid."}]
            raise Refused(
                400, {**self.refusal(400, "One or more parameters to your request was invalid."), "errors": errors}
            )
        if self.refuses_twins and any(text == said and self.now() - at < TWINS_FOR for said, at in self.said):
            raise Refused(403, self.refusal(403, "You are not allowed to create a Tweet with duplicate content."))
        parent = data.get("reply", {}).get("in_reply_to_tweet_id", "")
        if parent and parent not in self.rows:
            raise Refused(403, self.refusal(403, "You attempted to reply to a Tweet that is deleted or not visible."))
        self.said.append((text, self.now()))
        self.number += 1
        name = str(((int(self.now().timestamp() * 1000) - EPOCH_MS) << 22) + self.number)
        self.rows[name] = {"id": name, "at": self.now(), "text": text, "files": names, "versions": [name]}
        self.rows[name]["parent"] = parent
        self.hide(name)
        return Answer(status=201, data={"data": {"id": name, "text": text, "edit_history_post_ids": [name]}})

    def show(self, request: Request, name: str) -> Answer:
        self._demand_login(request)
        self.refuse_unknown(request.query, QUERY, "the query")
        row = self.rows.get(name)
        if row is None or not self.is_shown(name):
            kind = "https://api.x.com/2/problems/resource-not-found"
            error = {"title": "Not Found Error", "detail": f"Could not find tweet with id: [{name}].", "type": kind}
            return Answer(data={"errors": [{**error, "resource_type": "tweet", "resource_id": name}]})
        media = [self._medium(one) for one in row["files"]]
        return Answer(data={"data": self._shown(row), "includes": {"media": media}})

    def remove(self, request: Request, name: str) -> Answer:
        self._demand_login(request)
        if self.rows.pop(name, None) is None:
            raise Refused(404, self.refusal(404, "There is no such post."))
        return Answer(data={"data": {"deleted": True}})

    def upload(self, request: Request) -> Answer:
        self._demand_login(request)
        form = request.parts()
        self.refuse_unknown(form, {"media", "media_category", "additional_owners"}, "the form")
        category = form["media_category"].decode()
        if category not in ("tweet_image", "subtitles") or len(form["media"]) > MAX_PICTURE_BYTES:
            raise Refused(400, self.refusal(400, "media type or size unrecognized"))
        return self._kept({"category": category, "bytes": form["media"], "is_ready": category == "tweet_image"})

    def initialize(self, request: Request) -> Answer:
        self._demand_login(request)
        data = request.data()
        self.refuse_unknown(data, {"media_category", "media_type", "total_bytes", "shared", "additional_owners"}, "it")
        if data["media_category"] not in ("tweet_video", "tweet_gif"):
            raise Refused(400, self.refusal(400, "media_category is unknown"))
        return self._kept({"category": data["media_category"], "total": data["total_bytes"], "parts": {}})

    def append(self, request: Request, name: str) -> Answer:
        form, file = request.parts(), self._file(request, name)
        self.refuse_unknown(form, {"media", "segment_index"}, "the form")
        file["parts"][int(form["segment_index"])] = form["media"]
        return Answer(data={"data": {"expires_at": int(self.now().timestamp()) + 86_400}})

    def finalize(self, request: Request, name: str) -> Answer:
        file = self._file(request, name)
        whole = b"".join(file["parts"][number] for number in sorted(file["parts"]))
        if len(whole) != file["total"] or sorted(file["parts"]) != list(range(len(file["parts"]))):
            raise Refused(400, self.refusal(400, "Segments do not add up to provided total file size."))
        file["bytes"], file["looks"] = whole, self.looks
        return Answer(data={"data": {"id": name, "size": len(whole), **self._progress(file)}})

    def look(self, request: Request) -> Answer:
        self.refuse_unknown(request.query, {"command", "media_id"}, "the query")
        file = self._file(request, request.query["media_id"])
        file["looks"] -= 1
        return Answer(data={"data": {"id": request.query["media_id"], **self._progress(file)}})

    def describe(self, request: Request) -> Answer:
        data = request.data()
        self.refuse_unknown(data, {"id", "metadata"}, "it")
        file, text = self._file(request, data["id"]), data["metadata"]["alt_text"]["text"]
        if len(text) > MAX_ALT:
            raise Refused(400, self.refusal(400, "alt_text is too long"))
        file["alt_text"] = text
        return Answer(data={"data": {"id": data["id"], "associated_metadata": data["metadata"]}})

    def subtitle(self, request: Request) -> Answer:
        data = request.data()
        self.refuse_unknown(data, {"id", "media_category", "subtitles"}, "it")
        self.refuse_unknown(data["subtitles"], {"id", "language_code", "display_name"}, "the subtitles")
        file, track = self._file(request, data["id"]), self._file(request, data["subtitles"]["id"])
        is_good = track["category"] == "subtitles" and re.fullmatch("[A-Z]{2}", data["subtitles"]["language_code"])
        if not is_good or data["media_category"] != "TweetVideo":
            raise Refused(400, self.refusal(400, "these are no subtitles"))
        file["subtitles"] = track["bytes"]
        return Answer(data={"data": {"id": data["id"], "media_category": "TweetVideo"}})

    def _demand_login(self, request: Request) -> None:
        if not self.is_signed_in(request):
            raise Refused(
                401, {"title": "Unauthorized", "type": "about:blank", "status": 401, "detail": "Unauthorized"}
            )

    def _kept(self, file: dict[str, Any]) -> Answer:
        self.number += 1
        name = str(10**18 + self.number)
        self.files[name] = file
        return Answer(data={"data": {"id": name, "media_key": f"3_{name}", "expires_after_secs": 86_400}})

    def _file(self, request: Request, name: str) -> dict[str, Any]:
        self._demand_login(request)
        if name not in self.files:
            raise Refused(404, self.refusal(404, f"There is no media id {name}."))
        return self.files[name]

    def _progress(self, file: dict[str, Any]) -> dict[str, Any]:
        file["is_ready"] = file["looks"] <= 0
        waiting = {"state": "in_progress", "check_after_secs": 4, "progress_percent": 40}
        return {"processing_info": {"state": "succeeded"} if file["is_ready"] else waiting}

    def _shown(self, row: dict[str, Any]) -> dict[str, Any]:
        """Addresses are shortened, and marks of HTML written out."""
        text, urls = html.escape(row["text"], quote=False), []
        for number, found in enumerate(re.findall(r"https?://\S+", text)):
            short = f"https://t.co/{row['id'][-6:]}{number}"
            text = text.replace(found, short, 1)
            urls.append({"url": short, "expanded_url": html.unescape(found), "display_url": found[8:30]})
        keys = [f"3_{name}" for name in row["files"]]
        if keys:
            short = f"https://t.co/{row['id'][-6:]}m"
            text = f"{text} {short}".strip()
            whole = f"https://x.com/{NAME}/status/{row['id']}/photo/1"
            urls.append({"url": short, "expanded_url": whole, "display_url": "pic.x.com/abc", "media_key": keys[0]})
        counts = ("repost_count", "reply_count", "like_count", "quote_count", "bookmark_count", "impression_count")
        answers = [{"type": "replied_to", "id": row["parent"]}] if row["parent"] else []
        return {
            **({"referenced_posts": answers} if answers else {}),
            "id": row["id"], "text": text, "author_id": USER, "attachments": {"media_keys": keys},
            "created_at": row["at"].strftime("%Y-%m-%dT%H:%M:%S.000Z"), "edit_history_post_ids": row["versions"],
            "entities": {"urls": [{"start": 0, "end": 1, **url} for url in urls]},
            "public_metrics": {name: n for n, name in enumerate(counts)},
            "non_public_metrics": {"url_link_clicks": 7, "user_profile_clicks": 2},
        }  # fmt: skip

    def _medium(self, name: str) -> dict[str, Any]:
        file, key = self.files[name], f"3_{name}"
        if file["category"] == "tweet_video":
            return {"media_key": key, "type": "video", "preview_image_url": f"{self.url}/preview/{name}.jpg"}
        alt = {"alt_text": file["alt_text"]} if file.get("alt_text") else {}
        return {"media_key": key, "type": "photo", "url": f"{self.url}/media/{name}.jpg", **alt}


def _weight(text: str) -> int:
    """Addresses weigh 23; signs beyond U+10FF, but for some marks between words, weigh two."""
    left, found = re.subn(r"https?://\S+", "", text)
    light = (range(0x10FF + 1), range(0x2000, 0x200E), range(0x2010, 0x2020), range(0x2032, 0x2038))
    return 23 * found + sum(1 if any(ord(sign) in one for one in light) else 2 for sign in left)

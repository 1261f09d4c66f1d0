"""A strict server of TikTok's Content Posting and Display APIs, version 2: films in parts, pictures that are fetched.

Written from TikTok's guides (https://developers.tiktok.com/doc, 2026-10-04), not from our own adapter or checks: a
mistake there must not hide here. No machine contract is published.
"""

import re
from collections.abc import Callable
from typing import Any
from urllib.parse import parse_qs

from tests.faults.bench.clock import Clock
from tests.faults.bench.rotating import Rotating
from tests.faults.bench.strict import Answer, Made, Refused, Request

OPEN_ID, NAME = "_000reefwatch", "reefwatch"
INFO = {"privacy_level", "title", "disable_comment", "brand_content_toggle", "brand_organic_toggle"}
FILM = INFO | {"disable_duet", "disable_stitch", "video_cover_timestamp_ms", "is_aigc"}
PICTURES = INFO | {"description", "auto_add_music"}
FIELDS = {
    "id", "create_time", "cover_image_url", "share_url", "video_description", "duration", "height", "width", "title",
    "embed_html", "embed_link", "like_count", "comment_count", "share_count", "view_count", "is_aigc",
}  # fmt: skip
MAX_WORDS, MAX_TITLE, MAX_PICTURES, TOLD = 2200, 90, 35, 150


class TikTok(Rotating):
    """One account that an app may use. Its posts are kept by the names they go by while they are on their way."""

    life_s = 86_400
    least_bytes = 5_000_000  # of a part, unless the film is smaller

    def __init__(self, clock: Clock) -> None:
        super().__init__(clock)
        self.is_audited = True
        self.offered = ["PUBLIC_TO_EVERYONE", "MUTUAL_FOLLOW_FRIENDS", "SELF_ONLY"]
        self.most_s = 300
        self.cap = ""  # the code of a limit that is reached

    def routes(self) -> list[tuple[str, str, str, Callable[..., Answer]]]:
        return [
            ("POST", "/v2/oauth/token/", "login", self.sign_in),
            ("GET", "/v2/user/info/", "read", self.me),
            ("POST", "/v2/post/publish/creator_info/query/", "read", self.creator),
            ("POST", "/v2/post/publish/video/init/", "upload", self.begin),
            ("PUT", r"/upload/([\w.~-]+)", "make", self.take),
            ("POST", "/v2/post/publish/content/init/", "make", self.pictures),
            ("POST", "/v2/post/publish/status/fetch/", "look", self.status),
            ("POST", "/v2/video/list/", "read", self.listing),
            ("POST", "/v2/video/query/", "read", self.query),
            ("GET", "/oembed", "look", self.for_strangers),
        ]

    def refusal(self, status: int, words: str, code: str = "internal_error") -> Any:
        return {"data": {}, "error": {"code": code, "message": words, "log_id": "1"}}

    def held_back(self) -> Answer:
        return Answer(status=429, data=self.refusal(429, "The API rate limit was exceeded", "rate_limit_exceeded"))

    def shown_files(self) -> set[str]:
        return {name for name, post in self.files.items() if post["at"]}

    def public(self) -> list[Made]:
        return [
            Made(remote_id=post["post_id"], text=post["words"], at=self.by_our_clock(post["at"]))
            for post in self.files.values()
            if post["at"] and not post["why"] and post["info"]["privacy_level"] == "PUBLIC_TO_EVERYONE"
        ]

    def known_as(self, remote_id: str) -> str:
        """A post goes by the name it was begun under until it is read."""
        return str(self.files[remote_id]["post_id"]) if remote_id in self.files else remote_id

    def remove(self, post_id: str) -> None:
        """As a person does it in the app."""
        self.files = {name: post for name, post in self.files.items() if post["post_id"] != post_id}

    def sign_in(self, request: Request) -> Answer:
        form = {name: values[0] for name, values in parse_qs(request.body.decode()).items()}
        known = {"grant_type", "code", "redirect_uri", "client_key", "client_secret", "refresh_token"}
        self.refuse_unknown(form, known, "the form")
        if form.get("client_secret") != "an-app-secret" or form.get("client_key") != "a-client-key":
            raise self.no_grant("Client key or secret is incorrect.")
        scope = "user.info.basic,video.publish,video.list"
        more = {"open_id": OPEN_ID, "refresh_expires_in": 31_536_000, "scope": scope, "token_type": "Bearer"}
        return Answer(data={**self.next_login(form), **more})

    def no_grant(self, words: str) -> Refused:
        """TikTok says so in a good answer."""
        return Refused(200, {"error": "invalid_grant", "error_description": words, "log_id": "1"})

    def me(self, request: Request) -> Answer:
        self._demand(request)
        self.refuse_unknown(request.query, {"fields"}, "the query")
        return self._good({"user": {"open_id": OPEN_ID, "display_name": "Reef Watch"}})

    def creator(self, request: Request) -> Answer:
        self._demand(request)
        told = {"creator_username": NAME, "creator_nickname": "Reef Watch", "privacy_level_options": self.offered}
        may = {"comment_disabled": False, "duet_disabled": False, "stitch_disabled": False}
        return self._good({**told, **may, "max_video_post_duration_sec": self.most_s})

    def begin(self, request: Request) -> Answer:
        self._demand(request)
        told = request.data()
        self.refuse_unknown(told, {"post_info", "source_info"}, "the post")
        self._demand_info(told["post_info"], FILM)
        source = told["source_info"]
        self.refuse_unknown(source, {"source", "video_size", "chunk_size", "total_chunk_count"}, "the source")
        size, part, count = source["video_size"], source["chunk_size"], source["total_chunk_count"]
        is_small = count == 1 and part == size
        if source["source"] != "FILE_UPLOAD" or count != size // part or (part < self.least_bytes and not is_small):
            raise self._no(400, "The chunks do not add up", "invalid_params")
        name = self._kept("v_pub_file~v2-1", told["post_info"], told["post_info"]["title"])
        self.files[name] |= {"size": size, "part": part, "count": count, "looks": self.looks}
        return self._good({"publish_id": name, "upload_url": f"{self.url}/upload/{name}?upload_token=t"})

    def take(self, request: Request, name: str) -> Answer:
        post = self.files.get(name)
        if post is None:
            raise Refused(404, self.refusal(404, "no such upload"))
        span = re.fullmatch(r"bytes (\d+)-(\d+)/(\d+)", request.headers.get("content-range", ""))
        if span is None or int(span[3]) != post["size"] or int(span[2]) - int(span[1]) + 1 != len(request.body):
            raise Refused(400, self.refusal(400, "Content-Range does not fit"))
        number, is_last = post["parts"], post["parts"] == post["count"] - 1
        end = post["size"] if is_last else (number + 1) * post["part"]
        if (int(span[1]), int(span[2]) + 1) != (number * post["part"], end) or post["at"]:
            raise Refused(416, self.refusal(416, "These bytes are not those that come next"))
        post["bytes"] += request.body
        post["parts"] += 1
        if is_last:
            post["at"] = self.now()
            self.hide(post["post_id"])
        return Answer(status=201 if is_last else 206, content=b"")

    def pictures(self, request: Request) -> Answer:
        self._demand(request)
        told = request.data()
        self.refuse_unknown(told, {"post_info", "source_info", "post_mode", "media_type"}, "the post")
        self._demand_info(told["post_info"], PICTURES)
        source = told["source_info"]
        self.refuse_unknown(source, {"source", "photo_cover_index", "photo_images"}, "the source")
        is_right = (told["post_mode"], told["media_type"]) == ("DIRECT_POST", "PHOTO")
        count = len(source["photo_images"])
        if not is_right or not 1 <= count <= MAX_PICTURES or not 0 <= source["photo_cover_index"] < count:
            raise self._no(400, "The pictures do not fit", "invalid_params")
        if not all(url.startswith("https://reef.example/") for url in source["photo_images"]):
            raise self._no(403, "URL ownership is not verified", "url_ownership_unverified")
        name = self._kept("p_pub_url~v2", told["post_info"], told["post_info"]["description"])
        self.files[name] |= {"at": self.now(), "looks": self.looks, "size": 0}
        self.hide(self.files[name]["post_id"])
        return self._good({"publish_id": name})

    def status(self, request: Request) -> Answer:
        self._demand(request)
        self.refuse_unknown(request.data(), {"publish_id"}, "it")
        post = self.files.get(request.data()["publish_id"])
        if post is None:
            raise self._no(400, "publish_id is invalid", "invalid_publish_id")
        has = {"uploaded_bytes": len(post["bytes"])} if post["size"] else {"downloaded_bytes": 1}
        if post["why"]:
            return self._good({"status": "FAILED", "fail_reason": post["why"], **has})
        post["looks"] -= bool(post["at"])
        if not post["at"] or post["looks"] >= 0:
            return self._good({"status": "PROCESSING_UPLOAD" if post["size"] else "PROCESSING_DOWNLOAD", **has})
        names = [int(post["post_id"])] if self._is_listed(post) else []
        return self._good({"status": "PUBLISH_COMPLETE", "publicaly_available_post_id": names, **has})

    def listing(self, request: Request) -> Answer:
        self._demand(request)
        told, fields = request.data(), self._fields(request)
        self.refuse_unknown(told, {"max_count", "cursor"}, "it")
        if not 1 <= told["max_count"] <= 20:
            raise self._no(400, "max_count is not between 1 and 20", "invalid_params")
        before = told.get("cursor") or 10**15
        rows = [post for post in self.files.values() if self._is_listed(post) and _ms(post) < before]
        rows.sort(key=_ms, reverse=True)
        page, rest = rows[: told["max_count"]], rows[told["max_count"] :]
        cursor = _ms(page[-1]) if page else 0
        return self._good(
            {"videos": [self._shown(post, fields) for post in page], "cursor": cursor, "has_more": bool(rest)}
        )

    def query(self, request: Request) -> Answer:
        self._demand(request)
        told, fields = request.data(), self._fields(request)
        self.refuse_unknown(told, {"filters"}, "it")
        names = told["filters"]["video_ids"]
        if len(names) > 20:
            raise self._no(400, "too many video_ids", "invalid_params")
        rows = [post for post in self.files.values() if post["post_id"] in names and self._is_listed(post)]
        return self._good({"videos": [self._shown(post, fields) for post in rows]})

    def for_strangers(self, request: Request) -> Answer:
        name = request.query["url"].partition("?")[0].rpartition("/")[2]
        post = next((one for one in self.files.values() if one["post_id"] == name and self._is_listed(one)), None)
        if post is None:
            raise Refused(400, {"code": 400, "message": "Something went wrong"})
        return Answer(data={"version": "1.0", "type": "video", "title": post["words"], "author_unique_id": NAME})

    def _kept(self, kind: str, info: dict[str, Any], words: str) -> str:
        self.number += 1
        name = f"{kind}.{self.number}"
        kept = {"info": info, "words": words, "bytes": b"", "parts": 0, "at": None, "why": ""}
        self.files[name] = {**kept, "post_id": str(7_500_000_000_000_000_000 + self.number), "kind": kind}
        return name

    def _good(self, data: dict[str, Any]) -> Answer:
        return Answer(data={"data": data, "error": {"code": "ok", "message": "", "log_id": "1"}})

    def _no(self, status: int, words: str, code: str) -> Refused:
        return Refused(status, self.refusal(status, words, code))

    def _demand(self, request: Request) -> None:
        if not self.is_signed_in(request):
            raise self._no(401, "The access token is invalid", "access_token_invalid")
        if self.cap and "init" in request.path:
            raise self._no(403, "A limit is reached", self.cap)

    def _demand_info(self, info: dict[str, Any], known: set[str]) -> None:
        self.refuse_unknown(info, known, "post_info")
        if info["privacy_level"] not in self.offered:
            raise self._no(403, "not one of the options", "privacy_level_option_mismatch")
        if not self.is_audited and info["privacy_level"] != "SELF_ONLY":
            words = "Please review our integration guidelines"
            raise self._no(403, words, "unaudited_client_can_only_post_to_private_accounts")
        if len(info.get("description", info["title"]).encode("utf-16-le")) // 2 > MAX_WORDS:
            raise self._no(400, "The words are too long", "invalid_params")
        if "description" in info and len(info["title"].encode("utf-16-le")) // 2 > MAX_TITLE:
            raise self._no(400, "The title is too long", "invalid_params")

    def _fields(self, request: Request) -> set[str]:
        fields = set(request.query["fields"].split(","))
        if fields - FIELDS:
            raise self._no(400, f"unknown fields: {fields - FIELDS}", "invalid_params")
        return fields

    def _is_listed(self, post: dict[str, Any]) -> bool:
        is_public = post["info"]["privacy_level"] == "PUBLIC_TO_EVERYONE"
        return bool(post["at"]) and is_public and not post["why"] and self.is_shown(post["post_id"])

    def _shown(self, post: dict[str, Any], fields: set[str]) -> dict[str, Any]:
        words = post["words"][:TOLD]
        kind = "video" if post["size"] else "photo"
        known = {
            "id": post["post_id"], "create_time": int(post["at"].timestamp()), "title": words,
            "video_description": words, "share_url": f"https://www.tiktok.com/@{NAME}/{kind}/{post['post_id']}?utm=1",
            "view_count": 5, "like_count": 2, "comment_count": 1, "share_count": 0,
        }  # fmt: skip
        return {name: value for name, value in known.items() if name in fields}


def _ms(post: dict[str, Any]) -> int:
    return int(post["at"].timestamp() * 1000)

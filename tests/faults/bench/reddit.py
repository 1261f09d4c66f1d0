"""A strict server of Reddit's API: one account, communities with rules and flairs, pictures that appear later.

Written from copies of Reddit's reference (https://www.reddit.com/dev/api), what Reddit's people wrote of post
requirements (r/redditdev, 2020-02-06) and what PRAW 8 sends, all read 2026-11-30, not from our own adapter or checks: a
mistake there must not hide here. No machine contract is published.
"""

import base64
from collections.abc import Callable
from typing import Any
from urllib.parse import parse_qs, urlsplit

from tests.faults.bench.clock import Clock
from tests.faults.bench.strict import Answer, KeepsFiles, Made, Refused, Request

NAME, TOKEN, FLAIR = "reefwatch", "a-token", "0c1f5a2e-7d1b-11ee-b962-0242ac120002"
SUBMIT = {
    "api_type", "extension", "flair_id", "flair_text", "kind", "nsfw", "resubmit", "sendreplies", "spoiler", "sr",
    "text", "title", "url", "validate_on_submit", "video_poster_url", "richtext_json", "discussion_type",
    "collection_id",
}  # fmt: skip
GALLERY = (SUBMIT - {"kind", "url", "resubmit"}) | {"items", "show_error_list"}
PATHS = {"raw_json", "sort", "limit", "after", "before", "count", "show", "id"}
MAX_TITLE, MAX_WORDS, MAX_PICTURES, MAX_CAPTION, MOST_LISTED = 300, 40_000, 20, 180, 1000
FIELDS = ("acl", "key", "x-amz-credential", "x-amz-algorithm", "x-amz-date", "policy", "x-amz-signature")


class Reddit(KeepsFiles):
    """One account that an app may use."""

    def __init__(self, clock: Clock) -> None:
        super().__init__(clock)
        self.token, self.number, self.codes = TOKEN, 0, {"c0de"}
        self.rows: dict[str, dict[str, Any]] = {}
        self.picture_wait_s = 0.0  # how long a picture's post is made ready before anybody sees it, on the passed clock
        self.limit_words = ""  # what it says of too many posts; empty: there were not
        self.hidden_from_strangers: set[str] = set()
        self.communities: dict[str, dict[str, Any]] = {
            "reef": {
                "subreddit_type": "public",
                "submission_type": "any",
                "allow_images": True,
                "allow_galleries": True,
            },
            "kelp": {
                "subreddit_type": "public",
                "submission_type": "any",
                "allow_images": True,
                "allow_galleries": True,
            },
        }
        self.rules: dict[str, dict[str, Any]] = {}
        self.flairs = [
            {"id": FLAIR, "text": "Science", "mod_only": False, "type": "text"},
            {"id": "for-moderators", "text": "News", "mod_only": True, "type": "text"},
        ]

    def routes(self) -> list[tuple[str, str, str, Callable[..., Answer]]]:
        return [
            ("POST", "/api/v1/access_token", "login", self.sign_in),
            ("GET", "/api/v1/me", "read", self.me),
            ("GET", "/subreddits/mine/subscriber", "read", self.joined),
            ("GET", r"/r/([\w-]+)/about", "read", self.about),
            ("GET", r"/api/v1/([\w-]+)/post_requirements", "read", self.requirements),
            ("GET", r"/r/([\w-]+)/api/link_flair_v2", "read", self.list_flairs),
            ("POST", "/api/media/asset.json", "upload", self.lease),
            ("POST", "/storage", "upload", self.take),
            ("POST", "/api/submit", "make", self.submit),
            ("POST", "/api/submit_gallery_post.json", "make", self.submit_gallery),
            ("GET", rf"/user/{NAME}/submitted", "read", self.listing),
            ("GET", "/api/info", "read", self.info),
            ("POST", "/api/editusertext", "update", self.edit),
            ("POST", "/api/del", "delete", self.remove),
            ("GET", "/oembed", "look", self.for_strangers),
        ]

    def refusal(self, status: int, words: str) -> Any:
        return {"message": words, "error": status}

    def held_back(self) -> Answer:
        told = {"x-ratelimit-remaining": "0.0", "x-ratelimit-used": "100", "x-ratelimit-reset": "40"}
        return Answer(status=429, data=self.refusal(429, "Too Many Requests"), headers=told)

    def shown_files(self) -> set[str]:
        return {name for row in self.rows.values() for name in row["files"]}

    def public(self) -> list[Made]:
        return [
            Made(remote_id=name, text=row["title"], at=self.by_our_clock(row["at"]))
            for name, row in self.rows.items()
            if not row["removed_by_category"]
        ]

    def known_as(self, remote_id: str) -> str:
        """A picture's post goes by the picture's name until it is seen."""
        asset = remote_id.split("_")[1] if remote_id.startswith("asset_") else ""
        return next((name for name, row in self.rows.items() if asset and asset in row["files"]), remote_id)

    def end_tokens(self) -> None:
        self.token = ""

    def sign_in(self, request: Request) -> Answer:
        self._demand_agent(request)
        wanted = base64.b64encode(b"a-client-id:an-app-secret").decode()
        if request.headers.get("authorization") != f"Basic {wanted}":
            raise Refused(401, self.refusal(401, "Unauthorized"))
        form = _form(request)
        self.refuse_unknown(form, {"grant_type", "code", "redirect_uri", "refresh_token"}, "the form")
        told: dict[str, Any] = {"token_type": "bearer", "expires_in": 86_400}
        if form["grant_type"] == "authorization_code":
            if form["code"] not in self.codes:
                raise Refused(400, {"error": "invalid_grant"})
            self.codes.discard(form["code"])
        elif form.get("refresh_token") != "a-refresh-token":
            raise Refused(400, {"message": "Bad Request", "error": 400})
        self.token = self.token or TOKEN
        scope = "identity submit read history edit flair mysubreddits"
        return Answer(data={**told, "access_token": self.token, "refresh_token": "a-refresh-token", "scope": scope})

    def me(self, request: Request) -> Answer:
        self._demand(request)
        return Answer(data={"name": NAME, "id": "9xk2p", "total_karma": 1200})

    def joined(self, request: Request) -> Answer:
        self._demand(request)
        rows = [{"kind": "t5", "data": {"display_name_prefixed": f"r/{name}"}} for name in self.communities]
        return Answer(data={"kind": "Listing", "data": {"after": None, "children": rows}})

    def about(self, request: Request, name: str) -> Answer:
        self._demand(request)
        told = self._community(name)
        if told["subreddit_type"] == "private":
            raise Refused(403, {"reason": "private", "message": "Forbidden", "error": 403})
        return Answer(data={"kind": "t5", "data": {"display_name": name, **told}})

    def requirements(self, request: Request, name: str) -> Answer:
        self._demand(request)
        self._community(name)
        return Answer(data={"is_flair_required": False, "body_restriction_policy": "none", **self.rules.get(name, {})})

    def list_flairs(self, request: Request, name: str) -> Answer:
        self._demand(request)
        self._community(name)
        return Answer(data=self.flairs)

    def lease(self, request: Request) -> Answer:
        self._demand(request)
        form = _form(request)
        self.refuse_unknown(form, {"filepath", "mimetype"}, "the form")
        if form["mimetype"] not in ("image/jpeg", "image/png", "image/gif"):
            raise Refused(400, self.refusal(400, "Bad Request"))
        self.number += 1
        name = f"a{self.number:012d}"
        self.files[name] = {"bytes": b""}
        values = {**dict.fromkeys(FIELDS, "v"), "key": f"rte_images/{name}"}
        fields = [{"name": field, "value": value} for field, value in values.items()]
        asset = {"asset_id": name, "processing_state": "incomplete", "payload": {"filepath": form["filepath"]}}
        return Answer(data={"args": {"action": f"{self.url}/storage", "fields": fields}, "asset": asset})

    def take(self, request: Request) -> Answer:
        """The storage is Amazon's: it knows no logins of Reddit's, and every field of the policy has to be there."""
        parts = request.parts()
        name = parts.get("key", b"").decode().removeprefix("rte_images/")
        if "authorization" in request.headers or list(parts) != [*FIELDS, "file"] or name not in self.files:
            raise Refused(403, "<Error><Code>AccessDenied</Code></Error>")
        self.files[name]["bytes"] = parts["file"]
        return Answer(status=201, content=b"<PostResponse/>", media_type="application/xml")

    def submit(self, request: Request) -> Answer:
        self._demand(request)
        form = _form(request)
        self.refuse_unknown(form, SUBMIT, "the form")
        kind = form.get("kind")
        asset = form.get("url", "").rpartition("/")[2] if kind == "image" else ""
        if kind not in ("self", "link", "image") or form.get("api_type") != "json":
            raise Refused(400, self.refusal(400, "Bad Request"))
        if kind == "link" and urlsplit(form.get("url", "")).scheme not in ("http", "https"):
            raise self._wrong("BAD_URL", "you should check that url", "url")
        if kind == "image" and not self.files.get(asset, {}).get("bytes"):
            raise self._wrong("IMAGE_ERROR", "this image is not there", "url")
        return self._made(form, [asset] if asset else [], "" if kind == "image" else form.get("url", ""), kind)

    def submit_gallery(self, request: Request) -> Answer:
        self._demand(request)
        data = request.data()
        self.refuse_unknown(data, GALLERY, "the post")
        names = [item["media_id"] for item in data["items"]]
        if not 2 <= len(names) <= MAX_PICTURES or any(len(item["caption"]) > MAX_CAPTION for item in data["items"]):
            raise self._wrong("BAD_GALLERY", "this is no gallery", "items")
        if any(not self.files.get(name, {}).get("bytes") for name in names):
            raise self._wrong("MEDIA_ERROR", "a picture is not there", "items")
        return self._made(data, names, "", "gallery")

    def listing(self, request: Request) -> Answer:
        self._demand(request)
        self.refuse_unknown(request.query, PATHS, "the query")
        if request.query.get("sort") != "new" or not 1 <= int(request.query.get("limit", 25)) <= 100:
            raise Refused(400, self.refusal(400, "Bad Request"))
        names = sorted(
            (name for name in self.rows if self.is_shown(name)), key=lambda name: int(name[3:], 36), reverse=True
        )
        names, size = names[:MOST_LISTED], int(request.query.get("limit", 25))
        start = names.index(request.query["after"]) + 1 if request.query.get("after") in names else 0
        page = names[start : start + size]
        after = page[-1] if start + size < len(names) else None
        return self._listed(page, after)

    def info(self, request: Request) -> Answer:
        self._demand(request)
        self.refuse_unknown(request.query, PATHS, "the query")
        return self._listed(
            [name for name in request.query["id"].split(",") if name in self.rows and self.is_shown(name)]
        )

    def edit(self, request: Request) -> Answer:
        self._demand(request)
        form = _form(request)
        self.refuse_unknown(form, {"api_type", "thing_id", "text", "return_rtjson", "validate_on_submit"}, "the form")
        if form["thing_id"] not in self.rows:
            raise self._wrong("NOT_AUTHOR", "you can't do that", "thing_id")
        self.rows[form["thing_id"]]["text"] = form["text"]
        return Answer(data={"json": {"errors": [], "data": {"things": []}}})

    def remove(self, request: Request) -> Answer:
        self._demand(request)
        form = _form(request)
        self.refuse_unknown(form, {"id", "api_type"}, "the form")
        self.rows.pop(form["id"], None)
        return Answer(data={})

    def for_strangers(self, request: Request) -> Answer:
        self._demand_agent(request)
        name = f"t3_{request.query['url'].rstrip('/').rpartition('/')[2]}"
        if name not in self.rows or name in self.hidden_from_strangers:
            return Answer(status=404, data=self.refusal(404, "Not Found"))
        return Answer(data={"version": "1.0", "type": "rich", "title": self.rows[name]["title"]})

    def _made(self, told: dict[str, Any], files: list[str], url: str, kind: str) -> Answer:
        community = self._community(told["sr"])
        if self.limit_words:
            raise self._wrong("RATELIMIT", self.limit_words, "ratelimit")
        if community["subreddit_type"] != "public":
            raise self._wrong("SUBREDDIT_NOTALLOWED", "you aren't allowed to post there.", "sr")
        if not 1 <= len(told.get("title", "").strip()) <= MAX_TITLE or len(told.get("text", "")) > MAX_WORDS:
            raise self._wrong("TOO_LONG", "this is too long or empty", "title")
        if self.rules.get(told["sr"], {}).get("is_flair_required") and not told.get("flair_id"):
            raise Refused(
                400, self._errors("SUBMIT_VALIDATION_FLAIR_REQUIRED", "Post must contain post flair.", "flair")
            )
        if told.get("flair_id", FLAIR) != FLAIR:
            raise self._wrong("BAD_FLAIR_TEMPLATE_ID", "invalid flair", "flair")
        self.number += 1
        short = _base36(int(self.now().timestamp() * 1000) * 1000 + self.number)
        name = f"t3_{short}"
        row = {"title": told["title"], "text": told.get("text", ""), "sr": told["sr"], "url": url, "files": files}
        marks = {"over_18": str(told.get("nsfw")).lower() == "true", "flair_id": told.get("flair_id"), "kind": kind}
        self.rows[name] = {**row, **marks, "at": self.now(), "removed_by_category": None}
        self.hide(name)
        if kind == "image":
            if self.picture_wait_s:
                self.hidden_until[name] = self.clock.monotonic() + self.picture_wait_s
            later = {
                "user_submitted_page": f"https://www.reddit.com/user/{NAME}/submitted/",
                "websocket_url": "wss://ws/",
            }
            return Answer(data={"json": {"errors": [], "data": later}})
        address = f"https://www.reddit.com/r/{told['sr']}/comments/{short}/"
        return Answer(
            data={"json": {"errors": [], "data": {"url": address, "id": short, "name": name, "drafts_count": 0}}}
        )

    def _listed(self, names: list[str], after: str | None = None) -> Answer:
        rows = [{"kind": "t3", "data": self._shown(name)} for name in names]
        return Answer(data={"kind": "Listing", "data": {"after": after, "dist": len(rows), "children": rows}})

    def _shown(self, name: str) -> dict[str, Any]:
        row = self.rows[name]
        is_picture, is_gallery = row["kind"] == "image", row["kind"] == "gallery"
        url = (
            f"https://i.redd.it/{row['files'][0]}.jpg" if is_picture else row["url"] or f"https://www.reddit.com/{name}"
        )
        items = {"gallery_data": {"items": [{"media_id": one} for one in row["files"]]}} if is_gallery else {}
        return {
            "name": name, "id": name[3:], "title": row["title"], "selftext": row["text"], "subreddit": row["sr"],
            "author": NAME, "created_utc": row["at"].timestamp(), "is_self": row["kind"] == "self", "url": url,
            "over_18": row["over_18"], "removed_by_category": row["removed_by_category"],
            "is_reddit_media_domain": is_picture, "score": 12, "num_comments": 3, "num_crossposts": 0, **items,
        }  # fmt: skip

    def _community(self, name: str) -> dict[str, Any]:
        if name not in self.communities:
            raise Refused(404, self.refusal(404, "Not Found"))
        return self.communities[name]

    def _errors(self, code: str, words: str, field: str) -> Any:
        return {"json": {"errors": [[code, words, field]]}}

    def _wrong(self, code: str, words: str, field: str) -> Refused:
        return Refused(200, self._errors(code, words, field))

    def _demand(self, request: Request) -> None:
        self._demand_agent(request)
        if not self.token or request.token != self.token:
            raise Refused(401, self.refusal(401, "Unauthorized"))

    def _demand_agent(self, request: Request) -> None:
        """Whoever does not say who they are is sent away."""
        if "(by /u/" not in request.headers.get("user-agent", ""):
            raise Refused(429, self.refusal(429, "Too Many Requests"))


def _form(request: Request) -> dict[str, str]:
    return {name: values[0] for name, values in parse_qs(request.body.decode(), keep_blank_values=True).items()}


def _base36(number: int) -> str:
    signs = "0123456789abcdefghijklmnopqrstuvwxyz"
    return signs[number] if number < 36 else _base36(number // 36) + signs[number % 36]

"""A strict server of LinkedIn's versioned API: a member, a page, posts, files with a state, a login of sixty days.

Written from LinkedIn's published guides (learn.microsoft.com/linkedin, 2026-10-04), not from our own adapter or checks:
a mistake there must not hide here. No machine contract is published.
"""

import re
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import parse_qs, unquote

from tests.faults.bench.clock import Clock
from tests.faults.bench.strict import Answer, KeepsFiles, Made, Refused, Request

PAGE, OTHER, MEMBER, VERSIONS = "urn:li:organization:77", "urn:li:organization:78", "urn:li:person:aB3", {"202609"}
POST_FIELDS = {
    "author", "commentary", "visibility", "distribution", "lifecycleState", "isReshareDisabledByAuthor", "content",
    "reshareContext", "contentLandingPage", "contentCallToActionLabel", "container", "adContext",
}  # fmt: skip
CONTENT_FIELDS = {"media", "multiImage", "article", "poll", "carousel", "celebration", "reference"}
MAX_WORDS, MAX_PICTURES, PART_BYTES, TWINS_FOR = 3000, 20, 200, timedelta(days=1)
RESERVED = r"(?<!\\)[|{}@\[\]()<>#*_~]"


class LinkedIn(KeepsFiles):
    """A member who manages a page, and another that only reads."""

    def __init__(self, clock: Clock) -> None:
        super().__init__(clock)
        self.token, self.number = "a-token", 0
        self.ghost = ""  # a post that is named as a twin and is not there
        self.rows: dict[str, dict[str, Any]] = {}
        self.said: dict[tuple[str, str], tuple[str, datetime]] = {}  # what words were said as, and when
        self.codes, self.gives_refresh = {"c0de"}, True

    def routes(self) -> list[tuple[str, str, str, Callable[..., Answer]]]:
        return [
            ("POST", "/oauth/v2/accessToken", "login", self.sign_in),
            ("GET", "/v2/userinfo", "read", self.me),
            ("GET", "/rest/organizationAcls", "read", self.managed),
            ("GET", r"/rest/organizations/(\d+)", "read", self.page),
            ("GET", "/rest/organizationalEntityShareStatistics", "read", self.statistics),
            ("POST", "/rest/posts", "make", self.make),
            ("GET", "/rest/posts", "read", self.listing),
            ("GET", r"/rest/posts/([^/]+)", "read", self.show),
            ("DELETE", r"/rest/posts/([^/]+)", "delete", self.remove),
            ("POST", r"/rest/(images|videos|documents)", "upload", self.act),
            ("GET", r"/rest/(images|videos|documents)/([^/]+)", "look", self.look),
            ("PUT", r"/dms/([^/]+)/(\d+)", "upload", self.take),
        ]

    def refusal(self, status: int, words: str, code: str = "") -> Any:
        if status == 200:
            return {"message": words, "serviceErrorCode": 0, "status": 500}
        return {"status": status, "serviceErrorCode": 100, "code": code or "ERROR", "message": words}

    def held_back(self) -> Answer:
        words = "Resource level throttle APPLICATION_AND_MEMBER DAY limit is reached"
        return Answer(status=429, data=self.refusal(429, words, "TOO_MANY_REQUESTS"))

    def shown_files(self) -> set[str]:
        return {name for row in self.rows.values() for name in _names_in(row["content"])}

    def public(self) -> list[Made]:
        rows = self.rows.items()
        return [Made(remote_id=name, text=row["commentary"], at=self.by_our_clock(row["at"])) for name, row in rows]

    def end_tokens(self) -> None:
        self.token = ""

    def sign_in(self, request: Request) -> Answer:
        form = {name: values[0] for name, values in parse_qs(request.body.decode()).items()}
        known = {"grant_type", "code", "redirect_uri", "client_id", "client_secret", "refresh_token", "code_verifier"}
        self.refuse_unknown(form, known, "the form")
        if form.get("client_secret") != "an-app-secret":
            raise Refused(401, {"error": "invalid_client", "error_description": "Client authentication failed"})
        if form["grant_type"] == "authorization_code":
            if form["code"] not in self.codes:
                raise Refused(400, {"error": "invalid_request", "error_description": "Unable to retrieve access token"})
            self.codes.discard(form["code"])
        elif form["refresh_token"] != "a-refresh-token":
            raise Refused(
                400, {"error": "invalid_request", "error_description": "The provided refresh token is invalid"}
            )
        self.token = self.token or "a-token"
        told = {
            "access_token": self.token,
            "expires_in": 5_184_000,
            "scope": "r_organization_social,w_organization_social",
        }
        more = (
            {"refresh_token": "a-refresh-token", "refresh_token_expires_in": 31_536_000} if self.gives_refresh else {}
        )
        return Answer(data={**told, **more})

    def me(self, request: Request) -> Answer:
        self._demand_login(request, is_versioned=False)
        return Answer(data={"sub": MEMBER.rpartition(":")[2], "name": "Ana Reef"})

    def managed(self, request: Request) -> Answer:
        self._demand_login(request)
        rows = [{"organization": urn, "role": "ADMINISTRATOR", "state": "APPROVED"} for urn in (PAGE, OTHER)]
        return Answer(data={"elements": rows, "paging": {"start": 0, "count": 10}})

    def page(self, request: Request, number: str) -> Answer:
        self._demand_login(request)
        names = {"77": ("Reef Watch", "reefwatch"), "78": ("Kelp News", "kelpnews")}
        if number not in names:
            raise self._no(404, "Organization not found")
        name, vanity = names[number]
        return Answer(data={"id": int(number), "localizedName": name, "vanityName": vanity})

    def statistics(self, request: Request) -> Answer:
        self._demand_login(request)
        self._demand_finder(request)
        counts = ("impressionCount", "uniqueImpressionsCount", "clickCount", "likeCount", "commentCount", "shareCount")
        told = {name: number for number, name in enumerate(counts)}
        return Answer(data={"elements": [{"totalShareStatistics": told, "organizationalEntity": PAGE}]})

    def make(self, request: Request) -> Answer:
        self._demand_login(request)
        data = request.data()
        self.refuse_unknown(data, POST_FIELDS, "the post")
        content, words = data.get("content") or {}, data["commentary"]
        self.refuse_unknown(content, CONTENT_FIELDS, "its content")
        if data["author"] not in (PAGE, OTHER, MEMBER) or data["lifecycleState"] != "PUBLISHED":
            raise self._no(403, "Not enough permissions to access this author")
        plain = re.sub(r"\{hashtag\|\\#\|[^}]*\}", "", words)
        if cut := re.search(RESERVED, plain):  # what it really does: the rest is lost, and nothing is said
            words = words[: words.index(cut[0])]
        if len(words) > MAX_WORDS or not (words.strip() or content):
            raise self._no(422, "commentary is too long or missing", "FIELD_LENGTH_TOO_LONG")
        names = _names_in(content)
        if len(names) > MAX_PICTURES or len(content) > 1:
            raise self._no(422, "too many files", "TOO_MANY_FILES")
        if any(not self.files.get(name, {}).get("is_whole") for name in names):
            raise self._no(400, "Media asset not found or not yet uploaded", "MEDIA_ASSET_NOT_FOUND")
        twin, at = self.said.get((data["author"], words), ("", self.now()))
        if self.refuses_twins and twin and self.now() - at < TWINS_FOR:
            raise self._no(422, f"Content is a duplicate of {self.ghost or twin}", "DUPLICATE_POST")
        self.number += 1
        name = f"urn:li:{'ugcPost' if names else 'share'}:{(int(self.now().timestamp() * 1000) << 22) + self.number}"
        self.said[data["author"], words] = name, self.now()
        kept = {"author": data["author"], "commentary": words, "content": content, "at": self.now()}
        self.rows[name] = {**kept, "visibility": data["visibility"]}
        self.hide(name)
        return Answer(status=201, content=b"", headers={"x-restli-id": name})

    def listing(self, request: Request) -> Answer:
        self._demand_login(request)
        self._demand_finder(request)
        self.refuse_unknown(request.query, {"author", "q", "count", "start", "sortBy", "isDsc"}, "the query")
        author, start = request.query["author"], int(request.query.get("start", 0))
        count = int(request.query.get("count", 10))
        self._demand_readable(author)
        if request.query.get("sortBy") != "CREATED" or not 1 <= count <= 100:
            raise self._no(400, "sortBy or count is not valid")
        mine = [name for name, row in self.rows.items() if row["author"] == author and self.is_shown(name)]
        mine.sort(key=lambda name: int(name.rpartition(":")[2]), reverse=True)
        return Answer(data={"elements": [self._shown(name) for name in mine[start : start + count]], "paging": {}})

    def show(self, request: Request, urn: str) -> Answer:
        self._demand_login(request)
        name = unquote(urn)
        if name not in self.rows or not self.is_shown(name):
            raise self._no(404, "Could not find entity")
        self._demand_readable(self.rows[name]["author"])
        return Answer(data=self._shown(name))

    def remove(self, request: Request, urn: str) -> Answer:
        self._demand_login(request)
        if self.rows.pop(unquote(urn), None) is None:
            raise self._no(404, "Could not find entity")
        return Answer(status=204, content=b"")

    def act(self, request: Request, edge: str) -> Answer:
        self._demand_login(request)
        data = request.data()
        if request.query.get("action") == "finalizeUpload" and edge == "videos":
            asked = data["finalizeUploadRequest"]
            self.refuse_unknown(asked, {"video", "uploadToken", "uploadedPartIds"}, "it")
            file = self._file(asked["video"])
            tags = [f"tag-{number}" for number in range(len(file["parts"]))]
            if asked["uploadedPartIds"] != tags or any(part is None for part in file["parts"]):
                raise self._no(400, "uploadedPartIds are not those of all parts")
            file |= {"is_whole": True, "looks": self.looks}
            return Answer(content=b"")
        asked = data["initializeUploadRequest"]
        self.refuse_unknown(asked, {"owner", "fileSizeBytes", "uploadCaptions", "uploadThumbnail", "purpose"}, "it")
        self.number += 1
        name = f"urn:li:{edge.removesuffix('s')}:C{self.number}"
        count = -(-asked["fileSizeBytes"] // PART_BYTES) if edge == "videos" else 1
        self.files[name] = {"parts": [None] * count, "size": asked.get("fileSizeBytes"), "looks": self.looks}
        urls = [f"{self.url}/dms/{name.rpartition(':')[2]}/{number}" for number in range(count)]
        if edge != "videos":
            return Answer(data={"value": {"uploadUrl": urls[0], edge.removesuffix("s"): name}})
        last = asked["fileSizeBytes"] - 1
        parts = [
            {"uploadUrl": url, "firstByte": n * PART_BYTES, "lastByte": min(last, (n + 1) * PART_BYTES - 1)}
            for n, url in enumerate(urls)
        ]
        return Answer(data={"value": {"video": name, "uploadInstructions": parts, "uploadToken": ""}})

    def take(self, request: Request, short: str, number: str) -> Answer:
        name = next((one for one in self.files if one.endswith(f":{short}")), "")
        file, part = self._file(name), int(number)
        if file["size"] is not None:
            expected = min(PART_BYTES, file["size"] - part * PART_BYTES)
            if len(request.body) != expected:
                raise self._no(400, "these are not the bytes of this part")
        file["parts"][part] = request.body
        file["is_whole"] = ":video:" not in name
        return Answer(status=201, content=b"", headers={"ETag": f'"tag-{part}"'})

    def look(self, request: Request, edge: str, urn: str) -> Answer:
        self._demand_login(request)
        file = self._file(unquote(urn))
        file["looks"] -= 1
        status = "WAITING_UPLOAD" if not file.get("is_whole") else "PROCESSING" if file["looks"] >= 0 else "AVAILABLE"
        return Answer(data={"id": unquote(urn), "owner": PAGE, "status": file.get("status", status)})

    def _no(self, status: int, words: str, code: str = "") -> Refused:
        return Refused(status, self.refusal(status, words, code))

    def _demand_login(self, request: Request, *, is_versioned: bool = True) -> None:
        if not self.token or request.token != self.token:
            raise self._no(401, "Invalid access token", "INVALID_ACCESS_TOKEN")
        if is_versioned and request.headers.get("linkedin-version") not in VERSIONS:
            raise self._no(426, "Requested version is not active", "NONEXISTENT_VERSION")
        if is_versioned and request.headers.get("x-restli-protocol-version") != "2.0.0":
            raise self._no(400, "Syntax exception in path variables")

    def _demand_finder(self, request: Request) -> None:
        if request.headers.get("x-restli-method") != "FINDER":
            raise self._no(400, "No method is named")

    def _demand_readable(self, author: str) -> None:
        if author == MEMBER:
            raise self._no(403, "Not enough permissions to access: posts.FINDER-author", "ACCESS_DENIED")

    def _file(self, name: str) -> dict[str, Any]:
        if name not in self.files:
            raise self._no(404, "Could not find entity")
        return self.files[name]

    def _shown(self, name: str) -> dict[str, Any]:
        row, at = self.rows[name], int(self.rows[name]["at"].timestamp() * 1000)
        content = {"content": row["content"]} if row["content"] else {}
        return {
            "id": name, "author": row["author"], "commentary": row["commentary"], "createdAt": at, "publishedAt": at,
            "lifecycleState": "PUBLISHED", "visibility": row["visibility"], **content,
        }  # fmt: skip


def _names_in(content: dict[str, Any]) -> list[str]:
    many = [one["id"] for one in (content.get("multiImage") or {}).get("images", [])]
    return many or ([content["media"]["id"]] if "media" in content else [])

"""A strict server of the YouTube Data API, version 3: one channel, films that come in parts and wait in private.

Written from Google's guides (https://developers.google.com/youtube/v3, 2026-10-04) and the names of its discovery
document of 2026-11-04, not from our own adapter or checks: a mistake there must not hide here.
"""

import json
import re
from collections.abc import Callable
from datetime import datetime
from typing import Any
from urllib.parse import parse_qs

from tests.faults.bench.clock import Clock
from tests.faults.bench.strict import Answer, KeepsFiles, Made, Refused, Request

CHANNEL, UPLOADS, PLAYLIST, TOKEN = "UC0123456789reefwatch000", "UU0123456789reefwatch000", "PLreef", "a-token"
SNIPPET = {"title", "description", "tags", "categoryId", "defaultLanguage", "defaultAudioLanguage"}
STATUS = {
    "privacyStatus", "publishAt", "license", "embeddable", "publicStatsViewable", "selfDeclaredMadeForKids",
    "containsSyntheticMedia",
}  # fmt: skip
FILM_PARTS = {"snippet", "status", "contentDetails", "processingDetails", "statistics", "id"}
CAPTION = {"videoId", "language", "name", "isDraft"}
QUERY = {
    "videos.insert": {"uploadType", "part", "notifySubscribers"},
    "videos.list": {"part", "id", "maxResults"},
    "videos.update": {"part"},
    "videos.delete": {"id"},
    "channels.list": {"part", "mine"},
    "playlistItems.list": {"part", "playlistId", "videoId", "maxResults", "pageToken"},
    "playlistItems.insert": {"part"},
    "captions.insert": {"part", "uploadType"},
    "thumbnails.set": {"videoId"},
}
MAX_TITLE, MAX_DESCRIPTION_BYTES, MAX_TAGS, MAX_THUMBNAIL_BYTES = 100, 5000, 500, 2_000_000
SIGNS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"


class YouTube(KeepsFiles):
    """One channel that an app may use."""

    unit_bytes = 256 * 1024  # a part that is not the last is a multiple of it

    def __init__(self, clock: Clock) -> None:
        super().__init__(clock)
        self.token, self.number = TOKEN, 0
        self.sessions: dict[str, dict[str, Any]] = {}
        self.items: list[tuple[str, str]] = []  # of playlists: the list's name, and the film's
        self.codes, self.is_testing = {"c0de"}, False
        self.is_audited = True  # else every film that comes by an app stays private
        self.is_confirmed = True  # by phone: may choose thumbnails
        self.is_used_up = False  # the day's quota

    def routes(self) -> list[tuple[str, str, str, Callable[..., Answer]]]:
        return [
            ("POST", "/token", "login", self.sign_in),
            ("GET", "/youtube/v3/channels", "read", self.channels),
            ("POST", "/upload/youtube/v3/videos", "upload", self.begin),
            ("PUT", r"/session/(\w+)", "upload", self.take),
            ("GET", "/youtube/v3/videos", "read", self.listing),
            ("PUT", "/youtube/v3/videos", "make", self.change),
            ("DELETE", "/youtube/v3/videos", "delete", self.remove),
            ("GET", "/youtube/v3/playlistItems", "read", self.items_of),
            ("POST", "/youtube/v3/playlistItems", "upload", self.file_in),
            ("POST", "/upload/youtube/v3/captions", "upload", self.caption),
            ("POST", "/upload/youtube/v3/thumbnails/set", "upload", self.thumbnail),
            ("GET", "/oembed", "look", self.for_strangers),
        ]

    def refusal(self, status: int, words: str, reason: str = "backendError") -> Any:
        told = {"message": words, "domain": "youtube", "reason": reason}
        return {"error": {"code": status, "message": words, "errors": [told]}}

    def held_back(self) -> Answer:
        return Answer(status=403, data=self.refusal(403, "Rate limit exceeded", "rateLimitExceeded"))

    def order(self, kind: str, fault: str) -> None:
        if fault == "forgets" and self.forgets_left:
            self.sessions.clear()
        super().order(kind, fault)

    def shown_files(self) -> set[str]:
        return {name for name, film in self.files.items() if film["shown_at"]}

    def public(self) -> list[Made]:
        films = ((name, film) for name, film in self.files.items() if film["shown_at"])
        return [
            Made(remote_id=name, text=film["snippet"]["description"], at=self.by_our_clock(film["shown_at"]))
            for name, film in films
        ]

    def end_tokens(self) -> None:
        self.token = ""

    def sign_in(self, request: Request) -> Answer:
        form = {name: values[0] for name, values in parse_qs(request.body.decode()).items()}
        known = {"grant_type", "code", "redirect_uri", "client_id", "client_secret", "refresh_token", "code_verifier"}
        self.refuse_unknown(form, known, "the form")
        if form.get("client_secret") != "an-app-secret":
            raise Refused(401, {"error": "invalid_client", "error_description": "The OAuth client was not found."})
        told = {
            "expires_in": 3599,
            "token_type": "Bearer",
            "scope": "https://www.googleapis.com/auth/youtube.force-ssl",
        }
        if form["grant_type"] == "authorization_code":
            if form["code"] not in self.codes or len(form.get("code_verifier", "")) < 43:
                raise Refused(400, {"error": "invalid_grant", "error_description": "Malformed auth code."})
            self.codes.discard(form["code"])
            told["refresh_token"] = "a-refresh-token"
        elif form.get("refresh_token") != "a-refresh-token":
            raise Refused(400, {"error": "invalid_grant", "error_description": "Token has been expired or revoked."})
        if self.is_testing:
            told["refresh_token_expires_in"] = 604_799
        self.token = self.token or TOKEN
        return Answer(data={"access_token": self.token, **told})

    def channels(self, request: Request) -> Answer:
        self._demand(request, "channels.list")
        snippet = {"title": "Reef Watch", "customUrl": "@reefwatch"}
        details = {"relatedPlaylists": {"uploads": UPLOADS}}
        row = {"kind": "youtube#channel", "id": CHANNEL, "snippet": snippet, "contentDetails": details}
        return self._list("channel", [{**row, "status": {"longUploadsStatus": "allowed", "madeForKids": False}}])

    def begin(self, request: Request) -> Answer:
        self._demand(request, "videos.insert")
        told, size = request.data(), request.headers.get("x-upload-content-length", "")
        if request.query.get("uploadType") != "resumable" or not size.isdecimal():
            raise self._no(400, "The upload is not resumable", "badRequest")
        if not request.headers.get("x-upload-content-type", "").startswith("video/"):
            raise self._no(400, "Media type is not supported", "mediaBodyRequired")
        self._demand_film(told)
        if told["status"]["privacyStatus"] != "private":
            raise self._no(400, "This bench wants films to wait in private", "badRequest")
        self.number += 1
        name = f"s{self.number}"
        self.sessions[name] = {"told": told, "size": int(size), "bytes": b"", "film": ""}
        return Answer(content=b"", headers={"Location": f"{self.url}/session/{name}"})

    def take(self, request: Request, name: str) -> Answer:
        self._demand(request)
        session = self.sessions.get(name)
        if session is None:
            raise self._no(404, "Not Found", "notFound")
        span = re.fullmatch(r"bytes (?:\*|(\d+)-(\d+))/(\d+)", request.headers.get("content-range", ""))
        if span is None or int(span[3]) != session["size"]:
            raise self._no(400, "Invalid content range", "badRequest")
        if span[1] is not None and not session["film"]:
            self._keep_part(session, int(span[1]), int(span[2]), request.body)
        if session["film"]:
            return Answer(data=self._shown(session["film"], {"snippet", "status"}))
        has = len(session["bytes"])
        return Answer(status=308, content=b"", headers={"Range": f"bytes=0-{has - 1}"} if has else {})

    def listing(self, request: Request) -> Answer:
        self._demand(request, "videos.list")
        parts = set(request.query["part"].split(","))
        if parts - FILM_PARTS:
            raise self._no(400, f"unknown parts: {parts - FILM_PARTS}", "unknownPart")
        names = [name for name in request.query["id"].split(",") if name in self.files]
        if "processingDetails" in parts:
            for name in names:
                self.files[name]["looks"] -= 1
        return self._list("video", [self._shown(name, parts) for name in names])

    def change(self, request: Request) -> Answer:
        self._demand(request, "videos.update")
        told = request.data()
        if told.get("id") not in self.files:
            raise self._no(404, "The video that you are trying to update cannot be found", "videoNotFound")
        self._demand_film({name: part for name, part in told.items() if name != "id"})
        film = self.files[told["id"]]
        film["snippet"], film["status"] = told["snippet"], told["status"]
        if not self.is_audited:
            film["status"] = {**told["status"], "privacyStatus": "private"}
        is_shown = film["status"]["privacyStatus"] != "private"
        if is_shown and not film["shown_at"]:
            self.hide(told["id"])
        film["shown_at"] = (film["shown_at"] or self.now()) if is_shown else None
        return Answer(data=self._shown(told["id"], {"snippet", "status"}, is_stale=False))

    def remove(self, request: Request) -> Answer:
        self._demand(request, "videos.delete")
        if self.files.pop(request.query["id"], None) is None:
            raise self._no(404, "The video cannot be found", "videoNotFound")
        return Answer(status=204, content=b"")

    def items_of(self, request: Request) -> Answer:
        self._demand(request, "playlistItems.list")
        playlist, start = request.query["playlistId"], int(request.query.get("pageToken", "0"))
        most = int(request.query.get("maxResults", "5"))
        if not 0 <= most <= 50:
            raise self._no(400, "maxResults is not between 0 and 50", "invalidParameter")
        if playlist == UPLOADS:
            names = sorted(self.files, key=lambda name: self.files[name]["at"], reverse=True)
        else:
            names = [film for one, film in self.items if one == playlist]
        names = [name for name in names if request.query.get("videoId", name) == name]
        rows = [
            {
                "kind": "youtube#playlistItem", "id": f"{playlist}.{name}",
                "snippet": {"publishedAt": _stamp(self.files[name]["at"]), "playlistId": playlist},
                "contentDetails": {"videoId": name},
            }
            for name in names[start : start + most]
        ]  # fmt: skip
        rest = {"nextPageToken": str(start + most)} if names[start + most :] else {}
        return self._list("playlistItem", rows, **rest)

    def file_in(self, request: Request) -> Answer:
        self._demand(request, "playlistItems.insert")
        told = request.data()["snippet"]
        self.refuse_unknown(told, {"playlistId", "resourceId", "position"}, "the item")
        if told["playlistId"] != PLAYLIST:
            raise self._no(404, "The playlist cannot be found", "playlistNotFound")
        if told["resourceId"].get("videoId") not in self.files:
            raise self._no(404, "Video not found", "videoNotFound")
        self.items.append((PLAYLIST, told["resourceId"]["videoId"]))
        return Answer(data={"kind": "youtube#playlistItem", "id": "i", "snippet": told})

    def caption(self, request: Request) -> Answer:
        self._demand(request, "captions.insert")
        head, track = _related(request)
        told = json.loads(head)["snippet"]
        self.refuse_unknown(told, CAPTION, "the caption")
        if told["videoId"] not in self.files:
            raise self._no(404, "The video cannot be found", "videoNotFound")
        captions = self.files[told["videoId"]]["captions"]
        if told["language"] in captions:
            raise self._no(409, "The specified video already has a caption track like that", "captionExists")
        captions[told["language"]] = track
        return Answer(data={"kind": "youtube#caption", "id": "c", "snippet": {**told, "status": "serving"}})

    def thumbnail(self, request: Request) -> Answer:
        self._demand(request, "thumbnails.set")
        if request.query["videoId"] not in self.files:
            raise self._no(404, "The video cannot be found", "videoNotFound")
        if not self.is_confirmed:
            words = "The authenticated user doesn't have permissions to upload and set custom video thumbnails."
            raise self._no(403, words, "forbidden")
        kind = request.headers.get("content-type", "")
        if kind not in ("image/jpeg", "image/png") or len(request.body) > MAX_THUMBNAIL_BYTES:
            raise self._no(400, "The provided image content is invalid.", "invalidImage")
        self.files[request.query["videoId"]]["thumbnail"] = request.body
        return Answer(data={"kind": "youtube#thumbnailSetResponse", "items": [{}]})

    def for_strangers(self, request: Request) -> Answer:
        name = request.query["url"].rpartition("v=")[2]
        film = self.files.get(name)
        if film is None or request.token:
            raise Refused(404, "Not Found")
        if not film["shown_at"] or not self.is_shown(name) or not film["status"].get("embeddable", True):
            raise Refused(401, "Unauthorized")
        return Answer(data={"type": "video", "version": "1.0", "title": film["snippet"]["title"]})

    def _demand(self, request: Request, method: str = "") -> None:
        if not self.token or request.token != self.token:
            raise self._no(401, "Invalid Credentials", "authError")
        if method:
            self.refuse_unknown(request.query, QUERY[method], "the query")
        if self.is_used_up:
            raise self._no(
                403, "The request cannot be completed because you have exceeded your quota.", "quotaExceeded"
            )

    def _demand_film(self, told: dict[str, Any]) -> None:
        self.refuse_unknown(told, {"snippet", "status"}, "the film")
        snippet, status = told["snippet"], told["status"]
        self.refuse_unknown(snippet, SNIPPET, "the snippet")
        self.refuse_unknown(status, STATUS, "the status")
        title, words = snippet.get("title", ""), snippet.get("description", "")
        if not title or len(title) > MAX_TITLE or set("<>") & set(title):
            raise self._no(400, "The request metadata specifies an invalid or empty video title.", "invalidTitle")
        if len(words.encode()) > MAX_DESCRIPTION_BYTES or set("<>") & set(words):
            raise self._no(400, "The request metadata specifies an invalid video description.", "invalidDescription")
        if not re.fullmatch(r"\d+", snippet.get("categoryId", "")):
            raise self._no(
                400, "The snippet.categoryId property specifies an invalid category ID.", "invalidCategoryId"
            )
        if sum(len(tag) + (2 if " " in tag else 0) for tag in snippet.get("tags", ())) > MAX_TAGS:
            raise self._no(400, "The request metadata specifies invalid video keywords.", "invalidTags")
        if status.get("privacyStatus") not in ("public", "unlisted", "private"):
            raise self._no(400, "privacyStatus is not valid", "invalidVideoMetadata")

    def _keep_part(self, session: dict[str, Any], first: int, last: int, body: bytes) -> None:
        is_last = last + 1 == session["size"]
        if first != len(session["bytes"]) or len(body) != last - first + 1:
            raise self._no(400, "These bytes do not follow those that are there", "badRequest")
        if not is_last and len(body) % self.unit_bytes:
            raise self._no(400, "A part has to be a multiple of 256 KiB", "badRequest")
        session["bytes"] += body
        if is_last:
            session["film"] = self._film_of(session)

    def _film_of(self, session: dict[str, Any]) -> str:
        self.number += 1
        name = "".join(SIGNS[(self.number >> shift * 2) % 64] for shift in range(11))
        told = session["told"]
        self.files[name] = {
            "snippet": told["snippet"], "status": told["status"], "bytes": session["bytes"], "at": self.now(),
            "shown_at": None, "looks": self.looks, "captions": {}, "thumbnail": b"", "why": "",
        }  # fmt: skip
        return name

    def _shown(self, name: str, parts: set[str], *, is_stale: bool = True) -> dict[str, Any]:
        """A film as its channel is told of it; for a while after it was shown still as private."""
        film = self.files[name]
        is_ready = film["looks"] < 0 or film["shown_at"]
        upload = "rejected" if film["why"] else "processed" if is_ready else "uploaded"
        status = {
            **film["status"],
            "uploadStatus": upload,
            "madeForKids": film["status"].get("selfDeclaredMadeForKids"),
        }
        if film["why"]:
            status["rejectionReason"] = film["why"]
        if is_stale and not self.is_shown(name):
            status["privacyStatus"] = "private"
        snippet = {**film["snippet"], "channelId": CHANNEL, "publishedAt": _stamp(film["shown_at"] or film["at"])}
        known = {
            "snippet": snippet, "status": status,
            "contentDetails": {"duration": "PT1S", "caption": str(bool(film["captions"])).lower()},
            "processingDetails": {"processingStatus": "succeeded" if is_ready else "processing"},
            "statistics": {"viewCount": "5", "likeCount": "2", "favoriteCount": "0", "commentCount": "1"},
        }  # fmt: skip
        told = {part: value for part, value in known.items() if part in parts}
        return {"kind": "youtube#video", "etag": "e", "id": name, **told}

    def _list(self, kind: str, rows: list[dict[str, Any]], **more: str) -> Answer:
        return Answer(data={"kind": f"youtube#{kind}ListResponse", "items": rows, "pageInfo": {}, **more})

    def _no(self, status: int, words: str, reason: str) -> Refused:
        return Refused(status, self.refusal(status, words, reason))


def _stamp(moment: datetime) -> str:
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ")


def _related(request: Request) -> list[bytes]:
    """The parts of a multipart/related body, in order (RFC 2387)."""
    boundary = re.search(r'boundary="(\w+)"', request.headers["content-type"])
    assert boundary, request.headers
    parts = request.body.split(b"--" + boundary[1].encode())[1:-1]
    return [part.partition(b"\r\n\r\n")[2].removesuffix(b"\r\n") for part in parts]

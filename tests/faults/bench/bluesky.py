"""A strict account server of the AT Protocol: sessions, records and blobs, with limits and error bodies of its own.

Written from the lexicons com.atproto.server, com.atproto.repo and app.bsky.feed.post (2026-08-20) and not from our own
checks: a mistake there must not hide here.
"""

import base64
import hashlib
import json
import re
from collections.abc import Callable
from typing import Any

from tests.faults.bench.clock import Clock
from tests.faults.bench.strict import Answer, Made, Refused, Request, Strict

DID, HANDLE, PASSWORD, POSTS = "did:plc:reef", "reef.test", "abcd-efgh", "app.bsky.feed.post"
RECORD_FIELDS = {"$type", "text", "createdAt", "facets", "embed", "langs", "tags", "labels", "reply", "entities"}
MAX_BYTES, MAX_GRAPHEMES, MAX_LANGS, MAX_TAGS, MAX_IMAGES = 3000, 300, 3, 8, 4  # app.bsky.feed.post, embed.images
MAX_IMAGE_BYTES = 2_000_000
SESSION_S = 7200
TID = r"[234567abcdefghij][234567abcdefghijklmnopqrstuvwxyz]{12}"  # https://atproto.com/specs/tid


class Bluesky(Strict):
    """One account on one server."""

    def __init__(self, clock: Clock) -> None:
        super().__init__(clock)
        self.sessions: set[str] = set()
        self.ended: set[str] = set()
        self.records: dict[str, dict[str, Any]] = {}  # by record key
        self.blobs: dict[str, tuple[bytes, str]] = {}

    def routes(self) -> list[tuple[str, str, str, Callable[..., Answer]]]:
        return [
            ("POST", "/xrpc/com.atproto.server.createSession", "login", self.sign_in),
            ("POST", "/xrpc/com.atproto.repo.createRecord", "make", self.make),
            ("GET", "/xrpc/com.atproto.repo.getRecord", "read", self.show),
            ("GET", "/xrpc/com.atproto.repo.listRecords", "read", self.listing),
            ("POST", "/xrpc/com.atproto.repo.deleteRecord", "delete", self.remove),
            ("POST", "/xrpc/com.atproto.repo.uploadBlob", "upload", self.upload),
        ]

    def refusal(self, status: int, words: str) -> Any:
        names = {
            429: "RateLimitExceeded",
            500: "InternalServerError",
            503: "ServiceUnavailable",
            404: "MethodNotImplemented",
        }
        return {"error": names.get(status, "InvalidRequest"), "message": words}

    def public(self) -> list[Made]:
        rows = self.records.items()
        return [
            Made(
                remote_id=_uri(key),
                text=row["value"]["text"],
                at=self.by_our_clock(row["at"]),
                answers=row["value"].get("reply", {}).get("parent", {}).get("uri", ""),
            )
            for key, row in rows
        ]

    def end_tokens(self) -> None:
        self.ended |= self.sessions
        self.sessions = set()

    def sign_in(self, request: Request) -> Answer:
        data = request.data()
        self.refuse_unknown(data, {"identifier", "password", "authFactorToken", "allowTakendown"}, "the login")
        if (data.get("identifier"), data.get("password")) != (HANDLE, PASSWORD):
            raise Refused(401, {"error": "AuthenticationRequired", "message": "Invalid identifier or password"})
        ends = {"exp": self.now().timestamp() + SESSION_S, "n": len(self.sessions) + len(self.ended)}
        payload = base64.urlsafe_b64encode(json.dumps(ends).encode()).decode().rstrip("=")
        token = f"header.{payload}.signature"
        self.sessions.add(token)
        service = {"id": "#atproto_pds", "type": "AtprotoPersonalDataServer", "serviceEndpoint": self.url}
        login = {"did": DID, "handle": HANDLE, "accessJwt": token, "refreshJwt": f"{token}.refresh", "active": True}
        return Answer(data={**login, "didDoc": {"id": DID, "service": [service]}})

    def make(self, request: Request) -> Answer:
        self._demand_login(request)
        data = request.data()
        self.refuse_unknown(data, {"repo", "collection", "rkey", "validate", "record", "swapCommit"}, "the input")
        key = data.get("rkey", "")
        if data.get("repo") not in (DID, HANDLE) or data.get("collection") != POSTS or not re.fullmatch(TID, key):
            raise Refused(400, self.refusal(400, "Invalid repo, collection or record key"))
        self._check(data["record"])
        if key in self.records:  # the reference server answers 500 to a key that is taken
            raise Refused(500, self.refusal(500, "Internal Server Error"))
        self.records[key] = {"value": data["record"], "at": self.now()}
        self.hide(key)
        return Answer(
            data={"uri": _uri(key), "cid": _cid(json.dumps(data["record"]).encode()), "validationStatus": "valid"}
        )

    def show(self, request: Request) -> Answer:
        self.refuse_unknown(request.query, {"repo", "collection", "rkey", "cid"}, "the query")
        key = request.query.get("rkey", "")
        if key not in self.records or not self.is_shown(key):
            raise Refused(400, {"error": "RecordNotFound", "message": f"Could not locate record: {_uri(key)}"})
        return Answer(data=self._shown(key))

    def listing(self, request: Request) -> Answer:
        self.refuse_unknown(request.query, {"repo", "collection", "limit", "cursor", "reverse"}, "the query")
        keys = sorted((key for key in self.records if self.is_shown(key)), reverse=True)
        after = [key for key in keys if key < request.query.get("cursor", "~")]
        page = after[: int(request.query.get("limit", 50))]
        cursor = {"cursor": page[-1]} if page else {}
        return Answer(data={"records": [self._shown(key) for key in page], **cursor})

    def remove(self, request: Request) -> Answer:
        self._demand_login(request)
        data = request.data()
        self.refuse_unknown(data, {"repo", "collection", "rkey", "swapRecord", "swapCommit"}, "the input")
        self.records.pop(data["rkey"], None)
        return Answer(data={})

    def upload(self, request: Request) -> Answer:
        self._demand_login(request)
        media_type = request.headers.get("content-type", "")
        if not media_type.startswith("image/") or len(request.body) > MAX_IMAGE_BYTES:
            raise Refused(400, {"error": "BlobTooLarge", "message": "This file is too large or of no known type"})
        cid = _cid(request.body)
        self.blobs[cid] = (request.body, media_type)
        return Answer(data={"blob": self._blob(cid)})

    def _demand_login(self, request: Request) -> None:
        if request.token in self.ended:
            raise Refused(400, {"error": "ExpiredToken", "message": "Token has expired"})
        if request.token not in self.sessions:
            raise Refused(401, {"error": "AuthMissing", "message": "Authentication Required"})

    def _check(self, record: Any) -> None:
        self.refuse_unknown(record, RECORD_FIELDS, "the record")
        text = record.get("text")
        if record.get("$type") != POSTS or not isinstance(text, str) or not record.get("createdAt"):
            raise Refused(400, {"error": "InvalidRecord", "message": "Record must have $type, text and createdAt"})
        is_long = len(text.encode()) > MAX_BYTES or len(text) > MAX_GRAPHEMES
        if is_long or len(record.get("langs", [])) > MAX_LANGS or len(record.get("tags", [])) > MAX_TAGS:
            raise Refused(400, {"error": "InvalidRecord", "message": "Record/text must not be longer"})
        for end in (record.get("reply") or {}).values():  # the reference server takes any; what shows threads does not
            key = str(end.get("uri", "")).rpartition("/")[2]
            if key not in self.records or self._shown(key)["cid"] != end.get("cid"):
                raise Refused(400, {"error": "InvalidRecord", "message": "Record/reply names no post"})
        images = (record.get("embed") or {}).get("images", [])
        lost = [one for one in images if one["image"]["ref"]["$link"] not in self.blobs]
        if len(images) > MAX_IMAGES or lost or any("alt" not in one for one in images):
            raise Refused(400, {"error": "BlobNotFound", "message": "Could not find blob"})

    def _blob(self, cid: str) -> dict[str, Any]:
        content, media_type = self.blobs[cid]
        return {"$type": "blob", "ref": {"$link": cid}, "mimeType": media_type, "size": len(content)}

    def _shown(self, key: str) -> dict[str, Any]:
        value = self.records[key]["value"]
        return {"uri": _uri(key), "cid": _cid(json.dumps(value).encode()), "value": value}


def _uri(key: str) -> str:
    return f"at://{DID}/{POSTS}/{key}"


def _cid(content: bytes) -> str:
    """A raw block's name: https://github.com/multiformats/cid, codec 0x55, sha2-256."""
    name = b"\x01\x55\x12\x20" + hashlib.sha256(content).digest()
    return "b" + base64.b32encode(name).decode().lower().rstrip("=")

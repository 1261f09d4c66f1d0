"""The network for programs."""

import hashlib
import re
import secrets
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from crosscut.channels.builtin.practice import limits
from crosscut.channels.builtin.practice.faults import fault_of
from crosscut.channels.builtin.practice.store import Store
from crosscut.channels.builtin.practice.web import Request, Response, as_json
from crosscut.kernel.errors import Invalid, NotAllowed, NotFound

_HANDLE = re.compile(r"[a-z0-9_]{2,30}")
_CHUNK_BYTES = 1 << 16
_TOLD_OF_MEDIA = ("id", "type", "kind", "size", "sha256", "alt", "width", "height")


def sign_up(request: Request, store: Store) -> Response:
    """POST /api/accounts"""
    data = request.data()
    handle, name = str(data.get("handle", "")), str(data.get("name", "")).strip()
    if not _HANDLE.fullmatch(handle) or not name:
        raise Invalid.at("handle", "An account needs a name, and a handle of 2 to 30 of a-z, 0-9 and _.")
    token = store.sign_up(handle, name[:200])
    return as_json({"handle": handle, "name": name, "token": token, "limits": limits.as_told()}, 201)


def me(request: Request, store: Store) -> Response:
    """GET /api/me"""
    return as_json({**store.account_of(request.token), "limits": limits.as_told()})


def upload(request: Request, store: Store) -> Response:
    """POST /api/media, the file itself as the body"""
    handle = store.account_of(request.token)["handle"]
    alt = request.query.get("alt", "")
    kind = limits.check_upload(request.media_type, request.size_bytes, alt)
    ending = {"image/jpeg": "jpg", "image/png": "png", "image/webp": "webp", "video/mp4": "mp4"}[request.media_type]
    path = store.folder / "media" / f"{secrets.token_hex(16)}.{ending}"
    try:
        sha256 = _receive(request, path)
        if request.query.get("sha256", sha256) != sha256:
            raise Invalid.at("media", "The file did not arrive whole: its hash is another.")
        width, height = limits.measure(path, request.media_type)
    except BaseException:
        path.unlink(missing_ok=True)
        raise
    name = store.add_media(
        handle=handle,
        file=path.name,
        type=request.media_type,
        kind=kind,
        size=request.size_bytes,
        sha256=sha256,
        alt="" if store.take_fault("drop_alt_text", ("posts",)) else alt,
        width=width,
        height=height,
    )
    return as_json(_media(store.media(handle, name)), 201)


def captions(request: Request, store: Store, name: str) -> Response:
    """POST /api/media/NAME/captions, WebVTT as the body"""
    media = store.media(store.account_of(request.token)["handle"], name)
    text = request.text()
    if not text.lstrip("\ufeff").startswith("WEBVTT"):
        raise Invalid.at("captions", "These captions are no WebVTT.")
    file = f"{media['file'].partition('.')[0]}.vtt"
    (store.folder / "media" / file).write_text(text)
    store.set_captions(name, file, request.query.get("language", "en")[:35])
    return as_json({"id": name}, 201)


def make_post(request: Request, store: Store) -> Response:
    """POST /api/posts; a known Idempotency-Key gives the post that is there"""
    handle = store.account_of(request.token)["handle"]
    key = str(request.environ.get("HTTP_IDEMPOTENCY_KEY", ""))[:100] or None
    if store.take_fault("ignore_keys", ("posts",)):
        key = None
    if key and (known := store.posts(author=handle, key=key)):
        return as_json(post_data(known[0], with_key=True))
    values, media = _content(request, store, handle)
    if store.take_fault("duplicate_media", ("posts",)):
        media = [name for name in media for _ in range(2)]
    number = store.add_post(handle, key, values, media)
    return as_json(post_data(store.post(number), with_key=True), 201)


def change_post(request: Request, store: Store, number: int) -> Response:
    """PUT /api/posts/NUMBER"""
    handle = _owner(request, store, number)
    store.change_post(number, *_content(request, store, handle))
    return as_json(post_data(store.post(number), with_key=True))


def delete_post(request: Request, store: Store, number: int) -> Response:
    """DELETE /api/posts/NUMBER"""
    _owner(request, store, number)
    store.delete_post(number)
    return Response(status=204, media_type="application/json")


def list_posts(request: Request, store: Store) -> Response:
    """GET /api/posts?author=&key=&text=&since=&before=; keys are told to their owner only"""
    query = request.query
    owner = store.account_of(request.token)["handle"] if request.token else ""
    if query.get("key") and not owner:
        raise NotAllowed("Looking for a key needs a token.")
    found = store.posts(
        author=owner if query.get("key") else query.get("author", ""),
        key=query.get("key", ""),
        text=query.get("text", ""),
        since=_moment(query.get("since", "")),
        before=int(query.get("before", "0")) if query.get("before", "0").isdecimal() else 0,
    )
    return as_json({"posts": [post_data(post, with_key=post["handle"] == owner) for post in found]})


def show_post(request: Request, store: Store, number: int) -> Response:
    """GET /api/posts/NUMBER"""
    post = store.post(number)
    if post["deleted_at"]:
        return as_json({"error": "This post was taken down."}, 410)
    return as_json(post_data(post, with_key=False))


def list_faults(request: Request, store: Store) -> Response:
    """GET /api/faults"""
    return as_json({"faults": store.faults()})


def add_fault(request: Request, store: Store) -> Response:
    """POST /api/faults: {"kind", "scope", "count", "seconds"}"""
    store.add_fault(fault_of(request.data()))
    return as_json({"faults": store.faults()}, 201)


def lift_faults(request: Request, store: Store) -> Response:
    """DELETE /api/faults"""
    store.lift_faults()
    return as_json({"faults": []})


def post_data(post: Mapping[str, Any], *, with_key: bool) -> dict[str, Any]:
    """A post as programs get it."""
    told = ("id", "handle", "text", "link", "language", "created_at", "updated_at", "counts")
    media = [_media(one) for one in post["media"]]
    return {**{name: post[name] for name in told}, "media": media, "key": post["key"] if with_key else None}


def _media(media: Mapping[str, Any]) -> dict[str, Any]:
    return {**{name: media[name] for name in _TOLD_OF_MEDIA}, "path": f"/media/{media['file']}"}


def _content(request: Request, store: Store, handle: str) -> tuple[dict[str, Any], list[str]]:
    data = request.data()
    names = data.get("media", [])
    if not isinstance(names, list):
        raise Invalid.at("media", "This must be a list of uploaded files.")
    text, link = str(data.get("text", "")), str(data.get("link", ""))
    if link and not re.match(r"https?://", link):
        raise Invalid.at("link", "A link begins with http:// or https://.")
    limits.check_post(text, [store.media(handle, str(name)) for name in names])
    language = str(data.get("language", "en"))[:35]
    return {"text": text, "link": link, "language": language}, [str(name) for name in names]


def _owner(request: Request, store: Store, number: int) -> str:
    handle = str(store.account_of(request.token)["handle"])
    post = store.post(number)
    if post["handle"] != handle or post["deleted_at"]:
        raise NotFound("There is no such post of yours.")
    return handle


def _receive(request: Request, path: Any) -> str:
    digest, left_bytes = hashlib.sha256(), request.size_bytes
    with path.open("wb") as file:
        while left_bytes > 0 and (chunk := request.body.read(min(_CHUNK_BYTES, left_bytes))):
            digest.update(chunk)
            file.write(chunk)
            left_bytes -= len(chunk)
    if left_bytes:
        raise Invalid.at("media", "The file did not arrive whole.")
    return digest.hexdigest()


def _moment(text: str) -> str:
    if not text:
        return ""
    try:
        at = datetime.fromisoformat(text)
    except ValueError as error:
        raise Invalid.at("since", "This is no moment as RFC 3339 writes it.") from error
    return (at if at.tzinfo else at.replace(tzinfo=UTC)).astimezone(UTC).isoformat(timespec="microseconds")

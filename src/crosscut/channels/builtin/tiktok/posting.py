"""A post on its way to TikTok: what it is told, a film in parts of which the last one makes it public, and its state.

https://developers.tiktok.com/doc/content-posting-api-reference-direct-post, …-photo-post, …-media-transfer-guide and
…-get-video-status, as of 2026-10-04. TikTok gives a film that is begun a name (`publish_id`) and an address; whatever
happens, that name becomes one post at most. The address works for an hour.
"""

from collections.abc import Mapping
from typing import Any

import httpx

from crosscut.channels import answers
from crosscut.channels.builtin.tiktok.api import Api, code_in
from crosscut.channels.protocol import Post, PostMedia, Staged
from crosscut.channels.staging import lost, next_step
from crosscut.channels.wording import worded
from crosscut.kernel.errors import OutcomeUnknown, Rejected, RetryLater
from crosscut.kernel.facts import Kind
from crosscut.kernel.phrases import phrase

PART_BYTES = 10_000_000  # TikTok takes parts of 5 to 64 MB, the last one up to twice as large
COMPLETE, FAILED, UPLOADING = "PUBLISH_COMPLETE", "FAILED", "PROCESSING_UPLOAD"
_EXPIRED = (httpx.codes.FORBIDDEN, httpx.codes.NOT_FOUND, httpx.codes.GONE)
_AGAIN = ("internal", "video_pull_failed", "photo_pull_failed", "publish_cancelled")  # reasons that are not the post's
File = dict[str, Any]


def staged(api: Api, post: Post) -> Staged:
    """One step further: what the account may do is asked first, then a film goes up but for its last part."""
    if post.post_type == "photo":
        _demand_allowed(api.creator(), post)
        return Staged(kept={"files": [], "is_allowed": True}, is_ready=True)
    return next_step(
        post,
        begin=lambda media: _begun(api, post, media),
        further=lambda file, media: _further(api, dict(file), media),
    )


def finished(api: Api, file: File, media: PostMedia, *, key: str) -> None:
    """Hands the last part over, which makes the post. Raises OutcomeUnknown where it may have arrived."""
    start, content = _part(media, _count(media.size_bytes) - 1)
    told: Any = {"content": content, "headers": _span(media, start, content)}
    response = answers.send(api.http, "PUT", str(file["url"]), key=key, fine=range(400, 500), **told)
    if response.status_code in _EXPIRED:
        raise lost(phrase("TikTok waits for the film no longer: it is handed over anew."))
    if response.is_client_error and response.status_code != httpx.codes.REQUESTED_RANGE_NOT_SATISFIABLE:
        raise api.refusal(response)
    if response.status_code != httpx.codes.CREATED:
        raise OutcomeUnknown(phrase("TikTok took the film and did not say that it is whole."), key=key)


def sent_pictures(api: Api, post: Post) -> str:
    """TikTok's name for the pictures that it now fetches and shows."""
    response = api.sent("POST", "/v2/post/publish/content/init/", key=post.key, json=_pictures(post))
    name = (answers.object_in(response).get("data") or {}).get("publish_id") if code_in(response) == "ok" else ""
    if not name:
        raise OutcomeUnknown(phrase("TikTok took the pictures and did not name them."), key=post.key)
    return str(name)


def failure(told: Mapping[str, Any]) -> RetryLater | Rejected:
    """Why TikTok published nothing under that name: begun anew where the post can do nothing about it."""
    why = str(told.get("fail_reason") or "it does not say why")
    if why in _AGAIN:
        return lost(phrase("TikTok could not publish it ({why}): it is handed over anew.", why=why))
    return Rejected(phrase("TikTok does not publish it: {why}.", why=why))


def post_id_in(told: Mapping[str, Any]) -> str:
    """TikTok's own name for the public post; empty while there is none. The field is spelt as TikTok spells it."""
    names = told.get("publicaly_available_post_id") or told.get("publicly_available_post_id") or ()
    return next((str(name) for name in names), "")


def _begun(api: Api, post: Post, media: PostMedia) -> File:
    """A name for the film, and where its bytes go."""
    if media.kind is not Kind.VIDEO:
        raise Rejected(phrase("This kind of post is a film: {filename} is none.", filename=media.filename))
    creator = api.creator()
    _demand_allowed(creator, post)
    _demand_short(creator, media)
    count = _count(media.size_bytes)
    size = media.size_bytes if count == 1 else PART_BYTES
    source = {"source": "FILE_UPLOAD", "video_size": media.size_bytes, "chunk_size": size, "total_chunk_count": count}
    told = api.told("/v2/post/publish/video/init/", {"post_info": _film(post), "source_info": source})
    if not told.get("publish_id") or not told.get("upload_url"):
        raise RetryLater(phrase("TikTok began an upload and did not name it."))
    file = {"id": str(told["publish_id"]), "url": str(told["upload_url"]), "parts": 0}
    return file if count > 1 else {**file, "is_done": True}


def _further(api: Api, file: File, media: PostMedia) -> File:
    """The next part, but for the last one."""
    start, content = _part(media, int(file["parts"]))
    response = api.put(str(file["url"]), content, **_span(media, start, content))
    if response.status_code in _EXPIRED:
        raise lost(phrase("TikTok waits for the film no longer: it is handed over anew."))
    if response.status_code == httpx.codes.REQUESTED_RANGE_NOT_SATISFIABLE:
        return _with_parts(file, _parts_there(api, file), media)  # an earlier try brought it further
    if not response.is_success:
        raise api.refusal(response)
    return _with_parts(file, int(file["parts"]) + 1, media)


def _parts_there(api: Api, file: File) -> int:
    told = api.status(str(file["id"])) or {}
    parts = int(told.get("uploaded_bytes") or 0) // PART_BYTES
    if parts <= int(file["parts"]):
        raise lost(phrase("TikTok has other parts of the film than it was given: it is handed over anew."))
    return parts


def _with_parts(file: File, parts: int, media: PostMedia) -> File:
    is_done = parts >= _count(media.size_bytes) - 1
    return {**file, "parts": parts, **({"is_done": True} if is_done else {})}


def _count(size_bytes: int) -> int:
    """How many parts a film has: TikTok rounds down, so the last one is the longest."""
    return max(size_bytes // PART_BYTES, 1)


def _part(media: PostMedia, number: int) -> tuple[int, bytes]:
    start, is_last = number * PART_BYTES, number == _count(media.size_bytes) - 1
    with media.path.open("rb") as opened:
        opened.seek(start)
        return start, opened.read(-1 if is_last else PART_BYTES)


def _span(media: PostMedia, start: int, content: bytes) -> dict[str, str]:
    span = f"bytes {start}-{start + len(content) - 1}/{media.size_bytes}"
    return {"Content-Range": span, "Content-Type": media.media_type}


def _demand_allowed(creator: Mapping[str, Any], post: Post) -> None:
    """Raises Rejected where the account may not publish like that, with what it may."""
    wanted = str(post.extra.get("privacy") or "")
    offered = [str(one) for one in creator.get("privacy_level_options") or ()]
    if not wanted:
        raise Rejected(phrase("TikTok wants you to choose who sees it: {offered}.", offered=", ".join(offered)))
    if wanted not in offered:
        raise Rejected(
            phrase("TikTok offers this account only: {offered}. Choose one of them.", offered=", ".join(offered) or "—")
        )
    if post.extra.get("is_paid_partnership") and wanted == "SELF_ONLY":
        raise Rejected(phrase("TikTok takes no paid partnership that nobody sees. Choose who sees it."))


def _demand_short(creator: Mapping[str, Any], media: PostMedia) -> None:
    most_s = creator.get("max_video_post_duration_sec")
    if isinstance(most_s, int) and media.duration_s and media.duration_s > most_s:
        raise Rejected(phrase("TikTok takes films of {most_s} seconds from this account: shorten it.", most_s=most_s))


def _info(post: Post) -> dict[str, Any]:
    extra = post.extra
    return {
        "privacy_level": str(extra["privacy"]),
        "disable_comment": not extra.get("takes_comments"),
        "brand_content_toggle": bool(extra.get("is_paid_partnership")),
        "brand_organic_toggle": bool(extra.get("is_own_brand")),
    }


def _film(post: Post) -> dict[str, Any]:
    """What TikTok is told of a film (`post_info` of /video/init/)."""
    extra = post.extra
    cover = {"video_cover_timestamp_ms": extra["cover_ms"]} if extra.get("cover_ms") is not None else {}
    may = {"disable_duet": not extra.get("takes_duets"), "disable_stitch": not extra.get("takes_stitches")}
    return {"title": worded(post), **_info(post), **may, "is_aigc": bool(extra.get("made_with_ai")), **cover}


def _pictures(post: Post) -> dict[str, Any]:
    """The whole of /content/init/. TikTok fetches the pictures itself."""
    if not all(media.public_url for media in post.media):
        raise Rejected(
            phrase("TikTok fetches pictures itself, and this installation offers none: it has no public address.")
        )
    info = {**_info(post), "title": post.title, "description": worded(post)}
    info["auto_add_music"] = bool(post.extra.get("has_music"))
    source = {
        "source": "PULL_FROM_URL",
        "photo_cover_index": int(post.extra.get("cover_number") or 1) - 1,
        "photo_images": [media.public_url for media in post.media],
    }
    return {"post_info": info, "source_info": source, "post_mode": "DIRECT_POST", "media_type": "PHOTO"}

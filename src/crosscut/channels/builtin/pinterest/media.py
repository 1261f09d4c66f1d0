"""What a Pin shows: pictures inside the request that makes it, a film that goes up before and is waited for.

Field names: Pinterest's machine contract 5.23.0. A film is registered (`POST /media`), handed to the storage that
Pinterest names with every field it names, and looked at until it has `succeeded`. Nobody can see it before.
"""

import base64
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from crosscut.channels.builtin.pinterest.api import Api
from crosscut.channels.protocol import Post, PostMedia, Staged
from crosscut.channels.staging import File, lost, names_of, next_step
from crosscut.kernel.errors import Rejected, RetryLater
from crosscut.kernel.facts import Kind
from crosscut.kernel.phrases import phrase

MAX_ALT = 500
_PICTURES = ("image/jpeg", "image/png")
_LOOK_S = 5.0


def staged(api: Api, post: Post) -> Staged:
    """One step further with the film; ready at once where there are pictures alone."""
    if post.post_type != "video":
        alt_of(post)
        return Staged(kept={"files": []}, is_ready=True)
    return next_step(
        post, begin=lambda media: _begun(api, media), further=lambda file, media: _further(api, file, media)
    )


def source_of(post: Post) -> dict[str, Any]:
    """What the Pin shows (`media_source`)."""
    if post.post_type == "video":
        name, *_ = names_of(post, missing=phrase("Pinterest does not have the film of this Pin yet."))
        return {"source_type": "video_id", "media_id": name, **_cover(post)}
    pictures = [_inline(media.path, media.media_type) for media in post.media]
    if not pictures:
        raise Rejected(phrase("A Pin shows a picture or a film: add one."))
    if len(pictures) == 1:
        return {"source_type": "image_base64", **pictures[0]}
    return {"source_type": "multiple_image_base64", "items": pictures}


def alt_of(post: Post) -> str:
    """The one alt text a Pin has: of several pictures all of theirs. Raises Rejected where they are too long."""
    words = " ".join(media.alt_text for media in post.media if media.alt_text)
    if len(words) > MAX_ALT:
        told = {"count": len(words), "most": MAX_ALT}
        raise Rejected(
            phrase(
                "A Pin has one alt text for all its pictures. Theirs are {count} signs long, and {most} fit.", **told
            )
        )
    return words


def count_of(row: Mapping[str, Any]) -> int:
    """How many files Pinterest tells of a Pin."""
    return len(shown_in(row))


def shown_in(row: Mapping[str, Any]) -> list[str]:
    """Where the public gets each file of a Pin, in order; empty addresses where Pinterest does not say."""
    media = row.get("media") or {}
    items: Sequence[Mapping[str, Any]] = media.get("items") or ([media] if media.get("media_type") else [])
    return [_address(item) for item in items]


def _address(item: Mapping[str, Any]) -> str:
    sizes = [size for size in (item.get("images") or {}).values() if size]
    widest: Mapping[str, Any] = max(sizes, key=lambda size: int(size.get("width") or 0), default={})
    return str(widest.get("url") or item.get("cover_image_url") or "")


def _begun(api: Api, media: PostMedia) -> File:
    """Registered and handed over at once: what the storage wants to hear is good for a while only, and kept nowhere."""
    if media.kind is not Kind.VIDEO:
        raise Rejected(phrase("This kind of post is a film: {filename} is none.", filename=media.filename))
    told = api.post("/media", json={"media_type": "video"})
    name, url, fields = str(told.get("media_id") or ""), told.get("upload_url"), told.get("upload_parameters")
    if not name or not url or not isinstance(fields, dict):
        raise RetryLater(phrase("Pinterest began an upload and did not say where the film goes."))
    with media.path.open("rb") as opened:
        api.store(str(url), fields, (media.filename, opened, media.media_type))
    return {"id": name, "after_s": _LOOK_S}


def _further(api: Api, file: Mapping[str, Any], media: PostMedia) -> File:
    """A look whether Pinterest is done with the film."""
    told = api.found(f"/media/{file['id']}")
    if told is None:
        raise lost(phrase("Pinterest no longer has the film: it is handed over anew."))
    if told.get("status") == "failed":
        raise Rejected(phrase("Pinterest could not take {filename}. Try another form of it.", filename=media.filename))
    return {**file, "is_done": True} if told.get("status") == "succeeded" else {**file, "after_s": _LOOK_S}


def _cover(post: Post) -> dict[str, Any]:
    """What stands for the film: the still made here, or a moment of it."""
    at_s, poster = post.extra.get("cover_s"), post.media[0].poster
    if at_s is None and poster is not None and poster.media_type in _PICTURES:
        still = _inline(poster.path, poster.media_type)
        return {"cover_image_content_type": still["content_type"], "cover_image_data": still["data"]}
    return {"cover_image_key_frame_time": int(at_s or 0)}


def _inline(path: Path, media_type: str) -> dict[str, str]:
    if media_type not in _PICTURES:
        raise Rejected(phrase("Pinterest takes JPEG and PNG pictures only, and no {kind}.", kind=media_type))
    return {"content_type": media_type, "data": base64.b64encode(path.read_bytes()).decode()}

"""A film on YouTube before the public sees it: a private one, in parts, then a wait, a thumbnail and captions.

https://developers.google.com/youtube/v3/guides/using_resumable_upload_protocol, as of 2026-10-04. The film is made by
its last byte, and the address of its upload tells which one that was, however often it is asked. While nobody can see
it, it carries a mark of ours among its tags, so that it is found again even where that address was lost.
"""

import json
import re
from collections.abc import Mapping
from typing import Any
from uuid import uuid4

import httpx

from crosscut.channels import answers
from crosscut.channels.builtin.youtube import words
from crosscut.channels.builtin.youtube.api import Api, gone, reason_in
from crosscut.channels.builtin.youtube.uploads import Uploads
from crosscut.channels.protocol import Post, PostMedia, Staged, Track
from crosscut.channels.staging import lost, next_step
from crosscut.kernel.errors import Rejected, RetryLater
from crosscut.kernel.facts import Kind
from crosscut.kernel.phrases import phrase

PART_BYTES = 16 * 2**20  # of a film; has to be a multiple of 256 KiB
_LOOK_S = 20.0
_FILM, _UPLOAD = "/youtube/v3/videos", "/upload/youtube/v3/videos"
_WAITS_AT = re.compile(r"bytes=0-(\d+)")
_GONE = (httpx.codes.NOT_FOUND, httpx.codes.GONE)
File = dict[str, Any]


def staged(api: Api, uploads: Uploads, post: Post) -> Staged:
    """One step further: bytes first, then what belongs to them."""
    return next_step(
        post,
        begin=lambda media: _begun(api, uploads, post, media),
        further=lambda file, media: _further(api, post, dict(file), media),
    )


def why_not_shown(status: Mapping[str, Any]) -> str:
    """Why YouTube shows nobody this film, whoever may see it; empty where it does, or still prepares it."""
    if status.get("uploadStatus") in ("failed", "rejected", "deleted"):
        return str(status.get("failureReason") or status.get("rejectionReason") or status["uploadStatus"])
    return ""


def _begun(api: Api, uploads: Uploads, post: Post, media: PostMedia) -> File:
    """The film an earlier try brought there, or the address of a new upload."""
    if media.kind is not Kind.VIDEO:
        raise Rejected(phrase("YouTube takes films only: {filename} is none.", filename=media.filename))
    if found := uploads.marked(post.key):
        return {"id": found}
    told = {
        "X-Upload-Content-Length": str(media.size_bytes),
        "X-Upload-Content-Type": media.media_type,
    }
    asked = {"uploadType": "resumable", "part": "snippet,status", "notifySubscribers": words.notifies(post)}
    response = api.asked("POST", _UPLOAD, params=asked, more=told, json=words.waiting(post))
    session = response.headers.get("location", "")
    if not response.is_success:
        raise api.refusal(response)
    if not session:
        raise RetryLater(phrase("YouTube took the upload and did not say where its bytes go."))
    return {"session": session}


def _further(api: Api, post: Post, file: File, media: PostMedia) -> File:
    """A part, a look whether YouTube is done with it, its thumbnail, a caption track."""
    if "id" not in file:
        return _next_part(api, file, media)
    if not file.get("is_processed"):
        return _looked_at(api, post, file, media)
    if words.wants_thumbnail(post, media) and not file.get("has_thumbnail"):
        _show_still(api, file["id"], media)
        return _done_or_not({**file, "has_thumbnail": True}, media)
    tracks, done = captions_of(media), int(file.get("captions", 0))
    if done < len(tracks):
        _caption(api, file["id"], tracks[done])
        return _done_or_not({**file, "captions": done + 1}, media)
    return {**file, "is_done": True}


def captions_of(media: PostMedia) -> list[Track]:
    """The caption tracks of a film, one a language: YouTube takes no two that are called the same."""
    tracks = {track.language: track for track in reversed(media.tracks) if track.kind == "captions"}
    return list(reversed(tracks.values()))


def _done_or_not(file: File, media: PostMedia) -> File:
    return {**file, "is_done": True} if int(file.get("captions", 0)) >= len(captions_of(media)) else file


def _next_part(api: Api, file: File, media: PostMedia) -> File:
    """From the byte YouTube waits for, which it is asked first: an earlier try may have brought it further."""
    session, total = str(file["session"]), media.size_bytes
    asked = api.put(session, b"", **{"Content-Range": f"bytes */{total}"})
    if name := _film_in(api, asked):
        return {"id": name, "after_s": _LOOK_S}
    start = _waits_at(asked)
    with media.path.open("rb") as opened:
        opened.seek(start)
        part = opened.read(PART_BYTES)
    span = f"bytes {start}-{start + len(part) - 1}/{total}"
    answer = api.put(session, part, **{"Content-Range": span, "Content-Type": media.media_type})
    if name := _film_in(api, answer):
        return {"id": name, "after_s": _LOOK_S}
    return {"session": session, "has_bytes": _waits_at(answer)}


def _film_in(api: Api, response: httpx.Response) -> str:
    """The film's name once its last byte is there; empty before. Raises what the answer means otherwise."""
    if response.status_code == httpx.codes.PERMANENT_REDIRECT:  # "308 Resume Incomplete"
        return ""
    if response.status_code in _GONE:
        raise lost(phrase("YouTube no longer waits for this film: it is handed over anew."))
    name = str(api.good(response).get("id") or "")
    if not name:
        raise RetryLater(phrase("YouTube took a film and did not name it."))
    return name


def _waits_at(response: httpx.Response) -> int:
    match = _WAITS_AT.fullmatch(response.headers.get("range", ""))
    return int(match[1]) + 1 if match else 0


def _looked_at(api: Api, post: Post, file: File, media: PostMedia) -> File:
    """Whether YouTube is done with the film. Raises Rejected where it will not show it."""
    row = api.film(file["id"], "status", "processingDetails")
    if row is None:
        raise gone()
    status, work = row.get("status") or {}, row.get("processingDetails") or {}
    why = why_not_shown(status) or (work.get("processingFailureReason") if _has_failed(work) else "")
    if why:
        raise Rejected(phrase("YouTube does not take {filename}: {why}.", filename=media.filename, why=why))
    if status.get("uploadStatus") != "processed":
        return {**file, "after_s": _LOOK_S}
    ready = {"id": file["id"], "is_processed": True}
    return ready if words.wants_thumbnail(post, media) else _done_or_not(ready, media)


def _has_failed(work: Mapping[str, Any]) -> bool:
    return work.get("processingStatus") in ("failed", "terminated")


def _show_still(api: Api, name: str, media: PostMedia) -> None:
    """Setting it twice does no harm."""
    still = media.poster
    if still is None:
        return
    kind = {"Content-Type": still.media_type}
    path = "/upload/youtube/v3/thumbnails/set"
    asked = api.asked("POST", path, params={"videoId": name}, more=kind, content=still.path.read_bytes())
    if asked.status_code == httpx.codes.FORBIDDEN and reason_in(asked) == "forbidden":
        said = answers.words(asked)
        raise Rejected(
            phrase(
                "YouTube lets this channel choose no thumbnail: {said} Confirm it by phone, or let YouTube choose.",
                said=said,
            )
        )
    api.good(asked)


def _caption(api: Api, name: str, track: Track) -> None:
    """One track. That it is there already says that an earlier try brought it."""
    told = {"snippet": {"videoId": name, "language": track.language, "name": "", "isDraft": False}}
    boundary = uuid4().hex
    parts = (
        ("application/json; charset=UTF-8", json.dumps(told).encode()),
        ("application/octet-stream", track.text.encode()),
    )
    body = b"".join(
        b"--%b\r\nContent-Type: %b\r\n\r\n%b\r\n" % (boundary.encode(), kind.encode(), content)
        for kind, content in parts
    )
    response = api.asked(
        "POST",
        "/upload/youtube/v3/captions",
        params={"uploadType": "multipart", "part": "snippet"},
        more={"Content-Type": f'multipart/related; boundary="{boundary}"'},
        content=body + b"--%b--\r\n" % boundary.encode(),
    )
    if reason_in(response) != "captionExists":
        api.good(response)

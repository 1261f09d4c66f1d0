"""Pictures, videos and captions on their way to Bluesky. Nothing here is visible until a record points to it."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

from crosscut.channels.builtin.bluesky.xrpc import Server
from crosscut.channels.cues import as_vtt
from crosscut.channels.protocol import Post, PostMedia
from crosscut.kernel.errors import Problem, Rejected, RetryLater
from crosscut.kernel.phrases import phrase

Blob = Mapping[str, Any]
POLL_S = 10.0  # a clip of some seconds is ready after about that time
TOKEN_S = 1800  # as long as the official app asks for


@dataclass(frozen=True, kw_only=True)
class VideoService:
    """Bluesky's video service, which prepares a video and puts it on the account server (lexicon app.bsky.video)."""

    url: str
    did: str  # whose video it is
    now: datetime  # aware UTC
    kept: Mapping[str, Any]  # what an earlier try already has there: the file's sha256 → the job's name


def images_embed(server: Server, items: Iterable[PostMedia]) -> dict[str, Any]:
    """Lexicon app.bsky.embed.images."""
    images = [{"image": _uploaded(server, item), "alt": item.alt_text, **_shape(item)} for item in items]
    return {"$type": "app.bsky.embed.images", "images": images}


def video_embed(server: Server, post: Post, service: VideoService | None) -> dict[str, Any]:
    """Lexicon app.bsky.embed.video, with the captions in every language there is."""
    item = post.media[0]
    captions = [
        {"lang": track.language, "file": _uploaded_captions(server, as_vtt(track.text).encode())}
        for track in item.tracks
        if track.kind == "captions"
    ]
    blob = _prepared(service, server, item) if service else _uploaded(server, item)
    alt = {"alt": item.alt_text} if item.alt_text else {}
    return {"$type": "app.bsky.embed.video", "video": blob, **alt, **_shape(item)} | (
        {"captions": captions} if captions else {}
    )


def _shape(item: PostMedia) -> dict[str, Any]:
    return (
        {"aspectRatio": {"width": item.width_px, "height": item.height_px}} if item.width_px and item.height_px else {}
    )


def _uploaded(server: Server, item: PostMedia) -> Blob:
    with item.path.open("rb") as file:
        answer = server.upload(
            "com.atproto.repo.uploadBlob", file, media_type=item.media_type, size_bytes=item.size_bytes
        )
    return _blob(answer)


def _uploaded_captions(server: Server, content: bytes) -> Blob:
    return _blob(server.upload("com.atproto.repo.uploadBlob", content, media_type="text/vtt", size_bytes=len(content)))


def _blob(answer: Mapping[str, Any]) -> Blob:
    if not isinstance(answer.get("blob"), dict):
        raise RetryLater(phrase("The account server took a file and did not say where it is."))
    return dict(answer["blob"])


def _prepared(service: VideoService, server: Server, item: PostMedia) -> Blob:
    """The video's blob once the service is done with it. Until then RetryLater, naming the job to ask for next time."""
    status = _job(service, server, item)
    if isinstance(status.get("blob"), dict):
        return dict(status["blob"])
    if status.get("state") == "JOB_STATE_FAILED":
        reason = status.get("message") or status.get("error") or phrase("it gives no reason")
        raise Rejected(phrase("Bluesky cannot use this video: {reason}", reason=reason))
    kept = {item.sha256: status.get("jobId", "")}
    message = phrase(
        "Bluesky prepares the video: {percent} % of {step}.",
        percent=status.get("progress", 0),
        step=status.get("state") or phrase("the first step"),
    )
    problem = Problem(code="channel.still_processing", where="media[0]", message=message, values={"kept": kept})
    raise RetryLater(message, after_s=POLL_S, problems=[problem])


def _job(service: VideoService, server: Server, item: PostMedia) -> Mapping[str, Any]:
    if job := service.kept.get(item.sha256):
        asked = Server(http=server.http, url=service.url).query("app.bsky.video.getJobStatus", jobId=job)
        return _status(asked)
    entry = Server(http=server.http, url=service.url, token=_permit(service, server))
    with item.path.open("rb") as file:
        answer = entry.upload(
            "app.bsky.video.uploadVideo",
            file,
            media_type=item.media_type,
            size_bytes=item.size_bytes,
            did=service.did,
            name=f"{item.sha256[:24]}.mp4",
        )
    return _status(answer)


def _status(answer: Mapping[str, Any]) -> Mapping[str, Any]:
    """A job's status. The service answers 409 with the status itself when it has the same video already."""
    status = answer.get("jobStatus", answer)
    if not isinstance(status, dict) or not status.get("jobId"):
        raise RetryLater(
            phrase(
                "Bluesky's video service did not take the video: {reason}",
                reason=answer.get("message") or phrase("it gives no reason"),
            )
        )
    return status


def _permit(service: VideoService, server: Server) -> str:
    """A token with which the service may put the video on the account server (com.atproto.server.getServiceAuth)."""
    host = urlsplit(server.url).hostname
    expires_at = int((service.now + timedelta(seconds=TOKEN_S)).timestamp())
    answer = server.query(
        "com.atproto.server.getServiceAuth", aud=f"did:web:{host}", lxm="com.atproto.repo.uploadBlob", exp=expires_at
    )
    return str(answer["token"])

"""Files on X before the post: pictures in one request, films in parts, then alt text and captions.

https://docs.x.com/x-api/media/quickstart/media-upload-chunked; field names: machine contract 2.167 of 2026-08-22.
Nobody can see a file before a post shows it, and X forgets one that no post uses after a day or so.
"""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from crosscut.channels.builtin.x.api import Api
from crosscut.channels.protocol import Post, PostMedia, Staged, Track
from crosscut.channels.staging import lost, next_step
from crosscut.kernel.errors import Rejected, RetryLater
from crosscut.kernel.facts import Kind
from crosscut.kernel.phrases import phrase

PART_BYTES = 4 * 2**20  # of a film; X takes at most a thousand parts and names no size
_MOST_WAIT_S = 60.0  # between two looks, whatever X proposes
_LANGUAGES = {"en": "English", "de": "Deutsch", "fr": "Français", "es": "Español", "it": "Italiano", "pt": "Português"}


def staged(api: Api, post: Post) -> Staged:
    """One step further with the first file that is not ready; ready at once where there are none."""
    return next_step(
        post, begin=lambda media: _begun(api, media), further=lambda file, media: _further(api, file, media)
    )


def _begun(api: Api, media: PostMedia) -> dict[str, Any]:
    """The file itself where it is a picture, a name for it where it comes in parts."""
    if not _in_parts(media):
        with media.path.open("rb") as opened:
            return _after_bytes(_uploaded(api, (media.filename, opened, media.media_type), "tweet_image"), media)
    body = {"media_category": _category(media), "media_type": media.media_type, "total_bytes": media.size_bytes}
    return {"id": _id(api.post("/2/media/upload/initialize", json=body)), "parts": 0}


def _further(api: Api, file: Mapping[str, Any], media: PostMedia) -> dict[str, Any]:
    """A part, the end of the parts, a look whether X is done with it, alt text, captions."""
    name = str(file["id"])
    if _in_parts(media) and "is_whole" not in file:
        if file["parts"] * PART_BYTES < media.size_bytes:
            _hand_over(api, name, file["parts"], media.path)
            return {**file, "parts": file["parts"] + 1}
        return {**file, "is_whole": True, **_processed(api.post(f"/2/media/upload/{name}/finalize"), media)}
    if file.get("is_processed") is False:
        told = api.found("/2/media/upload", command="STATUS", media_id=name)
        if told is None:
            raise lost("X no longer has the film: it is handed over anew.")
        return {**file, **_processed(told, media)}
    if media.alt_text and media.kind is Kind.IMAGE and not file.get("is_described"):
        api.post("/2/media/metadata", json={"id": name, "metadata": {"alt_text": {"text": media.alt_text}}})
        return {**file, "is_described": True, "is_done": True}
    if captions := _captions(media):
        _caption(api, name, captions[0], media)
    return {**file, "is_done": True}


def _after_bytes(file: dict[str, Any], media: PostMedia) -> dict[str, Any]:
    """Done, unless something is still to be said of it."""
    has_words = bool(media.alt_text) if media.kind is Kind.IMAGE else bool(_captions(media))
    return file if has_words else {**file, "is_done": True}


def _processed(answer: Mapping[str, Any], media: PostMedia) -> dict[str, Any]:
    """How far X is with a film. Raises Rejected where it cannot use it."""
    told = (answer.get("data") or {}).get("processing_info") or {}
    state = told.get("state", "succeeded")  # X says nothing of it where there is nothing to wait for
    if state == "failed":
        why = (told.get("error") or {}).get("message") or "it does not say why"
        raise Rejected(phrase("X could not take {filename}: {why}", filename=media.filename, why=why))
    if state != "succeeded":
        return {"is_processed": False, "after_s": min(told.get("check_after_secs") or 5, _MOST_WAIT_S)}
    return _after_bytes({"is_processed": True}, media)


def _hand_over(api: Api, name: str, number: int, path: Path) -> None:
    with path.open("rb") as opened:
        opened.seek(number * PART_BYTES)
        part = opened.read(PART_BYTES)
    told, files = {"segment_index": str(number)}, {"media": ("part", part, "application/octet-stream")}
    api.post(f"/2/media/upload/{name}/append", data=told, files=files)


def _captions(media: PostMedia) -> list[Track]:
    """Those X takes: one track, in a language it can name by two letters."""
    return [
        track
        for track in media.tracks
        if media.kind is Kind.VIDEO and track.kind == "captions" and len(track.language.partition("-")[0]) == 2
    ]


def _caption(api: Api, name: str, track: Track, media: PostMedia) -> None:
    """Captions go up as a file of their own and are then tied to the film."""
    language = track.language.partition("-")[0].lower()
    file = (f"{media.path.stem}.vtt", track.text.encode(), "text/vtt")
    body = {
        "id": name,
        "media_category": "TweetVideo",
        "subtitles": {
            "id": _uploaded(api, file, "subtitles")["id"],
            "language_code": language.upper(),
            "display_name": _LANGUAGES.get(language, language.upper()),
        },
    }
    api.post("/2/media/subtitles", json=body)


def _uploaded(api: Api, file: tuple[str, Any, str], category: str) -> dict[str, Any]:
    return {"id": _id(api.post("/2/media/upload", data={"media_category": category}, files={"media": file}))}


def _in_parts(media: PostMedia) -> bool:
    """Films, and pictures that move: X prepares those after they have come."""
    return media.kind is Kind.VIDEO or media.media_type == "image/gif"


def _category(media: PostMedia) -> str:
    return "tweet_video" if media.kind is Kind.VIDEO else "tweet_gif"


def _id(answer: Mapping[str, Any]) -> str:
    name = (answer.get("data") or {}).get("id")
    if not name:
        raise RetryLater(phrase("X took a file and did not name it."))
    return str(name)

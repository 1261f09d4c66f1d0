"""A Bluesky post as the public gets it: from the public view, or from the account server where there is none."""

import hashlib
from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

import httpx

from crosscut.channels import http
from crosscut.channels.builtin.bluesky.names import sha256_of
from crosscut.channels.builtin.bluesky.record import answered
from crosscut.channels.protocol import Seen, SeenMedia
from crosscut.kernel.errors import CrosscutError

MAX_PICTURE_BYTES = 16 * 2**20  # the original is at most 2 MB; the view's copy was never seen larger
RE_ENCODES = "makes its own copies of pictures and videos in other sizes"
FROM_PDS = "read from the account's own server: the public view does not show it"


def from_view(client: httpx.Client, view: Mapping[str, Any], url: str) -> Seen:
    """What the public view shows (lexicon app.bsky.feed.defs#postView). Fetches the pictures."""
    record = view.get("record") or {}
    media = tuple(_viewed(client, view.get("embed") or {}))
    return _seen(view["uri"], url, record, media=media, changes=(RE_ENCODES,) if media else ())


def from_record(pds_url: str, did: str, answer: Mapping[str, Any], url: str) -> Seen:
    """What the account server gives to anybody: the record, and its files as they were uploaded."""
    record = answer["value"]
    media = tuple(_stored(pds_url, did, record.get("embed") or {}))
    return _seen(answer["uri"], url, record, media=media, changes=(FROM_PDS,))


def _seen(
    uri: str, url: str, record: Mapping[str, Any], *, media: tuple[SeenMedia, ...], changes: tuple[str, ...]
) -> Seen:
    return Seen(
        remote_id=uri,
        url=url,
        text=str(record.get("text", "")),
        title=str(_card(record).get("title", "")),
        link=_link(record),
        media=media,
        answers=answered(record),
        created_at=_moment(str(record.get("createdAt", ""))),
        changes=changes,
    )


def _card(record: Mapping[str, Any]) -> Mapping[str, Any]:
    return (record.get("embed") or {}).get("external") or {}


def _link(record: Mapping[str, Any]) -> str:
    """The link card's address, else the first link in the words."""
    features = (feature for facet in record.get("facets") or () for feature in facet.get("features", ()))
    in_words = next((str(feature["uri"]) for feature in features if "uri" in feature), "")
    return str(_card(record).get("uri", "")) or in_words


def _viewed(client: httpx.Client, embed: Mapping[str, Any]) -> Iterator[SeenMedia]:
    for image in embed.get("images") or ():
        yield _fetched(client, str(image["fullsize"]), str(image.get("alt", "")))
    if embed.get("playlist"):
        yield SeenMedia(
            url=str(embed["playlist"]), media_type="application/vnd.apple.mpegurl", alt_text=str(embed.get("alt", ""))
        )


def _fetched(client: httpx.Client, url: str, alt_text: str) -> SeenMedia:
    """The picture's address, and what is there where it could be fetched now."""
    try:
        file = http.fetch(client, url, MAX_PICTURE_BYTES)
    except CrosscutError:
        return SeenMedia(url=url, alt_text=alt_text)
    if file.status != httpx.codes.OK:
        return SeenMedia(url=url, alt_text=alt_text)
    return SeenMedia(
        url=url,
        media_type=file.media_type,
        size_bytes=len(file.content),
        sha256=hashlib.sha256(file.content).hexdigest(),
        alt_text=alt_text,
    )


def _stored(pds_url: str, did: str, embed: Mapping[str, Any]) -> Iterator[SeenMedia]:
    files = [(image["image"], image.get("alt", "")) for image in embed.get("images") or ()]
    files += [(embed["video"], embed.get("alt", ""))] if "video" in embed else []
    for blob, alt_text in files:
        cid = str(blob["ref"]["$link"])
        yield SeenMedia(
            url=f"{pds_url}/xrpc/com.atproto.sync.getBlob?did={did}&cid={cid}",
            media_type=str(blob.get("mimeType", "")),
            size_bytes=blob.get("size"),
            sha256=sha256_of(cid),
            alt_text=str(alt_text),
        )


def _moment(text: str) -> datetime | None:
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return None
    return moment if moment.tzinfo else None

"""The posts of a channel that is a folder of ours: one file each, written before anything else is.

`items/KEY.json` is the truth and `public/` is drawn from it. A post exists from the moment its item does, and a post
that was taken down leaves its item, so that its address is never given to another.
"""

import json
import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from fractions import Fraction
from pathlib import Path
from typing import Any
from urllib.parse import quote

import regex
from pydantic import ValidationError

from crosscut.channels.cues import as_vtt
from crosscut.channels.folder import keep, write
from crosscut.channels.protocol import Post, PostMedia, Still, Track
from crosscut.kernel.errors import Rejected, Unavailable
from crosscut.kernel.facts import Kind
from crosscut.kernel.phrases import phrase
from crosscut.kernel.records import as_data, canonical_json, digest, from_data

_KEY = re.compile(r"[a-z0-9-]{13,40}")
_WORD = regex.compile(r"[\p{L}\p{N}\p{M}]+")  # letters, digits and marks of any script
_SLUG_BYTES = 80  # of a file name's 255, so that a number fits behind and addresses stay readable


@dataclass(frozen=True, kw_only=True)
class ShelfTrack:
    """Words of a media file, as they lie beside it."""

    name: str  # in the media folder: "3f2a…-captions-en.vtt"
    kind: str  # as of `Track`
    language: str
    media_type: str
    text: str


@dataclass(frozen=True, kw_only=True)
class ShelfStill:
    """A poster or a smaller form of a picture, as it lies in the media folder."""

    name: str  # in the media folder: "3f2a….jpg"
    media_type: str
    width_px: int
    height_px: int


@dataclass(frozen=True, kw_only=True)
class ShelfMedia:
    """A media file of a post, as it lies in the media folder."""

    name: str  # in the media folder: "3f2a….jpg"
    filename: str
    kind: Kind
    media_type: str
    size_bytes: int
    sha256: str
    alt_text: str = ""
    width_px: int | None = None
    height_px: int | None = None
    duration_s: Fraction | None = None
    tracks: tuple[ShelfTrack, ...] = ()
    credit: str = ""
    poster: ShelfStill | None = None
    smaller: tuple[ShelfStill, ...] = ()  # smallest first


@dataclass(frozen=True, kw_only=True)
class Item:
    """One post of the folder."""

    key: str  # the post's key, and its remote id
    path: str  # where it lives under the public address: "2026/half-of-the-reef"
    text: str = ""
    title: str = ""
    summary: str = ""
    language: str = "en"
    link: str = ""
    tags: tuple[str, ...] = ()
    media: tuple[ShelfMedia, ...] = ()
    extra: Mapping[str, Any] = field(default_factory=dict)
    published_at: datetime
    updated_at: datetime | None = None
    revision: int = 1  # counts every change
    gone_at: datetime | None = None  # when it was taken down; then only key, path and dates are left

    @property
    def href(self) -> str:
        """The path as it stands in an address."""
        return quote(self.path) + "/"


class Shelf:
    """The posts in one folder. Whoever writes holds the folder's lock."""

    def __init__(self, folder: Path) -> None:
        self.items_folder = folder / "items"
        self.public = folder / "public"
        self.media_folder = self.public / "media"

    def get(self, key: str) -> Item | None:
        """The post of that key, taken down or not; None when there never was one."""
        path = self.items_folder / f"{key}.json"
        return _read(path) if _KEY.fullmatch(key) and path.is_file() else None

    def live(self, key: str) -> Item | None:
        """The post of that key if it is public."""
        item = self.get(key)
        return item if item and not item.gone_at else None

    def all(self) -> list[Item]:
        """Every post there ever was, newest first."""
        found = [_read(path) for path in self.items_folder.glob("*.json")]
        return sorted(found, key=lambda item: (item.published_at, item.key), reverse=True)

    def put(self, post: Post, now: datetime) -> Item:
        """The post, kept for good: its media first, then its item. A known key keeps its address and its date."""
        if not _KEY.fullmatch(post.key):
            raise Rejected(phrase("The key {key} is none: 13 to 40 of a-z, 0-9 and -.", key=repr(post.key)))
        old = self.get(post.key)
        item = Item(
            key=post.key,
            path=old.path if old else self._free_path(post, now),
            text=post.text,
            title=post.title,
            summary=post.summary,
            language=post.language,
            link=post.link,
            tags=tuple(dict.fromkeys(tag.strip() for tag in post.tags if tag.strip())),
            media=tuple(self._keep(media) for media in post.media),
            extra=dict(post.extra),
            published_at=old.published_at if old else now,
            updated_at=now if old else None,
            revision=old.revision + 1 if old else 1,
        )
        self._write(item)
        return item

    def bury(self, item: Item, now: datetime) -> None:
        """Leaves of the post only that its address was used."""
        self._write(Item(key=item.key, path=item.path, published_at=item.published_at, gone_at=now))

    def _write(self, item: Item) -> None:
        write(self.items_folder / f"{item.key}.json", canonical_json(as_data(item)).encode(), is_durable=True)

    def _keep(self, media: PostMedia) -> ShelfMedia:
        name = keep(media, self.media_folder)
        return ShelfMedia(
            name=name,
            filename=media.filename,
            kind=media.kind,
            media_type=media.media_type,
            size_bytes=media.size_bytes,
            sha256=media.sha256,
            alt_text=media.alt_text,
            width_px=media.width_px,
            height_px=media.height_px,
            duration_s=media.duration_s,
            tracks=tuple(self._keep_track(track, name) for track in media.tracks),
            credit=media.credit,
            poster=self._keep_still(media.poster) if media.poster else None,
            smaller=tuple(self._keep_still(still) for still in media.smaller),
        )

    def _keep_still(self, still: Still) -> ShelfStill:
        return ShelfStill(
            name=keep(still, self.media_folder),
            media_type=still.media_type,
            width_px=still.width_px,
            height_px=still.height_px,
        )

    def _keep_track(self, track: Track, media_name: str) -> ShelfTrack:
        is_timed = track.media_type in ("text/vtt", "application/x-subrip", "application/srt", "text/srt")
        text = as_vtt(track.text) if is_timed else track.text
        ending = "chapters.json" if track.kind == "chapters" else "vtt" if is_timed else "txt"
        stem = slug(f"{media_name[:16]} {digest(text)[:16]} {track.kind} {track.language}")
        name = f"{stem}.{ending}"
        write(self.media_folder / name, text.encode())
        media_type = "text/vtt" if is_timed else track.media_type
        return ShelfTrack(name=name, kind=track.kind, language=track.language, media_type=media_type, text=text)

    def _free_path(self, post: Post, now: datetime) -> str:
        taken = {item.path for item in self.all()}
        wanted = f"{now.year}/{slug(post.title or post.text) or post.key}"
        return next(path for path in _numbered(wanted) if path not in taken)


def slug(text: str) -> str:
    """The words as they may stand in an address, in any script, at most 80 bytes; empty where there are none.

    >>> slug("Half of the Reef: what's left?"), slug("Größe  ＡＢＣ"), slug("サンゴ礁"), slug("!?")
    ('half-of-the-reef-whats-left', 'größe-abc', 'サンゴ礁', '')
    """
    folded = re.sub(r"['’ʼ]", "", unicodedata.normalize("NFKC", text).lower())
    words = _WORD.findall(folded)
    kept = ""
    for word in words:
        longer = f"{kept}-{word}" if kept else word
        if len(longer.encode()) > _SLUG_BYTES:
            break
        kept = longer
    return kept or (words[0].encode()[:_SLUG_BYTES].decode(errors="ignore") if words else "")


def gone_paths(items: Iterable[Item]) -> str:
    """The addresses that were taken down, one a line."""
    return "".join(f"{item.path}\n" for item in items if item.gone_at)


def stamp(at: datetime) -> str:
    """The moment as feeds and pages write it, RFC 3339.

    >>> stamp(datetime(2026, 11, 22, 5, 7, 35, 1, tzinfo=UTC))
    '2026-11-22T05:07:35Z'
    """
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def _numbered(path: str) -> Iterator[str]:
    yield path
    number = 2
    while True:
        yield f"{path}-{number}"
        number += 1


def _read(path: Path) -> Item:
    try:
        return from_data(Item, json.loads(path.read_bytes()))
    except (ValueError, ValidationError) as error:
        raise Unavailable(
            phrase(
                "{path} cannot be read as a post: {error}. Restore it from a backup or remove it.",
                path=path,
                error=str(error),
            )
        ) from error

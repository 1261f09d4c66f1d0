"""Files on their way to the site's media library, each under a name made of the post's key and the file's hash.

A second try finds by that name what is there already, so nothing is uploaded twice.
"""

import hashlib
from collections.abc import Iterator, Mapping
from typing import Any

from crosscut.channels.builtin.wordpress.api import Api
from crosscut.channels.builtin.wordpress.content import Placed
from crosscut.channels.cues import as_vtt
from crosscut.channels.protocol import Post, PostMedia
from crosscut.kernel.errors import RetryLater
from crosscut.kernel.facts import Kind
from crosscut.kernel.phrases import phrase

PAGE = 100  # most that a list gives at once

Attachment = Mapping[str, Any]


def placed(api: Api, post: Post, post_id: int) -> list[Placed]:
    """The post's files in the library, attached to the article; uploads those that are missing."""
    there = attached(api, post_id)
    return [_place(api, post, post_id, item, there) for item in post.media]


def attached(api: Api, post_id: int) -> dict[str, Attachment]:
    """The files that belong to an article, by name."""
    found = api.get("/wp/v2/media", parent=post_id, per_page=PAGE, context="edit")
    return {str(item["slug"]): item for item in found}


def ours(there: Mapping[str, Attachment], key: str) -> Iterator[Attachment]:
    """Those of them that came with the post of that key."""
    return (item for slug, item in there.items() if key and slug.startswith(f"{key}-"))


def slugs(post: Post) -> set[str]:
    """The names of everything the post brings."""
    files = {_slug(post, item.sha256) for item in post.media}
    return files | {_slug(post, _digest(text)) for item in post.media for _, text in _captions(item)}


def _place(api: Api, post: Post, post_id: int, item: PostMedia, there: Mapping[str, Attachment]) -> Placed:
    slug = _slug(post, item.sha256)
    found = there.get(slug) or _upload_file(api, post_id, slug, item)
    tracks = []
    for language, text in _captions(item):
        name = _slug(post, _digest(text))
        track = there.get(name) or _upload_captions(api, post_id, name, text)
        tracks.append((language, str(track["source_url"])))
    return Placed(media=item, id=int(found["id"]), url=str(found["source_url"]), tracks=tuple(tracks))


def _upload_file(api: Api, post_id: int, slug: str, item: PostMedia) -> Attachment:
    words = {"title": item.filename, "alt_text": item.alt_text, "caption": item.credit}
    headers = {
        "Content-Type": item.media_type,
        "Content-Length": str(item.size_bytes),
        "Content-Disposition": f'attachment; filename="{_plain_name(item.filename)}"',
    }
    with item.path.open("rb") as file:
        answer = api.upload("/wp/v2/media", file, headers, post=post_id, slug=slug, **_filled(words))
    return _checked(answer)


def _upload_captions(api: Api, post_id: int, slug: str, text: str) -> Attachment:
    headers = {"Content-Type": "text/vtt", "Content-Disposition": f'attachment; filename="{slug}.vtt"'}
    return _checked(api.upload("/wp/v2/media", text.encode(), headers, post=post_id, slug=slug))


def _captions(item: PostMedia) -> list[tuple[str, str]]:
    """Language and WebVTT of what a player shows over the picture."""
    shown = (track for track in item.tracks if track.kind == "captions" and item.kind is Kind.VIDEO)
    return [(track.language, as_vtt(track.text)) for track in shown]


def _checked(answer: Attachment) -> Attachment:
    if not answer.get("id") or not answer.get("source_url"):
        raise RetryLater(phrase("The site took a file and did not say where it is."))
    return answer


def _slug(post: Post, sha256: str) -> str:
    return f"{post.key}-{sha256[:12]}"


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def _filled(words: Mapping[str, str]) -> dict[str, str]:
    return {name: value for name, value in words.items() if value}


def _plain_name(filename: str) -> str:
    """The file's name in letters that every header and file system takes.

    >>> _plain_name('Größe "1".jpg')
    'Gre_1_.jpg'
    """
    letters = filename.encode("ascii", "ignore").decode()
    return "".join(letter if letter.isalnum() or letter in "._-" else "_" for letter in letters).replace("__", "_")

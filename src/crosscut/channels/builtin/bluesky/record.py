"""The record of a post: its words with their marks, and what is embedded in it (lexicon app.bsky.feed.post)."""

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

from crosscut.channels.builtin.bluesky import media, text
from crosscut.channels.builtin.bluesky.names import POSTS
from crosscut.channels.builtin.bluesky.xrpc import Server
from crosscut.channels.protocol import Post, Sent
from crosscut.kernel.errors import Problem, Rejected
from crosscut.kernel.facts import Kind
from crosscut.kernel.phrases import phrase

MAX_IMAGES = 4  # lexicon app.bsky.embed.images, 2026-08-20
MAX_EXTRA_TAGS = 8  # lexicon app.bsky.feed.post, 2026-08-20


def record(post: Post, server: Server, video: media.VideoService | None, *, created_at: str) -> dict[str, Any]:
    """What `createRecord` takes. Uploads the post's media and looks up the people it mentions."""
    _check(post)
    said = words(post)
    parts = {
        "facets": text.facets(said, lambda handle: _did_of(server, handle)),
        "embed": _embed(post, server, video),
        "tags": _extra_tags(post),
        "langs": [post.language] if post.language else [],
        "reply": _reply(post),
    }
    start = {"$type": POSTS, "text": said, "createdAt": created_at}
    return start | {name: part for name, part in parts.items() if part}


def words(post: Post) -> str:
    """The words, and below them the link where it is not among them and media take the place of a link card."""
    has_room = not post.link or not post.media or post.link in text.links(post.text)
    return post.text if has_room else f"{post.text}\n\n{post.link}".strip()


def media_count(value: dict[str, Any]) -> int:
    """How many files a record shows."""
    embed = value.get("embed") or {}
    return len(embed.get("images", ())) + ("video" in embed)


def answered(value: Mapping[str, Any]) -> str:
    """The at:// address of the post that a record answers; empty for none."""
    return str(((value.get("reply") or {}).get("parent") or {}).get("uri") or "")


def _reply(post: Post) -> dict[str, Any]:
    """The post it answers and the first of the thread, each by address and content (app.bsky.feed.post#replyRef)."""
    if not (post.parent and post.root):
        return {}
    return {name: _reference(sent) for name, sent in (("root", post.root), ("parent", post.parent))}


def _reference(sent: Sent) -> dict[str, str]:
    if not sent.answer.get("cid"):
        raise _refuse("reply", phrase("The part before it is not known well enough to be answered."))
    return {"uri": sent.remote_id, "cid": str(sent.answer["cid"])}


def _check(post: Post) -> None:
    kinds = {item.kind for item in post.media}
    if kinds - {Kind.IMAGE, Kind.VIDEO}:
        raise _refuse("media", "Bluesky shows pictures and videos only.")
    if len(kinds) > 1:
        raise _refuse("media", "Bluesky shows pictures or a video in one post, not both.")
    if kinds == {Kind.VIDEO} and len(post.media) > 1:
        raise _refuse("media", "Bluesky shows one video in a post.")
    if len(post.media) > MAX_IMAGES:
        raise _refuse("media", f"Bluesky shows {MAX_IMAGES} pictures in a post, not {len(post.media)}.")


def _refuse(where: str, message: str) -> Rejected:
    return Rejected(message, problems=[Problem(code=f"bluesky.{where}", where=where, message=message)])


def _did_of(server: Server, handle: str) -> str | None:
    try:
        return str(server.query("com.atproto.identity.resolveHandle", handle=handle)["did"])
    except Rejected:
        return None


def _extra_tags(post: Post) -> list[str]:
    in_words = {tag.casefold() for tag in text.tags(post.text)}
    extra = (tag.lstrip("#") for tag in post.tags)
    return [tag for tag in dict.fromkeys(extra) if tag.casefold() not in in_words][:MAX_EXTRA_TAGS]


def _embed(post: Post, server: Server, video: media.VideoService | None) -> dict[str, Any]:
    if post.media and post.media[0].kind is Kind.VIDEO:
        return media.video_embed(server, post, video)
    if post.media:
        return media.images_embed(server, post.media)
    return _card(post) if post.link else {}


def _card(post: Post) -> dict[str, Any]:
    title = post.title or urlsplit(post.link).hostname or post.link
    external = {"uri": post.link, "title": title, "description": post.summary}
    return {"$type": "app.bsky.embed.external", "external": external}

"""What YouTube is told of a film: once while nobody can see it, and once when it is to be seen.

https://developers.google.com/youtube/v3/docs/videos, as of 2026-10-04. An update forgets whatever it does not repeat,
so the whole is told each time.
"""

from typing import Any

from crosscut.channels.protocol import Post, PostMedia
from crosscut.channels.wording import worded
from crosscut.kernel.errors import Rejected
from crosscut.kernel.phrases import phrase

_TITLE, _PEOPLE_AND_BLOGS = 100, "22"
_MARK = "crosscut-"


def mark_of(key: str) -> str:
    """The tag by which a film that nobody can see yet is known as that target's."""
    return f"{_MARK}{key}"


def title_of(post: Post) -> str:
    """The title; without one the first words of the text. Raises Rejected where there are no words at all."""
    title = post.title or " ".join(next(iter(post.text.strip().splitlines()), "").split())[:_TITLE]
    if not title:
        raise Rejected(phrase("YouTube wants a title."))
    if any(sign in f"{title}{post.text}" for sign in "<>"):
        raise Rejected(phrase("YouTube takes no < and no > in titles and descriptions. Write the words out."))
    return title


def waiting(post: Post) -> dict[str, Any]:
    """The film as it waits: private, with our mark."""
    told = shown(post)
    told["snippet"]["tags"] = [mark_of(post.key)]
    told["status"]["privacyStatus"] = "private"
    return told


def shown(post: Post) -> dict[str, Any]:
    """The film as the public is to see it."""
    extra = post.extra
    return {
        "snippet": {
            "title": title_of(post),
            "description": worded(post),
            "tags": list(post.tags),
            "categoryId": str(extra.get("category") or _PEOPLE_AND_BLOGS),
            "defaultLanguage": post.language,
        },
        "status": {
            "privacyStatus": visibility_of(post),
            "license": str(extra.get("licence") or "youtube"),
            "embeddable": not extra.get("is_not_embeddable"),
            "selfDeclaredMadeForKids": bool(extra.get("is_for_kids")),
            "containsSyntheticMedia": bool(extra.get("has_synthetic_media")),
        },
    }


def visibility_of(post: Post) -> str:
    """Who is to find it."""
    return str(post.extra.get("visibility") or "public")


def notifies(post: Post) -> str:
    """Whether subscribers are told, as an address says it."""
    return "false" if post.extra.get("is_quiet") else "true"


def wants_thumbnail(post: Post, media: PostMedia) -> bool:
    """Whether our still is to stand for the film; Shorts show none."""
    return bool(post.extra.get("has_own_thumbnail")) and media.poster is not None and post.post_type == "video"

"""Kinds of posts: what is known of them, and which fits the media of a piece."""

from collections.abc import Iterable
from typing import Any

from crosscut.channels.registry import channel, channels
from crosscut.kernel.errors import NotFound
from crosscut.kernel.phrases import phrase
from crosscut.specs.platforms import post_type as find_post_type
from crosscut.specs.post_types import PostType


def post_type_key(slug: str, post_type: str) -> str:
    """The name of that kind of post among the requirements. Raises NotFound for an unknown channel.

    >>> post_type_key("mastodon", "image")
    'mastodon/image'
    """
    return f"{channel(slug).platform}/{post_type}"


def kind_of(slug: str, post_type: str) -> PostType | None:
    """What is known of that kind of post; None when its channel is not installed any more."""
    known = channels().get(slug)
    try:
        return find_post_type(f"{known.platform}/{post_type}") if known else None
    except NotFound:
        return None


def best_post_type(slug: str, kinds: Iterable[str]) -> str:
    """The kind of post of that channel that takes most of these media (kinds: "image", …), else its first.

    Raises NotFound for an unknown channel.

    >>> best_post_type("practice", ["video"]), best_post_type("practice", [])
    ('video', 'text')
    """
    wanted = set(kinds)
    names = channel(slug).post_types
    return max(names, key=lambda name: (_fit(kind_of(slug, name), wanted), -names.index(name)))


def kind_named(slug: str, post_type: str) -> PostType:
    """What is known of that kind of post. Raises NotFound for an unknown channel or kind."""
    found = kind_of(channel(slug).slug, post_type)
    if found is None:
        raise NotFound(
            phrase("{name} has no kind of post called {post_type}.", name=channel(slug).name, post_type=repr(post_type))
        )
    return found


def shows_words_only(slug: str, post_type: str) -> bool:
    """Whether posts of that kind take no files at all.

    >>> shows_words_only("practice", "text"), shows_words_only("site", "article")
    (True, False)
    """
    kind = kind_of(slug, post_type)
    return bool(kind and kind.media and kind.media.max_items == 0)


def fitting(slugs: Iterable[str], kinds: Iterable[str]) -> list[str]:
    """Those of the channels that have a kind of post for media of these kinds.

    >>> fitting(["podcast", "practice", "site"], [])
    ['practice', 'site']
    """
    wanted = set(kinds)
    return [slug for slug in slugs if _fit(kind_of(slug, best_post_type(slug, wanted)), wanted) >= 0]


def _fit(kind: PostType | None, wanted: set[str]) -> int:
    if kind is None:
        return -10
    rules: dict[str, Any] = {"image": kind.image, "video": kind.video, "audio": kind.audio}
    limits: dict[str, Any] = vars(kind.media) if kind.media else {}
    takes = {name for name in rules if rules[name] is not None and limits.get(f"max_{name}s") != 0}
    needs_media = bool(kind.media and kind.media.required)
    if needs_media and not takes & wanted:
        return -5
    return 2 * len(takes & wanted) - 3 * len(wanted - takes)

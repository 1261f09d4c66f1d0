"""The parts of a thread: posts of which each answers the one before.

A frozen state keeps the first part as every other post, and the words and kinds of the others beside it (`further`). A
view of one part is frozen content again, in which the channel shows that part and nothing else: whoever checks, draws
or sends a post takes such a view, and needs not know of threads.

Where the channel makes a first comment as a post of its own, it is one part more, behind all others.
"""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from crosscut.apps.produce.kinds import best_post_type, kind_of
from crosscut.channels.protocol import COMMENT
from crosscut.channels.registry import channels

Content = Mapping[str, Any]
_BETWEEN = "\n\n"
_FIRST_ONLY: Mapping[str, Any] = {"link": "", "summary": "", "tags": []}  # what further parts do not have


def thread_limit(slug: str) -> int:
    """How many posts a thread on that channel may have; 1 where it carries none, or is not installed.

    >>> thread_limit("site"), thread_limit("bluesky") > 1
    (1, True)
    """
    known = channels().get(slug)
    return known.thread_limit if known else 1


def takes_words_twice(slug: str) -> bool:
    """Whether the channel takes the same words in two posts."""
    known = channels().get(slug)
    return known is None or known.takes_words_twice


def part_count(content: Content, slug: str) -> int:
    """How many parts the channel shows; 1 for a post that is no thread."""
    return 1 + len(content["outlets"][slug].get("further", ()))


def first_comment(content: Content, slug: str) -> str:
    """The words of the first comment that the channel makes as a post of its own; empty where it makes none."""
    known, outlet = channels().get(slug), content["outlets"][slug]
    if known is None or outlet["post_type"] not in known.comments_below:
        return ""
    return str(outlet.get("extra", {}).get("first_comment") or "").strip()


def part_view(content: Content, slug: str, part: int) -> dict[str, Any]:
    """The content with nothing on the channel but one part, counted from 1. What only a first post has stays there.

    The part behind the last is the first comment.
    """
    count, outlet = part_count(content, slug), content["outlets"][slug]
    if part > count:
        comment = {"post_type": COMMENT, "text": first_comment(content, slug), "title": "", "extra": {}}
        return {**content, **_FIRST_ONLY, "media": [], "outlets": {**content["outlets"], slug: comment}}
    if count == 1:
        return dict(content)
    shown = outlet if part == 1 else {**outlet, **outlet["further"][part - 2], "title": ""}
    text = numbered(shown["text"], part, count) if outlet.get("is_numbered") else shown["text"]
    own = {name: value for name, value in shown.items() if name not in ("further", "is_numbered")}
    first_only = {} if part == 1 else _FIRST_ONLY
    return {
        **content,
        **first_only,
        "media": [media for media in content["media"] if _part_of(media, slug, count) == part],
        "outlets": {**content["outlets"], slug: {**own, "text": text}},
    }


def part_views(content: Content, slug: str) -> Iterator[dict[str, Any]]:
    """A view of each part, in order."""
    return (part_view(content, slug, part) for part in range(1, part_count(content, slug) + 1))


def whole_view(content: Content, slug: str) -> dict[str, Any]:
    """The content with the words of all parts as one text: for what has to stand somewhere in a thread."""
    outlet = content["outlets"][slug]
    if part_count(content, slug) == 1:
        return dict(content)
    text = _BETWEEN.join([outlet["text"], *(part["text"] for part in outlet["further"])])
    return {**content, "outlets": {**content["outlets"], slug: {**outlet, "text": text}}}


def numbered(text: str, part: int, count: int) -> str:
    """The text of a part with its number.

    >>> numbered("Half the reef is gone.", 2, 4)
    'Half the reef is gone. 2/4'
    """
    return f"{text.rstrip()}{number_after(part, count)}"


def number_after(part: int, count: int) -> str:
    """What stands behind the text of a numbered part."""
    return f" {part}/{count}"


def joined(texts: Iterable[str]) -> str:
    """The parts as one text again.

    >>> joined(["Half the reef.", "", "The other half."])
    'Half the reef.\\n\\nThe other half.'
    """
    return _BETWEEN.join(text for text in texts if text.strip())


def fitting_type(slug: str, kinds: Iterable[str]) -> str:
    """The kind of post of that channel which takes exactly these files (kinds: "image", …); else the one nearest to it.

    >>> fitting_type("bluesky", []), fitting_type("bluesky", ["image", "image"]), fitting_type("threads", ["image"] * 2)
    ('text', 'images', 'carousel')
    """
    files, names = list(kinds), channels()[slug].post_types
    return next((name for name in names if takes(slug, name, files)), best_post_type(slug, files))


def takes(slug: str, post_type: str, kinds: list[str]) -> bool:
    """Whether that kind of post takes files of these kinds, no more and no fewer.

    >>> takes("bluesky", "text", ["image"]), takes("bluesky", "images", ["image"]), takes("bluesky", "images", [])
    (False, True, False)
    """
    rule = kind_of(slug, post_type)
    if rule is None or rule.media is None:
        return rule is not None and not kinds
    limits: dict[str, Any] = vars(rule.media)
    least, most = limits["min_items"] or int(bool(limits["required"])), limits["max_items"]
    if len(kinds) < least or (most is not None and len(kinds) > most):
        return False
    known = {"image": rule.image, "video": rule.video, "audio": rule.audio}
    return all(known.get(kind) is not None and _has_room(limits, kind, kinds.count(kind)) for kind in set(kinds))


def _has_room(limits: Mapping[str, Any], kind: str, count: int) -> bool:
    most = limits.get(f"max_{kind}s")
    return most is None or count <= most


def _part_of(media: Mapping[str, Any], slug: str, count: int) -> int:
    """The part a file goes with; the first where nobody chose, or where the chosen one is not there any more."""
    part = int(media.get("parts", {}).get(slug, 1))
    return part if part <= count else 1

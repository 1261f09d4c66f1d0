"""Links, mentions and hashtags in the words of a post, as Bluesky wants them: marked by position in UTF-8 bytes.

https://docs.bsky.app/docs/advanced-guides/post-richtext, read 2026-08-21; lexicon app.bsky.richtext.facet.
"""

from collections.abc import Callable, Iterator
from typing import Any

import regex

MAX_TAG_GRAPHEMES = 64  # lexicon app.bsky.richtext.facet#tag, 2026-08-20
_LINK = regex.compile(r"https?://[^\s<>\"]+")
_MENTION = regex.compile(r"(?<![\w.@/])@((?:[a-zA-Z0-9](?:[a-zA-Z0-9-]*[a-zA-Z0-9])?\.)+[a-zA-Z][a-zA-Z0-9-]*)")
_TAG = regex.compile(r"(?<![\w&/])[#＃]((?!\uFE0F)[^\s#＃\u00AD\u2060\u200A-\u200D\u20E2]+)")
_TRAILING = ".,;:!?…'\"»”’"

Facet = dict[str, Any]


def facets(text: str, did_of: Callable[[str], str | None]) -> list[Facet]:
    """The marks of a text, in order. A mention whose handle nobody has stays plain words.

    >>> facets("Là: https://reef.org/a.", lambda handle: None)[0]["index"]
    {'byteStart': 5, 'byteEnd': 23}
    """
    links = list(_links(text))
    taken = [(start, end) for start, end, _ in links]
    others = [mark for mark in (*_mentions(text, did_of), *_tags(text)) if not _is_inside(mark[0], taken)]
    return [_facet(text, start, end, feature) for start, end, feature in sorted([*links, *others], key=_start)]


def links(text: str) -> tuple[str, ...]:
    """The addresses in a text.

    >>> links("See (https://reef.org/a_(b)) and http://x.test/?q=1!")
    ('https://reef.org/a_(b)', 'http://x.test/?q=1')
    """
    return tuple(text[start:end] for start, end, _ in _links(text))


def tags(text: str) -> tuple[str, ...]:
    """The hashtags in a text, without their sign.

    >>> tags("#Reef day, #2030 and #größer!")
    ('Reef', 'größer')
    """
    return tuple(feature["tag"] for _, _, feature in _tags(text))


def _start(mark: tuple[int, int, Facet]) -> int:
    return mark[0]


def _links(text: str) -> Iterator[tuple[int, int, Facet]]:
    for match in _LINK.finditer(text):
        address = match[0].rstrip(_TRAILING)
        while address.endswith(")") and address.count(")") > address.count("("):
            address = address[:-1].rstrip(_TRAILING)
        yield match.start(), match.start() + len(address), {"$type": "app.bsky.richtext.facet#link", "uri": address}


def _mentions(text: str, did_of: Callable[[str], str | None]) -> Iterator[tuple[int, int, Facet]]:
    for match in _MENTION.finditer(text):
        if did := did_of(match[1].lower()):
            yield match.start(), match.end(), {"$type": "app.bsky.richtext.facet#mention", "did": did}


def _tags(text: str) -> Iterator[tuple[int, int, Facet]]:
    for match in _TAG.finditer(text):
        tag = regex.sub(r"\p{P}+$", "", match[1])
        if tag and not tag.isdecimal() and len(regex.findall(r"\X", tag)) <= MAX_TAG_GRAPHEMES:
            yield match.start(), match.start(1) + len(tag), {"$type": "app.bsky.richtext.facet#tag", "tag": tag}


def _is_inside(position: int, taken: list[tuple[int, int]]) -> bool:
    return any(start <= position < end for start, end in taken)


def _facet(text: str, start: int, end: int, feature: Facet) -> Facet:
    index = {"byteStart": len(text[:start].encode()), "byteEnd": len(text[:end].encode())}
    return {"index": index, "features": [feature]}

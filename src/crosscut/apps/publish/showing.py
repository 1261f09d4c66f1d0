"""What a post shows: the words and files of the version it was approved in."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from django.urls import reverse

from crosscut.apps.produce.linking import as_published, link_published
from crosscut.apps.produce.queries import dead_among
from crosscut.apps.produce.services.freeze import media_for
from crosscut.apps.produce.threads import first_comment, part_view
from crosscut.apps.publish import queries
from crosscut.apps.publish.models import Target
from crosscut.apps.publish.services.parts import post_count


@dataclass(frozen=True, kw_only=True)
class ShownMedia:
    """One file of the post."""

    url: str  # its page in the library
    thumb: str  # address of a small picture, or empty
    kind: str
    name: str
    alt_text: str
    is_decorative: bool


@dataclass(frozen=True, kw_only=True)
class ShownPart:
    """A part of a thread after the first."""

    number: int
    count: int
    text: str
    media: list[ShownMedia]


def shown_content(target: Target) -> dict[str, Any]:
    """The frozen text, title, link, tags and media of this post's channel, as they were written.

    Of a thread these are the first part's; `further` are the others, `first_comment` what is written below.
    """
    slug, whole = target.account.channel, target.edition.content
    content = part_view(whole, slug, 1) if slug in whole["outlets"] else whole
    outlet = content["outlets"].get(slug, {})
    thumbs = _thumbs(target)
    return {
        "text": outlet.get("text", content["text"]),
        "title": outlet.get("title", content["title"]),
        "link": content["link"],
        "tags": content["tags"],
        "language": content["language"],
        "media": _media(target, content, thumbs),
        "further": [_part(target, part, thumbs) for part in range(2, post_count(target) + 1)],
        "first_comment": first_comment(whole, slug) if slug in whole["outlets"] else "",
    }


def published_content(target: Target) -> dict[str, Any]:
    """The same as the public gets it, with what became of its links and which of them lead nowhere."""
    shown = shown_content(target)
    links = target.edition.content["outlets"].get(target.account.channel, {}).get("links", ())
    words = {"text": as_published(shown["text"], links), "link": link_published(shown["link"], links)}
    further = [replace(part, text=as_published(part.text, links)) for part in shown["further"]]
    return {**shown, **words, "further": further, "links": links, "dead_links": dead_among(target.edition)}


def _part(target: Target, number: int, thumbs: Mapping[int, str]) -> ShownPart:
    view = part_view(target.edition.content, target.account.channel, number)
    text = view["outlets"][target.account.channel]["text"]
    return ShownPart(number=number, count=post_count(target), text=text, media=_media(target, view, thumbs))


def _thumbs(target: Target) -> dict[int, str]:
    """The address of a small picture of each version that has one."""
    return {
        use.version_id: reverse("rendition-file", args=[use.version.thumbnails[0].pk])  # type: ignore[attr-defined]
        for use in queries.media_of(target)
        if use.version.thumbnails  # type: ignore[attr-defined]  # read by media_of
    }


def _media(target: Target, content: dict[str, Any], thumbs: Mapping[int, str]) -> list[ShownMedia]:
    return [
        ShownMedia(
            url=reverse("asset", args=[media["asset"]]),
            thumb=thumbs.get(media["version"], ""),
            kind=media["kind"],
            name=media["filename"],
            alt_text=media["alt_text"],
            is_decorative=media["is_decorative"],
        )
        for media in media_for(content, target.account.channel)
    ]

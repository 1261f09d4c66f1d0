"""What a post shows: the words and files of the version it was approved in."""

from dataclasses import dataclass
from typing import Any

from django.urls import reverse

from crosscut.apps.produce.linking import as_published, link_published
from crosscut.apps.produce.queries import dead_among
from crosscut.apps.produce.services.freeze import media_for
from crosscut.apps.publish import queries
from crosscut.apps.publish.models import Target


@dataclass(frozen=True, kw_only=True)
class ShownMedia:
    """One file of the post."""

    url: str  # its page in the library
    thumb: str  # address of a small picture, or empty
    kind: str
    name: str
    alt_text: str
    is_decorative: bool


def shown_content(target: Target) -> dict[str, Any]:
    """The frozen text, title, link, tags and media of this post's channel, as they were written."""
    content = target.edition.content
    outlet = content["outlets"].get(target.account.channel, {})
    return {
        "text": outlet.get("text", content["text"]),
        "title": outlet.get("title", content["title"]),
        "link": content["link"],
        "tags": content["tags"],
        "language": content["language"],
        "media": _media(target, content),
    }


def published_content(target: Target) -> dict[str, Any]:
    """The same as the public gets it, with what became of its links and which of them lead nowhere."""
    shown = shown_content(target)
    links = target.edition.content["outlets"].get(target.account.channel, {}).get("links", ())
    words = {"text": as_published(shown["text"], links), "link": link_published(shown["link"], links)}
    return {**shown, **words, "links": links, "dead_links": dead_among(target.edition)}


def _media(target: Target, content: dict[str, Any]) -> list[ShownMedia]:
    thumbs = {
        use.version_id: reverse("rendition-file", args=[use.version.thumbnails[0].pk])  # type: ignore[attr-defined]
        for use in queries.media_of(target)
        if use.version.thumbnails  # type: ignore[attr-defined]  # read by media_of
    }
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

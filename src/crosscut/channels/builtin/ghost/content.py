"""The body of a post as HTML that Ghost turns into the cards of its own editor.

What makes which card is read from Ghost's converter (TryGhost/Koenig, kg-default-nodes, read 2026-11-30): figures with
an image, and elements with the classes of its video, audio and file cards. What it does not know it drops.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from crosscut.channels import articles
from crosscut.channels.articles import digest_in
from crosscut.channels.builtin.ghost.settings import Settings
from crosscut.channels.markup import Html, el, from_markdown, join
from crosscut.channels.protocol import Post, PostMedia
from crosscut.kernel.facts import Kind

THUMBNAIL = "_thumb"
_ADDRESS = re.compile(r"""(?:src|href|data-kg-thumbnail)=["']([^"']+)["']""")


@dataclass(frozen=True, kw_only=True)
class Placed:
    """One file of the post as the site has it."""

    media: PostMedia
    url: str
    thumbnail_url: str = ""  # of a film: what is shown until it plays


def body(settings: Settings, post: Post, placed: Iterable[Placed]) -> dict[str, Any]:
    """Everything about the post but its state, its name and the mark that it is found by."""
    files = list(placed)
    feature = _feature(settings, files)
    extra = post.extra
    return {
        "title": articles.title(post),
        "html": _html(post, [item for item in files if item is not feature]),
        "custom_excerpt": post.summary or None,
        "visibility": str(extra.get("visibility") or settings.visibility),
        "featured": bool(extra.get("is_featured")),
        "tags": [{"name": name} for name in _tags(settings, post)],
        "canonical_url": extra.get("canonical_url") or None,
        "meta_title": extra.get("meta_title") or None,
        "meta_description": extra.get("meta_description") or None,
        "email_subject": extra.get("email_subject") or None,
        "feature_image": feature.url if feature else None,
        "feature_image_alt": feature.media.alt_text if feature else None,
        "feature_image_caption": join(feature.media.credit) if feature and feature.media.credit else None,
    } | ({"authors": [{"slug": settings.author}]} if settings.author else {})


def files_in(post: Mapping[str, Any]) -> dict[str, str]:
    """The addresses of the files that a post of ours shows by now, by the start of their hashes.

    The still of a film is there by the film's, with `THUMBNAIL` behind it: so Ghost names it.
    """
    there = [str(post.get("feature_image") or ""), *_ADDRESS.findall(str(post.get("html") or ""))]
    return {name: url for url in there if (name := _name(url))}


def _name(url: str) -> str:
    digest = digest_in(url)
    return f"{digest}{THUMBNAIL}" if digest and f"{digest}{THUMBNAIL}." in url else digest


def _tags(settings: Settings, post: Post) -> list[str]:
    """The post's own first: the first one is what themes file it under. Tags that differ by case alone are one."""
    names = [name.strip().lstrip("#").strip() for name in (*post.tags, *settings.tags)]
    return list({name.casefold(): name for name in reversed(names) if name}.values())[::-1]


def _feature(settings: Settings, files: list[Placed]) -> Placed | None:
    """The first file where it is a picture, so that visitors meet the files in the order they were given."""
    is_wanted = settings.has_feature_image and files and files[0].media.kind is Kind.IMAGE
    return files[0] if is_wanted else None


def _html(post: Post, files: Iterable[Placed]) -> Html:
    return join(from_markdown(post.text), *map(_card, files), articles.link(post))


def _card(item: Placed) -> Html:
    media = item.media
    if media.kind is Kind.IMAGE:
        size = {"width": media.width_px, "height": media.height_px}
        return _figure("image", item, el("img", src=item.url, alt=media.alt_text, class_="kg-image", **size))
    if media.kind is Kind.VIDEO:
        return _figure("video", item, el("div", _video(item), class_="kg-video-container"))
    if media.kind is Kind.AUDIO:
        player = el("div", el("audio", src=item.url, preload="metadata"), class_="kg-audio-player-container")
        return el("div", el("div", media.filename, class_="kg-audio-title"), player, class_="kg-card kg-audio-card")
    name = el("div", media.filename, class_="kg-file-card-title")
    credit = el("div", media.credit, class_="kg-file-card-caption") if media.credit else ""
    return el("div", el("a", name, credit, href=item.url), class_="kg-card kg-file-card")


def _video(item: Placed) -> Html:
    size = {"width": item.media.width_px, "height": item.media.height_px}
    poster = item.thumbnail_url or None
    return el("video", src=item.url, poster=poster, controls=True, playsinline=True, preload="metadata", **size)


def _figure(name: str, item: Placed, child: Html) -> Html:
    caption = el("figcaption", item.media.credit) if item.media.credit else ""
    thumbnail = {"data_kg_thumbnail": item.thumbnail_url or None}
    return el("figure", child, caption, class_=f"kg-card kg-{name}-card", **thumbnail)

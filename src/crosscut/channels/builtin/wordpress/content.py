"""The body of an article: the words as safe HTML, and the media as blocks of the editor.

Blocks are HTML between comments: https://developer.wordpress.org/block-editor/explanations/architecture/key-concepts/
"""

import json
from collections.abc import Iterable
from dataclasses import dataclass

import nh3

from crosscut.channels import articles
from crosscut.channels.markup import Html, el, from_markdown, join
from crosscut.channels.protocol import Post, PostMedia
from crosscut.kernel.facts import Kind


@dataclass(frozen=True, kw_only=True)
class Placed:
    """One file of the post as the site has it."""

    media: PostMedia
    id: int  # the attachment's
    url: str  # of the file itself
    tracks: tuple[tuple[str, str], ...] = ()  # captions: language and address


def body(post: Post, placed: Iterable[Placed]) -> str:
    """The article's content: a mark that names the post, the words, the media in order, the link."""
    blocks = [_block(item) for item in placed]
    return join(Html(articles.mark(post.key)), "\n", _words(post), *blocks, articles.link(post))


def _words(post: Post) -> Html:
    if post.extra.get("format") == "html":
        return Html(nh3.clean(post.text))
    return from_markdown(post.text)


def _block(item: Placed) -> Html:
    kind = item.media.kind
    if kind is Kind.IMAGE:
        return _figure("image", item, el("img", src=item.url, alt=item.media.alt_text, class_=f"wp-image-{item.id}"))
    if kind is Kind.VIDEO:
        return _figure("video", item, _video(item))
    if kind is Kind.AUDIO:
        return _figure("audio", item, el("audio", controls=True, src=item.url))
    return Html(el("p", el("a", item.media.filename, href=item.url)))


def _video(item: Placed) -> Html:
    return el("video", *_tracks(item), controls=True, src=item.url, aria_label=item.media.alt_text or None)


def _tracks(item: Placed) -> list[Html]:
    return [
        el("track", kind="captions", src=address, srclang=language, label=language) for language, address in item.tracks
    ]


def _figure(name: str, item: Placed, child: Html) -> Html:
    caption = el("figcaption", item.media.credit, class_="wp-element-caption") if item.media.credit else ""
    figure = el("figure", child, caption, class_=f"wp-block-{name}")
    return Html(f"\n<!-- wp:{name} {json.dumps({'id': item.id})} -->\n{figure}\n<!-- /wp:{name} -->\n")

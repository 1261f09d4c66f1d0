"""The body of an article: the words as safe HTML, and the media as blocks of the editor.

Blocks are HTML between comments: https://developer.wordpress.org/block-editor/explanations/architecture/key-concepts/
"""

import json
import re
from collections.abc import Iterable
from dataclasses import dataclass

import nh3

from crosscut.channels.markup import Html, el, from_markdown, join, plain, shortened
from crosscut.channels.protocol import Post, PostMedia
from crosscut.kernel.facts import Kind

_MARK = re.compile(r"<!-- crosscut:([a-z0-9-]{13,40}) -->")
_TITLE_CHARS = 80  # of an article without a title of its own


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
    return join(Html(mark(post.key)), "\n", _words(post), *blocks, _link(post))


def mark(key: str) -> str:
    """What tells our post from others, unseen in the content."""
    return f"<!-- {search_words(key)} -->"


def search_words(key: str) -> str:
    """What to ask the site's search for."""
    return f"crosscut:{key}"


def key_in(content: str) -> str:
    """The key in an article's content, or nothing.

    >>> key_in(mark("reef-day-000001") + "<p>Words</p>")
    'reef-day-000001'
    """
    match = _MARK.search(content)
    return match[1] if match else ""


def title(post: Post) -> str:
    """The title, else the first words."""
    return post.title or shortened(plain(post.text), _TITLE_CHARS)


def slug(post: Post) -> str:
    """The last part of the address: the title's letters, then the key, so that it is found again by name alone."""
    letters = re.sub(r"[^a-z0-9]+", "-", title(post).lower()).strip("-")
    return "-".join(part for part in (letters[:60].strip("-"), post.key) if part)


def _words(post: Post) -> Html:
    if post.extra.get("format") == "html":
        return Html(nh3.clean(post.text))
    return from_markdown(post.text)


def _link(post: Post) -> Html:
    return el("p", el("a", post.link, href=post.link)) if post.link and post.link not in post.text else Html()


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

"""A post as a visitor gets it who is not signed in: its own page must show it, Ghost's word for it proves nothing."""

from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit

import httpx
from lxml import html
from lxml.html import HtmlElement

from crosscut.channels import article_page
from crosscut.channels.article_page import ArticlePage
from crosscut.channels.protocol import Seen, SeenMedia
from crosscut.channels.reading import moment, words_of
from crosscut.kernel.errors import RetryLater
from crosscut.kernel.phrases import phrase

REMADE = "Ghost re-encodes pictures, turns those that lie on their side, and makes those wider than 2,000 px smaller"
ONLY_IN_PREVIEWS = "the theme does not show the feature image: it is seen where the address is posted"
FOR_MEMBERS = "the whole post is shown to members only"
_PRIVATE = "/private"
_FILES = ".//img/@src | .//video/@src | .//audio/@src | .//*[contains(@class, 'kg-file-card')]//a/@href"


def seen(client: httpx.Client, post: Mapping[str, Any]) -> Seen | None:
    """What a visitor sees of a published post; None where the site shows nothing there.

    Raises RetryLater where the page cannot be had now, or asks every visitor for a password.
    """
    page = article_page.fetched(client, str(post["url"]))
    if page is None:
        return None
    if urlsplit(page.url).path.rstrip("/").endswith(_PRIVATE):
        raise RetryLater(phrase("The site is private and asks visitors for a password: nothing can be read there."))
    body = html.fragment_fromstring(str(post.get("html") or ""), create_parent="div")
    words, is_open = words_of(body), post.get("visibility") == "public"
    trouble, media = page.trouble(words or str(post["title"])), tuple(_media(client, page, post, body))
    return Seen(
        remote_id=str(post["id"]),
        url=str(post["url"]),
        text=words if not trouble else page.shown_of(words),
        title=str(post["title"]) if page.shows(str(post["title"])) else "",
        link=next(iter(_links(page, body)), ""),
        media=media,
        created_at=moment(str(post.get("published_at") or "")),
        changes=tuple(_changes(page, post, media, trouble=trouble if is_open else FOR_MEMBERS)),
        is_part=not is_open,
        is_certain=is_open,
        unread=() if is_open else ("media",),
    )


def _media(client: httpx.Client, page: ArticlePage, post: Mapping[str, Any], body: HtmlElement) -> Iterator[SeenMedia]:
    """What the page shows of the post's files, the feature image first."""
    feature = [str(post["feature_image"])] if post.get("feature_image") else []
    for url in (*feature, *map(str, body.xpath(_FILES))):
        if found := article_page.media(client, page, url):
            yield found


def _changes(
    page: ArticlePage, post: Mapping[str, Any], media: tuple[SeenMedia, ...], *, trouble: str
) -> Iterator[str]:
    feature = str(post.get("feature_image") or "")
    if trouble:
        yield trouble
    if feature and page.previews(feature) and page.showing(feature) is None:
        yield ONLY_IN_PREVIEWS
    if any(article_page.is_remade(item) for item in media):
        yield REMADE


def _links(page: ArticlePage, body: HtmlElement) -> Iterator[str]:
    """Where the words lead to, as far as the page leads there as well: Ghost puts `ref` behind links to other sites."""
    there = {_bare(url) for url in page.tree.xpath("//a/@href")}
    cards = set(body.xpath(".//*[contains(@class, 'kg-file-card')]//a/@href"))
    return (str(url) for url in body.xpath(".//a/@href") if _bare(url) in there and url not in cards)


def _bare(url: str) -> str:
    parts = urlsplit(url)
    query = [(name, value) for name, value in parse_qsl(parts.query, keep_blank_values=True) if name != "ref"]
    return parts._replace(path=parts.path or "/", query=urlencode(query)).geturl()

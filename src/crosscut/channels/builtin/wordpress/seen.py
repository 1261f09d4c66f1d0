"""An article as the public gets it: the page itself must show it, a good status alone proves nothing."""

import hashlib
import html
import re
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from html.parser import HTMLParser
from typing import Any

import httpx

from crosscut.channels import article_page, http
from crosscut.channels.protocol import Seen, SeenMedia
from crosscut.kernel.errors import CrosscutError

MAX_MEDIA_BYTES = 64 * 2**20
REMADE = "makes smaller copies of big pictures and turns those that lie on their side"


def seen(client: httpx.Client, post: Mapping[str, Any]) -> Seen | None:
    """What a visitor sees of a published article; None where the site shows nothing there.

    The words are left out where the page does not show them. Raises RetryLater when the page cannot be had now.
    """
    page = article_page.fetched(client, str(post["link"]))
    if page is None:
        return None
    reader = _Reader()
    reader.feed(str(post["content"]["rendered"]))
    words = "".join(reader.parts).strip()
    trouble = page.trouble(words or _title(post))
    media = tuple(_media(client, url, alt) for url, alt in dict([*_featured(post), *reader.media]).items())
    remade = (REMADE,) if any(re.search(r"-(scaled|rotated)\.", item.url) for item in media) else ()
    return Seen(
        remote_id=str(post["id"]),
        url=str(post["link"]),
        text="" if trouble else re.sub(r"\n{3,}", "\n\n", words),
        title="" if trouble else _title(post),
        link=next(iter(reader.links), ""),
        media=media,
        created_at=datetime.fromisoformat(str(post["date_gmt"])).replace(tzinfo=UTC),
        changes=(*([trouble] if trouble else []), *remade),
    )


def _title(post: Mapping[str, Any]) -> str:
    return html.unescape(str(post["title"]["rendered"]))


def _featured(post: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    for media in (post.get("_embedded") or {}).get("wp:featuredmedia") or ():
        if media.get("source_url"):
            yield str(media["source_url"]), str(media.get("alt_text") or "")


def _media(client: httpx.Client, url: str, alt_text: str) -> SeenMedia:
    """The file's address, and what is there where it could be fetched now."""
    try:
        file = http.fetch(client, url, MAX_MEDIA_BYTES)
    except CrosscutError:
        return SeenMedia(url=url, alt_text=alt_text)
    if file.status != httpx.codes.OK:
        return SeenMedia(url=url, alt_text=alt_text)
    digest = hashlib.sha256(file.content).hexdigest()
    return SeenMedia(
        url=url, media_type=file.media_type, size_bytes=len(file.content), sha256=digest, alt_text=alt_text
    )


class _Reader(HTMLParser):
    """The words, links and files in an article's HTML."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.parts: list[str] = []
        self.links: list[str] = []
        self.media: list[tuple[str, str]] = []
        self._in_caption = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        found = {name: value or "" for name, value in attrs}
        if tag == "br":
            self.parts.append("\n")
        elif tag == "figcaption":
            self._in_caption = True
        elif tag == "a" and found.get("href"):
            self.links.append(found["href"])
        elif tag in ("img", "video", "audio") and found.get("src"):
            self.media.append((found["src"], found.get("alt") or found.get("aria-label", "")))

    def handle_endtag(self, tag: str) -> None:
        if tag == "figcaption":
            self._in_caption = False
        elif tag in ("p", "li", "blockquote", "pre", "h2", "h3", "h4", "h5", "h6"):
            self.parts.append("\n\n")

    def handle_data(self, data: str) -> None:
        if not self._in_caption and (data.strip() or data == " "):
            self.parts.append(data)

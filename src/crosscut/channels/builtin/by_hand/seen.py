"""What a post made by hand shows to somebody without a login: its page, and what the place tells for embedding it.

A page may be one that asks to sign in, or show only a beginning. So nothing that is missing there is taken for a
difference, unless the place itself told about this very post.
"""

import re
from dataclasses import dataclass
from urllib.parse import quote, urlsplit

import httpx
from lxml.html import HtmlElement

from crosscut.channels.answers import ask, object_in
from crosscut.channels.builtin.by_hand.places import Place, plain_address
from crosscut.channels.protocol import Seen
from crosscut.channels.reading import as_read, fetch_page, meta
from crosscut.kernel.errors import ChannelError, RetryLater
from crosscut.kernel.phrases import phrase

_WORDS = ("og:title", "og:description", "twitter:title", "twitter:description", "description")
_UNREAD = ("media", "first comment")  # files are made anew there, and comments are shown to members
_GONE = (404, 410)
_ASKS_TO_SIGN_IN = re.compile(r"^/(?:accounts/)?(?:login|authwall|signin|checkpoint)\b")


@dataclass(frozen=True, kw_only=True)
class _Told:
    """What the place tells whoever wants to embed the post."""

    title: str = ""  # of the post
    text: str = ""
    is_gone: bool = False  # it says that there is no such post


@dataclass(frozen=True, kw_only=True)
class _Page:
    """The post's page as somebody without a login gets it."""

    address: str  # where it was found in the end
    words: tuple[str, ...] = ()  # what it says of itself; nothing where it asks to sign in


def read_post(http: httpx.Client, place: Place, url: str, *, web_url: str = "") -> Seen | None:
    """What is told of the post; None when it is gone. Raises RetryLater when nothing is told."""
    problem: ChannelError | None = None
    page: _Page | None = _Page(address=url)
    try:
        page = _page(http, url)
    except ChannelError as error:
        problem = error
    if page is None:
        return None
    address = plain_address(place, page.address, also=web_url) or url
    told = _told(http, place, address, web_url=web_url)
    if told.is_gone:
        return None
    if not (told.text or told.title or page.words):
        words = phrase("{place} shows it only to people who sign in.", place=place.name)
        raise problem or RetryLater(words, after_s=3600)
    return Seen(
        remote_id=url,
        url=address,
        text="\n\n".join(dict.fromkeys(filter(None, (told.text, *page.words)))),
        title=told.title,
        is_part=True,
        is_certain=bool(told.text),
        unread=_UNREAD,
    )


def _page(http: httpx.Client, url: str) -> _Page | None:
    found = fetch_page(http, url)
    if found is None:
        return None
    page, address = found
    is_shown = not _ASKS_TO_SIGN_IN.match(urlsplit(address).path)
    return _Page(address=address, words=_words_of(page) if is_shown else ())


def _told(http: httpx.Client, place: Place, url: str, *, web_url: str) -> _Told:
    """Nothing where the place does not tell."""
    if not place.oembed:
        return _Told()
    address = place.oembed.format(url=quote(url, safe=""))
    if web_url:
        parts = urlsplit(address)
        address = f"{web_url}{parts.path}?{parts.query}"
    try:
        answer = ask(http, "GET", address, fine=range(400, 500))
    except ChannelError:
        return _Told()
    if answer.status_code in _GONE:
        return _Told(is_gone=True)
    data = object_in(answer)
    says, embed = str(data.get("title") or ""), str(data.get("html") or "")
    if place.oembed_tells == "embed":
        return _Told(text=as_read(embed) if embed else "")
    return _Told(title=says) if place.oembed_tells == "title" else _Told(text=says)


def _words_of(page: HtmlElement) -> tuple[str, ...]:
    titles = (str(title) for title in page.xpath("//title/text()"))
    return tuple(filter(None, (*(meta(page, name) for name in _WORDS), *titles)))

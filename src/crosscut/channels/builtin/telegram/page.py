"""A public channel as anybody reads it on t.me: its list, and single posts.

Telegram documents the frame for a single post (https://core.telegram.org/widgets/post) and not how it is built; the
names of its parts are those many readers of these pages rely on, seen in 2026. A page that does not look like that is
told as unreadable, never as empty.
"""

import re
from dataclasses import dataclass
from datetime import datetime

import httpx
from lxml import html
from lxml.html import HtmlElement

from crosscut.channels import answers
from crosscut.channels.protocol import SeenMedia
from crosscut.channels.reading import moment
from crosscut.kernel.errors import RetryLater
from crosscut.kernel.phrases import phrase

_MAX_PAGES = 10  # of some twenty posts each
_MEDIA = ("photo_wrap", "video_player", "document_wrap")
_UNITS = {"": 1, "K": 1_000, "M": 1_000_000}


@dataclass(frozen=True, kw_only=True)
class Shown:
    """One post as the page shows it."""

    numbers: tuple[int, ...]  # of its messages: an album is several
    text: str
    links: tuple[str, ...] = ()
    media: tuple[SeenMedia, ...] = ()
    made_at: datetime | None = None
    views: int | None = None  # above a thousand rounded by Telegram


def listed(http: httpx.Client, base: str, name: str, since: datetime) -> list[Shown]:
    """The posts of the channel made since then, newest first, and all others on the page that holds them.

    Raises RetryLater where the list cannot be read or there are more than can be looked through.
    """
    found: list[Shown] = []
    for _ in range(_MAX_PAGES):
        before = {"before": str(min(found[-1].numbers))} if found else {}
        page = _posts(_history(http, f"{base}/s/{name}", before), name)
        found += sorted(page, key=lambda one: one.numbers, reverse=True)
        oldest = found[-1].made_at if page else None
        if not page or (oldest and oldest < since) or min(found[-1].numbers) <= 1:
            return found
    raise RetryLater(phrase("More posts were made since then than can be looked through: look by hand."))


def single(http: httpx.Client, base: str, name: str, number: int) -> Shown | None:
    """The post that message belongs to, or None where Telegram says that there is none. Raises RetryLater otherwise."""
    page = _page(http, f"{base}/{name}/{number}", {"embed": "1", "mode": "tme"})
    shown = next((one for one in _posts(page, name) if number in one.numbers), None)
    if shown:
        return shown
    said = " ".join(element.text_content() for element in page.find_class("tgme_widget_message_error")).lower()
    if "post not found" in said:
        return None
    raise RetryLater(phrase("Telegram's page of the post does not show it: {said}", said=said or "no words"))


def _history(http: httpx.Client, url: str, query: dict[str, str]) -> HtmlElement:
    page = _page(http, url, query)
    found = page.find_class("tgme_channel_history")
    if not found:
        raise RetryLater(phrase("Telegram shows no public list of this channel: it cannot be read back."))
    return found[0]


def _page(http: httpx.Client, url: str, query: dict[str, str]) -> HtmlElement:
    response = answers.ask(http, "GET", url, params=query, fine=range(300, 400), follow_redirects=False)
    if not response.is_success or not response.content.strip():
        raise RetryLater(phrase("Telegram shows no public page of this channel: it cannot be read back."))
    return html.document_fromstring(response.content, parser=html.HTMLParser(encoding="utf-8"))


def _posts(page: HtmlElement, name: str) -> list[Shown]:
    own = [
        element
        for element in page.xpath(".//*[@data-post]")
        if str(element.get("data-post")).casefold().startswith(f"{name.casefold()}/")
    ]
    return [_shown(element) for element in own]


def _shown(element: HtmlElement) -> Shown:
    files = [file for part in _MEDIA for file in element.find_class(f"tgme_widget_message_{part}")]
    texts = element.find_class("tgme_widget_message_text")
    times = element.xpath(".//time/@datetime")
    views = element.find_class("tgme_widget_message_views")
    numbers = {_number(str(element.get("data-post"))), *(_number(str(file.get("href"))) for file in files)}
    return Shown(
        numbers=tuple(sorted(numbers - {0})),
        text=_text(texts[-1]) if texts else "",
        links=tuple(str(link) for link in texts[-1].xpath(".//a/@href")) if texts else (),
        media=tuple(_medium(file) for file in sorted(files, key=lambda file: _number(str(file.get("href"))))),
        made_at=moment(str(times[-1])) if times else None,
        views=_counted(views[0].text_content()) if views else None,
    )


def _text(element: HtmlElement) -> str:
    """The words with their line breaks. Emoji are pictures with the sign inside."""
    for line in element.iter("br"):
        line.tail = "\n" + (line.tail or "")
    return str(element.text_content()).strip()


def _medium(file: HtmlElement) -> SeenMedia:
    styled = re.search(r"url\('([^']+)'\)", str(file.get("style") or ""))
    played = next(iter(file.xpath(".//video/@src")), "")
    return SeenMedia(url=str(played or (styled[1] if styled else "")), alt_text=None)


def _number(address: str) -> int:
    """The last part of "reefwatch/123" or "https://t.me/reefwatch/123?single"; 0 where it is none."""
    last = address.partition("?")[0].rpartition("/")[2]
    return int(last) if last.isdecimal() else 0


def _counted(words: str) -> int | None:
    """How often it was seen.

    >>> _counted("812"), _counted("1.2K"), _counted("much")
    (812, 1200, None)
    """
    match = re.fullmatch(r"(\d+(?:\.\d+)?)([KM]?)", words.strip())
    return round(float(match[1]) * _UNITS[match[2]]) if match else None

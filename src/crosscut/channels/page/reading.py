"""Reads an article back from a page that `document` drew, as a visitor's browser gets it."""

from urllib.parse import urljoin

from lxml.html import HtmlElement

from crosscut.channels.local import FolderSettings
from crosscut.channels.protocol import Context, Seen, SeenMedia
from crosscut.channels.reading import fetch_media, fetch_page, links_of, meta, moment, words_of
from crosscut.channels.shelf import Shelf


def article_seen(context: Context, settings: FolderSettings, remote_id: str) -> Seen | None:
    """The article with the bytes of its media hashed; None where it is not live or not there."""
    item = Shelf(settings.folder).live(remote_id)
    fetched = fetch_page(context.http, f"{settings.base_url}/{item.href}") if item else None
    if not fetched:
        return None
    page, url = fetched
    article = page.xpath("//article")[0]
    found = [fetch_media(context.http, source, alt_text=alt_text) for source, alt_text in _media(article, url)]
    text = article.xpath(".//div[contains(@class, 'text')]")
    link = links_of(page, url, "//article//a[contains(@class, 'button')]/@href")
    return Seen(
        remote_id=remote_id,
        url=url,
        title=" ".join(article.xpath(".//h1")[0].text_content().split()),
        text=words_of(text[0]) if text else "",
        link=link[0] if link else "",
        media=tuple(media for media in found if isinstance(media, SeenMedia)),
        created_at=moment(meta(page, "article:published_time")),
        changes=("shows Markdown as formatted text",),
    )


def _media(article: HtmlElement, url: str) -> list[tuple[str, str]]:
    """Address and alternative text of each file in the order of the page."""
    return [
        (urljoin(url, element.get("src", "")), element.get("alt") or element.getparent().get("aria-label", ""))
        for element in article.iter("img", "source")
    ]

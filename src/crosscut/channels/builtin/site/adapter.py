"""Publishes articles into the website's folder and reads them back as a visitor gets them."""

from collections.abc import Iterator
from urllib.parse import urljoin

from lxml.html import HtmlElement

from crosscut.channels.builtin.site.feeds import feed_sheets
from crosscut.channels.builtin.site.pages import page_sheets
from crosscut.channels.builtin.site.settings import SiteSettings
from crosscut.channels.local import FolderAdapter
from crosscut.channels.printing import Sheet
from crosscut.channels.protocol import Context, Post, Profile, Seen, SeenMedia
from crosscut.channels.reading import fetch_media, fetch_page, links_of, meta, moment, words_of
from crosscut.channels.shelf import Item, Shelf
from crosscut.kernel.errors import Problem
from crosscut.kernel.phrases import phrase


class SiteAdapter(FolderAdapter[SiteSettings]):
    """A website in a folder."""

    def sheets(self, settings: SiteSettings, items: list[Item]) -> Iterator[Sheet]:
        """Pages before the lists and feeds that lead to them."""
        yield from page_sheets(settings, items)
        yield from feed_sheets(settings, items)

    def objections(self, post: Post) -> list[Problem]:
        """An article needs a title: it is the link, the heading and the name in every feed."""
        if post.title.strip():
            return []
        return [Problem(code="site.no_title", where="title", message=phrase("An article needs a title."))]

    def profile(self, settings: SiteSettings) -> Profile:
        """The website by its address."""
        return Profile(
            remote_id=settings.base_url,
            name=settings.title,
            url=f"{settings.base_url}/",
            can=("publish articles", "change articles", "take articles down"),
        )

    def read(self, context: Context, remote_id: str) -> Seen | None:
        """The article as a visitor's browser gets it, with the bytes of its media hashed."""
        settings = self.settings_of(context)
        item = Shelf(settings.folder).live(remote_id)
        fetched = fetch_page(context.http, f"{settings.base_url}/{item.href}") if item else None
        if not fetched:
            return None
        page, url = fetched
        found = [
            fetch_media(context.http, source, alt_text=alt_text)
            for source, alt_text in _media(page.xpath("//article")[0], url)
        ]
        text = page.xpath("//article//div[contains(@class, 'text')]")
        link = links_of(page, url, "//article//a[contains(@class, 'button')]/@href")
        return Seen(
            remote_id=remote_id,
            url=url,
            title=" ".join(page.xpath("//article//h1")[0].text_content().split()),
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

"""The website for machines: Atom (RFC 4287), RSS 2.0, sitemap (sitemaps.org 0.9) and robots.txt (RFC 9309)."""

from collections.abc import Iterator
from datetime import UTC, datetime
from functools import partial
from typing import Any

from lxml import etree

from crosscut.channels.builtin.site.cards import media_address
from crosscut.channels.builtin.site.settings import SiteSettings
from crosscut.channels.feedxml import ATOM, mail_date, node, whole
from crosscut.channels.markup import el, from_markdown, join, plain, shortened
from crosscut.channels.printing import Sheet
from crosscut.channels.shelf import Item, stamp
from crosscut.kernel.facts import Kind
from crosscut.kernel.records import digest

IN_FEED = 30  # posts; readers that come daily miss nothing
_SITEMAP = "http://www.sitemaps.org/schemas/sitemap/0.9"
_BEGINNING = datetime(2000, 1, 1, tzinfo=UTC)  # when an empty feed last changed


def feed_sheets(settings: SiteSettings, items: list[Item]) -> Iterator[Sheet]:
    """The files that lead machines to the posts."""
    newest = items[:IN_FEED]
    made_of = digest([settings.model_dump(mode="json"), [(item.key, item.revision) for item in newest]])
    yield Sheet(path="feed.atom", made_of=made_of, draw=partial(_atom, settings, newest))
    yield Sheet(path="feed.rss", made_of=made_of, draw=partial(_rss, settings, newest))
    of_all = digest([settings.base_url, [(item.path, item.revision) for item in items]])
    yield Sheet(path="sitemap.xml", made_of=of_all, draw=partial(_sitemap, settings, items))
    robots = f"User-agent: *\nAllow: /\n\nSitemap: {settings.base_url}/sitemap.xml\n".encode()
    yield Sheet(path="robots.txt", made_of=digest(settings.base_url), draw=lambda: robots)


def _atom(settings: SiteSettings, items: list[Item]) -> bytes:
    changed = max((item.updated_at or item.published_at for item in items), default=_BEGINNING)
    feed = _a(
        "feed",
        _a("title", settings.title),
        _a("subtitle", settings.description) if settings.description else None,
        _a("id", f"{settings.base_url}/"),
        _a("updated", stamp(changed)),
        _a("author", _a("name", settings.organisation or settings.title)),
        _a("link", rel="self", type="application/atom+xml", href=f"{settings.base_url}/feed.atom"),
        _a("link", rel="alternate", type="text/html", href=f"{settings.base_url}/"),
        *(_entry(settings, item) for item in items),
    )
    feed.set("{http://www.w3.org/XML/1998/namespace}lang", settings.language)
    return whole(feed)


def _entry(settings: SiteSettings, item: Item) -> etree._Element:
    return _a(
        "entry",
        _a("title", item.title),
        _a("id", f"urn:crosscut:{item.key}"),
        _a("link", rel="alternate", type="text/html", href=f"{settings.base_url}/{item.href}"),
        _a("published", stamp(item.published_at)),
        _a("updated", stamp(item.updated_at or item.published_at)),
        _a("summary", item.summary or shortened(plain(item.text), 200)),
        _a("content", _content(settings, item), type="html"),
        *(_a("category", term=tag) for tag in item.tags),
        *(
            _a(
                "link",
                rel="enclosure",
                type=media.media_type,
                length=str(media.size_bytes),
                href=media_address(settings, media),
            )
            for media in item.media
            if media.kind in (Kind.AUDIO, Kind.VIDEO)
        ),
    )


def _a(name: str, /, *children: etree._Element | str | None, **attributes: str) -> etree._Element:
    return node(f"{{{ATOM}}}{name}", *children, names={None: ATOM}, **attributes)


def _rss(settings: SiteSettings, items: list[Item]) -> bytes:
    channel = node(
        "channel",
        node("title", settings.title),
        node("link", f"{settings.base_url}/"),
        node("description", settings.description or settings.title),
        node("language", settings.language),
        node(f"{{{ATOM}}}link", rel="self", type="application/rss+xml", href=f"{settings.base_url}/feed.rss"),
        *(_rss_item(settings, item) for item in items),
    )
    return whole(node("rss", channel, names={"atom": ATOM}, version="2.0"))


def _rss_item(settings: SiteSettings, item: Item) -> etree._Element:
    return node(
        "item",
        node("title", item.title),
        node("link", f"{settings.base_url}/{item.href}"),
        node("guid", f"urn:crosscut:{item.key}", isPermaLink="false"),
        node("pubDate", mail_date(item.published_at)),
        node("description", _content(settings, item)),
        *(node("category", tag) for tag in item.tags),
    )


def _sitemap(settings: SiteSettings, items: list[Item]) -> bytes:
    names: dict[Any, str] = {None: _SITEMAP}

    def n(name: str, /, *children: etree._Element | str) -> etree._Element:
        return node(f"{{{_SITEMAP}}}{name}", *children, names=names)

    addresses = [
        n(
            "url",
            n("loc", f"{settings.base_url}/{item.href}"),
            n("lastmod", stamp(item.updated_at or item.published_at)),
        )
        for item in items[:49_999]  # sitemaps.org: at most 50,000 addresses a file
    ]
    return whole(n("urlset", n("url", n("loc", f"{settings.base_url}/")), *addresses))


def _content(settings: SiteSettings, item: Item) -> str:
    pictures = [
        el("p", el("img", src=media_address(settings, media), alt=media.alt_text))
        for media in item.media
        if media.kind is Kind.IMAGE
    ]
    return join(pictures, from_markdown(item.text))

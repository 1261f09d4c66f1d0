"""The public page of an article, as a visitor gets it who is not signed in.

What a site says of an article is not what people see: a theme may leave out the picture, its alt text or the whole
article. So words, title and files count as shown when the page itself has them.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import PurePosixPath
from urllib.parse import unquote, urlsplit

import httpx
from lxml import html
from lxml.html import HtmlElement

from crosscut.channels import http
from crosscut.channels.articles import digest_in
from crosscut.channels.protocol import SeenMedia
from crosscut.channels.reading import fetch_media, meta
from crosscut.kernel.errors import CrosscutError, RetryLater
from crosscut.kernel.phrases import phrase

EMPTY = "the public page is empty: the site has no theme, or something on it failed"
WITHOUT_WORDS = "the public page does not show the words"
_FILES = ("//img | //video | //audio", "//a[@href]")  # what shows a file, else what leads to it
_NEVER_READ = "//script | //style | //template"


@dataclass(frozen=True, kw_only=True)
class ArticlePage:
    """A page that answered."""

    url: str  # where it was found in the end
    tree: HtmlElement
    text: str  # everything in it that can be read, without spaces
    is_empty: bool  # there is not a byte in it

    def trouble(self, words: str) -> str:
        """What is wrong with the page; empty when it shows these words."""
        if self.is_empty:
            return EMPTY
        return "" if self.shows(words) else WITHOUT_WORDS

    def shows(self, words: str) -> bool:
        """Whether every paragraph of these words stands in the page."""
        return all(_bare(part) in self.text for part in words.split("\n\n"))

    def shown_of(self, words: str) -> str:
        """Those paragraphs of the words that stand in the page."""
        return "\n\n".join(part for part in words.split("\n\n") if _bare(part) in self.text)

    def showing(self, url: str) -> HtmlElement | None:
        """The picture, film or sound in the page that is this file, in whatever size; None where there is none."""
        wanted, shown = _name(url), (one for path in _FILES for one in self.tree.xpath(path))
        return next((one for one in shown if any(_is_of(name, wanted) for name in _names(one))), None)

    def alt_text_of(self, url: str) -> str | None:
        """What the page says to people who do not see this file; None where it has nothing to say that with."""
        found = self.showing(url)
        if found is None:
            return None
        if found.tag == "img":
            return str(found.get("alt") or "")
        return str(found.get("aria-label") or "") or None

    def previews(self, url: str) -> bool:
        """Whether other places show this picture when somebody posts the page's address there: Open Graph."""
        return _is_of(_name(meta(self.tree, "og:image")), _name(url))


def fetched(client: httpx.Client, url: str) -> ArticlePage | None:
    """The page there; None where the site says that there is none. Raises RetryLater when it cannot be had now."""
    try:
        page = http.fetch(client, url)
    except CrosscutError as error:
        raise RetryLater(phrase("The public page cannot be fetched: {error}", error=str(error))) from error
    if page.status in (404, 410):
        return None
    if page.status != httpx.codes.OK:
        raise RetryLater(phrase("The public page answers {status}.", status=page.status))
    is_empty = not page.content.strip()
    content = b"<html></html>" if is_empty else page.content
    tree: HtmlElement = html.document_fromstring(content, parser=html.HTMLParser(encoding="utf-8"))
    for unread in tree.xpath(_NEVER_READ):
        unread.drop_tree()
    return ArticlePage(url=page.url, tree=tree, text=_bare(str(tree.text_content())), is_empty=is_empty)


def media(client: httpx.Client, page: ArticlePage, url: str) -> SeenMedia | None:
    """The file as the public gets it, with what the page says in its place; None where the page does not show it.

    Raises RetryLater when it cannot be had now.
    """
    if page.showing(url) is None and not page.previews(url):
        return None
    found = fetch_media(client, url)
    return found and replace(found, alt_text=page.alt_text_of(url))


def is_remade(item: SeenMedia) -> bool:
    """Whether the site keeps other bytes than it was sent, told by the hash in the file's name."""
    sent = digest_in(item.url)
    return bool(sent and item.sha256) and not item.sha256.startswith(sent)


def _bare(text: str) -> str:
    return re.sub(r"[\s\u200b]+", "", text)


def _names(element: HtmlElement) -> Iterator[str]:
    """The names of the files that an element offers, in all sizes."""
    for one in (element, *element.iter("source")):
        yield from (_name(one.get(name)) for name in ("src", "data-src", "href") if one.get(name))
        for name in ("srcset", "data-srcset"):
            yield from (_name(part.split()[0]) for part in (one.get(name) or "").split(",") if part.strip())


def _name(url: str) -> str:
    return PurePosixPath(unquote(urlsplit(url).path)).name


def _is_of(name: str, wanted: str) -> bool:
    """Copies in other sizes and formats keep the name, some with an ending more: reef.jpg, reef.jpg.webp."""
    return bool(wanted) and (name == wanted or name.startswith(f"{wanted}."))

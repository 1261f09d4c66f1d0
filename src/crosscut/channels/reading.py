"""Fetches back what the public gets: pages and the files they show."""

import hashlib
from datetime import datetime
from urllib.parse import urljoin

import httpx
from lxml import html
from lxml.html import HtmlElement

from crosscut.channels.answers import ask
from crosscut.channels.protocol import SeenMedia
from crosscut.kernel.errors import RetryLater
from crosscut.kernel.phrases import phrase

_GONE = (404, 410)
_BLOCKS = {"p", "h2", "h3", "h4", "h5", "h6", "li", "pre", "blockquote", "tr"}


def fetch_page(http: httpx.Client, url: str) -> tuple[HtmlElement, str] | None:
    """The page as a tree with its final address, or None when it is gone."""
    response = ask(http, "GET", url, fine=_GONE)
    if response.status_code in _GONE:
        return None
    return html.document_fromstring(response.content, parser=html.HTMLParser(encoding="utf-8")), str(response.url)


def fetch_media(http: httpx.Client, url: str, *, alt_text: str = "") -> SeenMedia | None:
    """The file as the public gets it with the hash of its bytes, or None when it is gone.

    Its bytes are hashed as they come and never held; a file longer than the client takes is left without a hash.
    """
    digest, size_bytes = hashlib.sha256(), 0
    try:
        with http.stream("GET", url) as response:
            if response.status_code in _GONE:
                return None
            if not response.is_success:
                raise RetryLater(
                    phrase(
                        "The file {url} cannot be fetched: status {status_code}.",
                        url=url,
                        status_code=response.status_code,
                    )
                )
            kind, told = response.headers.get("content-type", ""), response.headers.get("content-length", "")
            for chunk in response.iter_bytes():
                digest.update(chunk)
                size_bytes += len(chunk)
    except httpx.ReadError:
        length = int(told) if told.isdecimal() else None
        return SeenMedia(url=url, media_type=_bare(kind), size_bytes=length, alt_text=alt_text)
    except httpx.RequestError as error:
        raise RetryLater(phrase("The file {url} cannot be fetched: {error}", url=url, error=str(error))) from error
    return SeenMedia(
        url=url, media_type=_bare(kind), size_bytes=size_bytes, sha256=digest.hexdigest(), alt_text=alt_text
    )


def meta(page: HtmlElement, name: str) -> str:
    """What the page says about itself under that name or property."""
    found = page.xpath("//meta[@property=$name or @name=$name]/@content", name=name)
    return str(found[0]) if found else ""


def words_of(element: HtmlElement) -> str:
    """The text a person reads: blocks apart by an empty line, line breaks kept."""
    blocks = [block for block in element.iter(*_BLOCKS) if not any(True for _ in block.iterdescendants(*_BLOCKS))]
    return "\n\n".join(text for block in blocks if (text := _lines(block)))


def as_read(fragment: str) -> str:
    """What a person reads of a piece of HTML.

    >>> as_read("<p>Half the reef<br>is gone.</p><ul><li>So <b>what?</b></li></ul>")
    'Half the reef\\nis gone.\\n\\nSo what?'
    """
    return words_of(html.fragment_fromstring(fragment, create_parent="div"))


def links_of(element: HtmlElement, url: str, path: str) -> list[str]:
    """Addresses at an XPath, made whole."""
    return [urljoin(url, str(found)) for found in element.xpath(path)]


def moment(text: str) -> datetime | None:
    """The moment an RFC 3339 text names."""
    try:
        return datetime.fromisoformat(text)
    except ValueError:
        return None


def _lines(block: HtmlElement) -> str:
    lines = [""]
    for part in block.xpath(".//text() | .//br"):
        if isinstance(part, str):
            lines[-1] += part.replace("\n", " ")
        else:
            lines.append("")
    return "\n".join(" ".join(line.split()) for line in lines).strip()


def _bare(content_type: str) -> str:
    return content_type.partition(";")[0].strip().lower()

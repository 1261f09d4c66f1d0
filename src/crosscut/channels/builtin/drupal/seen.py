"""An article as a visitor gets it who is not signed in: its own page must show it."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urljoin

import httpx
from lxml import html

from crosscut.channels import article_page
from crosscut.channels.article_page import ArticlePage
from crosscut.channels.articles import digest_in
from crosscut.channels.builtin.drupal.settings import Settings
from crosscut.channels.protocol import Seen, SeenMedia
from crosscut.channels.reading import moment, words_of

REMADE = "Drupal makes pictures smaller that are larger than the field allows"


@dataclass(frozen=True, kw_only=True)
class Picture:
    """One picture of an article."""

    medium: str  # its id; empty where the article refers to the file itself
    file: str  # its id
    url: str  # from the root of the site


def seen(client: httpx.Client, settings: Settings, document: Mapping[str, Any]) -> Seen | None:
    """What a visitor sees of a published article; None where the site shows nothing there."""
    node = document["data"]
    told, url = node["attributes"], address_of(settings, node)
    page = article_page.fetched(client, url)
    if page is None:
        return None
    body = told.get(settings.body_field) or {}
    shown = html.fragment_fromstring(str(body.get("processed") or body.get("value") or ""), create_parent="div")
    words, title = words_of(shown), str(told.get("title") or "")
    trouble = page.trouble(words or title)
    media = tuple(_media(client, page, [urljoin(url, one.url) for one in pictures_in(document)]))
    remade = (REMADE,) if any(article_page.is_remade(item) for item in media) else ()
    there = set(page.tree.xpath("//a/@href"))
    return Seen(
        remote_id=str(node["id"]),
        url=url,
        text=words if not trouble else page.shown_of(words),
        title=title if page.shows(title) else "",
        link=next((str(link) for link in shown.xpath(".//a/@href") if link in there), ""),
        media=media,
        created_at=moment(str(told.get("created") or "")),
        changes=(*((trouble,) if trouble else ()), *remade),
    )


def address_of(settings: Settings, node: Mapping[str, Any]) -> str:
    """Where the public finds it: under the alias that Drupal or a person gave it, else by number."""
    told = node.get("attributes") or {}
    alias = (told.get("path") or {}).get("alias")
    return f"{settings.site_url}{alias or '/node/' + str(told.get('drupal_internal__nid', ''))}"


def pictures_in(document: Mapping[str, Any]) -> list[Picture]:
    """An article's pictures, in its order, as far as the document includes them."""
    included = {str(one.get("id")): one for one in document.get("included") or ()}
    return list(_pictures(document["data"], included))


def digests_in(document: Mapping[str, Any]) -> dict[str, str]:
    """The ids of the files, by the start of their hashes."""
    return {digest: one.file for one in pictures_in(document) if (digest := digest_in(one.url))}


def _pictures(one: Mapping[str, Any], included: Mapping[str, Mapping[str, Any]], medium: str = "") -> Iterator[Picture]:
    """The files that an article refers to, and those that its media refer to, but for what Drupal shows in lists."""
    for name, field in (one.get("relationships") or {}).items():
        data = field.get("data") if isinstance(field, dict) and name != "thumbnail" else None
        for told in data if isinstance(data, list) else [data] if data else []:
            there = included.get(str(told.get("id")), {})
            if there and told.get("type") == "file--file":
                url = ((there.get("attributes") or {}).get("uri") or {}).get("url")
                yield Picture(medium=medium, file=str(told["id"]), url=str(url or ""))
            elif there and str(told.get("type")).startswith("media--") and not medium:
                yield from _pictures(there, included, str(told["id"]))


def _media(client: httpx.Client, page: ArticlePage, urls: list[str]) -> Iterator[SeenMedia]:
    for url in urls:
        if found := article_page.media(client, page, url):
            yield found

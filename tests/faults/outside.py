"""What the outside world has, asked from each place itself and past our adapters."""

import json
import re
import sqlite3
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx

from crosscut.channels.builtin.bluesky import names
from tests.peers import bluesky, mastodon, wordpress

PAGE = 40


@dataclass(frozen=True, kw_only=True)
class Found:
    """One post that a place shows."""

    remote_id: str  # as the place names it
    text: str  # words of it, among them its marker


@dataclass(frozen=True, kw_only=True)
class Place:
    """One place to publish to."""

    channel: str
    settings: dict[str, Any]  # what its account is connected with
    secrets: dict[str, str]
    posts: Callable[[dict[str, Any]], list[Found]]  # all it shows, given the account as it was connected
    detour: dict[str, str] = field(default_factory=dict)  # credentials that lead past where the place says it is


def on_bluesky(network: bluesky.Network, url: str = "") -> Place:
    """`url` is where our side asks, when that is not the server's own address."""

    def posts(account: dict[str, Any]) -> list[Found]:
        found, cursor = [], ""
        while True:
            asked = {"repo": network.account.did, "collection": names.POSTS, "limit": "100", "cursor": cursor}
            page = _json(f"{network.pds}/xrpc/com.atproto.repo.listRecords", **asked)
            found += [Found(remote_id=row["uri"], text=row["value"]["text"]) for row in page["records"]]
            cursor = page.get("cursor", "")
            if not cursor:
                return found

    settings = {
        "handle": network.account.handle,
        "service_url": url or network.pds,
        "appview_url": "",
        "video_service_url": "",
    }
    secrets = {"app_password": network.account.app_password}
    detour = {"pds_url": url} if url else {}
    return Place(channel="bluesky", settings=settings, secrets=secrets, posts=posts, detour=detour)


def on_mastodon(server: mastodon.Server, url: str = "") -> Place:
    """A server that speaks the Mastodon API."""

    def posts(account: dict[str, Any]) -> list[Found]:
        found: list[Found] = []
        while True:
            before = {"max_id": found[-1].remote_id} if found else {}
            path = f"{server.url}/api/v1/accounts/{account['remote_id']}/statuses"
            page = _json(path, limit=str(PAGE), **before)
            found += [Found(remote_id=str(row["id"]), text=re.sub("<[^>]*>", " ", row["content"])) for row in page]
            if len(page) < PAGE:
                return found

    secrets = {"access_token": server.access_token}
    return Place(channel="mastodon", settings={"instance_url": url or server.url}, secrets=secrets, posts=posts)


def on_wordpress(site: wordpress.Site, url: str = "") -> Place:
    """Public articles; a draft that nobody sees is no post."""

    def posts(account: dict[str, Any]) -> list[Found]:
        found: list[Found] = []
        for page in range(1, 100):
            asked = {"rest_route": "/wp/v2/posts", "status": "publish", "per_page": "100", "page": str(page)}
            rows = _json(f"{site.url}/", **asked)
            found += [Found(remote_id=str(row["id"]), text=row["title"]["rendered"]) for row in rows]
            if len(rows) < 100:
                return found
        raise AssertionError("So many articles were never made.")

    settings = {"site_url": url or site.url, "username": site.username}
    secrets = {"application_password": site.application_password}
    return Place(channel="wordpress", settings=settings, secrets=secrets, posts=posts)


def on_practice() -> Place:
    """The practice network of the installation itself, read from its own store."""

    def posts(account: dict[str, Any]) -> list[Found]:
        with closing(sqlite3.connect(Path(account["settings"]["folder"]) / "practice.db", timeout=20)) as store:
            rows = store.execute("SELECT id, text FROM post WHERE deleted_at IS NULL").fetchall()
        return [Found(remote_id=str(number), text=text) for number, text in rows]

    return Place(channel="practice", settings={"handle": "reef", "name": "Reef Watch"}, secrets={}, posts=posts)


def on_site() -> Place:
    """The website of the installation, read from its pages."""
    settings = {"title": "Reef Watch", "description": "How the reef is.", "organisation": "Reef Watch"}
    return Place(channel="site", settings=settings, secrets={}, posts=_pages)


def on_podcast() -> Place:
    """The podcast of the installation, read from its pages."""
    settings = {
        "title": "Below",
        "description": "How the reef is.",
        "author": "Reef Watch",
        "owner_email": "reef@example.org",
        "category": "Science > Nature",
    }
    return Place(channel="podcast", settings=settings, secrets={}, posts=_pages)


def _pages(account: dict[str, Any]) -> list[Found]:
    """Every page of a post that the public folder shows, by the key of the item that stands for it."""
    folder = Path(account["settings"]["folder"])
    items = [json.loads(path.read_bytes()) for path in (folder / "items").glob("*.json")]
    keys = {item["path"]: item["key"] for item in items}
    found = []
    for page in (folder / "public").glob("[0-9]*/*/index.html"):
        title = re.search(r"<title>([^<]*)", page.read_text())
        path = str(page.parent.relative_to(folder / "public"))
        found.append(Found(remote_id=keys.get(path, path), text=title[1] if title else ""))
    return found


def _json(url: str, **params: str) -> Any:
    response = httpx.get(url, params=params, timeout=60, trust_env=False)
    response.raise_for_status()
    return response.json()

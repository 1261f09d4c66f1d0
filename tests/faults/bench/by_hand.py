"""A place on the web where people post: pages as somebody without a login gets them, and oEmbed (https://oembed.com).

It knows nothing of our adapter. What it shows is set from outside: everything, a beginning, or a page to sign in on.
"""

import html
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from tests.faults.bench.clock import Clock
from tests.faults.bench.strict import Answer, Made, Request, Strict

# An address of a post of every place, below its origin.
ADDRESSES = {
    "facebook_page": "/reefwatch/posts/pfbid0{number}",
    "google_business_profile": "/place?id=77&use=posts&lpsid={number}",
    "instagram": "/p/C{number}",
    "linkedin": "/feed/update/urn:li:activity:{number}",
    "pinterest": "/pin/{number}",
    "reddit": "/r/reef/comments/a{number}/half_the_reef",
    "threads": "/@reefwatch/post/C{number}",
    "tiktok": "/@reefwatch/video/{number}",
    "x": "/reefwatch/status/{number}",
    "youtube": "/watch?v=reef{number}",
}


@dataclass
class Page:
    """One post."""

    path: str  # with its query
    text: str
    title: str
    at: Any = field(default=None)


class PlaceOnTheWeb(Strict):
    """One place."""

    def __init__(self, clock: Clock) -> None:
        super().__init__(clock)
        self.pages: dict[str, Page] = {}
        self.shows = "everything"  # "beginning", "login", "nothing"
        self.embeds = True  # answers oEmbed
        self.number = 1000

    def routes(self) -> list[tuple[str, str, str, Callable[..., Answer]]]:
        return [
            ("GET", r"/(?:oembed|oembed\.json)", "embed", self.embed),
            ("GET", r"/accounts/login/", "read", self.login),
            ("GET", r"/.*", "read", self.page),
        ]

    def refusal(self, status: int, words: str) -> Any:
        return {"error": words}

    def public(self) -> list[Made]:
        return [Made(remote_id=f"{self.url}{page.path}", text=page.text, at=page.at) for page in self.pages.values()]

    def end_tokens(self) -> None:
        """Nobody signs in."""

    def somebody_posts(self, place: str, text: str, title: str = "") -> str:
        """A person's post, and its address."""
        self.number += 1
        path = ADDRESSES[place].format(number=self.number)
        self.pages[path] = Page(path=path, text=text, title=title, at=self.clock.now())
        return f"{self.url}{path}"

    def somebody_takes_down(self, url: str) -> None:
        del self.pages[url.removeprefix(self.url)]

    def embed(self, request: Request) -> Answer:
        page = self.pages.get(request.query["url"].removeprefix(self.url))
        if not self.embeds:
            return Answer(status=401, data=self.refusal(401, "Unauthorized"))
        if page is None:
            return Answer(status=404, data=self.refusal(404, "Not found"))
        words = f"<blockquote><p>{html.escape(page.text)}</p></blockquote>"
        return Answer(data={"version": "1.0", "type": "rich", "title": page.title or page.text, "html": words})

    def login(self, request: Request) -> Answer:
        return Answer(content=b"<title>Sign in</title><p>Sign in to go on</p>", media_type="text/html")

    def page(self, request: Request) -> Answer:
        query = "&".join(f"{name}={value}" for name, value in request.query.items())
        page = self.pages.get(f"{request.path}{'?' if query else ''}{query}")
        if page is None:
            return Answer(status=404, content=b"<title>Gone</title>", media_type="text/html")
        if self.shows == "login":
            return Answer(status=302, headers={"Location": f"{self.url}/accounts/login/?next=1"}, content=b"")
        words = {"everything": page.text, "beginning": f"{page.text[:30]}…", "nothing": ""}[self.shows]
        told = f'<meta property="og:description" content="{html.escape(words)}">' if words else ""
        return Answer(content=f"<html><head>{told}</head><body></body></html>".encode(), media_type="text/html")

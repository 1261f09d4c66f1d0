"""An account's own posts on Reddit, which of them a post of ours is, and a picture's post that has no name yet."""

import hashlib
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from crosscut.channels.builtin.reddit.api import Api
from crosscut.channels.builtin.reddit.words import body_of, title_of
from crosscut.channels.protocol import Post
from crosscut.channels.wording import essence
from crosscut.kernel.errors import RetryLater
from crosscut.kernel.phrases import phrase

PAGE, MAX_PAGES = 100, 10  # Reddit lists a thousand posts, and no older ones
SKEW = timedelta(minutes=2)  # what Reddit's clock and ours may differ
_REMEMBERED = timedelta(days=3)  # how far back a picture's post is looked for that was never seen
_ON_ITS_WAY = re.compile(r"asset_([\w-]{1,60})_([0-9a-f]{16})")


@dataclass(frozen=True, kw_only=True)
class OnItsWay:
    """A picture that Reddit took without saying where its post is."""

    asset: str  # Reddit's name for the picture
    digest: str  # of community and title, which never change

    @property
    def name(self) -> str:
        """What the post goes by until it is seen."""
        return f"asset_{self.asset}_{self.digest}"


def on_its_way(asset: str, community: str, post: Post) -> OnItsWay:
    """A picture that was taken."""
    return OnItsWay(asset=asset, digest=_digest(community, title_of(post)))


def read_name(name: str) -> OnItsWay | None:
    """The picture a provisional name stands for; None for every other name."""
    match = _ON_ITS_WAY.fullmatch(name)
    return OnItsWay(asset=match[1], digest=match[2]) if match else None


def arrived(api: Api, account: str, picture: OnItsWay, now: datetime) -> dict[str, Any] | None:
    """The post that shows the picture; None while there is none. By its title alone where no other has it."""
    rows = list(own_since(api, account, now - _REMEMBERED))
    if shown := next((row for row in rows if picture.asset in str(row.get("url") or "")), None):
        return shown
    alike = [row for row in rows if _digest(str(row.get("subreddit")), str(row.get("title"))) == picture.digest]
    return alike[0] if len(alike) == 1 else None


def own_since(api: Api, account: str, since: datetime) -> Iterator[dict[str, Any]]:
    """The account's posts since then, newest first. Raises RetryLater where there are more than Reddit lists."""
    turn: dict[str, str] = {}
    for _ in range(MAX_PAGES):
        told = api.get(f"/user/{account}/submitted", sort="new", limit=PAGE, raw_json="1", **turn).get("data")
        if not isinstance(told, dict):
            raise RetryLater(phrase("Reddit does not list anything where a list was asked for."))
        for one in told.get("children") or ():
            row = dict(one.get("data") or {})
            if made_at(row) < since - SKEW:
                return
            yield row
        if not told.get("after"):
            return
        turn = {"after": str(told["after"])}
    count = PAGE * MAX_PAGES
    raise RetryLater(phrase("More than {count} posts were made since then: look for this one by hand.", count=count))


def made_at(row: Mapping[str, Any]) -> datetime:
    """When a post was made, aware UTC."""
    return datetime.fromtimestamp(float(row.get("created_utc") or 0), tz=UTC)


def is_ours(row: Mapping[str, Any], post: Post, community: str) -> bool:
    """Whether title and community are the post's, which never change, and the words below, where Reddit shows any."""
    is_there = not community or str(row.get("subreddit") or "").casefold() == community.casefold()
    below = essence(str(row.get("selftext") or ""))
    is_said = not below or below == essence(body_of(post))
    return is_there and is_said and essence(str(row.get("title") or "")) == essence(title_of(post))


def is_public(row: Mapping[str, Any]) -> bool:
    """Whether it is still there: neither taken down nor removed by whoever may."""
    is_removed = bool(row.get("removed_by_category")) or row.get("removed") is True
    return not is_removed and str(row.get("author") or "") not in ("", "[deleted]")


def _digest(community: str, title: str) -> str:
    return hashlib.sha256(f"{community.casefold()}\n{essence(title)}".encode()).hexdigest()[:16]

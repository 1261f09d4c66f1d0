"""An account's own posts, newest first, and which of them a post of ours is."""

import re
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from crosscut.channels.graph.api import Graph
from crosscut.channels.protocol import Post
from crosscut.kernel.errors import RetryLater
from crosscut.kernel.phrases import phrase

PAGE, _MAX_PAGES = 50, 8
SKEW = timedelta(minutes=3)  # what the network's clock and ours may differ


def own_since(
    graph: Graph, edge: str, *, fields: str, since: datetime, stamp: str = "timestamp", **asked: str
) -> Iterator[dict[str, Any]]:
    """The posts of an edge made since then, the newest first. Raises RetryLater where they are too many to look at.

    `asked` is what else the edge has to be told.
    """
    after = ""
    for _ in range(_MAX_PAGES):
        page = graph.get(edge, fields=fields, limit=PAGE, **asked, **({"after": after} if after else {}))
        for row in page.get("data", ()):
            if made_at(row, stamp) < since - SKEW:
                return
            yield row
        after = str(((page.get("paging") or {}).get("cursors") or {}).get("after") or "")
        if not after or "next" not in (page.get("paging") or {}):
            return
    raise RetryLater(
        phrase("More than {count} posts were made since then: look for this one by hand.", count=PAGE * _MAX_PAGES)
    )


def made_at(row: Mapping[str, Any], stamp: str = "timestamp") -> datetime:
    """When the post was made, by the network's clock: "2026-11-22T09:00:00+0000"."""
    moment = datetime.fromisoformat(re.sub(r"([+-]\d\d)(\d\d)$", r"\1:\2", str(row[stamp])))
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def unclaimed(rows: Iterator[dict[str, Any]], post: Post) -> Iterator[dict[str, Any]]:
    """Those of the posts that are not known to be another target's."""
    claimed = set(post.extra.get("claimed", ()))
    return (row for row in rows if str(row["id"]) not in claimed)


def at_address(graph: Graph, edge: str, *, fields: str, name: str) -> dict[str, Any] | None:
    """The one among the newest posts of an edge whose address holds that name."""
    rows = graph.get(edge, fields=fields, limit=PAGE).get("data", ())
    return next((row for row in rows if name in str(row.get("permalink") or "").split("/")), None)

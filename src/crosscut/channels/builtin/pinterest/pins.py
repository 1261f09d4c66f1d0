"""An account's own Pins, and which of them a post of ours is."""

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from crosscut.channels.builtin.pinterest.api import MAX_PAGES, PAGE, Api
from crosscut.channels.builtin.pinterest.media import alt_of
from crosscut.channels.listings import made_since
from crosscut.channels.protocol import Post
from crosscut.channels.wording import essence
from crosscut.kernel.phrases import phrase

SKEW = timedelta(minutes=2)  # what Pinterest's clock and ours may differ
_EVER = datetime.fromtimestamp(0, tz=UTC)


def own_since(api: Api, since: datetime) -> Iterator[Mapping[str, Any]]:
    """Pins made since then, from whichever board, in Pinterest's order.

    That the newest come first is what is seen and nowhere promised: only a page that keeps that order ends the look.
    Raises RetryLater where there are more Pins than can be looked through.
    """
    count = PAGE * MAX_PAGES
    too_many = phrase("More than {count} Pins would have to be looked through: look for this one by hand.", count=count)
    return made_since(api.pages("/pins", too_many=too_many), since - SKEW, made_at)


def made_at(row: Mapping[str, Any]) -> datetime:
    """When a Pin was made, aware UTC.

    >>> made_at({"created_at": "2026-11-30T09:00:00"}).isoformat()
    '2026-11-30T09:00:00+00:00'
    """
    told = row.get("created_at")
    moment = datetime.fromisoformat(str(told)) if told else _EVER
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def is_ours(row: Mapping[str, Any], post: Post) -> bool:
    """Whether title and words are the post's; the alt text where it has neither.

    Board and link are not asked: who moved the Pin or whose link was written otherwise must not make it go out again.
    """
    pairs = ((row.get("title"), post.title), (row.get("description"), post.text))
    told = [(essence(str(seen or "")), essence(sent)) for seen, sent in pairs if sent.strip()]
    return all(
        seen == sent for seen, sent in told or [(essence(str(row.get("alt_text") or "")), essence(alt_of(post)))]
    )

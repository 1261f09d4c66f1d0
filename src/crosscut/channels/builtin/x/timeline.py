"""An account's own posts on X, and which of them a post of ours is.

X shortens every address in a text and writes the marks of HTML out: what it gives back is put as it was first.
"""

import html
import re
import unicodedata
from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from typing import Any

from crosscut.channels.builtin.x.api import Api
from crosscut.channels.protocol import Post
from crosscut.channels.wording import worded
from crosscut.kernel.errors import RetryLater
from crosscut.kernel.phrases import phrase

PAGE, _MAX_PAGES = 100, 8
SKEW = timedelta(minutes=2)  # what X's clock and ours may differ
ASKED = {
    "post.fields": "created_at,text,entities,attachments,note_post,edit_history_post_ids,author_id,referenced_posts",
    "expansions": "attachments.media_keys",
    "media.fields": "type,url,preview_image_url,alt_text",
}
_PICTURE = ("pic.x.com", "pic.twitter.com")  # how X calls the address of a post's own files


def own_since(api: Api, user_id: str, since: datetime) -> Iterator[dict[str, Any]]:
    """Posts made since then, newest first. Raises RetryLater where there are more than can be looked through."""
    start = (since - SKEW).strftime("%Y-%m-%dT%H:%M:%SZ")
    turn: dict[str, str] = {}
    for _ in range(_MAX_PAGES):
        page = api.get(
            f"/2/users/{user_id}/tweets", start_time=start, max_results=PAGE, exclude="retweets", **ASKED, **turn
        )
        yield from page.get("data") or ()
        after = (page.get("meta") or {}).get("next_token")
        if not after:
            return
        turn = {"pagination_token": str(after)}
    count = PAGE * _MAX_PAGES
    raise RetryLater(phrase("More than {count} posts were made since then: look for this one by hand.", count=count))


def text_of(row: Mapping[str, Any]) -> str:
    """The words as they were written: the whole of a long post, addresses in full, without that of its own files.

    >>> url = {"url": "https://t.co/a", "expanded_url": "https://reef.example/", "display_url": "reef.example"}
    >>> text_of({"text": "Fish &amp; more https://t.co/a", "entities": {"urls": [url]}})
    'Fish & more https://reef.example/'
    """
    long = row.get("note_post") or row.get("note_tweet") or {}
    told = long if long.get("text") else row
    urls = [*((told.get("entities") or {}).get("urls") or ()), *((row.get("entities") or {}).get("urls") or ())]
    text = str(told.get("text") or "")
    for url in urls:
        text = text.replace(str(url.get("url") or "\0"), _in_full(url))
    return html.unescape(text).strip()


def links_of(row: Mapping[str, Any]) -> list[str]:
    """The addresses in the words, in full."""
    urls = (row.get("entities") or {}).get("urls") or ()
    return [whole for url in urls if (whole := _in_full(url))]


def is_ours(row: Mapping[str, Any], post: Post) -> bool:
    """Whether words, number of files, and what it answers are the post's."""
    is_answer_to = post.parent.remote_id if post.parent else ""
    has_same = len(media_keys(row)) == len(post.media) and answered(row) == is_answer_to
    return has_same and essence(text_of(row)) == essence(worded(post))


def answered(row: Mapping[str, Any]) -> str:
    """The id of the post that it answers; empty for none.

    >>> answered({"referenced_posts": [{"type": "quoted", "id": "1"}, {"type": "replied_to", "id": "2"}]}), answered({})
    ('2', '')
    """
    named = row.get("referenced_posts") or row.get("referenced_tweets") or ()  # the contract's word, and the guides'
    return next((str(one.get("id")) for one in named if one.get("type") == "replied_to"), "")


def media_keys(row: Mapping[str, Any]) -> list[str]:
    """X's names for the files of a post, in order."""
    return list((row.get("attachments") or {}).get("media_keys") or ())


def essence(text: str) -> str:
    """What two spellings of the same words share, whatever X does to spaces and addresses.

    >>> essence("The reef  today reef.example") == essence("The reef today https://reef.example/")
    True
    """
    words = unicodedata.normalize("NFC", text).split()
    return " ".join(re.sub(r"^https?://", "", word).rstrip("/") for word in words)


def _in_full(url: Mapping[str, Any]) -> str:
    is_own_file = bool(url.get("media_key")) or str(url.get("display_url") or "").startswith(_PICTURE)
    return "" if is_own_file else str(url.get("expanded_url") or url.get("url") or "")

"""What a post on Reddit says: a title that never changes, and words below it in Reddit's Markdown."""

from crosscut.channels.protocol import Post
from crosscut.channels.wording import worded
from crosscut.kernel.errors import Rejected
from crosscut.kernel.phrases import phrase

MAX_TITLE = 300


def title_of(post: Post) -> str:
    """The title; without one the first line of the text. Raises Rejected where there are no words at all."""
    title = " ".join((post.title or next(iter(post.text.strip().splitlines()), "")).split())[:MAX_TITLE]
    if not title:
        raise Rejected(phrase("Reddit wants a title."))
    return title


def body_of(post: Post) -> str:
    """The words below the title; with the link where nothing else shows it."""
    return post.text if post.post_type == "link" else worded(post)

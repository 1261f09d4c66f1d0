"""The words of a post as most channels show them, and how two spellings of the same words are told to be the same."""

import unicodedata

from crosscut.channels.protocol import Post


def worded(post: Post) -> str:
    """The words, and below them the link where it is not among them and nothing else shows it."""
    below = "" if post.link in post.text else post.link
    return "\n\n".join(part for part in (post.text, below) if part)


def essence(text: str) -> str:
    """What two spellings of the same words share, whatever a network does to spaces.

    >>> essence("Half of  the reef\\n\\nis gone. ") == essence("Half of the reef is gone.")
    True
    """
    return " ".join(unicodedata.normalize("NFC", text).split())

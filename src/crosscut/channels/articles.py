"""What posts on a site of one's own have in common: a title, a name in the address, and a mark by which they are found.

Such sites take no key of ours, so the key stands in the article's name, which they can be asked for, and unseen in its
content, which a person who changes the name leaves alone.
"""

import re
from pathlib import Path

from crosscut.channels.markup import Html, el, plain, shortened
from crosscut.channels.protocol import Post, PostMedia

_MARK = re.compile(r"<!-- crosscut:([a-z0-9-]{13,40}) -->")
_TITLE_CHARS = 80  # of an article without a title of its own
_NAME_CHARS, _STEM_CHARS = 60, 40
DIGEST_CHARS = 12  # of a file's hash, in its name on the site


def mark(key: str) -> str:
    """What tells our article from others, unseen in its content."""
    return f"<!-- {search_words(key)} -->"


def search_words(key: str) -> str:
    """What to ask the site's search for."""
    return f"crosscut:{key}"


def key_in(content: str) -> str:
    """The key in an article's content, or nothing.

    >>> key_in(mark("reef-day-000001") + "<p>Words</p>")
    'reef-day-000001'
    """
    match = _MARK.search(content)
    return match[1] if match else ""


def title(post: Post) -> str:
    """The title, else the first words."""
    return post.title or shortened(plain(post.text), _TITLE_CHARS)


def slug(post: Post) -> str:
    """The last part of the address: the title's letters, then the key, so that it is found again by name alone."""
    letters = re.sub(r"[^a-z0-9]+", "-", title(post).lower()).strip("-")
    return "-".join(part for part in (letters[:_NAME_CHARS].strip("-"), post.key) if part)


def link(post: Post) -> Html:
    """A paragraph with the post's link; nothing where it stands among the words."""
    return el("p", el("a", post.link, href=post.link)) if post.link and post.link not in post.text else Html()


def file_name(item: PostMedia) -> str:
    """What the file is called on the site: its own name in plain letters, and the start of its hash.

    A second try finds by it what is there already, and whoever reads the page back sees whether the bytes are ours.
    """
    ending = Path(item.filename).suffix.lower()
    stem = re.sub(r"[^a-z0-9]+", "-", Path(item.filename).stem.lower()).strip("-")[:_STEM_CHARS].strip("-")
    return f"{stem or 'file'}-{item.sha256[:DIGEST_CHARS]}{ending}"


def digest_in(url: str) -> str:
    """The start of the hash in the address of a file that was named so; nothing in any other.

    >>> digest_in("https://reef.example/content/images/2026/11/reef-0123456789ab-1.jpg")
    '0123456789ab'
    """
    found = re.findall(rf"-([0-9a-f]{{{DIGEST_CHARS}}})(?![0-9a-f])", url.rpartition("/")[2])
    return str(found[-1]) if found else ""

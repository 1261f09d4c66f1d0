"""How a person posts at each place, read from `places/`, one file each and only when asked for."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, fields
from functools import cache
from importlib.resources import files
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit


@dataclass(frozen=True, kw_only=True)
class Kind:
    """One kind of post there."""

    steps: tuple[str, ...]  # in the order of doing
    has_no_link: str = ""  # why nobody can be sent to it; empty where it has an address
    title: str = ""  # what such a post's title is called; empty where only the place's `fields` say


@dataclass(frozen=True, kw_only=True)
class Place:
    """One place: where one writes, which addresses its posts have, and what they tell without a login."""

    name: str  # "TikTok"
    as_of: str  # when all of this was last looked at
    source: tuple[str, ...]  # where it is written
    hosts: tuple[str, ...]
    posts: tuple[str, ...]  # patterns of the paths of posts
    composer: str  # {text}, {title} and {link} are filled in
    fields: Mapping[str, str]  # part of a post → what the place calls it, in the order of its form
    types: Mapping[str, Kind]
    short: tuple[str, ...] = ()  # hosts of its short links, which lead to posts
    keeps_query: tuple[str, ...] = ()  # parts of a post's address behind the "?" that name it
    oembed: str = ""  # tells about a post at {url} (https://oembed.com); empty: it does so to nobody without a login
    oembed_tells: str = ""  # what: "text" or "title" of the post in its `title`, or "embed": the text in its `html`
    alt_text: str = ""  # where alt texts go


@cache
def place(slug: str) -> Place:
    """The place of that name.

    >>> place("tiktok").types["video"].has_no_link
    ''
    """
    import yaml  # here, not above: the list of channels is read without it

    data: dict[str, Any] = yaml.safe_load(files(__package__).joinpath("places", f"{slug}.yaml").read_bytes())
    kinds = {name: Kind(**{key: _frozen(value) for key, value in told.items()}) for name, told in data["types"].items()}
    known = {field.name for field in fields(Place)}
    if unknown := data.keys() - known:
        raise ValueError(f"{slug}.yaml has {', '.join(sorted(unknown))}, which nobody reads")
    return Place(**{key: _frozen(value) for key, value in data.items()} | {"types": kinds})


def plain_address(known: Place, url: str, *, also: str = "") -> str:
    """The address of a post without what only follows people around; empty where it is none of a post there.

    `also` is another origin at which the place answers.

    >>> plain_address(place("tiktok"), "https://WWW.tiktok.com/@reef/video/123?is_from_webapp=1")
    'https://www.tiktok.com/@reef/video/123'
    >>> plain_address(place("tiktok"), "https://elsewhere.example/@reef/video/123")
    ''
    """
    parts = urlsplit(url.strip())
    host, path = (parts.hostname or "").lower(), parts.path.rstrip("/")
    if parts.scheme not in ("http", "https") or parts.username or parts.password:
        return ""
    origin = f"{parts.scheme}://{parts.netloc}"
    if origin != also:
        is_short = host in known.short and len(path) > 1
        if parts.port or not (is_short or host in known.hosts):
            return ""
        origin = f"https://{host}"
        if is_short:
            return f"{origin}{path}"
    query = urlencode([(name, value) for name, value in parse_qsl(parts.query) if name in known.keeps_query])
    is_post = any(re.fullmatch(pattern, path) for pattern in known.posts)
    return f"{origin}{path}{'?' if query else ''}{query}" if is_post else ""


def _frozen(value: Any) -> Any:
    return tuple(value) if isinstance(value, list) else value

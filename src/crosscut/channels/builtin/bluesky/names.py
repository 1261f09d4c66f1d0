"""Names on the AT Protocol: the record key a post gets from its own key, addresses, and content identifiers."""

import base64
import hashlib
import re
from datetime import UTC, datetime

from crosscut.kernel.errors import Invalid
from crosscut.kernel.phrases import phrase

POSTS = "app.bsky.feed.post"
_ALPHABET = "234567abcdefghijklmnopqrstuvwxyz"  # base32-sortable, https://atproto.com/specs/tid
_FIRST_US = int(datetime(2019, 1, 1, tzinfo=UTC).timestamp()) * 10**6
_SPAN_US = 4 * 365 * 86_400 * 10**6  # ends before anybody posted on the open network


def record_key(key: str) -> str:
    """The record key for the post of that key: the same every time, and no other post's.

    It is a well-formed TID, which the account server insists on for posts. Its time is made of the key's hash and lies
    before 2023, so no key that a server or an app derives from its clock can ever meet it.

    >>> record_key("reef-day-0001") == record_key("reef-day-0001"), len(record_key("reef-day-0001"))
    (True, 13)
    """
    number = int.from_bytes(hashlib.sha256(f"crosscut:{key}".encode()).digest()[:12])
    time_us, clock = _FIRST_US + (number >> 10) % _SPAN_US, number & 1023
    return _tid(time_us << 10 | clock)


def key_at(moment: datetime) -> str:
    """The record key below which everything was made before that moment, where clocks made the keys.

    >>> key_at(datetime(2026, 11, 22, tzinfo=UTC))
    '3n2ucocuc2222'
    """
    return _tid(int(moment.timestamp() * 10**6) << 10)


def address(did: str, rkey: str) -> str:
    """The at:// address of a post."""
    return f"at://{did}/{POSTS}/{rkey}"


def parts(remote_id: str) -> tuple[str, str]:
    """The account and the record key in a post's at:// address. Raises Invalid for anything else.

    >>> parts("at://did:plc:abc/app.bsky.feed.post/3kabc")
    ('did:plc:abc', '3kabc')
    """
    match = re.fullmatch(rf"at://([^/]+)/{re.escape(POSTS)}/([^/]+)", remote_id)
    if not match:
        raise Invalid.at(
            "remote_id", phrase("{remote_id} is not the address of a Bluesky post.", remote_id=repr(remote_id))
        )
    return match[1], match[2]


def parts_of_page(url: str) -> tuple[str, str]:
    """The account, as a handle or a DID, and the record key in the address of a post's page. Raises Invalid.

    >>> parts_of_page("https://bsky.app/profile/reef.example/post/3kabc?ref=x")
    ('reef.example', '3kabc')
    """
    match = re.fullmatch(r"https?://[^/]+/profile/([\w.:-]+)/post/(\w+)/?", url.partition("?")[0])
    if not match:
        raise Invalid.at("url", phrase("{url} is not the address of a Bluesky post.", url=repr(url)))
    return match[1], match[2]


def sha256_of(cid: str) -> str:
    """The SHA-256 in hex that a raw block's content identifier is made of; empty for other kinds.

    https://github.com/multiformats/cid: version 1, codec raw (0x55), hash sha2-256 (0x12) of 32 (0x20) bytes.
    """
    if not cid.startswith("b"):
        return ""
    text = cid[1:].upper()
    try:
        data = base64.b32decode(text + "=" * (-len(text) % 8))
    except ValueError:
        return ""
    return data[4:].hex() if data[:4] == b"\x01\x55\x12\x20" and len(data) == 36 else ""


def _tid(number: int) -> str:
    return "".join(_ALPHABET[number >> shift & 31] for shift in range(60, -1, -5))

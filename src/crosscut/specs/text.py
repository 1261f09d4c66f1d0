"""How long a text is, as each place counts it.

Every method cuts the text into pieces that weigh something; the length is the sum, and the first piece that does not
fit says where the text is too long. The methods and their sources are in data/counting.yaml.
"""

import re
import unicodedata
from bisect import bisect_left
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache

from crosscut.kernel.graphemes import graphemes, is_emoji
from crosscut.specs.loading import read_data
from crosscut.specs.marks import addresses, urls
from crosscut.specs.platforms import post_type as find_post_type

Piece = tuple[int, int]  # where it ends in the text, in code points; what it weighs
Method = Callable[[str], Iterable[Piece]]


@dataclass(frozen=True, kw_only=True)
class Count:
    """A text measured against a limit."""

    used: int
    limit: int | None  # None when no limit is known
    unit: str  # "graphemes", "weighted", "utf8_bytes", "utf16_units", "chars"
    over_at: int | None = None  # the first position, in code points, that no longer fits; None when all fits

    @property
    def left(self) -> int | None:
        """How many still fit; negative when it is too long."""
        return None if self.limit is None else self.limit - self.used

    @property
    def is_over(self) -> bool:
        """Whether the text is too long."""
        return self.limit is not None and self.used > self.limit


def count(text: str, platform: str, post_type: str, *, warning: str = "") -> Count:
    """The text's length as that place counts it, against the limit of the post type.

    `warning` is the content warning of places that have one and count it with the text. Where two limits hold
    (Bluesky: 300 graphemes and 3,000 bytes) the broken one is told, else the first. Raises NotFound for an unknown
    post type.

    >>> count("Coral 🪸 https://reef.example/a/very/long/address", "mastodon", "text").used
    31
    >>> count("🪸" * 301, "bluesky", "text")
    Count(used=301, limit=300, unit='graphemes', over_at=300)
    """
    rule = find_post_type(f"{platform}/{post_type}").text
    if rule is None:
        return measure(text, "unspecified_chars", None)
    limit = rule.max if rule.max is not None else rule.soft_max
    method = rule.counting or "unspecified_chars"
    if warning and method == "mastodon" and limit is not None:
        return _after_warning(text, limit, measure(warning, method, None).used)
    counted = measure(text, method, limit)
    if method == "bluesky" and not counted.is_over:
        by_bytes = measure(text, "utf8_bytes", read_data("counting")["bluesky"]["max_utf8_bytes"])
        return by_bytes if by_bytes.is_over else counted
    return counted


def measure(text: str, method: str, limit: int | None) -> Count:
    """The text's length by a method of counting.yaml, against a limit.

    >>> measure("naïve", "utf8_bytes", 5)
    Count(used=6, limit=5, unit='utf8_bytes', over_at=4)
    """
    unit, pieces = METHODS[method]
    used, start, over_at = 0, 0, None
    for end, weight in pieces(text):
        used += weight
        if limit is not None and used > limit and over_at is None:
            over_at = start
        start = end
    return Count(used=used, limit=limit, unit=unit, over_at=over_at)


def _after_warning(text: str, limit: int, reserved: int) -> Count:
    counted = measure(text, "mastodon", limit - reserved)
    return Count(used=counted.used + reserved, limit=limit, unit=counted.unit, over_at=counted.over_at)


def _code_points(text: str) -> Iterator[Piece]:
    return ((end, 1) for end in range(1, len(text) + 1))


def _utf16_units(text: str) -> Iterator[Piece]:
    return ((end, 2 if character > "\uffff" else 1) for end, character in enumerate(text, 1))


def _utf8_bytes(text: str) -> Iterator[Piece]:
    return ((end, len(character.encode("utf-8", "surrogatepass"))) for end, character in enumerate(text, 1))


def _graphemes(text: str) -> Iterator[Piece]:
    end = 0
    for cluster in graphemes(text):
        end += len(cluster)
        yield end, 1


def _threads(text: str) -> Iterator[Piece]:
    # Emoji weigh their UTF-8 bytes: https://developers.facebook.com/docs/threads/posts
    end = 0
    for cluster in graphemes(text):
        end += len(cluster)
        yield end, len(cluster.encode()) if is_emoji(cluster) else 1


def _mastodon(text: str) -> Iterator[Piece]:
    # Addresses weigh 23, and of @name@domain only @name counts: StatusLengthValidator and the user guide.
    weight = read_data("counting")["mastodon"]["url_length"]
    marks = [(span.start, span.end, weight) for span in addresses(text) if "://" in span.text]
    marks += [(match.start(), match.end(), len(match["name"]) + 1) for match in _MASTODON_MENTION.finditer(text)]
    return _with_marks(text, marks, _graphemes)


def _x_weighted(text: str) -> Iterator[Piece]:
    # X counts the composed form (NFC); where that is shorter, the ends are mapped back to the text as written.
    if unicodedata.is_normalized("NFC", text):
        yield from _x_composed(text)
        return
    composed_ends, written_ends = [0], [0]
    for cluster in graphemes(text):
        composed_ends.append(composed_ends[-1] + len(unicodedata.normalize("NFC", cluster)))
        written_ends.append(written_ends[-1] + len(cluster))
    for end, weight in _x_composed(unicodedata.normalize("NFC", text)):
        yield written_ends[min(bisect_left(composed_ends, end), len(written_ends) - 1)], weight


def _x_composed(text: str) -> Iterator[Piece]:
    weight = read_data("counting")["x_weighted_v3"]["transformed_url_length"]
    return _with_marks(text, [(span.start, span.end, weight) for span in urls(text)], _x_plain)


def _x_plain(text: str) -> Iterator[Piece]:
    # https://docs.x.com/fundamentals/counting-characters: an emoji weighs 2 whatever it is made of.
    end = 0
    for cluster in graphemes(text):
        if is_emoji(cluster):
            end += len(cluster)
            yield end, 2
            continue
        for character in cluster:
            end += 1
            yield end, _x_weight(ord(character))


@cache
def _x_weight(code_point: int) -> int:
    rule = read_data("counting")["x_weighted_v3"]
    inside = (part["weight"] for part in rule["ranges"] if part["start"] <= code_point <= part["end"])
    return int(next(inside, rule["default_weight"]) // rule["scale"])


def _with_marks(text: str, marks: Iterable[tuple[int, int, int]], plain: Method) -> Iterator[Piece]:
    """The pieces of the text: each mark (start, end, weight) is one, the rest is cut by `plain`."""
    done = 0
    for start, end, weight in sorted(marks):
        if start < done:
            continue
        yield from ((done + piece_end, piece) for piece_end, piece in plain(text[done:start]))
        yield end, weight
        done = end
    yield from ((done + piece_end, piece) for piece_end, piece in plain(text[done:]))


# MENTION_RE of Mastodon's app/models/account.rb.
_MASTODON_MENTION = re.compile(r"(?<![=/\w])@(?P<name>[a-z0-9_]+(?:[a-z0-9_.-]+[a-z0-9_]+)?)@[\w.-]+\w", re.I)

METHODS: Mapping[str, tuple[str, Method]] = {
    "graphemes": ("graphemes", _graphemes),
    "bluesky": ("graphemes", _graphemes),
    "mastodon": ("graphemes", _mastodon),
    "x_weighted_v3": ("weighted", _x_weighted),
    "threads": ("chars", _threads),
    "utf16": ("utf16_units", _utf16_units),
    "utf8_bytes": ("utf8_bytes", _utf8_bytes),
    "json_schema_length": ("chars", _code_points),
    # "Characters" may mean either; UTF-16 units are never fewer than code points.
    "telegram": ("chars", _utf16_units),
    "unspecified_chars": ("chars", _utf16_units),
}

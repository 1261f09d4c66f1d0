"""Where the addresses, people and topics in a text are.

Addresses and topics follow twitter-text (https://github.com/twitter/twitter-text, 30e2430d), the only published rules
with test vectors; bare domains count as addresses when their last part is a known top-level domain. `addresses` adds
what has a scheme and any host: a new top-level domain, a machine in the house. People are found
as X, Bluesky, Mastodon and Threads write them: @name, @name.domain, @name@domain.
"""

import re
from bisect import bisect_left
from dataclasses import dataclass
from functools import cache
from typing import Any

from crosscut.specs.loading import read_data

LONGEST_ADDRESS = 4096  # characters; twitter-text MAX_URL_LENGTH
_LONGEST_LABEL = 63  # bytes
_MOST_LABELS = 20  # ours: no host in use has so many
_LONGEST_SHORT_ADDRESS = 40  # the part behind t.co/; twitter-text MAX_TCO_SLUG_LENGTH


@dataclass(frozen=True, kw_only=True)
class Span:
    """One marked stretch of a text. Positions are code points, as Python counts."""

    kind: str  # "url", "mention", "hashtag"
    start: int
    end: int  # the first position after it
    text: str  # as written, with its "@" or "#"


def spans(text: str) -> tuple[Span, ...]:
    """Addresses, people and topics in the order they stand; none overlaps another.

    >>> [(span.kind, span.text) for span in spans("Dive with @reef.example at https://reef.example/a #CoralReef")]
    [('mention', '@reef.example'), ('url', 'https://reef.example/a'), ('hashtag', '#CoralReef')]
    """
    found = addresses(text)
    found += [_span("mention", match) for match in _MENTION.finditer(text)]
    if "#" in text or "＃" in text:
        found += [_span("hashtag", match) for match in _hashtag().finditer(text)]
    return _without_overlaps(found)


def addresses(text: str) -> list[Span]:
    """Everything a browser could open: what X takes for an address, and "http://" with any host behind it.

    >>> [span.text for span in addresses("See reef.org or http://127.0.0.1:8000/a, not reef.example.")]
    ['reef.org', 'http://127.0.0.1:8000/a']
    """
    strict = {span.start: span for span in urls(text)}
    for match in _ANY_HOST.finditer(text):
        known = strict.get(match.start())
        if known is None or known.end < match.end():
            strict[match.start()] = _span("url", match)
    return list(_without_overlaps(list(strict.values())))


def urls(text: str) -> list[Span]:
    """The addresses in the text as X sees them, with or without "https://" in front.

    >>> [span.text for span in urls("See reef.org, or https://reef.org/a?b=1.")]
    ['reef.org', 'https://reef.org/a?b=1']
    """
    if "." not in text:
        return []
    found: list[Span] = []
    for match in _address().finditer(text):
        found += _with_scheme(match) if match["scheme"] else _bare(match, text)
    return found


def byte_offsets(text: str) -> list[int]:
    """For each position in the text, and the one after its end, how many UTF-8 bytes stand before it.

    Bluesky's facets count so: `offsets[span.start], offsets[span.end]`.

    >>> byte_offsets("é!")
    [0, 2, 3]
    """
    offsets = [0]
    for character in text:
        offsets.append(offsets[-1] + len(character.encode("utf-8", "surrogatepass")))
    return offsets


def _without_overlaps(found: list[Span]) -> tuple[Span, ...]:
    kept: list[Span] = []
    order = {"url": 0, "mention": 1, "hashtag": 2}
    for span in sorted(found, key=lambda span: (order[span.kind], span.start)):
        place = bisect_left(kept, span.start, key=lambda other: other.start)
        before_ends = kept[place - 1].end if place else 0
        after_starts = kept[place].start if place < len(kept) else len(span.text) + span.end
        if before_ends <= span.start and span.end <= after_starts:
            kept.insert(place, span)
    return tuple(kept)


def _span(kind: str, match: re.Match[str]) -> Span:
    return Span(kind=kind, start=match.start(), end=match.end(), text=match.group())


def _with_scheme(match: re.Match[str]) -> list[Span]:
    if not _can_be_host(match["domain"]):
        return []
    start, end = match.span("url")
    short = _SHORT_ADDRESS.match(match["url"])
    if short:
        if len(short["slug"]) > _LONGEST_SHORT_ADDRESS:
            return []
        end = start + short.end()
    if end - start > LONGEST_ADDRESS:
        return []
    return [Span(kind="url", start=start, end=end, text=match.string[start:end])]


def _bare(match: re.Match[str], text: str) -> list[Span]:
    # Without a scheme only the ASCII part of the domain is an address: "は example.com" in running Japanese.
    if match["before"] and match["before"] in "-_./":
        return []
    base = match.start("domain")
    parts = [part for part in _ascii_domain().finditer(match["domain"]) if _can_be_host(part.group())]
    found = [(base + part.start(), base + part.end()) for part in parts]
    if found and match["path"]:
        found[-1] = (found[-1][0], match.end("url"))
    return [Span(kind="url", start=start, end=end, text=text[start:end]) for start, end in found]


def _can_be_host(domain: str) -> bool:
    # A label of a host name has at most 63 bytes as sent on the wire (RFC 1035 2.3.4, RFC 5890 2.3.2.1).
    return all(_wire_length(label) <= _LONGEST_LABEL for label in domain.split("."))


def _wire_length(label: str) -> int:
    if label.isascii():
        return len(label)
    is_encoded_already = label[:4].lower() == "xn--"
    return _LONGEST_LABEL + 1 if is_encoded_already else len("xn--") + len(label.encode("punycode"))


_LATIN = (
    "\u00c0-\u00d6\u00d8-\u00f6\u00f8-\u024f"
    "\u0253\u0254\u0256\u0257\u0259\u025b\u0263\u0268\u026f\u0272\u0289\u028b\u02bb\u0300-\u036f\u1e00-\u1eff"
)
_DIRECTION = "\u202a-\u202e\u061c\u200e\u200f\u2066-\u2069"
_INVALID = "\ufffe\ufeff\uffff"
_SPACES = "\t-\r \x85\xa0\u1680\u180e\u2000-\u200a\u2028\u2029\u202f\u205f\u3000"
_PUNCTUATION = r"!'#%&\"()*+,\\\-./:;<=>?@\[\]^_{|}~$"
_GENERAL = rf"[a-z\u0400-\u04ff0-9!*';:=+,.$/%#\[\]\-\u2013_~@|&{_LATIN}]"
_BALANCED = rf"\((?:{_GENERAL}+|(?:{_GENERAL}*\({_GENERAL}+\){_GENERAL}*))\)"
_PATH_END = rf"(?:[+\-a-z\u0400-\u04ff0-9=_#/{_LATIN}]|{_BALANCED})"
_PATH = rf"(?:(?:{_GENERAL}*(?:{_BALANCED}{_GENERAL}*)*{_PATH_END})|(?:@{_GENERAL}+/))"
_QUERY = r"[a-z0-9!?*'@();:&=+$/%#\[\]\-_.,~|]*[a-z0-9\-_&=#/]"
_ANY_HOST = re.compile(
    rf"https?://(?>[a-z0-9](?:[a-z0-9.-]{{0,252}}[a-z0-9])?)(?::[0-9]+)?(?:/{_PATH}*)?(?:\?{_QUERY})?", re.I
)
_SHORT_ADDRESS = re.compile(rf"https?://t\.co/(?P<slug>[a-z0-9]+)(?:\?{_QUERY})?", re.I)


@cache
def _top_level() -> str:
    data = read_data("domains")
    names = (data["country"] + " " + data["generic"]).split()
    return rf"(?:{_one_of(names)}(?=[^0-9a-zA-Z@+\-]|$)|xn--[\-0-9a-z]+)"


def _one_of(words: list[str]) -> str:
    # A pattern for the longest of the words, shared beginnings written once: 1,500 alternatives would be slow.
    by_first: dict[str, list[str]] = {}
    for word in filter(None, words):
        by_first.setdefault(word[0], []).append(word[1:])
    branches = [re.escape(first) + _one_of(rest) for first, rest in sorted(by_first.items())]
    if not branches:
        return ""
    return f"(?:{'|'.join(branches)}){'?' if '' in words else ''}"


@cache
def _address() -> re.Pattern[str]:
    # Bounded repeats that are never tried shorter keep hostile text from taking long: no label can be read in two ways.
    # They stand in atomic groups: a group's possessive repeat, "(...){0,30}+", matched too much before Python 3.11.5.
    char = rf"[^{_PUNCTUATION}{_SPACES}{_INVALID}{_DIRECTION}]{{1,{_LONGEST_LABEL}}}+"
    label = rf"(?>{char}(?>[_-]{{1,9}}+{char}){{0,30}})\."
    name = rf"(?>{char}(?>-{{1,9}}+{char}){{0,30}})\."
    return re.compile(
        rf"(?P<before>[^a-z0-9@＠$#＃{_INVALID}]|[{_DIRECTION}]|^)"
        rf"(?P<url>(?P<scheme>https?://)?(?P<domain>(?:{label}){{0,{_MOST_LABELS}}}{name}{_top_level()})"
        rf"(?::[0-9]+)?(?P<path>/{_PATH}*)?(?:\?{_QUERY})?)",
        re.I,
    )


@cache
def _ascii_domain() -> re.Pattern[str]:
    return re.compile(rf"(?:(?:[\-a-z0-9{_LATIN}]+)\.)+{_top_level()}", re.I)


_MENTION = re.compile(
    r"(?<![a-z0-9_@＠/=.!#$%&*])[@＠](?>[a-z0-9_](?:[a-z0-9_.-]*[a-z0-9_])?)"
    rf"(?>@[a-z0-9](?:[a-z0-9.-]*[a-z0-9])?)?(?![@＠{_LATIN}]|://)",
    re.I,
)


@cache
def _hashtag() -> Any:
    import regex  # here, not above: `re` knows no classes of marks, and text without topics does not need it

    # Letters, marks, digits and the joiners twitter-text allows; one of them must be a letter or a mark.
    joiners = r"_\u200c\u200d\ua67e\u05be\u05f3\u05f4\uff5e\u301c\u309b\u309c\u30a0\u30fb\u3003\u0f0b\u0f0c\u00b7"
    topic = rf"[\p{{L}}\p{{M}}\p{{Nd}}{joiners}]"
    return regex.compile(
        rf"(?:(?<=[\ufe0e\ufe0f])|(?<!{topic}|&))[#＃](?!\ufe0f|\u20e3)(?=(?:\p{{Nd}}|[{joiners}])*+[\p{{L}}\p{{M}}]){topic}++(?![#＃]|://)"
    )

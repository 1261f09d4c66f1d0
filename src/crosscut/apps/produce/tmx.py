"""The translation memory as TMX 1.4b (LISA OSCAR, 26 April 2005), which every translators' tool reads and writes."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from lxml import etree

from crosscut.apps.produce.models import Segment
from crosscut.apps.produce.translators_xml import parsed
from crosscut.channels.feedxml import node
from crosscut.channels.fields import LANGUAGE_PATTERN
from crosscut.kernel.errors import Invalid
from crosscut.kernel.phrases import phrase

MEDIA_TYPE = "application/x-tmx+xml"
LARGEST_BYTES = 20_000_000  # of a file that is read
LONGEST = 20_000  # characters of a text that is kept
_CODES = {"bpt", "ept", "it", "ph", "ut"}  # codes of the tool among the words; the words in `hi` and `sub` are words
_SPACES = re.compile(r"[ \t\r\n]+")
_LANG = "{http://www.w3.org/XML/1998/namespace}lang"
_HEADER: dict[str, Any] = {
    "creationtool": "Crosscut",
    "creationtoolversion": "1",
    "segtype": "paragraph",
    "o-tmf": "Crosscut",
    "adminlang": "en",
    "srclang": "*all*",
    "datatype": "plaintext",
}


@dataclass(frozen=True, kw_only=True)
class Pair:
    """A text in two languages, as a file brings it."""

    source_language: str
    language: str
    source: str
    target: str


@dataclass(frozen=True, kw_only=True)
class Memory:
    """A file as it was read."""

    pairs: tuple[Pair, ...]
    left_out: int  # texts without words, of no known language, or too long


def read_tmx(data: bytes) -> Memory:
    """What a file holds: of each of its units the source with every other language.

    The source is the language that the unit or the file names, else the unit's first. Codes among the words are left
    out. Raises Invalid in plain words for what is no TMX, is damaged, too large or a trap.
    """
    root = _parsed(data)
    header = root.find("header")
    usual = header.get("srclang", "") if header is not None else ""
    pairs, left_out = list[Pair](), 0
    for unit in root.iter("tu"):
        texts = [(_tidy(one), _words(one)) for one in unit.iter("tuv")]
        sound = [text for text in texts if _is_language(text[0]) and 0 < len(text[1]) <= LONGEST]
        left_out += len(texts) - len(sound)
        wanted = unit.get("srclang", usual).casefold()
        source = next((one for one in sound if one[0].casefold() == wanted), sound[0] if sound else ("", ""))
        pairs += [
            Pair(source_language=source[0], language=language, source=source[1], target=text)
            for language, text in sound
            if language.casefold() != source[0].casefold()
        ]
    return Memory(pairs=tuple(pairs), left_out=left_out)


def as_tmx(segments: Iterable[Segment]) -> Iterator[bytes]:
    """The file in pieces, a segment each, so that a large memory is never whole in ours."""
    yield b'<?xml version="1.0" encoding="UTF-8"?>\n<tmx version="1.4">\n'
    yield etree.tostring(node("header", **_HEADER)) + b"\n<body>\n"
    for row in segments:
        yield etree.tostring(_unit(row), encoding="UTF-8") + b"\n"
    yield b"</body>\n</tmx>\n"


def _unit(row: Segment) -> etree._Element:
    told = {"x-piece": str(row.piece_id or ""), "x-passage": row.passage}
    props = [node("prop", value, type=name) for name, value in told.items() if value]
    variants = [_variant(row.source_language, row.source), _variant(row.language, row.target)]
    who: dict[str, Any] = {"changeid": str(row.member.user)} if row.member else {}
    return node("tu", *props, *variants, changedate=f"{row.at:%Y%m%dT%H%M%SZ}", **who)


def _variant(language: str, text: str) -> etree._Element:
    made = node("tuv", node("seg", text))
    made.set(_LANG, language)
    return made


def _parsed(data: bytes) -> etree._Element:
    root = parsed(data, kind="tmx", largest_bytes=LARGEST_BYTES)
    dtd: Any = root.getroottree().docinfo.internalDTD  # TMX files usually name theirs: it is not fetched
    if dtd is not None and any(True for _one in dtd.iterentities()):
        words = phrase("This file declares entities of its own, which can be a trap. Export it anew as plain TMX.")
        raise Invalid.at("file", words, code="tmx.entities")
    if root.tag != "tmx":
        raise Invalid.at("file", phrase("This is no TMX file."), code="tmx.other")
    return root


def _is_language(code: str) -> bool:
    return len(code) <= 12 and re.fullmatch(LANGUAGE_PATTERN, code) is not None


def _tidy(variant: etree._Element) -> str:
    return (variant.get(_LANG) or variant.get("lang") or "").strip().replace("_", "-")[:40]


def _words(variant: etree._Element) -> str:
    segment = variant.find("seg")
    return _SPACES.sub(" ", "" if segment is None else _text(segment)).strip()


def _text(element: etree._Element) -> str:
    parts = [element.text or ""]
    for child in element:
        if isinstance(child.tag, str) and child.tag not in _CODES:
            parts.append(_text(child))
        parts.append(child.tail or "")
    return "".join(parts).replace("\0", "")

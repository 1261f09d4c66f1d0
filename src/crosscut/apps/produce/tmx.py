"""The translation memory as TMX 1.4b (LISA OSCAR, 26 April 2005), which every translators' tool reads."""

from collections.abc import Iterable, Iterator
from typing import Any

from lxml import etree

from crosscut.apps.produce.models import Segment
from crosscut.channels.feedxml import node

MEDIA_TYPE = "application/x-tmx+xml"
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

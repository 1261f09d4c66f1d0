"""Which caption format something is, reading it, and writing it as another with what was lost on the way."""

import re
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from crosscut.kernel.errors import Damaged, Invalid, Unsupported
from crosscut.kernel.phrases import phrase
from crosscut.media import capped
from crosscut.media.caps import Caps
from crosscut.media.captions import ass, burn, scc, scc_write, srt, stl, stl_write, ttml, ttml_write, vtt
from crosscut.media.captions.decoding import LIMIT_BYTES, Text, decoded, xml_encoding
from crosscut.media.captions.records import Cue, Document, Losses, Written

READERS = ("srt", "vtt", "ttml", "scc", "ass", "stl")
WRITERS = ("srt", "vtt", "ttml", "scc", "ass", "stl")
SUFFIXES = {
    "srt": "srt", "vtt": "vtt", "webvtt": "vtt", "ttml": "ttml", "dfxp": "ttml", "xml": "ttml", "itt": "ttml",
    "scc": "scc", "ass": "ass", "ssa": "ass", "stl": "stl",
}  # fmt: skip
READING = Caps(wall_s=30, cpu_s=30)  # 20 MB of captions take under ten seconds
CUE_LIMIT = 200_000  # a cue every second for two days
_SRT = re.compile(r"^\s*(?:\d{1,3}:)?\d{1,2}:\d{1,2}(?:[.,]\d{1,3})?\s*-->", re.MULTILINE)
_ASS = re.compile(r"^\s*\[(?:Script Info|Events|V4\+? Styles)\]", re.MULTILINE | re.IGNORECASE)


def format_of(path: Path) -> str:
    """The format that a file name promises. Raises Unsupported naming those there are.

    >>> format_of(Path("talk.de.dfxp"))
    'ttml'
    """
    suffix = path.suffix.lower().lstrip(".")
    if suffix not in SUFFIXES:
        endings = ", ".join(f".{ending}" for ending in SUFFIXES)
        raise Unsupported(
            phrase(
                "{name}: no caption format ends in “.{suffix}”. There are {endings}.",
                name=path.name,
                suffix=suffix,
                endings=endings,
            )
        )
    return SUFFIXES[suffix]


def read_document(path: Path) -> Document:
    """The caption file with all that is kept of it, whatever of the six formats it is; its name does not matter.

    It is read in a capped child process. Raises Unsupported when it is none of them, Damaged when it cannot be read.
    """
    return capped.call("captions:read", Document, caps=READING, path=path)


def parse_document(data: bytes, name: str = "captions") -> Document:
    """The document that the bytes are, in this process: for what is already ours."""
    if len(data) > LIMIT_BYTES:
        raise Damaged(
            name,
            phrase(
                "It has {data:,} bytes: captions of over {limit_bytes:,} are not taken.",
                data=len(data),
                limit_bytes=LIMIT_BYTES,
            ),
        )
    if data[3:6] == b"STL" and data[8:11] == b".01":
        document = replace(stl.parse(data, name), encoding=data[12:14].decode("ascii", errors="replace"))
    elif _is_xml(data):
        document = replace(ttml.parse(data, name), encoding=xml_encoding(data) or "utf-8")
    else:
        text = decoded(data, name)
        document = _of_text(text, name)
        warnings = (*text.warnings, *document.warnings)
        document = replace(document, encoding=text.encoding, warnings=warnings)
    if len(document.cues) > CUE_LIMIT:
        raise Damaged(
            name,
            phrase(
                "It has {cues:,} captions: over {cue_limit:,} are not taken.",
                cues=len(document.cues),
                cue_limit=CUE_LIMIT,
            ),
        )
    return document


def _is_xml(data: bytes) -> bool:
    head = data[:400].replace(b"\0", b"").lstrip(b"\xef\xbb\xbf\xff\xfe \t\r\n")
    return head.startswith((b"<?xml", b"<tt", b"<!--", b"<!DOCTYPE"))


def _of_text(text: Text, name: str) -> Document:
    if re.match(r"WEBVTT(?=[ \t\n]|\Z)", text.text):
        return vtt.parse(text.text)
    if text.text.lstrip().startswith("Scenarist_SCC"):
        return scc.parse(text.text)
    if _ASS.search(text.text[:10_000]):
        return ass.parse(text.text)
    if _SRT.search(text.text):
        return srt.parse(text.text)
    raise Unsupported(
        phrase("{name} holds no captions: it is none of SRT, WebVTT, TTML, SCC, ASS and EBU STL.", name=name)
    )


def read(path: Path) -> tuple[Cue, ...]:
    """The cues of a caption file in the order of the file. Raises Unsupported or Damaged as `read_document` does."""
    return read_document(path).cues


def parse(text: str) -> tuple[Cue, ...]:
    """The cues of a text in SRT or WebVTT, or of one that holds only pieces of them.

    >>> [cue.text for cue in parse("1\\n0:0:1 --> 0:0:2\\nHello\\n\\n00:02.5 --> 00:03.000 align:start\\n&lt;b")]
    ['Hello', '<b']
    """
    text = text.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n")
    return vtt.parse(text).cues if text.startswith("WEBVTT") else srt.parse(text).cues


_WRITE: dict[str, Callable[[Document], tuple[str | bytes, Losses]]] = {
    "srt": srt.write,
    "vtt": vtt.write,
    "ttml": ttml_write.write,
    "scc": scc_write.write,
    "ass": burn.write,
    "stl": stl_write.write,
}


def convert(document: Document, wanted: str) -> Written:
    """The document as a file of the wanted format, with what could not be carried. Raises Invalid for another format.

    >>> from crosscut.media.captions.records import Document
    >>> convert(Document(format="srt", cues=()), "vtt").data
    b'WEBVTT\\n'
    """
    if wanted not in _WRITE:
        raise Invalid.at(
            "format",
            phrase(
                "Captions are written as {writers}; {wanted!r} is none of them.",
                writers=", ".join(WRITERS),
                wanted=wanted,
            ),
        )
    made, losses = _WRITE[wanted](document)
    return Written(format=wanted, data=made.encode() if isinstance(made, str) else made, lost=losses.problems())

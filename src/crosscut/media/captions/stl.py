"""EBU STL (subtitle data exchange, Tech 3264-E of 1991) read into cues. https://tech.ebu.ch/docs/tech/tech3264.pdf"""

import struct
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass, replace
from fractions import Fraction

from crosscut.kernel.errors import Damaged, Unsupported
from crosscut.kernel.phrases import phrase
from crosscut.media.captions.records import BOTTOM, Cue, Document, Losses, Settings, in_time, tidy

GSI_BYTES, TTI_BYTES = 1024, 128
TEXT_FROM = 16
_RATES = {b"STL25.01": 25, b"STL30.01": 30, b"STL24.01": 24}
TABLES = {b"00": "latin", b"01": "iso8859_5", b"02": "iso8859_6", b"03": "iso8859_7", b"04": "iso8859_8"}
ACCENTS = {  # ISO 6937: the accent comes before its letter
    0xC1: "\u0300", 0xC2: "\u0301", 0xC3: "\u0302", 0xC4: "\u0303", 0xC5: "\u0304", 0xC6: "\u0306", 0xC7: "\u0307",
    0xC8: "\u0308", 0xCA: "\u030a", 0xCB: "\u0327", 0xCD: "\u030b", 0xCE: "\u0328", 0xCF: "\u030c",
}  # fmt: skip
LATIN = dict(zip(range(0xA1, 0xC0), "¡¢£$¥#§¤‘“«←↑→↓°±²³×µ¶·÷’”»¼½¾¿", strict=True)) | dict(
    zip(
        (0xD0, 0xD1, 0xD2, 0xD3, 0xD4, 0xD5, 0xDC, 0xDD, 0xDE, 0xDF, *range(0xE0, 0xFF)),
        "―¹®©™♪⅛⅜⅝⅞ΩÆĐªĦ\ufffdĲĿŁØŒºÞŦŊŉĸæđðħıĳŀłøœßþŧŋ",
        strict=True,
    )
)
_ALIGN = {1: "start", 2: "center", 3: "end"}


@dataclass(frozen=True, kw_only=True)
class _Head:
    """What the general block says of the whole file."""

    rate: int
    table: str
    programme_start_s: Fraction
    rows: int  # that the vertical position counts


def parse(data: bytes, name: str) -> Document:
    """The subtitles, timed from the start of the programme. Raises Damaged or Unsupported with what is wrong."""
    if len(data) < GSI_BYTES + TTI_BYTES:
        raise Damaged(name, phrase("It ends before its first subtitle."))
    head, losses = _head(data, name), Losses()
    cues = list(_cues(data[GSI_BYTES:], head, losses))
    offset_s = head.programme_start_s
    if offset_s and cues and all(cue.start_s >= offset_s for cue in cues):
        losses.add("programme_start", "Times are counted from the start of the programme that the file names.")
        cues = [replace(cue, start_s=cue.start_s - offset_s, end_s=cue.end_s - offset_s) for cue in cues]
    language = ""
    frame_rate = Fraction(30000, 1001) if head.rate == 30 else Fraction(head.rate)
    return Document(
        format="stl", cues=in_time(cues), language=language, frame_rate=frame_rate, warnings=losses.problems()
    )


def _head(data: bytes, name: str) -> _Head:
    rate = _RATES.get(data[3:11])
    if rate is None:
        raise Unsupported(
            phrase("{name} is an EBU STL of an unknown frame rate ({data!r}).", name=name, data=data[3:11])
        )
    table = TABLES.get(data[12:14])
    if table is None:
        raise Unsupported(
            phrase("{name} is an EBU STL in an unknown alphabet ({data!r}).", name=name, data=data[12:14])
        )
    start = data[256:264]
    digits = [int(start[index : index + 2]) if start[index : index + 2].isdigit() else 0 for index in (0, 2, 4, 6)]
    rows = int(data[253:255]) if data[253:255].strip().isdigit() else 23
    return _Head(rate=rate, table=table, programme_start_s=_seconds(bytes(digits), rate), rows=max(rows, 1))


def _seconds(code: bytes, rate: int) -> Fraction:
    hours, minutes, seconds, frames = code
    return hours * 3600 + minutes * 60 + seconds + Fraction(frames, rate)


def _cues(blocks: bytes, head: _Head, losses: Losses) -> Iterator[Cue]:
    text = b""
    for at in range(0, len(blocks) - TTI_BYTES + 1, TTI_BYTES):
        block = blocks[at : at + TTI_BYTES]
        _group, number, extension, _set = struct.unpack_from("<BHBB", block)
        if extension == 0xFE:
            losses.add("user_data", "Private data is left out.", f"subtitle {number}")
            continue
        if block[15]:
            losses.add("comment", "Comments for editors are left out.", f"subtitle {number}")
            continue
        text += block[TEXT_FROM:].split(b"\x8f")[0]
        if extension != 0xFF:  # more of the same subtitle follows
            continue
        words, text = _words(text, head.table, losses), b""
        if words:
            start_s, end_s = _seconds(block[5:9], head.rate), _seconds(block[9:13], head.rate)
            settings = _place(block[13], block[14], len(words.split("\n")), head)
            yield Cue(start_s=start_s, end_s=end_s, text=words, name=str(number), settings=settings)


def _place(vertical: int, justification: int, lines: int, head: _Head) -> Settings:
    settings = replace(BOTTOM, align=_ALIGN.get(justification, "center"))
    if vertical + 2 * lines < head.rows // 2:
        return replace(settings, line=Fraction(100 * min(vertical, head.rows), head.rows), line_is_percent=True)
    return settings


def _words(data: bytes, table: str, losses: Losses) -> str:
    text, tags, accent = "", "", ""
    for byte in data:
        if byte in (0x80, 0x82):
            tag = "i" if byte == 0x80 else "u"
            text, tags = (text, tags) if tag in tags else (f"{text}<{tag}>", tags + tag)
        elif byte in (0x81, 0x83):
            tag = "i" if byte == 0x81 else "u"
            if tag in tags:
                text, tags = f"{text}</{tag}>", tags.replace(tag, "")
        elif byte == 0x8A:
            text += "\n"
        elif byte < 0x20:  # teletext colours and boxes, each of which takes a space on the screen
            text += " "
            if byte < 0x07:
                losses.add("colours", "Colours are left out.")
        elif table == "latin" and byte in ACCENTS:
            accent = ACCENTS[byte]
        elif byte not in (0x84, 0x85) and not 0x86 <= byte < 0xA0:
            text += unicodedata.normalize("NFC", _character(byte, table) + accent)
            accent = ""
    return tidy(text + "".join(f"</{tag}>" for tag in reversed(tags)))


def _character(byte: int, table: str) -> str:
    if table != "latin":
        return bytes((byte,)).decode(table, errors="replace")
    if byte < 0x80:
        return "¤" if byte == 0x24 else chr(byte)
    return str(LATIN.get(byte, " " if byte == 0xA0 else "\ufffd"))

"""EBU STL written (subtitle data exchange, Tech 3264-E of 1991): open subtitles, one or more blocks for each cue.

https://tech.ebu.ch/docs/tech/tech3264.pdf, sections 4 (general block) and 5 (text and timing blocks).
"""

import re
import struct
import unicodedata
from collections.abc import Iterator, Sequence
from fractions import Fraction

from crosscut.media.captions.records import Cue, Document, Losses
from crosscut.media.captions.stl import ACCENTS, GSI_BYTES, LATIN, TABLES, TEXT_FROM, TTI_BYTES

ROWS, COLUMNS = 23, 40  # of a teletext page: what the vertical position counts, and the usual width
TEXT_BYTES = TTI_BYTES - TEXT_FROM
FILLED, NEW_LINE = 0x8F, b"\x8a"
MARKS = {"<i>": b"\x80", "</i>": b"\x81", "<u>": b"\x82", "</u>": b"\x83"}
ALIGNED = {"start": 1, "left": 1, "center": 2, "end": 3, "right": 3}
YOUNGER = "€₯ͺ"  # in ISO 8859-7 since 2003, and not in that of 1987
_ACCENT = {mark: byte for byte, mark in ACCENTS.items()}
_LETTER = {letter: byte for byte, letter in LATIN.items() if letter != "\ufffd"}
_PIECES = re.compile(r"(</?[a-z]+>|\n)")


def write(document: Document) -> tuple[bytes, Losses]:
    """The document as an EBU STL file at 25 frames a second, or 24 or 30 where it counts so, and what was lost."""
    losses = Losses()
    rate = next((rate for rate in (24, 30) if round(document.frame_rate or 25) == rate), 25)
    if document.styles:
        losses.add("styles", "WebVTT style sheets are left out.")
    number, table = _table_for("".join(cue.plain for cue in document.cues))
    blocks = [
        block
        for place, cue in enumerate(document.cues)
        for block in _blocks(cue, place, rate, _text(cue, table, losses, place + 1), losses)
    ]
    head = _head(document, rate, number, cues=len(document.cues), blocks=len(blocks))
    return head + b"".join(blocks), losses


def _table_for(text: str) -> tuple[bytes, str]:
    """The alphabet that loses the fewest letters of the text; Latin when several do as well."""
    return min(TABLES.items(), key=lambda entry: (sum(not _letter(each, entry[1]) for each in text), entry[0]))


def _head(document: Document, rate: int, table: bytes, *, cues: int, blocks: int) -> bytes:
    first = _code(document.cues[0].start_s, rate) if document.cues else bytes(4)
    fields = (
        (0, b"850" + f"STL{rate}.01".encode() + b"0" + table + b"00"),
        (16, b"Crosscut".ljust(208)),
        (224, b"700101700101" + b"00" + f"{blocks:05}{cues:05}".encode() + b"001"),
        (251, f"{COLUMNS:02}{ROWS:02}".encode() + b"1" + b"0" * 8 + "".join(f"{each:02}" for each in first).encode()),
        (272, b"11"),
    )
    head = bytearray(b" " * GSI_BYTES)
    for at, data in fields:
        head[at : at + len(data)] = data
    return bytes(head)


def _blocks(cue: Cue, place: int, rate: int, text: Sequence[bytes], losses: Losses) -> Iterator[bytes]:
    where = f"caption {place + 1}"
    if cue.start_s * rate % 1 or cue.end_s * rate % 1:
        losses.add("frames", "EBU STL counts frames: times are rounded to them.", where)
    if cue.settings.vertical:
        losses.add("vertical", "Vertical writing becomes horizontal.", where)
    if cue.voice:
        losses.add("voice", "Speakers stand in front of their words.", where)
    lines = text.count(NEW_LINE) + 1
    row = max(1, ROWS - 2 * lines)
    if cue.settings.line is not None and cue.settings.line_is_percent:
        row = min(row, max(1, round(cue.settings.line * ROWS / 100)))
    times = _code(cue.start_s, rate) + _code(cue.end_s, rate)
    tail = bytes((row, ALIGNED.get(cue.settings.align, 2), 0))
    pieces = _filled(text)
    for index, piece in enumerate(pieces):
        extension = 0xFF if index == len(pieces) - 1 else index
        head = struct.pack("<BHBB", 0, place % 65536, extension, 0)
        yield head + times + tail + piece.ljust(TEXT_BYTES, bytes((FILLED,)))


def _filled(text: Sequence[bytes]) -> list[bytes]:
    """The text in as few blocks as hold it; none begins within a letter."""
    pieces = [b""]
    for letter in text:
        if len(pieces[-1]) + len(letter) > TEXT_BYTES:
            pieces.append(b"")
        pieces[-1] += letter
    return pieces


def _code(time_s: Fraction, rate: int) -> bytes:
    frames = max(0, round(time_s * rate))
    return bytes((frames // rate // 3600 % 24, frames // rate // 60 % 60, frames // rate % 60, frames % rate))


def _text(cue: Cue, table: str, losses: Losses, number: int) -> list[bytes]:
    """Each letter or mark by itself."""
    made = []
    for piece in _PIECES.split(f"{cue.voice}: {cue.text}" if cue.voice else cue.text):
        if piece == "\n":
            made.append(NEW_LINE)
        elif piece in MARKS:
            made.append(MARKS[piece])
        elif _PIECES.fullmatch(piece):
            message = "EBU STL has slanted and underlined words only; other marks are left out."
            losses.add("bold", message, f"caption {number}")
        else:
            made += [_written(each, table, losses, number) for each in piece]
    return made


def _written(letter: str, table: str, losses: Losses, number: int) -> bytes:
    found = _letter(letter, table)
    if not found:
        losses.add("letters", "Letters that its alphabet lacks become question marks.", f"caption {number}")
    return found or b"?"


def _letter(letter: str, table: str) -> bytes:
    """The bytes of a letter in an alphabet; empty when it has none. ISO 6937 writes the accent before its letter."""
    if letter == "\n" or (" " <= letter < "\x7f" and letter not in "$\u00a4"):
        return letter.encode()
    if table != "latin":
        encoded = b"" if letter in YOUNGER else letter.encode(table, errors="ignore")
        return encoded if encoded >= b"\xa0" or encoded == b"$" else b""
    if letter in _LETTER:
        return bytes((_LETTER[letter],))
    plain, *marks = list(unicodedata.normalize("NFD", letter))
    if len(marks) == 1 and marks[0] in _ACCENT and plain.isascii():
        return bytes((_ACCENT[marks[0]],)) + plain.encode()
    return b"$" if letter == "\u00a4" else b""

"""Caption files as text: which encoding it is, and what is refused before anybody parses it."""

import re
from dataclasses import dataclass

from crosscut.kernel.errors import Damaged, Problem
from crosscut.kernel.phrases import phrase

LIMIT_BYTES = 20_000_000  # a feature film's captions with styles are under 2 MB
LINE_LIMIT_CHARACTERS = 100_000  # a whole TTML document on one line happens; 10 MB on one line is no caption file
_BOMS = ((b"\xef\xbb\xbf", "utf-8-sig"), (b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16"))
_XML_ENCODING = re.compile(rb"\A\s*<\?xml[^>]{0,200}encoding=[\"']([A-Za-z0-9._-]{1,40})[\"']")


@dataclass(frozen=True, kw_only=True)
class Text:
    """A file's characters."""

    text: str  # lines divided by "\\n", without a byte order mark and without NUL characters
    encoding: str  # "utf-8", "utf-16", "cp1252"
    warnings: tuple[Problem, ...] = ()


def decoded(data: bytes, name: str) -> Text:
    """The text of a caption file: UTF-8, UTF-16 with its mark, or Windows-1252, which is a guess and warned of.

    Raises Damaged when it is none of them, too large, or has a line no caption file has.

    >>> decoded("Grüße".encode("cp1252"), "a.srt").warnings[0].code
    'captions.encoding_guessed'
    """
    if len(data) > LIMIT_BYTES:
        raise Damaged(
            name,
            phrase(
                "It has {data:,} bytes: captions of over {limit_bytes:,} are not taken.",
                data=len(data),
                limit_bytes=LIMIT_BYTES,
            ),
        )
    encoding = next((found for mark, found in _BOMS if data.startswith(mark)), "")
    text, encoding = _text(data, name, [encoding] if encoding else ["utf-8", "cp1252"])
    text = text.replace("\r\n", "\n").replace("\r", "\n").replace("\0", "\ufffd")
    _refuse_long_lines(text, name)
    return Text(text=text, encoding=encoding, warnings=_doubts(encoding))


def xml_encoding(data: bytes) -> str:
    """The encoding that an XML declaration names, in small letters; empty without one."""
    found = _XML_ENCODING.match(data)
    return found[1].decode("ascii").lower() if found else ""


def _text(data: bytes, name: str, encodings: list[str]) -> tuple[str, str]:
    for encoding in encodings:
        try:
            return data.decode(encoding), encoding.removesuffix("-sig")
        except UnicodeDecodeError:
            continue
    raise Damaged(name, phrase("The captions are not text in UTF-8, UTF-16 or Windows-1252; save them as UTF-8."))


def _refuse_long_lines(text: str, name: str) -> None:
    longest = max(map(len, text.split("\n")))
    if longest > LINE_LIMIT_CHARACTERS:
        message = phrase(
            "A line of {longest:,} characters is in it: this is no caption file. Export the captions again.",
            longest=longest,
        )
        raise Damaged(name, message, code="captions.line_absurd")


def _doubts(encoding: str) -> tuple[Problem, ...]:
    if encoding != "cp1252":
        return ()
    message = phrase("It is not UTF-8, so it was read as Windows-1252: look at the accents, and save it as UTF-8.")
    return (Problem(code="captions.encoding_guessed", where="captions", message=message),)

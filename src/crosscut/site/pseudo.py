"""Two test languages made at run time from English, so that no string can be forgotten in a catalogue.

`en-XA` is English with accents and about a third longer, in brackets: what has no brackets was not marked for
translation, what is cut off has no room for German. `ar-XB` is English in a right-to-left page.
"""

import re
from collections.abc import Callable

from django.utils.translation import trans_real

_ACCENTS = str.maketrans("aceginorsuyzACEGINORSUYZdhlt", "åçéĝîñöŕšûýžÅÇÉĜÎÑÖŔŠÛÝŽðĥļţ")
# What must stay as it is: %-placeholders, {placeholders}, tags, entities.
_KEEP = re.compile(r"(%%|%(?:\(\w+\))?[#0\- +]?\d*(?:\.\d+)?[a-zA-Z]|\{[^{}]*\}|<[^<>]*>|&\w+;)")


def accented(message: str) -> str:
    """The message with accents, a third longer, in brackets; placeholders and tags untouched.

    >>> accented("Save %(name)s now")
    '[Šåvé %(name)s ñöw one]'
    >>> accented("")
    ''
    """
    if not message.strip():
        return message
    parts = [part if _KEEP.fullmatch(part) else part.translate(_ACCENTS) for part in _KEEP.split(message)]
    wanted = round(len(_KEEP.sub("", message)) * 0.3)
    padding = "one two three four five six seven eight nine ten "
    filler = "".join(padding[index % len(padding)] for index in range(wanted)).strip()
    return f"[{''.join(parts)}{' ' if filler else ''}{filler}]"


def mirrored(message: str) -> str:
    """The message between right-to-left marks, so that it is laid out as Arabic or Hebrew would be.

    >>> mirrored("Save") == "\\u200fSave\\u200f"
    True
    """
    return f"\u200f{message}\u200f" if message.strip() else message


class _Pseudo(trans_real.DjangoTranslation):
    """English, changed on its way out."""

    def __init__(self, language: str, change: Callable[[str], str]) -> None:
        super().__init__("en")
        self._shown_as, self._change = language, change

    def gettext(self, message: str) -> str:
        return self._changed(message, super().gettext(message))

    def ngettext(self, msgid1: str, msgid2: str, n: int) -> str:
        return self._changed(msgid1, super().ngettext(msgid1, msgid2, n))

    def to_language(self) -> str:
        return self._shown_as

    def _changed(self, message: str, text: str) -> str:
        # Django asks for "context\x04message" and takes an answer with the mark in it as "not translated".
        _context, mark, bare = message.partition("\x04")
        return self._change(bare if mark and text == message else text)


def install() -> None:
    """Makes both languages known to Django, beside the real ones."""
    trans_real._translations["en-xa"] = _Pseudo("en-xa", accented)  # type: ignore[attr-defined]
    trans_real._translations["ar-xb"] = _Pseudo("ar-xb", mirrored)  # type: ignore[attr-defined]

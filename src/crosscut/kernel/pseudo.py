"""Two test languages made at run time from English, so that no string can be forgotten in a catalogue.

`en-XA` is English with accents and about a third longer, in brackets: what has no brackets was not marked for
translation, what is cut off has no room for German. `ar-XB` is English between marks that turn it from right to left.
"""

import re
from collections.abc import Callable
from gettext import NullTranslations

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


class Pseudo(NullTranslations):
    """A translator into one of the two."""

    def __init__(self, change: Callable[[str], str]) -> None:
        super().__init__()
        self._change = change

    def gettext(self, message: str) -> str:
        """The message, changed.

        >>> Pseudo(accented).gettext("Save")
        '[Šåvé o]'
        """
        return self._change(message)

    def ngettext(self, msgid1: str, msgid2: str, n: int) -> str:
        """The form for the number, changed."""
        return self._change(msgid1 if n == 1 else msgid2)


PSEUDO = {"en_XA": accented, "ar_XB": mirrored}  # by the name of the locale

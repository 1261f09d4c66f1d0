"""The two test languages of `kernel.pseudo` for the pages: `en-xa`, and `ar-xb` in a right-to-left page."""

from collections.abc import Callable

from django.utils.translation import trans_real

from crosscut.kernel.pseudo import accented, mirrored


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

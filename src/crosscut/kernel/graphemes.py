"""Characters as people see them: grapheme clusters (Unicode Annex 29), and which of them are emoji."""

import re
from functools import cache
from typing import Any

_FIRST_PLAIN_PICTOGRAPH = 0x1100  # below it (copyright sign, digits) a character is an emoji only when it is told to be
_KEYCAP = "\u20e3"
_EMOJI_STYLE = "\ufe0f"
_TEXT_STYLE = "\ufe0e"
# One cluster per character, and none that another character could join: the common case, and forty times quicker.
_SIMPLE = re.compile(r"(?:[\t\n\x20-\x7e\u00a0-\u00ac\u00ae-\u02ff]|[\u0400-\u0482\u048a-\u052f])*", re.ASCII)


def graphemes(text: str) -> list[str]:
    """The text cut into grapheme clusters; joined again they are the text.

    >>> [len(cluster) for cluster in graphemes("e\\u0301🇪🇺!")]
    [2, 2, 1]
    """
    if _SIMPLE.fullmatch(text):
        return list(text)
    clusters: list[str] = _cluster().findall(text)
    return clusters


def is_emoji(cluster: str) -> bool:
    """Whether a grapheme cluster is shown as an emoji.

    >>> [is_emoji(cluster) for cluster in ("👍🏽", "🇪🇺", "1️⃣", "1", "©", "©️", "e")]
    [True, True, True, False, False, True, False]
    """
    if cluster.isascii():
        return False
    if _KEYCAP in cluster:
        return cluster[0] in "0123456789#*"
    if not _pictograph().match(cluster) or _TEXT_STYLE in cluster:
        return False
    return ord(cluster[0]) >= _FIRST_PLAIN_PICTOGRAPH or _EMOJI_STYLE in cluster


@cache
def _cluster() -> Any:
    import regex  # here, not above: `re` has no grapheme clusters, and text without them does not need it

    return regex.compile(r"\X")


@cache
def _pictograph() -> Any:
    import regex  # as above

    return regex.compile(r"\p{Extended_Pictographic}|\p{Regional_Indicator}{2}")

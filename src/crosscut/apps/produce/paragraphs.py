"""Texts as paragraphs: what a translation memory keeps and a translator's tool shows one by one."""

import re
from collections.abc import Sequence

_GAP = re.compile(r"(\n[ \t]*\n\s*)")


def paragraphs(text: str) -> list[str]:
    """The paragraphs of a text.

    >>> paragraphs("Half the reef is gone.\\n\\nThe other half has a plan.")
    ['Half the reef is gone.', 'The other half has a plan.']
    """
    return _GAP.split(text)[::2]


def joined(parts: Sequence[str], like: str) -> str:
    """The paragraphs as one text, with the gaps of another where that has as many.

    >>> joined(["Halb.", "Ganz."], "Half.\\n\\n\\nWhole.")
    'Halb.\\n\\n\\nGanz.'
    """
    gaps = _GAP.split(like)[1::2]
    if len(gaps) != len(parts) - 1:
        gaps = ["\n\n"] * (len(parts) - 1)
    return "".join(part for pair in zip(parts, [*gaps, ""], strict=True) for part in pair)


def paired(source: str, target: str) -> list[tuple[str, str]]:
    """The paragraphs of two texts that say the same, beside each other; whole texts where their numbers differ.

    >>> paired("Half.\\n\\nWhole.", "Halb.\\n\\nGanz."), paired("Half.\\n\\nWhole.", "Halb und ganz.")
    ([('Half.', 'Halb.'), ('Whole.', 'Ganz.')], [('Half.\\n\\nWhole.', 'Halb und ganz.')])
    """
    left, right = paragraphs(source), paragraphs(target)
    if not target:
        return [(part, "") for part in left]
    return list(zip(left, right, strict=True)) if len(left) == len(right) else [(source, target)]

r"""LinkedIn's "little text": the form in which it takes and gives the words of a post.

https://learn.microsoft.com/en-us/linkedin/marketing/community-management/shares/little-text-format, as of 2026-10-04. A
sign with a meaning of its own that is not escaped ends the text there, without a word: everything after it is lost.
"""

import re

from crosscut.specs.marks import spans

_RESERVED = re.compile(r"([\\|{}@\[\]()<>#*_~])")
_HASHTAG = re.compile(r"\{hashtag\|\\?#\|([^}]*)\}")
_MENTION = re.compile(r"@\[((?:\\.|[^\]\\])*)\]\([^)]*\)")
_ESCAPED = re.compile(r"\\([\\|{}@\[\]()<>#*_~])")


def little(text: str) -> str:
    r"""Words as LinkedIn takes them: every sign as it is, hashtags as hashtags.

    >>> little("Half (50%) of the #reef_life is gone")
    'Half \\(50%\\) of the {hashtag|\\#|reef\\_life} is gone'
    """
    parts, at = [], 0
    for span in spans(text):
        if span.kind == "hashtag":
            parts += [_escaped(text[at : span.start]), "{hashtag|\\#|" + _escaped(span.text.lstrip("#＃")) + "}"]
            at = span.end
    return "".join([*parts, _escaped(text[at:])])


def as_read(commentary: str) -> str:
    r"""What people read of words that LinkedIn gives.

    >>> as_read("Half \\(50%\\) of the {hashtag|\\#|reef\\_life} is gone, says @[Reef](urn:li:organization:1)")
    'Half (50%) of the #reef_life is gone, says Reef'
    """
    named = _MENTION.sub(r"\1", _HASHTAG.sub(r"#\1", commentary))
    return _ESCAPED.sub(r"\1", named)


def _escaped(text: str) -> str:
    return _RESERVED.sub(r"\\\1", text)

"""What has to survive a translation: addresses, people, placeholders; and topics, which may be others but not fewer."""

import re
from collections import Counter
from collections.abc import Iterator

from crosscut.kernel.phrases import Phrase, phrase
from crosscut.specs.marks import spans

# "{name}", "{{ name }}", "%s", "%(name)s", "%1$s", "[[name]]": what programs fill in.
_PLACEHOLDER = re.compile(r"\{\{?\s*\w+\s*\}?\}|%\(\w+\)[sd]|%(?:\d+\$)?[sd@]|\[\[\w+\]\]")


def lost_words(source: str, target: str) -> list[Phrase]:
    """What the translation should have and has not, and what it has and should not, a sentence each.

    >>> lost_words("Ask @reef.example, {name}: https://reef.example/a", "Frag {name}: https://reef.example/b")
    ['@reef.example is missing.', 'https://reef.example/a is missing.', 'https://reef.example/b is not in the source.']
    >>> lost_words("Go #reef #rain", "Los #riff #regen")
    []
    """
    before, after = _marked(source), _marked(target)
    missing = [phrase("{what} is missing.", what=what) for what in (before - after)]
    added = [phrase("{what} is not in the source.", what=what) for what in (after - before)]
    return [*missing, *added, *_fewer_topics(source, target)]


def _marked(text: str) -> "Counter[str]":
    kept = [span.text for span in spans(text) if span.kind in ("url", "mention")]
    return Counter([*kept, *(match.group() for match in _PLACEHOLDER.finditer(text))])


def _fewer_topics(source: str, target: str) -> Iterator[Phrase]:
    counts = [sum(span.kind == "hashtag" for span in spans(text)) for text in (source, target)]
    if counts[1] < counts[0]:
        yield phrase("The source has {n} topics (#), this has {m}.", n=counts[0], m=counts[1])

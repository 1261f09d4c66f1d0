"""A script as words to look for in a recording."""

import re
from dataclasses import dataclass

from crosscut.media.speech.pronounce import by_rule

_EDGES = re.compile(r"^[^\w]+|[^\w]+$")
_NO_SPEECH = re.compile(r"\[[^\]\n]*\]")


@dataclass(frozen=True, kw_only=True)
class Spoken:
    """A word of a script as the engine is to look for it."""

    text: str  # as written, with the signs around it
    key: str  # its name in the dictionary: small letters
    sounds: str  # how it is said if the dictionary lacks it; empty when no rule can tell, as for a figure


def spoken_of(script: str) -> list[Spoken]:
    """The words of the script; lone signs stay with the word before, and what is in square brackets is left out.

    >>> [(word.text, word.key) for word in spoken_of("[Ana] Don’t \u2014 stop, 42!")]
    [('Don’t \u2014', "don't"), ('stop,', 'stop'), ('42!', '42')]
    """
    found: list[Spoken] = []
    for text in _NO_SPEECH.sub(" ", script).split():
        bare = _EDGES.sub("", text)
        if not bare and found:
            last = found.pop()
            found.append(Spoken(text=f"{last.text} {text}", key=last.key, sounds=last.sounds))
        elif bare:
            found.append(Spoken(text=text, key=bare.replace("’", "'").lower(), sounds=by_rule(bare)))
    return found

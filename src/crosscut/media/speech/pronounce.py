"""How an English word that no dictionary has is probably said, by rule: rough, and good enough to find it in sound.

The sounds are those of the CMU dictionary. The rules are a short letter-to-sound table of our own in the manner of the
NRL rules (Elovitz and others, 1976): the longest spelling that fits, from left to right.
"""

import unicodedata

_SPELLINGS = {
    "tion": "SH AH N", "sion": "ZH AH N", "ture": "CH ER", "ough": "AO", "augh": "AO", "eigh": "EY", "igh": "AY",
    "tch": "CH", "dge": "JH", "sch": "SH", "sh": "SH", "ch": "CH", "ph": "F", "th": "TH", "wh": "W", "qu": "K W",
    "ck": "K", "ng": "NG", "gh": "G", "kn": "N", "wr": "R", "oo": "UW", "ee": "IY", "ea": "IY", "ai": "EY", "ay": "EY",
    "oa": "OW", "ou": "AW", "ow": "OW", "oi": "OY", "oy": "OY", "au": "AO", "aw": "AO", "ie": "IY", "ei": "EY",
    "eu": "Y UW", "ew": "Y UW", "ue": "UW", "ar": "AA R", "er": "ER", "ir": "ER", "or": "AO R", "ur": "ER",
    "ce": "S", "ci": "S IH", "cy": "S IY", "ge": "JH", "gi": "JH IH", "x": "K S", "a": "AE", "b": "B", "c": "K",
    "d": "D", "e": "EH", "f": "F", "g": "G", "h": "HH", "i": "IH", "j": "JH", "k": "K", "l": "L", "m": "M", "n": "N",
    "o": "AA", "p": "P", "q": "K", "r": "R", "s": "S", "t": "T", "u": "AH", "v": "V", "w": "W", "y": "IY", "z": "Z",
}  # fmt: skip
_LONG = {"a": "EY", "e": "IY", "i": "AY", "o": "OW", "u": "UW"}
_LETTERS = {
    "a": "EY", "b": "B IY", "c": "S IY", "d": "D IY", "e": "IY", "f": "EH F", "g": "JH IY", "h": "EY CH", "i": "AY",
    "j": "JH EY", "k": "K EY", "l": "EH L", "m": "EH M", "n": "EH N", "o": "OW", "p": "P IY", "q": "K Y UW",
    "r": "AA R", "s": "EH S", "t": "T IY", "u": "Y UW", "v": "V IY", "w": "D AH B AH L Y UW", "x": "EH K S",
    "y": "W AY", "z": "Z IY",
}  # fmt: skip
_VOWELS = "aeiouy"


def by_rule(word: str) -> str:
    """The sounds of a word of Latin letters; empty for what has none, such as a figure.

    >>> by_rule("zooxanthellate"), by_rule("BBC"), by_rule("42")
    ('Z UW K S AE N TH EH L EY T', 'B IY B IY S IY', '')
    """
    letters = "".join(sign for sign in unicodedata.normalize("NFKD", word) if sign.isascii() and sign.isalpha())
    if not letters:
        return ""
    small = letters.lower()
    if len(letters) <= 5 and (letters.isupper() or not set(small) & set(_VOWELS)):
        return " ".join(_LETTERS[letter] for letter in small)
    return " ".join(_sounds(small))


def _sounds(word: str) -> list[str]:
    sounds: list[str] = []
    index = 0
    while index < len(word):
        if _is_long(word, index):
            sounds.append(_LONG[word[index]])
            index += 1
            continue
        if index == len(word) - 1 and word[index] == "e" and sounds:
            break  # silent
        if index and word[index] == word[index - 1] and word[index] not in _VOWELS:
            index += 1  # a doubled consonant is one sound
            continue
        length = next(size for size in (4, 3, 2, 1) if word[index : index + size] in _SPELLINGS)
        sounds += _SPELLINGS[word[index : index + length]].split()
        index += length
    return sounds


def _is_long(word: str, index: int) -> bool:
    """A vowel before one consonant and a final e, as in "late"."""
    rest = word[index:]
    return len(rest) == 3 and rest[0] in _LONG and rest[1] not in _VOWELS and rest[2] == "e"

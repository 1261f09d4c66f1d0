"""What a brand demands of its own posts: words it does not use, words it always uses, a logo that is in sight.

A brand kit is the house's own rule book: every finding names it as its source. Colours are judged here too: which of
them can be words on which other.
"""

import re
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum

from crosscut.kernel.findings import Finding, Level
from crosscut.kernel.phrases import phrase
from crosscut.specs.colours import LARGE_TEXT, TEXT, contrast

_HEX = re.compile(r"#[0-9a-f]{6}")
_MARKED = re.compile(r"[#@][\w.@-]+")


@dataclass(frozen=True, kw_only=True)
class Colour:
    """One of a brand's colours."""

    name: str  # "Deep sea"
    hex: str  # "#003355"


@dataclass(frozen=True, kw_only=True)
class Word:
    """A word or saying that the brand does not use."""

    word: str  # whole words, in any case and with or without accents; "*" at its end stands for any ending
    instead: str = ""  # what to write in its place
    is_forbidden: bool = False  # it stops the post; else it is advice


@dataclass(frozen=True, kw_only=True)
class Must:
    """What every post of the brand says: a hashtag, a handle, a line."""

    words: str  # "#ReefWatch", "@reefwatch", "Ad"; as whole words, in any case
    channels: tuple[str, ...] = ()  # slugs; empty: on every channel
    is_demanded: bool = False  # a post without it is stopped; else it is advice


@dataclass(frozen=True, kw_only=True)
class BrandRules:
    """The rules of one brand kit that a post can be checked by."""

    name: str  # of the kit, as findings cite it
    words: tuple[Word, ...] = ()
    musts: tuple[Must, ...] = ()
    logo_kinds: frozenset[str] = frozenset()  # kinds of media of which one must show the logo: "image"


@dataclass(frozen=True, kw_only=True)
class BrandedFile:
    """One file of a post."""

    kind: str  # "image"
    shows_logo: bool  # it is one of the logos, or was made from a template that has one


@dataclass(frozen=True, kw_only=True)
class BrandedPost:
    """A post as a brand looks at it."""

    channel: str  # the slug of where it goes
    texts: tuple[tuple[str, str], ...] = ()  # a place ("text", "media[0]") and its words
    said: str = ""  # all that the public reads as the post's own words, its tags among them
    files: tuple[BrandedFile, ...] = ()


class Reads(StrEnum):
    """What one colour can be on another."""

    TEXT = "text"  # words of any size
    LARGE = "large"  # large words and shapes only
    NOTHING = "nothing"


@dataclass(frozen=True, kw_only=True)
class Pair:
    """One colour on another."""

    words: Colour
    ground: Colour
    ratio: float  # 1 to 21, rounded down
    reads: Reads


def check_brand(post: BrandedPost, rules: BrandRules) -> tuple[Finding, ...]:
    """What the brand says about a post: of its words, in the order of the texts, then of what it lacks.

    >>> rules = BrandRules(name="Reef", words=(Word(word="cheap", instead="affordable", is_forbidden=True),))
    >>> post = BrandedPost(channel="site", texts=(("text", "Cheap dives!"),))
    >>> [(found.where, found.repair) for found in check_brand(post, rules)]
    [('text', 'Write “affordable”.')]
    """
    return (*_words_found(post, rules), *_words_missing(post, rules), *_logo_missing(post, rules))


def pairs_of(colours: Iterable[Colour], *, least: float = TEXT) -> list[Pair]:
    """What each colour can be on each other one, by its contrast; `least` is what words of any size need.

    >>> sea, sand = Colour(name="Sea", hex="#003355"), Colour(name="Sand", hex="#fff4e0")
    >>> [(pair.words.name, pair.ratio, pair.reads.value) for pair in pairs_of([sea, sand])]
    [('Sea', 12.0, 'text'), ('Sand', 12.0, 'text')]
    """
    known = list(colours)
    return [_pair(words, ground, least) for words in known for ground in known if words != ground]


def is_colour(text: str) -> bool:
    """Whether it is a colour as #rrggbb in small letters.

    >>> is_colour("#003355"), is_colour("#035"), is_colour("blue")
    (True, False, False)
    """
    return bool(_HEX.fullmatch(text))


def source_of(brand: str) -> str:
    """What findings of a brand cite."""
    return phrase("Your brand kit “{brand}”", brand=brand)


def _pair(words: Colour, ground: Colour, least: float) -> Pair:
    ratio = contrast(words.hex, ground.hex)
    reads = Reads.TEXT if ratio >= least else Reads.LARGE if ratio >= LARGE_TEXT else Reads.NOTHING
    return Pair(words=words, ground=ground, ratio=int(ratio * 10) / 10, reads=reads)


def _words_found(post: BrandedPost, rules: BrandRules) -> Iterator[Finding]:
    patterns = [(word, _pattern(word.word)) for word in rules.words]
    for where, text in post.texts:
        plain = _plain(text)
        for word, pattern in patterns:
            if found := pattern.search(plain):
                yield _unwanted(word, text[found.start() : found.end()] or word.word, where, rules)


def _unwanted(word: Word, found: str, where: str, rules: BrandRules) -> Finding:
    repair = phrase("Write “{instead}”.", instead=word.instead) if word.instead else phrase("Say it in other words.")
    return Finding(
        code="brand.word",
        level=Level.BLOCK if word.is_forbidden else Level.ADVICE,
        message=phrase("{brand} does not say “{word}”.", word=found, brand=rules.name),
        where=where,
        source=source_of(rules.name),
        repair=repair,
        values={"word": word.word, "instead": word.instead},
    )


def _words_missing(post: BrandedPost, rules: BrandRules) -> Iterator[Finding]:
    said = _plain(post.said)
    for must in rules.musts:
        is_asked = not must.channels or post.channel in must.channels
        if is_asked and not _pattern(must.words).search(said):
            yield Finding(
                code="brand.must",
                level=Level.BLOCK if must.is_demanded else Level.ADVICE,
                message=phrase("A post of {brand} says “{words}” here.", brand=rules.name, words=must.words),
                where="text",
                source=source_of(rules.name),
                repair=phrase("Add “{words}” to the text.", words=must.words),
                values={"words": must.words},
            )


def _logo_missing(post: BrandedPost, rules: BrandRules) -> Iterator[Finding]:
    shown = [file for file in post.files if file.kind in rules.logo_kinds]
    if shown and not any(file.shows_logo for file in shown):
        yield Finding(
            code="brand.logo",
            level=Level.ADVICE,
            message=phrase("None of the files is known to show the logo of {brand}.", brand=rules.name),
            where="media",
            source=source_of(rules.name),
            repair=phrase("Make the picture from one of its templates, or add a logo. If it is in sight, all is well."),
        )


def _pattern(words: str) -> re.Pattern[str]:
    """Whole words only: "ass" is not in "grass", and "#reef" not in "#reefs"."""
    stem = _plain(words.removesuffix("*").strip())
    ending = r"\w*" if words.endswith("*") else ""
    inner = r"\s+".join(re.escape(part) for part in stem.split())
    before = r"(?<![\w#@])" if _MARKED.match(stem) else r"(?<!\w)"
    return re.compile(rf"{before}{inner}{ending}(?!\w)")


def _plain(text: str) -> str:
    """The text in small letters without accents, sign for sign: places in it are places in the text."""
    return "".join(_plain_sign(sign) for sign in text)


def _plain_sign(sign: str) -> str:
    if sign.isascii():
        return sign.lower()
    bare = next((part for part in unicodedata.normalize("NFD", sign) if not unicodedata.combining(part)), sign)
    lower = bare.lower()
    return lower if len(lower) == 1 else bare

"""The language of the search box: words, "exact phrases" and filters such as `type:video rights:expires<30d`."""

import re
from collections.abc import Callable
from dataclasses import dataclass, replace

from django.utils.translation import gettext as _

from crosscut.apps.library import colours
from crosscut.apps.library.models import Asset
from crosscut.apps.library.outlines import LENGTHS, SHAPES
from crosscut.channels.registry import channels

_TOKEN = re.compile(r'(?P<key>[a-zA-Z]+):(?:"(?P<quoted>[^"]*)"|(?P<plain>\S*))|"(?P<phrase>[^"]*)"|(?P<word>\S+)')
_EXPIRES = re.compile(r"expires<=?(\d{1,4})d")
_KINDS = {"picture": "image", "photo": "image", "film": "video", "sound": "audio"} | {kind: kind for kind in Asset.Kind}
MAX_WORDS = 20  # more is a pasted text, not a search
SORTS = ("newest", "taken", "name", "size", "length")
_YEARS = re.compile(r"(\d{4})(?:-(\d{4}))?")
_LIKE = re.compile(r"[0-9a-f]{16}|\d{1,15}")
_COLOUR = re.compile(r"#[0-9a-f]{6}")


@dataclass(frozen=True, kw_only=True)
class Wanted:
    """What somebody looks for."""

    words: tuple[str, ...] = ()  # each must occur; a phrase counts as one
    kinds: tuple[str, ...] = ()  # any of them; empty: all
    tags: tuple[str, ...] = ()  # every one of them
    rights: str = ""  # "none", "expired", "valid", or empty
    expires_within_days: int | None = None  # valid now and not after so many days
    lacks_credit: bool = False
    lacks_alt: bool = False  # pictures without alt text
    is_archived: bool = False  # look among the archived ones
    subjects: tuple[str, ...] = ()  # names of people, places and things, each of which must be shown
    hues: int = 0  # bits of `colours.HUES`, each of which must be seen
    shape: str = ""  # "landscape", "portrait", "square", "panorama"
    length: str = ""  # "short", "minute", "minutes", "long": of `outlines.LENGTHS`
    years: tuple[int, int] | None = None  # made in or between
    live: tuple[str, ...] = ()  # slugs of channels, on each of which the public sees it
    like: str = ""  # an asset's number, or 16 digits of a picture's hash
    is_literal: bool = False  # not what is alike in meaning as well
    sort: str = ""  # of SORTS; empty: the best match, or the newest
    notes: tuple[str, ...] = ()  # what was not understood, for the person


def parse(text: str) -> Wanted:
    """What the text asks for. Never fails: what is not understood becomes a note.

    >>> parse('reef "blue whale" type:video tag:sea rights:expires<30d')
    Wanted(words=('reef', 'blue whale'), kinds=('video',), tags=('sea',), rights='', expires_within_days=30,
           lacks_credit=False, lacks_alt=False, is_archived=False, subjects=(), hues=0, shape='', length='', years=None,
           live=(), like='', is_literal=False, sort='', notes=())
    """
    wanted = Wanted()
    for token in _TOKEN.finditer(text.replace("\0", "")):
        if key := token["key"]:
            wanted = _with_filter(wanted, key.lower(), token["quoted"] or token["plain"] or "")
        elif word := (token["phrase"] or token["word"] or "").strip():
            wanted = replace(wanted, words=(*wanted.words, word))
    return replace(wanted, words=wanted.words[:MAX_WORDS])


def _with_filter(wanted: Wanted, key: str, value: str) -> Wanted:
    read = _FILTERS.get(key)
    understood = read(wanted, value) if read else None
    if understood is not None:
        return understood
    known = ", ".join(f"{name}:" for name in _FILTERS)
    message = _("“%(filter)s” is not a filter known here. There are %(known)s.")
    return replace(wanted, notes=(*wanted.notes, message % {"filter": f"{key}:{value}", "known": known}))


def _type(wanted: Wanted, value: str) -> Wanted | None:
    kind = _KINDS.get(value.lower())
    return replace(wanted, kinds=(*wanted.kinds, str(kind))) if kind else None


def _tag(wanted: Wanted, value: str) -> Wanted | None:
    return replace(wanted, tags=(*wanted.tags, value.lower())) if value else None


def _rights(wanted: Wanted, value: str) -> Wanted | None:
    if found := _EXPIRES.fullmatch(value.lower()):
        return replace(wanted, expires_within_days=int(found[1]))
    return replace(wanted, rights=value.lower()) if value.lower() in ("none", "expired", "valid") else None


def _credit(wanted: Wanted, value: str) -> Wanted | None:
    return replace(wanted, lacks_credit=True) if value.lower() == "missing" else None


def _alt(wanted: Wanted, value: str) -> Wanted | None:
    return replace(wanted, lacks_alt=True) if value.lower() == "missing" else None


def _subject(wanted: Wanted, value: str) -> Wanted | None:
    return replace(wanted, subjects=(*wanted.subjects, value)) if value else None


def _colour(wanted: Wanted, value: str) -> Wanted | None:
    name = colours.name_of(value.lower()) if _COLOUR.fullmatch(value.lower()) else value.lower()
    if name not in colours.NAMES:
        return None
    return replace(wanted, hues=wanted.hues | 1 << colours.NAMES.index(name))


def _shape(wanted: Wanted, value: str) -> Wanted | None:
    return replace(wanted, shape=value.lower()) if value.lower() in SHAPES else None


def _length(wanted: Wanted, value: str) -> Wanted | None:
    return replace(wanted, length=value.lower()) if value.lower() in LENGTHS else None


def _year(wanted: Wanted, value: str) -> Wanted | None:
    found = _YEARS.fullmatch(value)
    return replace(wanted, years=(int(found[1]), int(found[2] or found[1]))) if found else None


def _live(wanted: Wanted, value: str) -> Wanted | None:
    return replace(wanted, live=(*wanted.live, value.lower())) if value.lower() in channels() else None


def _like(wanted: Wanted, value: str) -> Wanted | None:
    return replace(wanted, like=value.lower()) if _LIKE.fullmatch(value.lower()) else None


def _meaning(wanted: Wanted, value: str) -> Wanted | None:
    return replace(wanted, is_literal=True) if value.lower() == "off" else None


def _sort(wanted: Wanted, value: str) -> Wanted | None:
    return replace(wanted, sort=value.lower()) if value.lower() in SORTS else None


def _is(wanted: Wanted, value: str) -> Wanted | None:
    return replace(wanted, is_archived=True) if value.lower() == "archived" else None


_FILTERS: dict[str, Callable[[Wanted, str], Wanted | None]] = {
    "type": _type,
    "tag": _tag,
    "rights": _rights,
    "credit": _credit,
    "alt": _alt,
    "person": _subject,
    "place": _subject,
    "thing": _subject,
    "colour": _colour,
    "color": _colour,
    "shape": _shape,
    "length": _length,
    "year": _year,
    "live": _live,
    "like": _like,
    "meaning": _meaning,
    "sort": _sort,
    "is": _is,
}


def toggled(text: str, token: str) -> str:
    """The search text with the filter added, or taken out when it is there: what a click on a facet makes of it.

    >>> toggled("reef type:video", "type:video"), toggled("reef", "type:video")
    ('reef', 'reef type:video')
    """
    tokens = [found.group() for found in _TOKEN.finditer(text)]
    kept = [found for found in tokens if found.lower() != token.lower()]
    return " ".join(kept if len(kept) < len(tokens) else [*tokens, token])


def has(text: str, token: str) -> bool:
    """Whether the filter is in the search text."""
    return any(found.group().lower() == token.lower() for found in _TOKEN.finditer(text))

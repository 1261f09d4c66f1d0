"""What people allow, and what somebody wants to do."""

from dataclasses import dataclass
from datetime import date, datetime, tzinfo
from enum import StrEnum
from functools import cache

from crosscut.kernel.phrases import phrase
from crosscut.specs.loading import read_data
from crosscut.specs.rights.windows import Window, window_of_days


class Edits(StrEnum):
    """How far a work may be changed, from least to most."""

    NONE = "none"  # shown as it is; smaller copies and other formats count as it is
    CROP = "crop"  # parts of it, for a place's shape
    ANY = "any"  # cut, recoloured, written on, mixed with other work

    def includes(self, other: "Edits") -> bool:
        """Whether who may do this may do the other.

        >>> Edits.ANY.includes(Edits.CROP), Edits.NONE.includes(Edits.CROP)
        (True, False)
        """
        order = list(Edits)
        return order.index(self) >= order.index(other)


@dataclass(frozen=True, kw_only=True)
class Scope:
    """Where, for what and when something is allowed. Empty tuples allow everything of their sort."""

    territories: tuple[str, ...] = ()  # ISO 3166-1 alpha-2 or "EU"; empty: the world
    channels: tuple[str, ...] = ()  # slugs: "site", "bluesky"; empty: every channel
    uses: tuple[str, ...] = ()  # "organic", "paid", "press"; empty: every use
    starts_on: date | None = None  # the first day
    ends_on: date | None = None  # the last day it may be seen

    def window(self, zone: tzinfo) -> Window:
        """The time it holds, by the clocks of the zone."""
        return window_of_days(self.starts_on, self.ends_on, zone)


@dataclass(frozen=True, kw_only=True)
class Licence(Scope):
    """What the owner of a right allows."""

    holder: str  # who owns the rights
    terms: str  # "CC BY 4.0", "Commission of 3 May, paragraph 4"
    right: str = ""  # the right it is about, of a work that has several: "sync", "master"; empty: all of them
    edits: Edits = Edits.ANY
    credit_line: str = ""  # the words that name the holder
    is_credit_required: bool = True  # whether those words must be seen; without words there is nothing to require


@dataclass(frozen=True, kw_only=True)
class Consent(Scope):
    """What a person, or whoever answers for a place or thing, allows to be shown of it."""

    subject: str  # whose it is: a name
    withdrawn_at: datetime | None = None  # aware; from then on it was never given


@dataclass(frozen=True, kw_only=True)
class Holdings:
    """Everything that decides what may be done with one file."""

    licences: tuple[Licence, ...] = ()  # every one that was not withdrawn
    rights: tuple[str, ...] = ()  # rights that each need a licence: "sync", "master"; empty: one licence for the whole
    subjects: tuple[str, ...] = ()  # who and what can be recognised and must have agreed
    consents: tuple[Consent, ...] = ()  # withdrawn ones too
    embargo_until: datetime | None = None  # aware; nobody may see it before


@dataclass(frozen=True, kw_only=True)
class Use:
    """What is planned with one file."""

    channel: str  # "bluesky"
    at: datetime  # aware: when it is to be published
    until: datetime | None = None  # aware: when it is taken down; None: it stays
    territory: str = ""  # ISO 3166-1 alpha-2 where only that country sees it; empty: the world
    purpose: str = "organic"
    edits: Edits = Edits.NONE  # what is done to it on the way
    words: str = ""  # all that the public will read beside it: text, title, alt text
    credit: str = ""  # the file's own credit
    prints_credit: bool = False  # the channel shows that credit by itself
    name: str = phrase("The file")  # what findings call it
    place: str = ""  # what they call the channel; empty: its slug


def covers(scope: Scope, territory: str) -> bool:
    """Whether it holds in that territory; empty asks for the whole world.

    >>> covers(Scope(territories=("EU",)), "DE"), covers(Scope(territories=("DE",)), "")
    (True, False)
    """
    if not scope.territories:
        return True
    return any(territory == name or territory in _members(name) for name in scope.territories)


@cache
def _members(group: str) -> frozenset[str]:
    found = read_data("territories")["groups"].get(group)
    return frozenset(found["members"].split()) if found else frozenset()

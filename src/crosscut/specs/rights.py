"""Whether the licences of a file allow what is planned with it."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from functools import cache

from crosscut.kernel.errors import Invalid
from crosscut.kernel.findings import Finding, Level
from crosscut.kernel.phrases import phrase
from crosscut.specs.citations import cite
from crosscut.specs.house import cite_house, house
from crosscut.specs.loading import read_data
from crosscut.specs.sentences import say
from crosscut.specs.wording import day_in_words


@dataclass(frozen=True, kw_only=True)
class Licence:
    """What somebody allows. Empty tuples allow everything of their sort."""

    holder: str  # who owns the rights
    terms: str  # "CC BY 4.0", "Commission of 3 May, paragraph 4"
    territories: tuple[str, ...] = ()  # ISO 3166-1 alpha-2 or "EU"; empty: the world
    channels: tuple[str, ...] = ()  # slugs: "site", "bluesky"; empty: every channel
    uses: tuple[str, ...] = ()  # "organic", "paid", "press"; empty: every use
    starts_on: date | None = None  # the first day
    ends_on: date | None = None  # the last day it may be seen
    credit_line: str = ""  # the words that name the holder
    is_credit_required: bool = True  # whether those words must be seen; without words there is nothing to require


@dataclass(frozen=True, kw_only=True)
class Use:
    """What is planned with one file."""

    channel: str  # "bluesky"
    at: datetime  # aware: when it is to be published
    territory: str = ""  # ISO 3166-1 alpha-2 where only that country sees it; empty: the world
    purpose: str = "organic"
    words: str = ""  # all that the public will read beside it: text, title, alt text
    credit: str = ""  # the file's own credit
    prints_credit: bool = False  # the channel shows that credit by itself
    name: str = phrase("The file")  # what findings call it
    place: str = ""  # what they call the channel; empty: its slug


def check_rights(licences: Sequence[Licence], use: Use, *, where: str = "", post_type: str = "") -> tuple[Finding, ...]:
    """What speaks against the use, worst licence problems of the best licence: one that allows all of it is enough.

    Dates are compared with the day of `use.at` in its own time zone; the last day counts. Raises Invalid when `use.at`
    has no time zone.
    """
    if use.at.tzinfo is None:
        raise Invalid.at("at", phrase("The time of publishing needs a time zone."), code="rights.time_without_zone")
    if not licences:
        found = [say("rights.none", Level.BLOCK, source=cite_house("rights"), name=use.name)]
    else:
        judged = [[*_refusals(licence, use), *_warnings(licence, use)] for licence in licences]
        found = min(judged, key=lambda list_: (sum(item.level is Level.BLOCK for item in list_), len(list_)))
    return tuple(_placed(finding, where, post_type) for finding in found)


def covers(licence: Licence, territory: str) -> bool:
    """Whether the licence holds in that territory; empty asks for the whole world.

    >>> covers(Licence(holder="A", terms="", territories=("EU",)), "DE")
    True
    >>> covers(Licence(holder="A", terms="", territories=("DE",)), "")
    False
    """
    if not licence.territories:
        return True
    return any(territory == name or territory in _members(name) for name in licence.territories)


def _refusals(licence: Licence, use: Use) -> Iterable[Finding]:
    source = f"{licence.terms}, {licence.holder}"
    holder, on, place = licence.holder, use.at.date(), use.place or use.channel
    if licence.ends_on and licence.ends_on < on:
        yield say(
            "rights.expired",
            Level.BLOCK,
            source=source,
            holder=holder,
            ends_on=day_in_words(licence.ends_on),
            on=day_in_words(on),
        )
    if licence.starts_on and licence.starts_on > on:
        yield say(
            "rights.not_begun",
            Level.BLOCK,
            source=source,
            holder=holder,
            starts_on=day_in_words(licence.starts_on),
            on=day_in_words(on),
        )
    if licence.channels and use.channel not in licence.channels:
        covered = ", ".join(licence.channels)
        yield say("rights.channel", Level.BLOCK, source=source, holder=holder, covered=covered, channel=place)
    if not covers(licence, use.territory):
        covered, wanted = ", ".join(licence.territories), use.territory or phrase("the whole world")
        yield say("rights.territory", Level.BLOCK, source=source, holder=holder, covered=covered, territory=wanted)
    if licence.uses and use.purpose not in licence.uses:
        covered = ", ".join(licence.uses)
        yield say("rights.use", Level.BLOCK, source=source, holder=holder, covered=covered, use=use.purpose)


def _warnings(licence: Licence, use: Use) -> Iterable[Finding]:
    yield from _credit(licence, use)
    days = (licence.ends_on - use.at.date()).days if licence.ends_on else None
    if licence.ends_on and days is not None and 0 <= days <= house("rights")["warn_days"]:
        yield say(
            "rights.ends_soon",
            Level.ADVICE,
            source=cite_house("rights"),
            holder=licence.holder,
            ends_on=day_in_words(licence.ends_on),
            days=days,
        )


def _credit(licence: Licence, use: Use) -> Iterable[Finding]:
    if not (licence.is_credit_required and licence.credit_line):
        return
    credit, values = _plain(licence.credit_line), {"holder": licence.holder, "credit": licence.credit_line}
    is_carried = credit in _plain(use.credit)
    if credit in _plain(use.words) or (is_carried and use.prints_credit):
        return
    source = cite(["cc40"]) if licence.terms.upper().startswith("CC BY") else f"{licence.terms}, {licence.holder}"
    if is_carried:
        yield say("rights.credit_not_shown", Level.ADVICE, source=source, place=use.place or use.channel, **values)
    else:
        yield say("rights.credit_missing", Level.BLOCK, source=source, **values)


@cache
def _members(group: str) -> frozenset[str]:
    found = read_data("territories")["groups"].get(group)
    return frozenset(found["members"].split()) if found else frozenset()


def _placed(finding: Finding, where: str, post_type: str) -> Finding:
    return replace(finding, where=where, post_type=post_type)


def _plain(words: str) -> str:
    return " ".join(words.casefold().split())

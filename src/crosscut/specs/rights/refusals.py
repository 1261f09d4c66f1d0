"""Why rights stand in the way, in words."""

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta

from crosscut.kernel.findings import Finding, Level
from crosscut.kernel.phrases import Phrase, phrase
from crosscut.specs.house import cite_house
from crosscut.specs.rights.records import Consent, Edits, Licence, Use, covers
from crosscut.specs.rights.windows import EVER_BEFORE
from crosscut.specs.sentences import say
from crosscut.specs.wording import day_in_words, moment_in_words

RIGHTS_IN_WORDS = {"sync": phrase("the composition"), "master": phrase("the recording")}
EDITS_IN_WORDS = {
    Edits.NONE: phrase("no change"),
    Edits.CROP: phrase("cropping"),
    Edits.ANY: phrase("changing"),
}


def of_licences(licences: Sequence[Licence], right: str, use: Use) -> tuple[Finding, ...]:
    """What is missing in the licence that lacks least, for a right that none of them covers at that time."""
    if licences:
        return min((tuple(of_licence(licence, use)) for licence in licences), key=len)
    house = cite_house("rights")
    if right:
        return (say("rights.none_for_right", Level.BLOCK, source=house, name=use.name, right=right_in_words(right)),)
    return (say("rights.none", Level.BLOCK, source=house, name=use.name),)


def of_licence(licence: Licence, use: Use) -> Iterator[Finding]:
    """Everything in which the licence falls short of the use."""
    source = f"{licence.terms}, {licence.holder}"
    holder, on, place = licence.holder, use.at.date(), use.place or use.channel
    on_day = day_in_words(on)
    if licence.ends_on and licence.ends_on < on:
        ended = day_in_words(licence.ends_on)
        yield say("rights.expired", Level.BLOCK, source=source, holder=holder, ends_on=ended, on=on_day)
    if licence.starts_on and licence.starts_on > on:
        begins = day_in_words(licence.starts_on)
        yield say("rights.not_begun", Level.BLOCK, source=source, holder=holder, starts_on=begins, on=on_day)
    if licence.channels and use.channel not in licence.channels:
        covered = ", ".join(licence.channels)
        yield say("rights.channel", Level.BLOCK, source=source, holder=holder, covered=covered, channel=place)
    if not covers(licence, use.territory):
        covered, wanted = ", ".join(licence.territories), use.territory or phrase("the whole world")
        yield say("rights.territory", Level.BLOCK, source=source, holder=holder, covered=covered, territory=wanted)
    if licence.uses and use.purpose not in licence.uses:
        covered = ", ".join(licence.uses)
        yield say("rights.use", Level.BLOCK, source=source, holder=holder, covered=covered, use=use.purpose)
    if not licence.edits.includes(use.edits):
        allowed, wanted = EDITS_IN_WORDS[licence.edits], EDITS_IN_WORDS[use.edits]
        yield say("rights.edits", Level.BLOCK, source=source, holder=holder, allowed=allowed, wanted=wanted)


def of_consents(subject: str, given: Sequence[Consent], use: Use) -> Finding:
    """Why nobody's word covers what is shown of the subject."""
    house, kept = cite_house("rights"), [consent for consent in given if consent.withdrawn_at is None]
    if not given:
        return say("rights.consent_missing", Level.BLOCK, source=house, subject=subject, name=use.name)
    if not kept:
        last = max(consent.withdrawn_at or EVER_BEFORE for consent in given).astimezone(use.at.tzinfo)
        on = day_in_words(last.date())
        return say("rights.consent_withdrawn", Level.BLOCK, source=house, subject=subject, name=use.name, on=on)
    over = [consent.ends_on for consent in kept if consent.ends_on and consent.ends_on < use.at.date()]
    if len(over) == len(kept):
        ended = day_in_words(max(over))
        return say("rights.consent_ended", Level.BLOCK, source=house, subject=subject, ends_on=ended, name=use.name)
    place = use.place or use.channel
    return say("rights.consent_scope", Level.BLOCK, source=house, subject=subject, place=place, use=use.purpose)


def of_embargo(until: datetime, use: Use) -> Finding:
    """It is too early."""
    there = moment_in_words(until.astimezone(use.at.tzinfo))
    return say("rights.embargo", Level.BLOCK, source=cite_house("rights"), name=use.name, until=there)


def ends_early(end: datetime, use: Use) -> Finding:
    """It may be shown at first, and not as long as is planned. The end is the first moment it may not."""
    last = end.astimezone(use.at.tzinfo) - timedelta(seconds=1)
    until = use.until.astimezone(use.at.tzinfo) if use.until else use.at
    values = {"last_on": day_in_words(last.date()), "until": day_in_words(until.date())}
    return say("rights.ends_early", Level.BLOCK, source=cite_house("rights"), name=use.name, **values)


def never_together(use: Use) -> Finding:
    """Each permission holds at that time or another, and never all of them."""
    return say("rights.never_together", Level.BLOCK, source=cite_house("rights"), name=use.name)


def right_in_words(right: str) -> str | Phrase:
    """The right as a person calls it."""
    return RIGHTS_IN_WORDS.get(right, right)

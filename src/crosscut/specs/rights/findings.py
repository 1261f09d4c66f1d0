"""What rights say about a post that is planned: what stops it, when it will have to go, whom it must name."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from typing import Any

from crosscut.kernel.findings import Finding, Level
from crosscut.specs.citations import cite
from crosscut.specs.house import cite_house, house
from crosscut.specs.rights.records import Holdings, Licence, Use
from crosscut.specs.rights.solver import Answer, Verdict, fitting_licences, may
from crosscut.specs.sentences import say
from crosscut.specs.wording import day_in_words


def check_rights(
    holdings: Holdings, use: Use, *, where: str = "", post_type: str = "", answer: Answer | None = None
) -> tuple[Finding, ...]:
    """What speaks against the use, and what is to be known of it when nothing does.

    One licence that allows all of it is enough; where none does, the reasons are those of the one that lacks least.
    `answer` is what `may` said to exactly that, where it was asked already. Raises Invalid when a time of the use has
    no zone.
    """
    answer = answer or may(holdings, use)
    found = [*answer.reasons, *_credits(holdings, use)]
    if answer.verdict is Verdict.YES:
        found += _ending(holdings, use, answer)
    return tuple(replace(finding, where=where, post_type=post_type) for finding in found)


def _ending(holdings: Holdings, use: Use, answer: Answer) -> Iterator[Finding]:
    """A warning when it must be gone soon after it was published."""
    if answer.allowed_until is None:
        return
    last_on = (answer.allowed_until.astimezone(use.at.tzinfo) - timedelta(seconds=1)).date()
    days = (last_on - use.at.date()).days
    if days > house("rights")["warn_days"]:
        return
    told: dict[str, Any] = {"source": cite_house("rights"), "ends_on": day_in_words(last_on), "days": days}
    for consent in holdings.consents:
        if consent.ends_on == last_on and consent.withdrawn_at is None and consent.subject in holdings.subjects:
            yield say("rights.consent_ends_soon", Level.ADVICE, subject=consent.subject, **told)
    for licence in fitting_licences(holdings, use):
        if licence.ends_on == last_on:
            yield say("rights.ends_soon", Level.ADVICE, holder=licence.holder, **told)


def _credits(holdings: Holdings, use: Use) -> tuple[Finding, ...]:
    """Who must be named: by the licence in force that asks for least; of a work with several rights, by each."""
    found: list[Finding] = []
    for right in holdings.rights or ("",):
        licences = [one for one in holdings.licences if one.right in ("", right)]
        in_force = [one for one in fitting_licences(holdings, use) if one in licences] or licences
        least = min((tuple(_credit(one, use)) for one in in_force), key=_weight, default=())
        found += [finding for finding in least if finding not in found]
    return tuple(found)


def _weight(found: tuple[Finding, ...]) -> tuple[int, int]:
    return sum(finding.level is Level.BLOCK for finding in found), len(found)


def _credit(licence: Licence, use: Use) -> Iterator[Finding]:
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


def _plain(words: str) -> str:
    return " ".join(words.casefold().split())

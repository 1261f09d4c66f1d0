"""Whether a file may go somewhere, from when, and until when.

Everything that must agree gives the stretches of time in which it does: for each right the licences that cover the
use, taken together; for each person or place shown its consents; the end of an embargo. The answer is where all of
them overlap.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from functools import reduce

from crosscut.kernel.errors import Invalid
from crosscut.kernel.findings import Finding
from crosscut.kernel.phrases import phrase
from crosscut.specs.rights import refusals
from crosscut.specs.rights.records import Holdings, Licence, Scope, Use, covers
from crosscut.specs.rights.windows import (
    ALWAYS,
    EVER_AFTER,
    Window,
    next_start,
    shared,
    united,
    window_at,
)


class Verdict(StrEnum):
    """May it?"""

    YES = "yes"
    LATER = "later"  # not at that time, but from `allowed_from` on
    NO = "no"


@dataclass(frozen=True, kw_only=True)
class Answer:
    """What the rights say to one use."""

    verdict: Verdict
    reasons: tuple[Finding, ...] = ()  # why not, all blocking; empty for yes
    allowed_from: datetime | None = None  # UTC: the first moment, not before the planned one; None: never
    allowed_until: datetime | None = None  # UTC: when it must be gone; None: no end known, or never allowed


@dataclass(frozen=True, kw_only=True)
class _Demand:
    """One thing that must agree, and when it does."""

    windows: tuple[Window, ...]
    reasons: tuple[Finding, ...]  # why it does not at the planned time


def may(holdings: Holdings, use: Use) -> Answer:
    """Whether the file may be used so: yes, no because, or from when.

    A use with an end must be covered up to it. One that stays live is covered as long as `allowed_until` says. Days
    are those of the zone of `use.at`; the last day counts. Raises Invalid when a time has no zone.
    """
    for name, moment in (("at", use.at), ("until", use.until)):
        if moment is not None and moment.tzinfo is None:
            raise Invalid.at(name, phrase("The time of publishing needs a time zone."), code="rights.time_without_zone")
    return _answer(_demands(holdings, use), use)


def allowed_windows(holdings: Holdings, use: Use) -> tuple[Window, ...]:
    """The stretches of time in which such a use is allowed, in order; `use.at` gives no more than the zone of days.

    For many uses of one file that differ in nothing but their times.
    """
    return _together(_demands(holdings, use))


def fitting_licences(holdings: Holdings, use: Use) -> tuple[Licence, ...]:
    """The licences that allow the use at its time, each for its right."""
    zone, planned = use.at.tzinfo, use.at.astimezone(UTC)
    in_force = (one for one in holdings.licences if zone and window_at((one.window(zone),), planned))
    return tuple(licence for licence in in_force if _fits(licence, use))


def _demands(holdings: Holdings, use: Use) -> tuple[_Demand, ...]:
    return (*_licences(holdings, use), *_consents(holdings, use), *_embargo(holdings, use))


def _together(demands: Sequence[_Demand]) -> tuple[Window, ...]:
    """When all of them agree."""
    return reduce(shared, (demand.windows for demand in demands), ALWAYS)


def _answer(demands: Sequence[_Demand], use: Use) -> Answer:
    planned = use.at.astimezone(UTC)
    allowed = _together(demands)
    here = window_at(allowed, planned)
    if here is not None and (use.until is None or use.until.astimezone(UTC) <= here[1]):
        return Answer(verdict=Verdict.YES, allowed_from=planned, allowed_until=_known(here[1]))
    if here is not None:
        reason = refusals.ends_early(here[1], use)
        return Answer(verdict=Verdict.NO, reasons=(reason,), allowed_from=planned, allowed_until=_known(here[1]))
    reasons = tuple(finding for demand in demands for finding in demand.reasons)
    opens = next_start(allowed, planned)
    if opens is None:
        return Answer(verdict=Verdict.NO, reasons=reasons or (refusals.never_together(use),))
    closes = window_at(allowed, opens)
    return Answer(
        verdict=Verdict.LATER,
        reasons=reasons,
        allowed_from=opens,
        allowed_until=_known(closes[1]) if closes else None,
    )


def _known(end: datetime) -> datetime | None:
    return None if end == EVER_AFTER else end


def _licences(holdings: Holdings, use: Use) -> Iterator[_Demand]:
    """One demand for each right; without several rights one for the whole work."""
    for right in holdings.rights or ("",):
        about = [licence for licence in holdings.licences if licence.right in ("", right)]
        windows = _windows([licence for licence in about if _fits(licence, use)], use)
        reasons = () if _is_open(windows, use) else refusals.of_licences(about, right, use)
        yield _Demand(windows=windows, reasons=reasons)


def _consents(holdings: Holdings, use: Use) -> Iterator[_Demand]:
    """One demand for each person, place or thing that can be recognised."""
    for subject in holdings.subjects:
        given = [consent for consent in holdings.consents if consent.subject == subject]
        kept = [consent for consent in given if consent.withdrawn_at is None and _allows(consent, use)]
        windows = _windows(kept, use)
        reasons = () if _is_open(windows, use) else (refusals.of_consents(subject, given, use),)
        yield _Demand(windows=windows, reasons=reasons)


def _embargo(holdings: Holdings, use: Use) -> Iterator[_Demand]:
    if holdings.embargo_until is not None:
        ends = holdings.embargo_until.astimezone(UTC)
        is_over = use.at.astimezone(UTC) >= ends
        reasons = () if is_over else (refusals.of_embargo(holdings.embargo_until, use),)
        yield _Demand(windows=((ends, EVER_AFTER),), reasons=reasons)


def _fits(licence: Licence, use: Use) -> bool:
    return _allows(licence, use) and licence.edits.includes(use.edits)


def _allows(scope: Scope, use: Use) -> bool:
    """Whether it covers the place and the purpose, at some time."""
    is_for_channel = not scope.channels or use.channel in scope.channels
    is_for_purpose = not scope.uses or use.purpose in scope.uses
    return is_for_channel and is_for_purpose and covers(scope, use.territory)


def _windows(scopes: Sequence[Scope] | Sequence[Licence], use: Use) -> tuple[Window, ...]:
    zone = use.at.tzinfo
    return united(scope.window(zone) for scope in scopes) if zone else ()


def _is_open(windows: Sequence[Window], use: Use) -> bool:
    return window_at(windows, use.at.astimezone(UTC)) is not None

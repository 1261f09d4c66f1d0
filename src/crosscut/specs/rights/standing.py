"""Where the rights of a file stand at a moment, whatever is planned with it: what may be done, or why nothing.

Each thing that must agree (every right, every person shown) has some permissions. One permission of each, narrowed to
what they share, is something that may be done if the solver says so; the widest of these are the answer.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, tzinfo
from itertools import product

from crosscut.kernel.findings import Finding
from crosscut.specs.rights.records import Consent, Edits, Holdings, Licence, Scope, Use, covers
from crosscut.specs.rights.refusals import never_together
from crosscut.specs.rights.solver import Answer, Verdict, allowed_windows, may
from crosscut.specs.rights.windows import EVER_AFTER, EVER_BEFORE

_ABOUT_A_PLACE = ("rights.channel", "rights.territory", "rights.use", "rights.consent_scope")


@dataclass(frozen=True, kw_only=True)
class Grant:
    """Something that may be done at the moment."""

    scope: Scope  # on which channels, where, for what; its days are left open
    edits: Edits
    is_credit_required: bool
    until: datetime | None  # UTC: when that ends; None: no end known


@dataclass(frozen=True, kw_only=True)
class Standing:
    """Where the rights stand at a moment."""

    verdict: Verdict
    grants: tuple[Grant, ...] = ()  # what may be done; empty unless the verdict is yes
    reasons: tuple[Finding, ...] = ()  # why nothing may
    until: datetime | None = None  # UTC: when the last grant ends; None: no end known, or nothing may
    opens_at: datetime | None = None  # UTC: when something may, of "later"
    ended_at: datetime | None = None  # UTC: when the last thing that might came to its end; None: nothing ever might


def standing(holdings: Holdings, at: datetime, *, name: str = "") -> Standing:
    """What may be done with the file at that moment, the widest first. Raises Invalid for a time without zone.

    >>> standing(Holdings(licences=(Licence(holder="Rosa", terms="Contract"),)), datetime.now(UTC)).verdict.value
    'yes'
    """
    asked = Use(channel="", at=at, purpose="", name=name or Use.name)
    boxes = _boxes(holdings)
    answers = [(box, _answers(holdings, box, asked)) for box in boxes]
    grants = [_grant(box, said) for box, said in answers if all(one.verdict is Verdict.YES for one in said)]
    if grants:
        ends = [grant.until for grant in grants]
        until = None if None in ends else max(end for end in ends if end)
        return Standing(verdict=Verdict.YES, grants=tuple(grants), until=until)
    refused = [one for _box, said in answers for one in said if one.verdict is not Verdict.YES]
    return _refused(holdings, asked, boxes, refused)


def turning_points(holdings: Holdings, zone: tzinfo) -> tuple[datetime, ...]:
    """The moments (UTC, in order) at which `standing` may change: between two of them it is the same by day.

    By day, because its reasons compare dates: on two days of the zone's clocks they may read differently.

    >>> [at.isoformat() for at in turning_points(Holdings(embargo_until=datetime(2027, 5, 3, 8, tzinfo=UTC)), UTC)]
    ['2027-05-03T08:00:00+00:00']
    """
    held = (*holdings.licences, *(one for one in holdings.consents if one.withdrawn_at is None))
    ends = {end for one in held for end in one.window(zone)} - {EVER_BEFORE, EVER_AFTER}
    return tuple(sorted(ends | ({holdings.embargo_until.astimezone(UTC)} if holdings.embargo_until else set())))


def _refused(holdings: Holdings, asked: Use, boxes: Sequence[Licence], refused: Sequence[Answer]) -> Standing:
    later = [one for one in refused if one.verdict is Verdict.LATER and one.allowed_from]
    if later:
        first = min(later, key=lambda one: one.allowed_from or asked.at)
        return Standing(verdict=Verdict.LATER, reasons=first.reasons, opens_at=first.allowed_from)
    least = min(refused, key=lambda one: len(one.reasons), default=None)
    reasons = least.reasons if least else _of_no_box(holdings, asked)
    windows = [window for box in boxes for window in allowed_windows(holdings, next(_asked(box, asked)))]
    ended = max((end for _start, end in windows if end <= asked.at.astimezone(UTC)), default=None)
    return Standing(verdict=Verdict.NO, reasons=reasons, ended_at=ended)


def _of_no_box(holdings: Holdings, asked: Use) -> tuple[Finding, ...]:
    """Why nothing may be done where no permissions share anything: who is missing, or that they never meet."""
    found = tuple(one for one in may(holdings, asked).reasons if one.code not in _ABOUT_A_PLACE)
    return found or (never_together(asked),)


def _boxes(holdings: Holdings) -> tuple[Licence, ...]:
    """What the permissions share, one of each that must agree; none within another. The days are left open."""
    boxes: list[Licence] = [Licence(holder="", terms="", is_credit_required=False)]
    for right in holdings.rights or ("",):
        about = [one for one in holdings.licences if one.right in ("", right)]
        boxes = _widest(shared for box in boxes for one in about if (shared := _shared(box, one)))
    for subject in holdings.subjects:
        given = [one for one in holdings.consents if one.subject == subject and one.withdrawn_at is None]
        boxes = _widest(shared for box in boxes for one in given if (shared := _shared(box, one)))
    return tuple(boxes)


def _shared(box: Licence, other: Licence | Consent) -> Licence | None:
    """What both cover; None for nothing."""
    channels = _both(box.channels, other.channels, lambda names, name: name in names)
    uses = _both(box.uses, other.uses, lambda names, name: name in names)
    territories = _both(box.territories, other.territories, lambda names, name: covers(Scope(territories=names), name))
    if channels is None or uses is None or territories is None:
        return None
    edits, credit = box.edits, box.is_credit_required
    if isinstance(other, Licence):
        edits = min(edits, other.edits, key=list(Edits).index)
        credit = credit or bool(other.is_credit_required and other.credit_line)
    return Licence(
        holder="",
        terms="",
        channels=channels,
        uses=uses,
        territories=territories,
        edits=edits,
        is_credit_required=credit,
    )


def _both(
    one: tuple[str, ...], other: tuple[str, ...], has: Callable[[tuple[str, ...], str], bool]
) -> tuple[str, ...] | None:
    """The names in both lists, of which an empty one holds them all; None where they share nothing."""
    if not one or not other:
        return one or other
    found = (*(name for name in one if has(other, name)), *(name for name in other if has(one, name)))
    return tuple(dict.fromkeys(found)) or None


def _widest(boxes: Iterable[Licence]) -> list[Licence]:
    """Each once, without those that lie in another and ask for no less credit."""
    found = sorted(dict.fromkeys(boxes), key=lambda box: (bool(box.channels), bool(box.territories), bool(box.uses)))
    kept: list[Licence] = []
    for box in found:
        if not any(_includes(wide, box) for wide in kept):
            kept.append(box)
    return kept


def _includes(wide: Licence, box: Licence) -> bool:
    is_around = all(
        not getattr(wide, name) or set(getattr(box, name) or ("",)) <= set(getattr(wide, name))
        for name in ("channels", "territories", "uses")
    )
    return is_around and wide.edits.includes(box.edits) and wide.is_credit_required <= box.is_credit_required


def _asked(box: Licence, asked: Use) -> Iterator[Use]:
    """The uses that stand for all of the box. A place that nobody names stands for every place."""
    for channel, territory, purpose in product(box.channels or ("",), box.territories or ("",), box.uses or ("",)):
        yield Use(channel=channel, territory=territory, purpose=purpose, edits=box.edits, at=asked.at, name=asked.name)


def _answers(holdings: Holdings, box: Licence, asked: Use) -> list[Answer]:
    return [may(holdings, use) for use in _asked(box, asked)]


def _grant(box: Licence, answers: Sequence[Answer]) -> Grant:
    ends = [one.allowed_until for one in answers if one.allowed_until]
    scope = Scope(channels=box.channels, territories=box.territories, uses=box.uses)
    return Grant(scope=scope, edits=box.edits, is_credit_required=box.is_credit_required, until=min(ends, default=None))

"""What stands on the calendar between two moments: all of it, of each day or hour so much, or a stretch of the list.

A month may hold ten thousand posts. A few of each day are shown, the others counted by state; they are read when
somebody opens their day.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, NamedTuple
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from django.db.models import BooleanField, Case, CharField, Count, ExpressionWrapper, F, Q, Value, When, Window
from django.db.models.functions import RowNumber, Trunc
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from crosscut.apps.accounts.models import Account, Member
from crosscut.apps.publish import queries
from crosscut.apps.publish.cards import as_event, cards_of
from crosscut.apps.publish.drafts import draft_places, drafts_of
from crosscut.apps.publish.holding import stopped_by
from crosscut.apps.publish.models import Target
from crosscut.apps.publish.queries import Wanted
from crosscut.apps.publish.series import dates_between
from crosscut.apps.publish.wording import state_word

MOST_FEW = 20  # shown of one day or hour at most
MOST_LISTED = 1000  # of a list at once
State = Target.State
_DAY, _HOUR = "day", "hour"
_STRETCHES = {_DAY: timedelta(days=1), _HOUR: timedelta(hours=1)}
_UNPLANNED, _AHEAD = "unplanned", "ahead"  # pieces without a post; dates of series whose posts are not made yet
_BY_URGENCY = (  # what somebody should know of first stands first
    *(State.UNKNOWN, State.REFUSED, State.BLOCKED, "held", State.PARTLY, State.HANDED, State.SENDING, State.STAGING),
    *(State.SCHEDULED, _AHEAD, _UNPLANNED, State.RECALLING, State.SENT, State.PROVEN, State.RECALLED, State.CANCELLED),
)
_WOULD_FAIL = Q(state__in=(State.SCHEDULED, State.HANDED)) & (
    ~Q(account__state=Account.State.CONNECTED)
    | Q(account__login_ends_at__lt=F("due_at"))
    | Q(forecast__blocking_count__gt=0, forecast__due_at=F("due_at"))
)


@dataclass(frozen=True, kw_only=True)
class Span:
    """From when to when, and of whose posts."""

    start: datetime  # aware
    end: datetime
    wanted: Wanted
    filters: str = ""  # the same as an address's query, for links to a part of it


@dataclass(frozen=True, kw_only=True)
class Crowd:
    """How many are shown one by one. Of a day with more the first ones are, of an hour with more none."""

    per: str  # "day" or "hour", by clocks in the workspace's zone
    few: int


class Place(NamedTuple):
    """Where one thing stands: little enough to read of many."""

    at: datetime  # aware
    kind: str  # "post", "piece" or "ahead"
    name: str | int  # the row's id; of a date of a series its id on the calendar
    sort: tuple[str, bool]  # its state, and whether it would not go out as things are


@dataclass(kw_only=True)
class Stretch:
    """One day or hour: its first things, and how many of each sort there are in all of it."""

    places: list[Place] = field(default_factory=list)
    counts: Counter[tuple[str, bool]] = field(default_factory=Counter)


def all_between(member: Member, span: Span) -> list[dict[str, Any]]:
    """All of it, as the calendar's script reads it."""
    rows = queries.targets_between(member, span.start, span.end, span.wanted)
    posts = [as_event(card, member.workspace.time_zone) for card in cards_of(member, rows)]
    pieces = drafts_of(member, [pk for pk, _at in draft_places(member, span.start, span.end, span.wanted)])
    return [*posts, *dates_between(member, span.start, span.end, span.wanted), *pieces]


def few_between(member: Member, span: Span, crowd: Crowd) -> list[dict[str, Any]]:
    """Of each day or hour so much, in time order, and what its others are: an entry with `rest`."""
    zone = ZoneInfo(member.workspace.time_zone)
    stretches = _stretches_of_posts(member, span, crowd, zone)
    ahead = _by_id(dates_between(member, span.start, span.end, span.wanted))
    for place in _other_places(member, span, ahead):
        stretch = stretches[_begin(place.at.astimezone(zone), crowd.per)]
        stretch.places.append(place)
        stretch.counts[place.sort] += 1
    shown: list[Place] = []
    rests: list[dict[str, Any]] = []
    for begin, stretch in sorted(stretches.items()):
        first = sorted(stretch.places, key=_by_time)[: _shown_of(stretch.counts.total(), crowd)]
        left = stretch.counts - Counter(place.sort for place in first)
        shown += first
        if left:
            rests.append(_rest(begin, left, crowd, span=span))
    return [*_told(member, shown, ahead), *rests]


def listed_between(member: Member, span: Span, *, skip: int, first: int) -> list[dict[str, Any]]:
    """The list's entries after the first `skip`, in time order, and last how many follow: an entry with `rest`."""
    last = skip + min(first, MOST_LISTED)
    rows = queries.targets_between(member, span.start, span.end, span.wanted)
    ahead = _by_id(dates_between(member, span.start, span.end, span.wanted))
    others = _other_places(member, span, ahead)
    posts = [Place(at, "post", pk, ("", False)) for pk, at in rows.values_list("pk", "due_at")[:last]]
    places = sorted([*posts, *others], key=_by_time)[skip:last]
    told, left = _told(member, places, ahead), rows.count() + len(others) - last
    return [*told, {"id": "rest", "rest": {"count": left}}] if left > 0 else told


def _stretches_of_posts(member: Member, span: Span, crowd: Crowd, zone: ZoneInfo) -> dict[datetime, Stretch]:
    """The posts of each day or hour, counted, with as many of the first ones as may be shown."""
    rows = queries.targets_between(member, span.start, span.end, span.wanted)
    rows = rows.annotate(
        begin=Trunc("due_at", crowd.per, tzinfo=zone),
        shown_state=_shown_state(member),
        would_fail=ExpressionWrapper(_WOULD_FAIL, output_field=BooleanField()),
    )
    stretches: dict[datetime, Stretch] = defaultdict(Stretch)
    sorts = rows.order_by().values_list("begin", "shown_state", "would_fail").annotate(count=Count("pk"))
    for begin, state, fails, count in sorts:
        stretches[begin].counts[state, bool(fails)] += count
    number = Window(RowNumber(), partition_by="begin", order_by=("due_at", "pk"))
    first = rows.annotate(number=number).filter(number__lte=crowd.few + 1)
    for begin, at, pk, state, fails in first.values_list("begin", "due_at", "pk", "shown_state", "would_fail"):
        stretches[begin].places.append(Place(at, "post", pk, (state, bool(fails))))
    return stretches


def _shown_state(member: Member) -> Case | F:
    """The state as a card says it, for the database: “held” while a hold stops the post."""
    holds = list(queries.active_holds(member.workspace_id))
    if not holds:
        return F("state")
    can_be_held = Q(state__in=(State.SCHEDULED, State.HANDED)) | Q(state=State.PARTLY, needs_person=False)
    return Case(When(can_be_held & stopped_by(holds), then=Value("held")), default=F("state"), output_field=CharField())


def _other_places(member: Member, span: Span, ahead: dict[str, dict[str, Any]]) -> list[Place]:
    """The pieces without a post and the dates of series: what stands there beside the posts."""
    drafts = draft_places(member, span.start, span.end, span.wanted)
    pieces = [Place(at, "piece", pk, (_UNPLANNED, False)) for pk, at in drafts]
    dates = [(datetime.fromisoformat(one["start"]), key) for key, one in ahead.items()]
    return [*pieces, *(Place(at, _AHEAD, key, (_AHEAD, False)) for at, key in dates)]


def _by_time(place: Place) -> datetime:
    return place.at


def _told(member: Member, places: Sequence[Place], ahead: dict[str, dict[str, Any]]) -> list[dict[str, Any]]:
    """These as the calendar's script reads them, in their order."""
    zone = member.workspace.time_zone
    posts = [place.name for place in places if place.kind == "post"]
    pieces = [int(place.name) for place in places if place.kind == "piece"]
    cards = cards_of(member, queries.targets_for(member).filter(pk__in=posts)) if posts else []
    found: dict[tuple[str, str | int], dict[str, Any]] = {("post", card.pk): as_event(card, zone) for card in cards}
    found |= {("piece", one["piece"]): one for one in drafts_of(member, pieces)}
    found |= {(_AHEAD, key): one for key, one in ahead.items()}
    return [found[key] for place in places if (key := (place.kind, place.name)) in found]


def _shown_of(count: int, crowd: Crowd) -> int:
    """How many of so many are shown one by one. “And one more” would take the room of the one."""
    is_day = crowd.per == _DAY
    return count if count <= crowd.few + is_day else crowd.few if is_day else 0


def _rest(begin: datetime, left: Counter[tuple[str, bool]], crowd: Crowd, *, span: Span) -> dict[str, Any]:
    """What is not shown one by one of the day or hour that begins then, and where it is."""
    counts: Counter[str] = Counter()
    for (state, _fails), count in left.items():
        counts[state] += count
    day = begin.date().isoformat()
    query = f"{urlencode({'view': 'listDay', 'date': day})}{'&' if span.filters else ''}{span.filters}"
    return {
        "id": f"rest-{begin:%Y-%m-%dT%H}",
        "title": _title(left.total(), crowd),
        "start": begin.isoformat(),
        "end": (begin + _STRETCHES[crowd.per]).isoformat(),
        "url": f"{reverse('calendar')}?{query}",
        "can_move": False,
        "rest": {
            "count": left.total(),
            "at_risk": sum(count for (_state, fails), count in left.items() if fails),
            "day": day,
            "from": begin.isoformat() if crowd.per == _HOUR else "",
            "states": [
                {"state": state, "word": _word(state), "count": counts[state]} for state in _BY_URGENCY if counts[state]
            ],
        },
    }


def _title(count: int, crowd: Crowd) -> str:
    if crowd.per == _DAY:
        return ngettext("and %(n)d more", "and %(n)d more", count) % {"n": count}
    return ngettext("%(n)d entry", "%(n)d entries", count) % {"n": count}


def _word(state: str) -> str:
    words = {_UNPLANNED: _("Not planned yet"), _AHEAD: _("By its rule")}
    return words.get(state) or state_word(state)


def _begin(at: datetime, per: str) -> datetime:
    whole_hour = at.replace(minute=0, second=0, microsecond=0)
    return whole_hour if per == _HOUR else whole_hour.replace(hour=0, fold=0)


def _by_id(events: Iterable[dict[str, Any]]) -> dict[str, dict[str, Any]]:
    return {one["id"]: one for one in events}

"""What needs somebody today: what is wrong, what waits for them, what goes out, what went out, what is new."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from itertools import chain
from zoneinfo import ZoneInfo

from django.db.models import Count, QuerySet
from django.utils import timezone

from crosscut.apps.accounts.models import Account, Member
from crosscut.apps.accounts.permissions import can
from crosscut.apps.accounts.queries import accounts_for
from crosscut.apps.library.queries import Ending, assets_for, endings_for, today_in, with_card_parts
from crosscut.apps.library.showing import Tile, tile_of
from crosscut.apps.measure.queries import Value, values_of
from crosscut.apps.produce.guests import Talk, talks_for
from crosscut.apps.produce.models import Approval, LinkCheck
from crosscut.apps.produce.queries import dead_links_for, waiting_approvals_for
from crosscut.apps.publish.cards import Card, cards_of
from crosscut.apps.publish.models import Hold, Takedown, Target
from crosscut.apps.publish.queries import (
    active_holds,
    by_hand_for,
    takedowns_for,
    targets_between,
    targets_for,
    troubled_for,
)
from crosscut.apps.publish.wording import hold_words
from crosscut.apps.readers.models import Mailing
from crosscut.apps.readers.queries import doubtful_mailings_for
from crosscut.specs.metrics import definitions

State = Target.State
SHOWN = 8  # rows of one section; its heading leads to all of them
_AHEAD = timedelta(days=7)  # how far what will fail is looked for
_LATELY = timedelta(days=3)
_OVER = (*Target.LIVE_STATES, State.RECALLING, State.RECALLED)  # has gone out: the next section tells it
_LOOKED_THROUGH = 300  # posts of the days ahead, at most


@dataclass(frozen=True, kw_only=True)
class Gone:
    """A post that went out, with its first numbers."""

    card: Card
    numbers: tuple[tuple[str, int], ...]  # what was counted, by its name for a person


@dataclass(frozen=True, kw_only=True)
class Load:
    """What one person has on their table."""

    name: str
    planned: int  # posts of theirs in the days ahead


@dataclass(frozen=True, kw_only=True)
class Today:
    """Everything the first page says."""

    holds: list[tuple[Hold, str]]  # with what each stops
    troubled: list[Card]  # something is wrong, the most urgent first
    trouble_count: int
    at_risk: list[Card]  # would not go out as things are
    cut_off: list[Account]  # must be connected again
    takedowns: list[Takedown]  # to be taken down by hand, the most urgent first
    dead_links: list[LinkCheck]  # addresses that posts which are out lead to, and that lead nowhere
    doubtful: list[Mailing]  # issues with letters of which nobody knows whether they arrived
    endings: list[Ending]  # assets whose use ends soon, the first first
    by_hand: list[Card]  # wait for a person to post them, late ones not among them
    approvals: list[Approval]  # wait for the asker's word
    changes: list[Approval]  # wanted on the asker's own pieces
    guest_changes: list[Talk]  # guests who want something changed
    guests_awaited: list[Talk]  # guests whose yes is asked for
    going: list[Card]  # due today
    next_up: Card | None  # the next post, when nothing is due today
    gone: list[Gone]
    tiles: list[Tile]  # new in the library
    loads: list[Load]  # the team's, for those who lead it

    @property
    def is_wrong(self) -> bool:
        """Whether anything is."""
        found = (self.holds, self.troubled, self.at_risk, self.cut_off, self.takedowns, self.dead_links)
        return any((*found, self.doubtful, self.endings))

    @property
    def is_waiting(self) -> bool:
        """Whether anything waits for the asker."""
        return bool(self.by_hand or self.approvals or self.changes or self.guest_changes)

    @property
    def is_quiet(self) -> bool:
        """Whether the morning is empty."""
        return not (self.is_wrong or self.is_waiting or self.guests_awaited or self.going or self.gone)


def today_of(member: Member) -> Today:
    """The asker's day in their workspace, in a fixed number of queries."""
    midnight = _midnight(member)
    tomorrow = midnight + timedelta(days=1)
    troubled = troubled_for(member)
    between = targets_between(member, midnight, midnight + _AHEAD)
    found, coming, taken, gone = _cards(
        member, troubled[:SHOWN], between[:_LOOKED_THROUGH], by_hand_for(member)[:SHOWN], _gone_of(member)[:SHOWN]
    )
    waiting = [card for card in coming if card.state in (*Target.WAITING_STATES, State.SENDING, State.PARTLY, "held")]
    known = {card.pk for card in found}
    talks = talks_for(member)
    return Today(
        holds=[(hold, hold_words(hold)) for hold in active_holds(member.workspace_id)],
        troubled=found,
        trouble_count=len(found) if len(found) < SHOWN else troubled.count(),
        at_risk=[card for card in coming if card.is_at_risk and card.pk not in known][:SHOWN],
        cut_off=list(accounts_for(member).filter(state=Account.State.RECONNECT)),
        takedowns=list(takedowns_for(member)[:SHOWN]),
        dead_links=list(dead_links_for(member)[:SHOWN]),
        doubtful=list(doubtful_mailings_for(member)[:SHOWN]) if can(member, "settle") else [],
        endings=endings_for(member, first=SHOWN),
        by_hand=[card for card in taken if card.pk not in known],
        approvals=waiting_approvals_for(member)[:SHOWN],
        changes=changes_wanted_from(member)[:SHOWN],
        guest_changes=[talk for talk in talks if talk.wants_changes][:SHOWN],
        guests_awaited=[talk for talk in talks if talk.is_waited_for][:SHOWN],
        going=[card for card in coming if card.due_at < tomorrow and card.state not in _OVER],
        next_up=next((card for card in waiting if card.due_at >= tomorrow), None),
        gone=_with_numbers(member, gone),
        tiles=_tiles(member),
        loads=_loads(member) if can(member, "members") else [],
    )


def changes_wanted_from(member: Member) -> list[Approval]:
    """What a senior asked to have changed on the asker's own pieces, and was not put forward again since."""
    rows = Approval.objects.filter(edition__piece__owner=member, edition__piece__archived_at=None)
    latest = rows.order_by("edition__piece", "-id").distinct("edition__piece")
    found = latest.select_related("edition__piece", "member__user")
    return [row for row in found if row.decision == Approval.Decision.CHANGES]


def _midnight(member: Member) -> datetime:
    """When today began in the workspace's zone."""
    return datetime.combine(today_in(member.workspace), time.min, ZoneInfo(member.workspace.time_zone))


def _cards(member: Member, *lists: QuerySet[Target]) -> list[list[Card]]:
    """Each list's cards in its order, read together: the query is a wide one, and a post may be in several."""
    keys = [list(rows.values_list("pk", flat=True)) for rows in lists]
    wanted = targets_for(member).filter(pk__in=set(chain.from_iterable(keys)))
    cards = {card.pk: card for card in cards_of(member, wanted)}
    return [[cards[key] for key in found if key in cards] for found in keys]


def _gone_of(member: Member) -> QuerySet[Target]:
    """What went out lately, the newest first."""
    rows = targets_for(member).filter(state__in=Target.LIVE_STATES, sent_at__gt=timezone.now() - _LATELY)
    return rows.order_by("-sent_at", "-id")


def _with_numbers(member: Member, cards: list[Card]) -> list[Gone]:
    """What went out, with what was counted of it."""
    numbers: dict[int, list[Value]] = defaultdict(list)
    for value in values_of(list(targets_for(member).filter(pk__in=[card.pk for card in cards]))):
        numbers[value.target.pk].append(value)
    return [Gone(card=card, numbers=_named(numbers[card.pk])) for card in cards]


def _named(values: list[Value]) -> tuple[tuple[str, int], ...]:
    meanings = definitions()
    return tuple((meanings[value.metric][-1].name, value.value) for value in values if value.metric in meanings)


def _tiles(member: Member) -> list[Tile]:
    rows = with_card_parts(assets_for(member).filter(archived_at=None))
    return [tile_of(asset, today_in(member.workspace)) for asset in rows[:6]]


def _loads(member: Member) -> list[Load]:
    """How many posts of each person go out in the days ahead, the most first."""
    now = timezone.now()
    rows = targets_between(member, now, now + _AHEAD).exclude(created_by=None).order_by()
    counted = rows.values_list("created_by__user__name").annotate(count=Count("pk")).order_by("-count")
    return [Load(name=name, planned=count) for name, count in counted]

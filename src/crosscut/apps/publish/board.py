"""The board: what is on its way, in columns by how far it is, or by channel, campaign or member."""

from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any
from urllib.parse import urlencode

from django.db.models import Count, QuerySet, Window
from django.db.models.functions import RowNumber
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from crosscut.apps.accounts.models import Member, Role
from crosscut.apps.accounts.queries import accounts_for, members_for
from crosscut.apps.plan.queries import campaigns_for
from crosscut.apps.produce import queries as pieces
from crosscut.apps.produce.queries import Stage
from crosscut.apps.produce.showing import Row, rows_of
from crosscut.apps.publish import queries
from crosscut.apps.publish.cards import Card, cards_of
from crosscut.apps.publish.models import Target
from crosscut.apps.publish.queries import Wanted
from crosscut.apps.publish.services.board_steps import NONE, SCHEDULED, TROUBLE
from crosscut.channels.icons import name_of

BY = {"state": _("How far"), "channel": _("Channel"), "campaign": _("Campaign"), "member": _("Member")}
MOST_COLUMNS = 20
SHOWN = 12  # in a column; its foot leads to all of them
AHEAD, LATELY = timedelta(days=60), timedelta(days=14)  # how far the board looks
State = Target.State
_WAITING = (State.SCHEDULED, State.STAGING, State.HANDED, State.SENDING, State.PARTLY)


@dataclass(frozen=True, kw_only=True)
class Way:
    """A column that a card can be put into."""

    key: str
    label: Any  # what that does, for a person


_PLAN = Way(key=SCHEDULED, label=_("Plan it…"))
_POSTED = (Way(key=SCHEDULED, label=_("Another time…")), Way(key=Stage.DRAFT, label=_("Take it off the calendar")))
_WAYS: dict[str, tuple[Way, ...]] = {
    Stage.DRAFT: (Way(key=Stage.NEEDS_APPROVAL, label=_("Ask for approval")), _PLAN),
    Stage.NEEDS_APPROVAL: (_PLAN,),
    Stage.APPROVED: (_PLAN,),
    SCHEDULED: _POSTED,
    TROUBLE: _POSTED,
}


@dataclass(frozen=True, kw_only=True)
class Column:
    """One step on the way."""

    key: str
    label: Any  # a word for a person
    pieces: list[Row]  # without a post yet
    posts: list[Card]
    count: int  # of all, also those that are not shown
    url: str  # the list of all of them
    ways: tuple[Way, ...] = ()  # where its cards can go


def board_for(member: Member, wanted: Wanted, by: str = "state") -> list[Column]:
    """The columns from left to right, each with its first entries; the asker's filters narrow them all."""
    columns = _DIVIDED.get(by, _by_state)(member, wanted)
    if by not in _DIVIDED:
        return columns
    everywhere = tuple(Way(key=one.key, label=one.label) for one in columns if one.key != NONE or by == "campaign")
    return [replace(one, ways=tuple(way for way in everywhere if way.key != one.key)) for one in columns]


def _by_state(member: Member, wanted: Wanted) -> list[Column]:
    now = timezone.now()
    planned = queries.targets_between(member, now - AHEAD, now + AHEAD, wanted)
    live = queries.targets_between(member, now - LATELY, now + AHEAD, wanted).filter(state__in=Target.LIVE_STATES)
    troubled = queries.wanted_targets(member, wanted).filter(pk__in=queries.troubled_for(member).values("pk"))
    in_trouble = {"pk__in": troubled.values("pk")}
    return [
        _of_pieces(member, wanted, Stage.DRAFT, _("Draft")),
        _of_pieces(member, wanted, Stage.NEEDS_APPROVAL, _("Needs approval")),
        _of_pieces(member, wanted, Stage.APPROVED, _("Approved")),
        _of_posts(member, "scheduled", _("Scheduled"), planned.filter(state__in=_WAITING).exclude(**in_trouble)),
        _of_posts(member, "unknown", _("Needs attention"), troubled.order_by("-needs_person", "due_at", "id")),
        _of_posts(member, "proven", _("Out"), live.exclude(**in_trouble).order_by("-due_at", "-id")),
    ]


def _of_pieces(member: Member, wanted: Wanted, stage: Stage, label: Any) -> Column:
    wish = pieces.Wanted(
        text=wanted.text, stage=stage, campaign=wanted.campaign, owner=wanted.person, channel=wanted.channel
    )
    is_left_out = bool(wanted.state or wanted.account)  # a piece without a post has neither
    found = pieces.without_a_post(member, wish)
    told = {"stage": stage.value, "campaign": wanted.campaign, "owner": wanted.person, "channel": wanted.channel}
    return Column(
        key=stage.value,
        label=label,
        pieces=[] if is_left_out else rows_of(found[:SHOWN]),
        posts=[],
        count=0 if is_left_out else found.count(),
        url=f"{reverse('pieces')}?{_query(told)}",
        ways=_WAYS[stage],
    )


def _of_posts(member: Member, key: str, label: Any, found: "QuerySet[Target]") -> Column:
    state = {"scheduled": State.SCHEDULED, "proven": State.PROVEN}.get(key)
    return Column(
        key=key,
        label=label,
        pieces=[],
        posts=cards_of(member, found[:SHOWN]),
        count=found.count(),
        url=f"{reverse('posts')}?{_query({'state': state})}",
        ways=_WAYS.get(key, ()),
    )


def _by_campaign(member: Member, wanted: Wanted) -> list[Column]:
    """What has none first, then the campaigns that end last or never."""
    counts, rows = _pieces_by(member, wanted, "campaign")
    named = [(str(row.pk), row.name) for row in campaigns_for(member)[:MOST_COLUMNS]]
    return [
        _of_group(key, label, counts, rows, filters={"campaign": key}) for key, label in [(NONE, _NO_CAMPAIGN), *named]
    ]


def _by_member(member: Member, wanted: Wanted) -> list[Column]:
    """The team by name; what has lost its owner first, where there is such."""
    counts, rows = _pieces_by(member, wanted, "owner")
    people = [(str(row.pk), str(row.user)) for row in members_for(member).exclude(role=Role.GUEST)[:MOST_COLUMNS]]
    named = [(NONE, _NOBODY), *people] if counts.get(NONE) else people
    return [_of_group(key, label, counts, rows, filters={"owner": key}) for key, label in named]


def _by_channel(member: Member, wanted: Wanted) -> list[Column]:
    """The accounts, those of a channel side by side, with what is planned there."""
    now = timezone.now()
    planned = queries.targets_between(member, now - AHEAD, now + AHEAD, wanted).filter(state__in=Target.WAITING_STATES)
    counts = dict(planned.order_by().values_list("account").annotate(Count("pk")))
    number = Window(RowNumber(), partition_by="account", order_by=("due_at", "pk"))
    first = planned.annotate(number=number).filter(number__lte=SHOWN).values_list("account", "pk")
    account_of = {pk: account for account, pk in first}
    cards = cards_of(member, queries.targets_for(member).filter(pk__in=account_of).order_by("due_at", "id"))
    accounts = sorted(accounts_for(member), key=lambda row: (row.channel, row.name))[:MOST_COLUMNS]
    return [
        Column(
            key=str(row.pk),
            label=f"{row.name} ({name_of(row.channel)})",
            pieces=[],
            posts=[card for card in cards if account_of[card.pk] == row.pk],
            count=counts.get(row.pk, 0),
            url=f"{reverse('posts')}?{_query({'account': row.pk})}",
        )
        for row in accounts
    ]


def _pieces_by(member: Member, wanted: Wanted, field: str) -> tuple[dict[str, int], dict[str, list[Row]]]:
    """How many pieces on their way there are of each group, and the first of each, by its key."""
    wish = pieces.Wanted(text=wanted.text, campaign=wanted.campaign, owner=wanted.person, channel=wanted.channel)
    found = pieces.on_their_way(member, wish)
    counts = {str(key or NONE): n for key, n in found.order_by().values_list(field).annotate(n=Count("pk"))}
    number = Window(RowNumber(), partition_by=field, order_by=("-updated_at", "-pk"))
    first = found.annotate(number=number).filter(number__lte=SHOWN).values_list(field, "pk")
    group_of = {pk: str(key or NONE) for key, pk in first}
    rows: dict[str, list[Row]] = defaultdict(list)
    for row in rows_of(pieces.among(member, group_of)):
        rows[group_of[row.pk]].append(row)
    return counts, rows


def _of_group(
    key: str, label: Any, counts: dict[str, int], rows: dict[str, list[Row]], *, filters: dict[str, str]
) -> Column:
    shown, count = rows.get(key, []), counts.get(key, 0)
    told = {} if key == NONE else filters
    return Column(key=key, label=label, pieces=shown, posts=[], count=count, url=f"{reverse('pieces')}?{_query(told)}")


_NO_CAMPAIGN, _NOBODY = _("No campaign"), _("Nobody")
_DIVIDED: dict[str, Callable[[Member, Wanted], list[Column]]] = {
    "channel": _by_channel,
    "campaign": _by_campaign,
    "member": _by_member,
}


def _query(told: dict[str, Any]) -> str:
    return urlencode({name: value for name, value in told.items() if value})

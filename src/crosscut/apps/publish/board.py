"""The board: what is on its way, in columns by how far it is, from the first words to the public."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from urllib.parse import urlencode

from django.db.models import QuerySet
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from crosscut.apps.accounts.models import Member
from crosscut.apps.produce import queries as pieces
from crosscut.apps.produce.queries import Stage
from crosscut.apps.produce.showing import Row, rows_of
from crosscut.apps.publish import queries
from crosscut.apps.publish.cards import Card, cards_of
from crosscut.apps.publish.models import Target
from crosscut.apps.publish.queries import Wanted

SHOWN = 12  # in a column; its foot leads to all of them
AHEAD, LATELY = timedelta(days=60), timedelta(days=14)  # how far the board looks
State = Target.State
_WAITING = (State.SCHEDULED, State.STAGING, State.HANDED, State.SENDING, State.PARTLY)


@dataclass(frozen=True, kw_only=True)
class Column:
    """One step on the way."""

    key: str
    label: Any  # a word for a person
    pieces: list[Row]  # without a post yet
    posts: list[Card]
    count: int  # of all, also those that are not shown
    url: str  # the list of all of them


def board_for(member: Member, wanted: Wanted) -> list[Column]:
    """The columns from left to right, each with its first entries; the asker's filters narrow them all."""
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
    )


def _query(told: dict[str, Any]) -> str:
    return urlencode({name: value for name, value in told.items() if value})

"""The red bar: what is on hold, who put it there and why, and the way to lift it."""

from dataclasses import dataclass
from datetime import datetime

from django.urls import NoReverseMatch, reverse
from django.utils.translation import gettext as _

from crosscut.apps.accounts.models import Member
from crosscut.apps.accounts.permissions import can
from crosscut.apps.publish.models import Hold
from crosscut.apps.publish.queries import active_holds


@dataclass(frozen=True, kw_only=True)
class HoldBar:
    """The newest hold in force, as the frame shows it."""

    stops: str  # what does not go out, one short sentence
    reason: str  # in the words of who placed it
    placed_by: str  # a name; empty when they are gone
    placed_at: datetime
    lift_url: str  # where to post to lift it; empty when the reader may not
    others: int  # further holds in force


def hold_bar(member: Member) -> HoldBar | None:
    """The bar for that reader, or None when nothing is on hold."""
    holds = list(active_holds(member.workspace_id))
    if not holds:
        return None
    newest = holds[0]
    return HoldBar(
        stops=_stops(newest),
        reason=newest.reason,
        placed_by=str(newest.placed_by.user) if newest.placed_by else "",
        placed_at=newest.placed_at,
        lift_url=_lift_url(newest) if can(member, "hold") else "",
        others=len(holds) - 1,
    )


def _stops(hold: Hold) -> str:
    """What the hold stops, for a person."""
    if hold.scope == Hold.Scope.CAMPAIGN and hold.campaign:
        return _("No post of %(campaign)s goes out") % {"campaign": hold.campaign}
    if hold.scope == Hold.Scope.CHANNEL:
        return _("Nothing goes out to %(channel)s") % {"channel": hold.value}
    if hold.scope == Hold.Scope.TOPIC:
        return _("No post about %(topic)s goes out") % {"topic": hold.value}
    return _("Nothing goes out")


def _lift_url(hold: Hold) -> str:
    try:
        return reverse("hold-lift", args=[hold.pk])
    except NoReverseMatch:
        return ""

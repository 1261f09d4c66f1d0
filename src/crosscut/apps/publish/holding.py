"""Which posts the holds in force stop: asked of one, of many, and of the database."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.db.models import Q, QuerySet

from crosscut.apps.publish.models import Hold, Target
from crosscut.apps.publish.restoring import HALF_RESTORED, half_restored

Scope = Hold.Scope


@dataclass(frozen=True, kw_only=True)
class Holds:
    """Every hold in force, as it was read."""

    rows: Sequence[Hold]  # newest first
    stops_all: bool  # a backup was brought back in part: that holds everything, and stands in no row

    def on(self, target: Target) -> Hold | None:
        """The one that stops this target, or None. It needs the target's piece, account and edition."""
        if self.stops_all:
            return Hold(workspace_id=target.workspace_id, reason=HALF_RESTORED)
        ours = (row for row in self.rows if row.workspace_id == target.workspace_id)
        return next((row for row in ours if _covers(row, target)), None)

    def others(self, rows: QuerySet[Target]) -> QuerySet[Target]:
        """Those of the targets that none stops."""
        if self.stops_all:
            return rows.none()
        for hold in self.rows:
            rows = rows.exclude(_covered(hold))
        return rows


def holds_now() -> Holds:
    """The holds in force this moment."""
    rows = Hold.objects.filter(lifted_at=None).order_by("-placed_at")
    return Holds(rows=list(rows), stops_all=bool(half_restored()))


def stopped_by(holds: Iterable[Hold]) -> Q:
    """What any of the holds stops, as a question to the database; nothing where there is none."""
    stopped = Q(pk__in=())
    for hold in holds:
        stopped |= _covered(hold)
    return stopped


def _covers(hold: Hold, target: Target) -> bool:
    if hold.scope == Scope.CAMPAIGN:
        return hold.campaign_id == target.piece.campaign_id
    if hold.scope == Scope.CHANNEL:
        return hold.value == target.account.channel
    if hold.scope == Scope.TOPIC:
        return hold.value in target.edition.content.get("tags", [])
    return True


def _covered(hold: Hold) -> Q:
    """The same as a question to the database."""
    of = Q(workspace=hold.workspace_id)
    if hold.scope == Scope.CAMPAIGN:
        return of & Q(piece__campaign=hold.campaign_id)
    if hold.scope == Scope.CHANNEL:
        return of & Q(account__channel=hold.value)
    if hold.scope == Scope.TOPIC:
        return of & Q(edition__content__tags__contains=[hold.value])
    return of

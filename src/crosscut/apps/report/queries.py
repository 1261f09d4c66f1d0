"""A campaign on one page: what was planned, published, proved, what it cost and what it brought."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from django.db.models import Prefetch, Sum
from django.utils import timezone

from crosscut.apps.accounts.models import Member
from crosscut.apps.measure.queries import Result, Value, results_of, values_of
from crosscut.apps.plan.models import Campaign, Cost
from crosscut.apps.publish.models import Proof, Target
from crosscut.apps.publish.queries import targets_for


@dataclass(frozen=True, kw_only=True)
class Line:
    """One post of the campaign."""

    target: Target
    proof: Proof | None  # the newest one
    values: tuple[Value, ...]  # what was measured of it


@dataclass(frozen=True, kw_only=True)
class Money:
    """What the campaign cost against what it was allowed to cost."""

    budget_minor: int
    spent_minor: int
    hours: Decimal
    currency: str
    costs: tuple[Cost, ...]

    @property
    def share(self) -> float | None:
        """Spent as a share of the budget; None without a budget."""
        return self.spent_minor / self.budget_minor if self.budget_minor else None


@dataclass(frozen=True, kw_only=True)
class CampaignReport:
    """Everything the page and the PDF say."""

    campaign: Campaign
    made_at: datetime
    lines: tuple[Line, ...]  # in the order of their times
    results: tuple[Result, ...]
    money: Money

    @property
    def planned(self) -> int:
        """How many posts were meant to go out, the cancelled ones not counted."""
        return sum(line.target.state != Target.State.CANCELLED for line in self.lines)

    @property
    def live(self) -> int:
        """How many are out."""
        return sum(line.target.state in Target.LIVE_STATES for line in self.lines)

    @property
    def proven(self) -> int:
        """How many of those were read back as sent."""
        return sum(line.target.state == Target.State.PROVEN for line in self.lines)


def report_on(member: Member, campaign: Campaign) -> CampaignReport:
    """The campaign's report as of now, from the asker's own workspace."""
    newest = Proof.objects.order_by("target_id", "-at", "-id").distinct("target_id")
    rows = targets_for(member).filter(piece__campaign=campaign).order_by("due_at", "id")
    targets = list(rows.prefetch_related(Prefetch("proofs", newest, to_attr="newest")))
    values = values_of([target for target in targets if target.state in Target.LIVE_STATES])
    return CampaignReport(
        campaign=campaign,
        made_at=timezone.now(),
        lines=tuple(_line(target, values) for target in targets),
        results=tuple(results_of(campaign)),
        money=_money(campaign),
    )


def _line(target: Target, values: Sequence[Value]) -> Line:
    newest: list[Proof] = getattr(target, "newest", [])
    own = tuple(value for value in values if value.target.pk == target.pk)
    return Line(target=target, proof=newest[0] if newest else None, values=own)


def _money(campaign: Campaign) -> Money:
    costs = tuple(campaign.costs.all())
    totals = campaign.costs.filter(currency=campaign.currency).aggregate(spent=Sum("amount_minor"), hours=Sum("hours"))
    return Money(
        budget_minor=campaign.budget_minor,
        spent_minor=totals["spent"] or 0,
        hours=totals["hours"] or Decimal(0),
        currency=campaign.currency,
        costs=costs,
    )

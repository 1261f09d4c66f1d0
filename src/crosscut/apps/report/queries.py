"""A campaign on one page: what was planned, published, proved, what it cost and what it brought."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from django.db.models import Prefetch
from django.utils import timezone

from crosscut.apps.accounts.models import Member
from crosscut.apps.measure.queries import Result, Value, results_of, values_of
from crosscut.apps.plan.models import Campaign, Cost
from crosscut.apps.plan.queries import spending_of
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
    spent_minor: int  # in the campaign's own currency
    elsewhere: dict[str, int]  # other currencies, in their smallest units: never added up with the first
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
    values: dict[int, list[Value]] = defaultdict(list)
    for value in values_of([target for target in targets if target.state in Target.LIVE_STATES]):
        values[value.target.pk].append(value)
    return CampaignReport(
        campaign=campaign,
        made_at=timezone.now(),
        lines=tuple(_line(target, values[target.pk]) for target in targets),
        results=tuple(results_of(campaign)),
        money=_money(campaign),
    )


def _line(target: Target, values: Sequence[Value]) -> Line:
    newest: list[Proof] = getattr(target, "newest", [])
    return Line(target=target, proof=newest[0] if newest else None, values=tuple(values))


def _money(campaign: Campaign) -> Money:
    spending = spending_of(campaign)
    return Money(
        budget_minor=campaign.budget_minor,
        spent_minor=spending.spent_minor,
        elsewhere=spending.elsewhere,
        hours=spending.hours,
        currency=campaign.currency,
        costs=tuple(campaign.costs.all()),
    )

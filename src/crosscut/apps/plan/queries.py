"""Campaigns and audiences, as far as the asker may see them."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.db.models import Count, F, QuerySet, Sum

from crosscut.apps.accounts.models import Member, Role
from crosscut.apps.accounts.permissions import can
from crosscut.apps.plan.models import Audience, Campaign, Cost, KeyResult
from crosscut.kernel.errors import NotFound
from crosscut.kernel.phrases import phrase


@dataclass(frozen=True, kw_only=True)
class Spending:
    """What a campaign has cost until now."""

    spent_minor: int  # in the campaign's own currency
    elsewhere: dict[str, int]  # other currencies, in their smallest units: never added up with the first
    hours: Decimal  # people's time

    def share_of(self, budget_minor: int) -> float | None:
        """The part of the budget that is spent, 0 to more than 1; None without a budget."""
        return self.spent_minor / budget_minor if budget_minor else None


def campaigns_for(member: Member, *, search: str = "", is_archived: bool = False) -> QuerySet[Campaign]:
    """The workspace's campaigns, those that end last first and those without an end before them; none for guests."""
    if member.role == Role.GUEST:
        return Campaign.objects.none()
    rows = Campaign.objects.filter(workspace=member.workspace_id, archived_at__isnull=not is_archived)
    if search:
        rows = rows.filter(name__icontains=search)
    rows = rows.select_related("owner__user").prefetch_related("audiences")
    return rows.order_by(F("ends_on").desc(nulls_first=True), "-id")


def campaign_for(member: Member, campaign_id: int) -> Campaign:
    """One of the workspace's campaigns, archived or not. Raises NotFound."""
    rows = Campaign.objects.filter(workspace=member.workspace_id, pk=campaign_id)
    row = None if member.role == Role.GUEST else rows.select_related("owner__user", "workspace").first()
    if row is None:
        raise NotFound(phrase("There is no such campaign in this workspace."))
    return row


def can_change(member: Member, campaign: Campaign) -> bool:
    """Whether the member may change this campaign: planners their own, seniors every one."""
    is_own = campaign.owner_id in (member.pk, None)
    return can(member, "plan") and (is_own or can(member, "others_campaigns"))


def key_results_of(campaign: Campaign) -> QuerySet[KeyResult]:
    """The campaign's key results in their order. `campaign` comes from `campaign_for`."""
    return KeyResult.objects.filter(campaign=campaign)


def costs_of(campaign: Campaign) -> QuerySet[Cost]:
    """The campaign's costs, the first spent first. `campaign` comes from `campaign_for`."""
    return Cost.objects.filter(campaign=campaign).select_related("entered_by__user")


def spending_of(campaign: Campaign) -> Spending:
    """What the campaign has cost. `campaign` comes from `campaign_for`."""
    return spending_of_all([campaign])[campaign.pk]


def spending_of_all(campaigns: list[Campaign]) -> dict[int, Spending]:
    """What each campaign has cost, by its id; one query for all."""
    sums: dict[int, dict[str, int]] = defaultdict(dict)
    hours: dict[int, Decimal] = defaultdict(Decimal)
    rows = Cost.objects.filter(campaign__in=campaigns).order_by().values_list("campaign_id", "currency")
    for campaign_id, currency, amount_minor, time in rows.annotate(Sum("amount_minor"), Sum("hours")):
        sums[campaign_id][currency] = amount_minor
        hours[campaign_id] += time
    return {
        campaign.pk: Spending(
            spent_minor=sums[campaign.pk].get(campaign.currency, 0),
            elsewhere={
                name: value for name, value in sorted(sums[campaign.pk].items()) if name != campaign.currency and value
            },
            hours=hours[campaign.pk],
        )
        for campaign in campaigns
    }


def audiences_for(member: Member) -> QuerySet[Audience]:
    """The workspace's audiences by name, each with how many campaigns want it; none for guests."""
    if member.role == Role.GUEST:
        return Audience.objects.none()
    rows = Audience.objects.filter(workspace=member.workspace_id)
    return rows.annotate(campaign_count=Count("campaigns")).order_by("name", "id")


def audience_for(member: Member, audience_id: int) -> Audience:
    """One audience. Raises NotFound."""
    row = audiences_for(member).filter(pk=audience_id).first()
    if row is None:
        raise NotFound(phrase("There is no such audience in this workspace."))
    return row


def time_share(campaign: Campaign, today: date) -> float | None:
    """How much of the campaign's time has passed, 0 to 1; None while it has no dates."""
    if not campaign.starts_on or not campaign.ends_on:
        return None
    length_d = (campaign.ends_on - campaign.starts_on).days + 1
    return min(max(((today - campaign.starts_on).days + 1) / length_d, 0), 1)

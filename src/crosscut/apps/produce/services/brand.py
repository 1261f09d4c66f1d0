"""Choosing the brand that a campaign's pieces go by."""

from django.db import transaction

from crosscut.apps.accounts.models import Member
from crosscut.apps.accounts.permissions import demand
from crosscut.apps.accounts.services.audit import record
from crosscut.apps.library.queries import brand_kits_for
from crosscut.apps.plan.queries import campaign_for, can_change
from crosscut.apps.produce.branding import Brand, Choice, brand_of_campaign
from crosscut.apps.produce.models import CampaignBrand
from crosscut.kernel.errors import Invalid, NotAllowed
from crosscut.kernel.phrases import phrase


@transaction.atomic
def choose_brand(by: Member, campaign_id: int, choice: Choice, *, kit_id: int | None = None) -> Brand:
    """What the campaign's pieces are checked by from now on. Raises Invalid for a kit that is not in use, NotAllowed.

    Posts that are planned already are checked by it when they are due.
    """
    demand(by, "plan")
    campaign = campaign_for(by, campaign_id)
    if not can_change(by, campaign):
        raise NotAllowed(phrase("Ask whoever owns this campaign, or a senior."))
    kit = brand_kits_for(by).filter(pk=kit_id or 0).first() if choice is Choice.KIT else None
    if choice is Choice.KIT and kit is None:
        raise Invalid.at("kit", phrase("There is no such brand kit in use."))
    if choice is Choice.USUAL:
        CampaignBrand.objects.filter(campaign=campaign).delete()
    else:
        CampaignBrand.objects.update_or_create(campaign=campaign, defaults={"kit": kit})
    record("campaign.brand", campaign, by=by, choice=choice.value, kit=kit.name if kit else "")
    return brand_of_campaign(campaign)

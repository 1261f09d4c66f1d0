"""The brand of a campaign, for programs."""

from typing import Literal

from ninja import Field, Router, Schema
from pydantic import ConfigDict

from crosscut.apps.accounts.access import ApiRequest
from crosscut.apps.plan.queries import campaign_for
from crosscut.apps.produce.branding import Brand, Choice, brand_of_campaign
from crosscut.apps.produce.services.brand import choose_brand

router = Router(tags=["brand"])
Choices = Literal["usual", "none", "kit"]


class CampaignBrandOut(Schema):
    """What a campaign's pieces are checked by."""

    choice: Choices = Field(alias="choice.value")
    kit_id: int | None = Field(None, alias="kit.pk", description="None where nothing is checked.")


class CampaignBrandIn(Schema):
    """What a campaign's pieces are to be checked by."""

    model_config = ConfigDict(extra="forbid")
    choice: Choices
    kit_id: int | None = Field(None, ge=1, le=2**63 - 1, description="With `kit`: which one.")


@router.get("/campaigns/{int:campaign_id}/brand", response=CampaignBrandOut, summary="The brand of a campaign")
def get_campaign_brand(request: ApiRequest, campaign_id: int) -> Brand:
    """The kit that it chose, or the workspace's usual one."""
    return brand_of_campaign(campaign_for(request.auth, campaign_id))


@router.put("/campaigns/{int:campaign_id}/brand", response=CampaignBrandOut, summary="Choose the brand of a campaign")
def put_campaign_brand(request: ApiRequest, campaign_id: int, payload: CampaignBrandIn) -> Brand:
    """Its pieces are checked by it from now on."""
    return choose_brand(request.auth, campaign_id, Choice(payload.choice), kit_id=payload.kit_id)

"""Which brand a piece goes by: the one its campaign chose, else the workspace's usual one."""

from dataclasses import dataclass
from enum import StrEnum

from crosscut.apps.library.models import BrandKit
from crosscut.apps.library.queries import usual_brand_kit
from crosscut.apps.plan.models import Campaign
from crosscut.apps.produce.models import CampaignBrand, Piece


class Choice(StrEnum):
    """What a campaign can choose."""

    USUAL = "usual"  # whatever is the workspace's usual kit
    NONE = "none"  # no kit, on purpose
    KIT = "kit"  # one of them


@dataclass(frozen=True, kw_only=True)
class Brand:
    """What a campaign's pieces are checked by, and who decided that."""

    choice: Choice
    kit: BrandKit | None  # None where nothing is checked


def brand_of_campaign(campaign: Campaign) -> Brand:
    """What the campaign chose. A kit that was put away since leaves it to the usual one."""
    row = CampaignBrand.objects.filter(campaign=campaign).select_related("kit").first()
    if row is None or (row.kit and row.kit.archived_at):
        return Brand(choice=Choice.USUAL, kit=usual_brand_kit(campaign.workspace_id))
    return Brand(choice=Choice.KIT if row.kit else Choice.NONE, kit=row.kit)


def brand_of(piece: Piece) -> BrandKit | None:
    """The kit the piece goes by; None where there is none to go by."""
    return brand_of_campaign(piece.campaign).kit if piece.campaign else usual_brand_kit(piece.workspace_id)

"""Which brand a piece goes by: the one its campaign chose, else the workspace's usual one."""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from crosscut.apps.library.models import BrandKit
from crosscut.apps.library.queries import usual_brand_kit, usual_brand_kits
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


def brands_of(pieces: Iterable[Piece]) -> dict[int, BrandKit | None]:
    """The kit each piece goes by, by the piece's id; None where there is none to go by."""
    rows = list(pieces)
    campaigns = {row.campaign_id for row in rows if row.campaign_id}
    chosen = {
        row.campaign_id: row for row in CampaignBrand.objects.filter(campaign__in=campaigns).select_related("kit")
    }
    usual = usual_brand_kits({row.workspace_id for row in rows})
    return {row.pk: _kit(chosen.get(row.campaign_id or 0), usual.get(row.workspace_id)) for row in rows}


def _kit(chosen: CampaignBrand | None, usual: BrandKit | None) -> BrandKit | None:
    is_usual = chosen is None or (chosen.kit is not None and chosen.kit.archived_at is not None)
    return usual if is_usual or chosen is None else chosen.kit

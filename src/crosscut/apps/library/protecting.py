"""What stands in the way of deleting an asset: whatever is planned, live, or shown to somebody with it."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from crosscut.apps.library.models import Asset, BrandFile
from crosscut.apps.library.queries import tree_of
from crosscut.kernel.errors import Conflict, Problem
from crosscut.kernel.phrases import phrase


@dataclass(frozen=True, kw_only=True)
class Protector:
    """One thing that needs the asset."""

    key: str  # names it for good: "post:12", "piece:7", "kit:3"
    asset_id: int
    message: str  # for a person, with what would happen to it


def protectors_of(assets: Iterable[Asset]) -> list[Protector]:
    """Everything that needs one of the assets: planned and live posts, pieces that show it, brand kits it is in."""
    return [protector for asset in assets for protector in _protectors(asset)]


def demand_named(assets: Iterable[Asset], named: Collection[str]) -> list[Protector]:
    """Everything that needs one of the assets. Raises Conflict unless `named` has the key of each.

    So nobody deletes what is planned or live without having seen and said so; what came up meanwhile is not named yet.
    """
    found = protectors_of(assets)
    missing = [one for one in found if one.key not in named]
    if missing:
        problems = [Problem(code="asset.in_use", where=one.key, message=one.message) for one in missing]
        raise Conflict(problems=problems)
    return found


def _protectors(asset: Asset) -> list[Protector]:
    found: dict[str, str] = {}
    zone = ZoneInfo(asset.workspace.time_zone)
    for version in tree_of(asset):
        for piece in (piece for file in version.files for piece in file.pieces):
            if piece.is_draft:
                found[f"piece:{piece.piece_id}"] = phrase(
                    "“{asset}” is in the piece “{piece}”.", asset=asset.title, piece=piece.title
                )
            for post in piece.posts:
                if post.is_planned:
                    found[f"post:{post.id}"] = phrase(
                        "“{asset}” is in a post planned for {account} on {day}: “{piece}”.",
                        asset=asset.title,
                        account=post.account,
                        day=post.due_at.astimezone(zone).date().isoformat(),
                        piece=piece.title,
                    )
                elif post.is_live:
                    found[f"post:{post.id}"] = phrase(
                        "“{asset}” is live on {account}: “{piece}”.",
                        asset=asset.title,
                        account=post.account,
                        piece=piece.title,
                    )
    for file in (
        asset.brand_files.filter(kit__archived_at=None).exclude(role=BrandFile.Role.PICTURE).select_related("kit")
    ):
        found[f"kit:{file.kit_id}"] = phrase(
            "“{asset}” is in the brand kit “{kit}”.", asset=asset.title, kit=file.kit.name
        )
    return [Protector(key=key, asset_id=asset.pk, message=message) for key, message in found.items()]

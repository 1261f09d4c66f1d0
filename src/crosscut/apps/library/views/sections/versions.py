"""The asset's files, newest first, with what each is in."""

from typing import Any

from crosscut.apps.accounts.models import Member
from crosscut.apps.library import queries
from crosscut.apps.library.models import Asset
from crosscut.apps.library.services.derive import newest


def context(member: Member, asset: Asset) -> dict[str, Any]:
    """Every version with its small picture, who brought it and the posts that have it."""
    rows = {row.pk: row for row in asset.versions.select_related("created_by__user").prefetch_related("renditions")}
    tree = queries.tree_of(asset)
    shown = [(rows[use.version.pk], use, newest(rows[use.version.pk].renditions.all(), "thumbnail")) for use in tree]
    earlier = {post.id for use in tree if not use.is_current for post in use.posts if post.is_planned}
    return {"versions": shown, "earlier_count": len(earlier)}


def count(asset: Asset) -> int:
    """How many there are."""
    return asset.versions.count()

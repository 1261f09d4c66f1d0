"""The asset's files, newest first."""

from typing import Any

from crosscut.apps.accounts.models import Member
from crosscut.apps.library.models import Asset


def context(member: Member, asset: Asset) -> dict[str, Any]:
    """Every version, with who brought it."""
    return {"versions": asset.versions.select_related("created_by__user")}


def count(asset: Asset) -> int:
    """How many there are."""
    return asset.versions.count()

"""Where the file comes from, as it says itself, and whether that holds."""

from typing import Any

from crosscut.apps.accounts.models import Member
from crosscut.apps.library.models import Asset
from crosscut.apps.library.views import signing


def context(member: Member, asset: Asset) -> dict[str, Any]:
    """What was read of the current version, and the signed files made from it."""
    if asset.current is None:
        return {}
    signed = asset.current.renditions.exclude(signed_by="").filter(purpose__contains="/")
    return {**signing.origin_of(asset.current), "signed_made": signed.order_by("-id")}

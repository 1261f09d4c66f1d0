"""The film or still in other shapes than its own."""

from typing import Any

from crosscut.apps.accounts.models import Member
from crosscut.apps.library.models import Asset
from crosscut.apps.library.views import framing


def context(member: Member, asset: Asset) -> dict[str, Any]:
    """Nothing yet: the shapes are asked for when they are in sight, for a look at a picture takes a moment."""
    return {}


def fits(asset: Asset) -> bool:
    """Whether it can be seen in another shape."""
    return asset.current is not None and bool(asset.current.facts) and framing.is_framed(asset.current)

"""What was found when the film was looked through, or the sound listened to."""

from typing import Any

from crosscut.apps.accounts.models import Member
from crosscut.apps.library.models import Asset
from crosscut.apps.library.views import looks


def context(member: Member, asset: Asset) -> dict[str, Any]:
    """The findings by the usual rule, each with what helps."""
    return looks.panel_of(asset.current) if asset.current else {}


def fits(asset: Asset) -> bool:
    """Whether it has a length in which something could be found."""
    return asset.kind in (Asset.Kind.VIDEO, Asset.Kind.AUDIO)

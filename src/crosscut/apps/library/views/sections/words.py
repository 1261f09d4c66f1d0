"""The words that are said, to strike out."""

from typing import Any

from crosscut.apps.accounts.models import Member
from crosscut.apps.library.models import Asset
from crosscut.apps.library.views import making


def context(member: Member, asset: Asset) -> dict[str, Any]:
    """Each track's words, line by line."""
    return {"spoken": [(track, making.lines_of(track)) for track in making.spoken_tracks(asset)]}


def fits(asset: Asset) -> bool:
    """Whether there are words."""
    return asset.kind in (Asset.Kind.VIDEO, Asset.Kind.AUDIO) and bool(making.spoken_tracks(asset))

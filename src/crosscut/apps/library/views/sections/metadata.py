"""What the file says of itself."""

from typing import Any

from crosscut.apps.accounts.models import Member
from crosscut.apps.library import showing
from crosscut.apps.library.models import Asset


def context(member: Member, asset: Asset) -> dict[str, Any]:
    """The current version's metadata, as pairs of a name and its value."""
    return {"metadata": showing.metadata_in_words(asset.current) if asset.current else []}
